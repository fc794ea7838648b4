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

/// How tagged sentences are written that came as ``SentenceForm/tokens``.
public enum TaggedForm: String, Sendable, CaseIterable {
  /// A JSON object a sentence, `{"words":[…],"tags":[…]}`, on a line.
  case json
  /// A word and its tag on a line, and an empty line after each sentence.
  case columns
}

extension TrainedModel {
  /// Tags sentences.
  ///
  /// - Parameters:
  ///   - text: The sentences.
  ///   - name: What errors call the text: its path.
  ///   - form: The form of the sentences; `nil` is that of the run's files.
  ///   - isUntagged: Whether files in columns have no tags yet; they follow the last column then.
  ///   - output: How sentences of plain words are written.
  /// - Returns: The text with the tags.
  /// - Throws: `CoNLLUError` or `CoNLLColumnsError` for a text that is not of the form;
  ///   ``TaskError/tag(_:folder:form:)`` if a tag of the model cannot stand in it.
  public func tag<C>(
    _ text: String, named name: String, as form: SentenceForm? = nil, isUntagged: Bool = false,
    to output: TaggedForm = .columns
  ) throws -> String where Task == TaggingTask<C> {
    let reader = TagReader(model, artefacts)
    let data = configuration.data
    let form = form ?? (data.format == .conllu ? .conllu : .columns)
    func check(_ form: String, _ canHold: (String) -> Bool) throws {
      guard let tag = artefacts.tags.symbols.first(where: { !canHold($0) }) else { return }
      throw TaskError.tag(tag, folder: folder, form: form)
    }
    switch form {
    case .conllu:
      try check("CoNLL-U", CoNLLUFile.canHold)
      let file = try CoNLLUFile(text, path: name)
      let words = file.sentences.map { $0.values(of: .form) }
      return file.text(replacing: data.column.column, with: reader.tags(words))
    case .columns:
      try check("columns", CoNLLColumnsFile.canHold)
      let file = try CoNLLColumnsFile(
        text, path: name, wordColumn: data.wordColumn,
        tagColumn: isUntagged ? .none : data.columnOfTags)
      return file.text(withTags: reader.tags(file.words))
    case .tokens:
      if output == .columns { try check("columns", CoNLLColumnsFile.canHold) }
      let words = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map {
        $0.split(whereSeparator: \.isWhitespace).map(String.init)
      }
      // What follows the last line's end is no sentence.
      let sentences = words.last?.isEmpty == true ? words.dropLast() : words[...]
      return zip(sentences, reader.tags(Array(sentences))).map { Self.line($0, $1, output) }
        .joined()
    }
  }

  private static func line(_ words: [String], _ tags: [String], _ form: TaggedForm) -> String {
    switch form {
    case .json:
      let lists = [words, tags].map { "[" + $0.map(\.quotedAsJSON).joined(separator: ",") + "]" }
      return "{\"words\":\(lists[0]),\"tags\":\(lists[1])}\n"
    case .columns:
      return zip(words, tags).map { "\($0) \($1)\n" }.joined() + "\n"
    }
  }
}
