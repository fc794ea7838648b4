/// What one call of a workload does.
package enum Pass: String, CaseIterable, Sendable {
  /// Without gradients.
  case forward
  /// Forward and backward, or a whole training step.
  case train
}
