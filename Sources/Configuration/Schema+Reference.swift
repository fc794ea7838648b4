extension Schema {
  /// The table of all settings, a section at a time: key, default, what it may be, its option and
  /// its meaning, in lines of at most `width` columns.
  public func reference(width: Int = 80) -> String {
    let defaults = defaults()
    var lines: [String] = []
    var section: String?
    for field in fields {
      let parent = field.path.lastIndex(of: ".").map { String(field.path[..<$0]) } ?? ""
      if parent != section {
        if section != nil { lines.append("") }
        if !parent.isEmpty { lines.append("\(parent):") }
        section = parent
      }
      let key = field.path.dropFirst(parent.isEmpty ? 0 : parent.count + 1)
      let value = field.isRequired ? "must be given" : "default \(plain(field.scalar(defaults)))"
      lines.append("  \(key)  (\(value))")
      var text = "\(field.help) Expects \(field.expected)"
      if let condition = field.condition { text += "; only when \(condition.phrase)" }
      lines += wrapped("\(text). Option \(field.option).", to: width, indent: 6)
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func plain(_ scalar: Scalar) -> String {
    scalar.isQuoted ? "\"\(scalar.text)\"" : scalar.text
  }

  private func wrapped(_ text: String, to width: Int, indent: Int) -> [String] {
    let margin = String(repeating: " ", count: indent)
    var lines: [String] = []
    var line = margin
    for word in text.split(separator: " ") {
      if line.count > indent, line.count + 1 + word.count > width {
        lines.append(line)
        line = margin
      }
      line += (line.count > indent ? " " : "") + word
    }
    return lines + [line]
  }
}
