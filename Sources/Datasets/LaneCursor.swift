/// A place in the training on a text, from which it can go on.
public struct LaneCursor: Codable, Hashable, Sendable {
  /// How many times the whole text has been read.
  public var epoch: Int
  /// The next window to read.
  public var window: Int

  /// The start of the training by default.
  public init(epoch: Int = 0, window: Int = 0) {
    self.epoch = epoch
    self.window = window
  }

  /// Whether a carried state must be dropped before the next window, which starts the text anew.
  public var startsEpoch: Bool { window == 0 }
}
