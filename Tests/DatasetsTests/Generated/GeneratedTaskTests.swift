import Foundation
import Testing

@testable import Datasets

@Suite("Generated tasks")
struct GeneratedTaskTests {
  @Test("the adding problem marks two numbers and gives their sum", arguments: [2, 3, 17, 600])
  func adding(length: Int) {
    var generator = Generator(state: 5)
    let count = 31
    let examples = AddingProblem(length: length).examples(count, using: &generator)
    #expect(examples.inputs.count == count * length * 2 && examples.targets.count == count)
    for example in 0..<count {
      var sum: Float = 0
      var marks = 0
      for step in 0..<length {
        let number = examples.inputs[(example * length + step) * 2]
        let mark = examples.inputs[(example * length + step) * 2 + 1]
        #expect((0..<1).contains(number) && (mark == 0 || mark == 1))
        if mark == 1 {
          sum += number
          marks += 1
        }
      }
      #expect(marks == 2 && abs(sum - examples.targets[example]) < 1e-6)
    }
  }

  @Test func markedNumbersAreSpreadEvenly() {
    var generator = Generator(state: 7)
    let length = 7
    let count = 21_000
    let examples = AddingProblem(length: length).examples(count, using: &generator)
    var marks = [Int](repeating: 0, count: length)
    for index in 0..<count * length where examples.inputs[2 * index + 1] == 1 {
      marks[index % length] += 1
    }
    // 6,000 each; the deviation is 66.
    #expect(marks.allSatisfy { abs($0 - 6_000) < 330 })
    // The error of always answering 1 is 1/6.
    let error = examples.targets.reduce(0) { $0 + Double(($1 - 1) * ($1 - 1)) } / Double(count)
    #expect(abs(error - 1.0 / 6) < 0.006)
  }

  @Test("what is to be remembered comes back at the end", arguments: [(1, 1), (3, 2), (1_000, 10)])
  func copying(delay: Int, count: Int) {
    var generator = Generator(state: 9)
    let task = CopyMemory(delay: delay, count: count)
    let examples = task.examples(13, using: &generator)
    #expect(task.length == delay + 2 * count)
    #expect(examples.inputs.count == 13 * task.length)
    #expect(examples.targets.count == 13 * task.length)
    for example in 0..<13 {
      let range = example * task.length..<(example + 1) * task.length
      let inputs = Array(examples.inputs[range])
      let targets = Array(examples.targets[range])
      #expect(inputs.prefix(count).allSatisfy { (1...8).contains($0) })
      #expect(inputs[count..<count + delay - 1].allSatisfy { $0 == 0 })
      #expect(inputs.suffix(count + 1).allSatisfy { $0 == 9 })
      #expect(targets.dropLast(count).allSatisfy { $0 == 0 })
      #expect(targets.suffix(count).elementsEqual(inputs.prefix(count)))
    }
  }

  @Test func allSymbolsAreDrawnAndWithoutMemoryTheLossIsKnown() {
    var generator = Generator(state: 3)
    let examples = CopyMemory(delay: 1).examples(2_000, using: &generator)
    var counts: [Int32: Int] = [:]
    for symbol in examples.targets where symbol > 0 { counts[symbol, default: 0] += 1 }
    // 2,500 each; the deviation is 47.
    #expect(counts.count == 8 && counts.values.allSatisfy { abs($0 - 2_500) < 240 })
    #expect(abs(CopyMemory(delay: 1_000).memorylessLoss - 0.020_386_68) < 1e-8)
  }

  @Test func theSameSeedGivesTheSameNumbers() {
    var first = Generator(state: 11)
    var second = Generator(state: 11)
    let problem = AddingProblem(length: 5)
    #expect(problem.examples(3, using: &first) == problem.examples(3, using: &second))
    #expect(problem.examples(3, using: &first) == problem.examples(3, using: &second))
    #expect(first.state == second.state)
  }
}
