import CKernels
import Testing

extension KernelTests {
  @Suite struct Bf16UnitTests {
    @Test func `conversion is always there, and all there is outside AVX-512`() {
      #expect(unfold_bf16_unit_available(UNFOLD_BF16_CONVERTED) == 1)
      #expect(unfold_bf16_unit_available(unfold_bf16_unit(rawValue: 99)) == 0)
      for set in availableInstructionSets where set != UNFOLD_AVX512 {
        withInstructionSet(set) { #expect(unfold_bf16_unit_current() == UNFOLD_BF16_CONVERTED) }
      }
    }

    @Test func `a unit that the processor lacks changes nothing`() {
      let current = unfold_bf16_unit_current()
      #expect(unfold_bf16_unit_select(unfold_bf16_unit(rawValue: 99)) == 0)
      #expect(unfold_bf16_unit_current() == current)
    }

    @Test func `the tiles are used where there are any`() {
      guard unfold_bf16_unit_available(UNFOLD_BF16_TILES) == 1 else { return }
      #expect(unfold_bf16_unit_current() == UNFOLD_BF16_TILES)
    }
  }
}
