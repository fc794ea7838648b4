import Unfold

/// A cell of one's own, in a dozen lines, planned and run like a built-in one: `swift run -c release custom-cell`.
@main
enum CustomCell {
  static func main() {
    print("The adding problem. Always answering 1 has an error of 0.167.")
    let error = trainAdder { step, loss in print("step \(step): error \(rounded(loss))") }
    print("unseen sequences: error \(rounded(error))")
  }

  private static func rounded(_ value: Double) -> Double { (value * 1e4).rounded() / 1e4 }
}
