import CKernels
import Testing

/// The tests that set or depend on what the whole process shares: the team of threads and the instruction set in use.
/// One at a time; suites join by extending this one.
@Suite(.serialized) enum KernelTests {}

/// Runs `body` with a team of `size`, and puts the old size back.
func withTeam<Result>(of size: Int, _ body: () throws -> Result) rethrows -> Result {
  let previous = unfold_team_size()
  unfold_team_resize(CInt(size))
  defer { unfold_team_resize(previous) }
  return try body()
}

/// Runs `body` with `set` in use, and puts the old one back.
func withInstructionSet<Result>(
  _ set: unfold_instruction_set, _ body: () throws -> Result
) rethrows -> Result {
  let previous = unfold_instruction_set_current()
  #expect(unfold_instruction_set_select(set) == 1)
  defer { unfold_instruction_set_select(previous) }
  return try body()
}

/// The sets that this processor can run, slowest first.
let availableInstructionSets: [unfold_instruction_set] = [
  UNFOLD_PLAIN, UNFOLD_NEON, UNFOLD_AVX2, UNFOLD_AVX512,
].filter { unfold_instruction_set_available($0) == 1 }
