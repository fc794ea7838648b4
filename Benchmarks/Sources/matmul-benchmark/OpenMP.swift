import Foundation

/// The threads of OpenMP, which oneDNN computes with. Looked up in the running program, so that this builds against any
/// OpenMP that oneDNN was built with.
enum OpenMP {
  /// Sets the number of threads; false when the program has no OpenMP.
  static func setThreads(_ count: Int) -> Bool {
    guard let symbol = dlsym(dlopen(nil, RTLD_NOW), "omp_set_num_threads") else { return false }
    typealias Function = @convention(c) (CInt) -> Void
    unsafeBitCast(symbol, to: Function.self)(CInt(count))
    return true
  }
}
