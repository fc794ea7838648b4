import Testing

@testable import Tasks

@Suite("HeldOutExamples")
struct HeldOutExamplesTests {
  @Test("every example has one use", arguments: [0, 1, 2, 3, 17, 200])
  func uses(count: Int) {
    for (validation, test) in [(0, 0), (0.1, 0), (0, 0.1), (0.2, 0.3), (0.5, 0.3)] {
      let held = HeldOutExamples(
        count: count, fraction: validation, testFraction: test, seed: 5)
      #expect((held.train + held.validation + held.test).sorted() == Array(0..<count))
      #expect(count == 0 || !held.train.isEmpty)
      if count >= 17 {
        #expect(held.validation.count == Int((Double(count) * validation).rounded()))
        #expect(held.test.count == Int((Double(count) * test).rounded()))
      }
      for part in [held.train, held.validation, held.test] { #expect(part == part.sorted()) }
    }
  }

  @Test func aTestLeavesWhatIsValidatedOnAsItIs() {
    let without = HeldOutExamples(count: 50, fraction: 0.2, seed: 9)
    let with = HeldOutExamples(count: 50, fraction: 0.2, testFraction: 0.1, seed: 9)
    #expect(without.validation == with.validation && without.test.isEmpty)
    #expect(
      HeldOutExamples(count: 50, fraction: 0.2, seed: 10).validation != without.validation)
  }
}
