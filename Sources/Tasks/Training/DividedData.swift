/// Data by use: what is learned from, and what is held out.
public struct DividedData<Part: Sendable>: Sendable {
  /// What is learned from.
  public let train: Part
  /// What the best parameters are chosen by; `nil` when nothing is.
  public let validation: Part?
  /// What is looked at once, at the end; `nil` when there is none.
  public let test: Part?

  /// Data by their uses.
  public init(train: Part, validation: Part?, test: Part?) {
    self.train = train
    self.validation = validation
    self.test = test
  }

  /// What is held out for a use.
  public subscript(use: HeldOut) -> Part? {
    switch use {
    case .validation: validation
    case .test: test
    }
  }

  /// All parts; `nil` where there is none.
  var parts: [Part?] { [train, validation, test] }

  /// How much there is for each use: "3 trees to train on, 2 trees for test", where `extent` says "3 trees" of a part.
  func sizes(_ extent: (Part) -> String) -> String {
    zip(["to train on", "for validation", "for test"], parts).compactMap { use, part in
      part.map { "\(extent($0)) \(use)" }
    }.joined(separator: ", ")
  }
}

/// Data that a model does not learn from.
public enum HeldOut: String, Sendable, CaseIterable {
  /// What the best parameters are chosen by.
  case validation
  /// What is looked at once, at the end.
  case test
}
