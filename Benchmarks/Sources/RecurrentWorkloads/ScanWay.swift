/// How a minGRU of 256 units goes over one sequence of 4,096 steps. The first is what `unfold` does; the others are what
/// it is held against.
package enum ScanWay: String, CaseIterable, Sendable {
  /// Its planned walk, a scan.
  case scan = "minGRU"
  /// A planned walk from step to step: the same cell as h + z ⊙ (n − h), which the planner does not see as a scan.
  case walk = "minGRU-walk"
  /// One input at a time, each as if the next were not known.
  case steps = "minGRU-steps"
  /// The reference path, which walks from step to step, operation by operation.
  case reference = "minGRU-reference"
}
