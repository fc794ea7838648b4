import CKernels
import Testing

extension KernelTests {
  @Suite struct InstructionSetTests {
    @Test func `the best available set is in use`() {
      #expect(unfold_instruction_set_current() == availableInstructionSets.last)
      #expect(availableInstructionSets.first == UNFOLD_PLAIN)
    }

    @Test func `every available set can be selected`() {
      for set in availableInstructionSets {
        withInstructionSet(set) { #expect(unfold_instruction_set_current() == set) }
      }
    }

    @Test func `a set that the processor lacks changes nothing`() {
      #if arch(x86_64)
        let missing = UNFOLD_NEON
      #else
        let missing = UNFOLD_AVX2
      #endif
      let current = unfold_instruction_set_current()
      #expect(unfold_instruction_set_available(missing) == 0)
      #expect(unfold_instruction_set_select(missing) == 0)
      #expect(unfold_instruction_set_select(unfold_instruction_set(rawValue: 99)) == 0)
      #expect(unfold_instruction_set_current() == current)
    }

    #if arch(arm64)
      @Test func `64-bit ARM has NEON`() {
        #expect(availableInstructionSets == [UNFOLD_PLAIN, UNFOLD_NEON])
      }
    #endif
  }
}
