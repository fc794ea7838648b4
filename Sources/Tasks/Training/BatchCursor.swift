/// A place in a training, from which it can go on.
struct BatchCursor: Codable, Hashable, Sendable {
  /// How many times all data has been read.
  var epoch = 0
  /// The next batch of the epoch.
  var batch = 0

  /// Whether an epoch ends or begins here.
  var startsEpoch: Bool { batch == 0 }

  /// Goes on by one batch of an epoch that has `count`.
  mutating func advance(count: Int) {
    batch += 1
    if batch >= count { self = BatchCursor(epoch: epoch + 1) }
  }

  /// `window`: what a batch is to a language model, the first task there was.
  private enum CodingKeys: String, CodingKey {
    case epoch
    case batch = "window"
  }
}
