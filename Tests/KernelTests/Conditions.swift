import CKernels

/// Runs `body` once under each instruction set that this processor has, on a team of `threads`.
func withEachInstructionSet(threads: Int = 1, _ body: (unfold_instruction_set) throws -> Void)
  rethrows
{
  try withTeam(of: threads) {
    for set in availableInstructionSets {
      try withInstructionSet(set) { try body(set) }
    }
  }
}

/// Sizes around the borders of vectors and lanes.
let lengths = [
  0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100, 127, 128, 129, 200, 1000,
]

/// `count` numbers in [−range, range).
func numbers<Real: KernelReal>(_ count: Int, range: Double = 4, seed: UInt64 = 1) -> [Real] {
  var generator = SplitMix(state: seed)
  return (0..<count).map { _ in Real(Double.random(in: -range..<range, using: &generator)) }
}

/// Equal bits, every NaN being alike.
func equalBits<Real: KernelReal>(_ a: [Real], _ b: [Real]) -> Bool {
  a.count == b.count && zip(a, b).allSatisfy { $0.bits == $1.bits || ($0.isNaN && $1.isNaN) }
}

func allNaN<Real: KernelReal>(_ x: [Real]) -> Bool { x.allSatisfy { $0.isNaN } }
