internal import Files
internal import Foundation
internal import Yams

/// The text of a configuration and the name that errors give it.
struct ConfigurationText {
  /// The name as the user typed it.
  let name: String
  let text: String

  /// No real configuration comes near this many bytes.
  static let byteLimit = 1 << 20

  /// Reads a file.
  init(file: String) throws(ConfigurationError) {
    let bytes = try Self.bytes(of: file)
    if let offset = UTF8Check.firstInvalid(in: bytes) {
      let line = bytes.prefix(offset).count { $0 == UInt8(ascii: "\n") } + 1
      throw .notUTF8(file: file, offset: offset, line: line)
    }
    self.init(name: file, text: String(decoding: bytes, as: UTF8.self))
  }

  /// A text in memory. A byte order mark at its start is dropped.
  init(name: String, text: String) {
    self.name = name
    self.text =
      text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
  }

  /// The tree of the text; `nil` for an empty one.
  func tree() throws(ConfigurationError) -> Node? {
    do {
      return try Parser(yaml: text).singleRoot()
    } catch let error as YamlError {
      throw translated(error)
    } catch {
      throw .syntax(problem: "\(error)", at: .file(name, line: 1))
    }
  }

  private func translated(_ error: YamlError) -> ConfigurationError {
    switch error {
    case .scanner(let context, let problem, let mark, _),
      .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      if hasTabIndent(line: mark.line) {
        return .syntax(
          problem: "the line is indented with a tab, and YAML takes only spaces",
          at: .file(name, line: mark.line))
      }
      let origin = context.map { " \($0.text)" } ?? ""
      return .syntax(problem: problem + origin, at: .file(name, line: mark.line))
    case .reader(let problem, let offset, _, _):
      let line = text.prefix(offset ?? 0).count { $0.isNewline } + 1
      return .syntax(problem: problem, at: .file(name, line: line))
    case .duplicatedKeysInMapping(let keys, let context):
      let key = keys.first ?? ""
      let first = context.mark
      let second = secondLine(of: key, after: first.line, column: first.column)
      return .duplicateKey(key, firstLine: first.line, at: .file(name, line: second ?? first.line))
    default:
      return .syntax(problem: "\(error)", at: .file(name, line: 1))
    }
  }

  private var lines: [Substring] {
    text.split(omittingEmptySubsequences: false) { $0.isNewline }
  }

  private func hasTabIndent(line: Int) -> Bool {
    guard lines.indices.contains(line - 1) else { return false }
    return lines[line - 1].prefix { $0 == " " || $0 == "\t" }.contains("\t")
  }

  /// The parser names only the first of two equal keys; in block style the second one starts a line
  /// at the same column.
  private func secondLine(of key: String, after line: Int, column: Int) -> Int? {
    lines.indices.dropFirst(line).first { index in
      let rest = lines[index].dropFirst(column - 1)
      return lines[index].prefix(column - 1).allSatisfy { $0 == " " }
        && [key, "'\(key)'", "\"\(key)\""].contains { rest.hasPrefix($0 + ":") }
    }.map { $0 + 1 }
  }

  private static func bytes(of file: String) throws(ConfigurationError) -> [UInt8] {
    let mapped: MappedFile
    do throws(FileError) {
      mapped = try MappedFile(contentsOf: file)
    } catch {
      let reason =
        switch error {
        case .missing: "there is no such file"
        case .notAFile(_, let found): "it is a \(found)"
        case .unreadable(_, let reason): reason
        case .damagedGzip, .unwritable, .busy: error.description
        }
      throw .unreadable(file: file, reason: reason)
    }
    guard mapped.count <= byteLimit else {
      throw .tooLarge(file: file, bytes: mapped.count, limit: byteLimit)
    }
    return mapped.withUnsafeBytes { Array($0) }
  }
}

/// A path made absolute and free of `.` and `..`, with `~` for the home folder resolved.
func absolutePath(_ path: String, from folder: String) -> String {
  let expanded = NSString(string: path).expandingTildeInPath
  let joined = expanded.hasPrefix("/") ? expanded : folder + "/" + expanded
  return URL(filePath: joined).standardizedFileURL.path(percentEncoded: false)
}
