internal import Synchronization

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Glibc
#endif

/// The signal that asked this process to stop; 0 is none.
private let received = Atomic<Int32>(0)

/// Ctrl-C and `kill`, told to a loop that can finish its step and save first.
///
/// The first SIGINT or SIGTERM sets a flag, and gives both signals back to the system, so the second
/// one ends the process at once.
public enum Interrupt {
  /// Starts to listen. A signal that the parent process chose to ignore stays ignored.
  public static func install() {
    received.store(0, ordering: .sequentiallyConsistent)
    for number in [SIGINT, SIGTERM] {
      var old = sigaction()
      sigaction(number, nil, &old)
      guard !isIgnored(old) else { continue }
      var new = sigaction()
      setHandler(of: &new) { number in
        // Only calls that are safe in a signal handler. The flag last: who sees it may count on the next signal.
        signal(SIGINT, SIG_DFL)
        signal(SIGTERM, SIG_DFL)
        received.store(number, ordering: .sequentiallyConsistent)
      }
      sigemptyset(&new.sa_mask)
      new.sa_flags = SA_RESTART
      sigaction(number, &new, nil)
    }
  }

  /// Whether to finish the step, save and stop.
  public static var isRequested: Bool { signalNumber != nil }

  /// The signal that asked; `nil` when none did.
  public static var signalNumber: Int32? {
    let number = received.load(ordering: .relaxed)
    return number == 0 ? nil : number
  }

  private static func setHandler(
    of action: inout sigaction, _ handler: @escaping @convention(c) (Int32) -> Void
  ) {
    #if canImport(Darwin)
      action.__sigaction_u.__sa_handler = handler
    #elseif canImport(Musl)
      action.__sa_handler.sa_handler = handler
    #else
      action.__sigaction_handler.sa_handler = handler
    #endif
  }

  /// The system's mark for "ignored" is an address that is no function.
  private static func isIgnored(_ action: sigaction) -> Bool {
    #if canImport(Darwin)
      let handler = action.__sigaction_u.__sa_handler
    #elseif canImport(Musl)
      let handler = action.__sa_handler.sa_handler
    #else
      let handler = action.__sigaction_handler.sa_handler
    #endif
    return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }
}

/// The end of a run that a signal asked for: not a failure, but not the end of training either.
public struct Interruption: Error, Equatable, Sendable {
  /// The last step that was taken and saved.
  public var step: Int
  /// The command that goes on.
  public var resumeCommand: String
  /// The signal: 2 for Ctrl-C, 15 for `kill`.
  public var signalNumber: Int32

  /// An interruption after a step, by the signal that came.
  public init(step: Int, resumeCommand: String, signalNumber: Int32 = Interrupt.signalNumber ?? 2) {
    self.step = step
    self.resumeCommand = resumeCommand
    self.signalNumber = signalNumber
  }

  /// What shells give for a process that a signal ended: 130 for Ctrl-C.
  public var exitCode: Int32 { 128 + signalNumber }
}

extension Interruption: CustomStringConvertible {
  public var description: String {
    "stopped at step \(step), which is saved; go on with '\(resumeCommand)'"
  }
}
