/// A number of things, for a person: "1 column", "3 columns".
///
/// - Parameters:
///   - number: How many.
///   - one: What one is called.
///   - many: What any other number of them is called; `nil` adds an s.
/// - Returns: The number and the word.
package func counted(_ number: Int, _ one: String, _ many: String? = nil) -> String {
  "\(number) \(number == 1 ? one : many ?? one + "s")"
}
