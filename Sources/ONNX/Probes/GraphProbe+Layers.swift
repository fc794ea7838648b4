package import Layers
internal import Tensors
package import Unfolding

extension GraphProbe {
  /// Adds the states of a layer under the names that they have in a graph.
  ///
  /// - Parameters:
  ///   - cell: The layer's.
  ///   - name: What the names end in.
  ///   - initial: Before the first step; an input.
  ///   - last: After each sequence's last; an output.
  package mutating func carry<C: RecurrentCell>(
    _ cell: C, named name: String, from initial: C.State, to last: C.State
  ) {
    for (index, port) in CarriedStates(of: cell, named: name).names.enumerated() {
      read(port.initial, .numbers(initial.tensors[index]))
      expect(port.final, .numbers(last.tensors[index]))
    }
  }
}
