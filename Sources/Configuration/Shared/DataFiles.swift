/// The files that a task reads: to train on, and perhaps to validate on and to test with.
protocol DataFiles {
  var train: String { get set }
  var validation: String? { get set }
  var test: String? { get set }
}

extension DataFiles {
  /// Finds the same data elsewhere. A file and none are not the same setting.
  mutating func move(to other: Self) {
    train = other.train
    if validation != nil, other.validation != nil { validation = other.validation }
    if test != nil, other.test != nil { test = other.test }
  }
}
