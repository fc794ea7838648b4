internal import Configuration
internal import Datasets
internal import Files
internal import Models

/// The form of sentences that are to be tagged.
public enum SentenceForm: String, Sendable, CaseIterable {
  /// CoNLL-U; the same text comes back but for the column of the tags.
  case conllu
  /// Columns divided by white space; the same text comes back but for the column of the tags.
  case columns
  /// Words divided by white space, a sentence a line.
  case tokens
}

/// How tagged sentences are written.
public enum TaggedForm: String, Sendable, CaseIterable {
  /// A JSON object a sentence, `{"words":[…],"tags":[…],"probabilities":[…]}`, on a line: of each word its tag and how
  /// probable that is.
  case json
  /// A file in columns as it came but for the tags; of plain words, a word and its tag on a line, and an empty line after
  /// each sentence.
  case columns
  /// A file of CoNLL-U as it came but for the column of the tags.
  case conllu
}

extension TrainedModel {
  /// Tags sentences.
  ///
  /// - Parameters:
  ///   - text: The sentences.
  ///   - name: What errors call the text: its path.
  ///   - form: The form of the sentences; `nil` is that of the run's files.
  ///   - isUntagged: Whether files in columns have no tags yet; they follow the last column then.
  ///   - output: How to write them; `nil` is as they came, and plain words in columns.
  /// - Returns: The text with the tags.
  /// - Throws: `CoNLLUError` or `CoNLLColumnsError` for a text that is not of the form;
  ///   ``TaskError/noSentences(path:)`` for one without sentences; ``TaskError/otherFormOption(_:for:form:)`` for what is of another form;
  ///   ``TaskError/tag(_:folder:form:)`` if a tag of the model cannot stand in it.
  public func tag<C>(
    _ text: String, named name: String, as form: SentenceForm? = nil, isUntagged: Bool = false,
    to output: TaggedForm? = nil
  ) throws -> String where Task == TaggingTask<C> {
    let reader = TagReader(model, artefacts)
    let data = configuration.data
    let form = form ?? (data.format == .conllu ? .conllu : .columns)
    if isUntagged, form != .columns {
      throw TaskError.otherFormOption(
        "--untagged", for: "files in columns", form: form.rawValue)
    }
    let own = form == .conllu ? TaggedForm.conllu : .columns
    if let output, output != .json, output != own {
      throw TaskError.otherFormOption(
        "--format \(output.rawValue)",
        for: output == .conllu ? "files in CoNLL-U" : "files in columns and plain words",
        form: form.rawValue)
    }
    let isJSON = output == .json
    func check(_ form: String, _ canHold: (String) -> Bool) throws {
      guard let tag = artefacts.tags.symbols.first(where: { !canHold($0) }) else { return }
      throw TaskError.tag(tag, folder: folder, form: form)
    }
    switch form {
    case .conllu:
      if !isJSON { try check("CoNLL-U", CoNLLUFile.canHold) }
      let file = try CoNLLUFile(text, path: name)
      let words = file.sentences.map { $0.values(of: .form) }
      if words.isEmpty { throw TaskError.noSentences(path: name) }
      if isJSON { return reader.json(words) }
      return file.text(replacing: data.column.column, with: reader.tags(words))
    case .columns:
      if !isJSON { try check("columns", CoNLLColumnsFile.canHold) }
      let file = try CoNLLColumnsFile(
        text, path: name, wordColumn: data.wordColumn,
        tagColumn: isUntagged ? .none : data.columnOfTags)
      if file.words.isEmpty { throw TaskError.noSentences(path: name) }
      if isJSON { return reader.json(file.words) }
      return file.text(withTags: reader.tags(file.words))
    case .tokens:
      if !isJSON { try check("columns", CoNLLColumnsFile.canHold) }
      let words = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map {
        $0.split(whereSeparator: \.isWhitespace).map(String.init)
      }
      // What follows the last line's end is no sentence.
      let sentences = Array(words.last?.isEmpty == true ? words.dropLast() : words[...])
      if sentences.allSatisfy(\.isEmpty) { throw TaskError.noSentences(path: name) }
      if isJSON { return reader.json(sentences) }
      return zip(sentences, reader.tags(sentences)).map { words, tags in
        zip(words, tags).map { "\($0) \($1)\n" }.joined() + "\n"
      }.joined()
    }
  }
}

extension TagReader {
  /// A JSON object a sentence, on a line.
  fileprivate func json(_ sentences: [[String]]) -> String {
    zip(sentences, likelyTags(sentences)).map { words, tags in
      let lists = [
        words.map(\.quotedAsJSON), tags.map(\.tag.quotedAsJSON),
        tags.map { decimals($0.probability, 6) },
      ].map { "[\($0.joined(separator: ","))]" }
      return "{\"words\":\(lists[0]),\"tags\":\(lists[1]),\"probabilities\":\(lists[2])}\n"
    }.joined()
  }
}
