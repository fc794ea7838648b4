internal import Tensors

extension Operators {
  /// What runs the graphs within a node.
  static let loops: [String: OperatorBody] = [
    "If": { call in
      let condition = try call.value(0)
      guard condition.shape.count == 1 else {
        throw call.problem("should decide by one truth value, but it is \(condition.shape)")
      }
      return try call.body(condition.scalars[0] != 0 ? "then_branch" : "else_branch").run([])
    },
    "Loop": { call in
      let body = try call.body("body")
      let most = try call.optional(0).map { _ in try call.integer(0) }
      var goesOn = try call.optional(1).map { _ in try call.number(1) != 0 } ?? true
      var states = try (2..<max(2, call.inputs.count)).map { try call.value($0) }
      guard body.inputs.count == states.count + 2, body.outputs.count > states.count else {
        throw call.problem(
          "should have a body of \(states.count) states, but it reads \(body.inputs.count)")
      }
      var said = Array(repeating: [ONNXValue](), count: body.outputs.count - 1 - states.count)
      var round = 0
      while goesOn, most.map({ round < $0 }) ?? true {
        let truth = ONNXValue.full([], goesOn ? 1 : 0, .bool)
        let number = ONNXValue.wholeNumbers(WholeNumbers([Int64(round)], shape: []))
        let made = try body.run([number, truth] + states)
        guard made[0].shape.count == 1 else {
          throw call.problem("should decide by one truth value, but it is \(made[0].shape)")
        }
        goesOn = made[0].scalars[0] != 0
        states = Array(made.dropFirst().prefix(states.count))
        for (place, value) in made.dropFirst(1 + states.count).enumerated() {
          said[place].append(value)
        }
        round += 1
      }
      let ports = body.outputs.dropFirst(1 + states.count)
      return try states
        + zip(said, ports).map { try stacked($0, $1, axis: 0, isReverse: false, call) }
    },
    "Scan": { call in
      let body = try call.body("body")
      let scans = call.integer("num_scan_inputs", 0)
      let stateCount = call.inputs.count - scans
      guard scans > 0, stateCount >= 0, body.inputs.count == call.inputs.count,
        body.outputs.count >= stateCount
      else { throw call.problem("should have a body that reads what it does") }
      var states = try (0..<stateCount).map { try call.value($0) }
      let outputs = body.outputs.count - stateCount
      let directions = (
        inputs: call.integers("scan_input_directions") ?? Array(repeating: 0, count: scans),
        outputs: call.integers("scan_output_directions") ?? Array(repeating: 0, count: outputs)
      )
      let axes = (
        inputs: call.integers("scan_input_axes") ?? Array(repeating: 0, count: scans),
        outputs: call.integers("scan_output_axes") ?? Array(repeating: 0, count: outputs)
      )
      guard directions.inputs.count == scans, axes.inputs.count == scans,
        directions.outputs.count == outputs, axes.outputs.count == outputs
      else { throw call.problem("should say a direction and an axis for each value") }
      var scanned: [(value: ONNXValue, axis: Int)] = []
      for number in 0..<scans {
        let value = try call.value(stateCount + number)
        scanned.append((value, try call.axis(axes.inputs[number], of: value.shape.rank)))
      }
      let count = scanned[0].value.shape[scanned[0].axis]
      guard scanned.allSatisfy({ $0.value.shape[$0.axis] == count }) else {
        throw call.problem(
          "should go along axes of one size, but reads \(scanned.map(\.value.shape))")
      }
      var said = Array(repeating: [ONNXValue](), count: outputs)
      for step in 0..<count {
        let entries = scanned.enumerated().map { number, scan in
          scan.value.entry(
            directions.inputs[number] == 0 ? step : count - 1 - step, axis: scan.axis)
        }
        let made = try body.run(states + entries)
        states = Array(made.prefix(stateCount))
        for (place, value) in made.dropFirst(stateCount).enumerated() { said[place].append(value) }
      }
      return try states
        + said.indices.map {
          try stacked(
            said[$0], body.outputs[stateCount + $0], axis: axes.outputs[$0],
            isReverse: directions.outputs[$0] != 0, call)
        }
    },
  ]

  /// What a body said in each round, side by side along a new axis.
  private static func stacked(
    _ values: [ONNXValue], _ port: PortDefinition, axis: Int, isReverse: Bool, _ call: OperatorCall
  ) throws -> ONNXValue {
    guard let first = values.first else {
      // Without a round only the file can tell what one would have said.
      guard port.axes != nil || axis == 0 else {
        throw call.problem("should say the shape of '\(port.name.shown)', for it has no rounds")
      }
      var sizes = (port.axes ?? []).map { if case .size(let size) = $0 { size } else { 0 } }
      sizes.insert(0, at: try call.axis(axis, of: sizes.count + 1))
      return .zeros(try call.shape(sizes), port.type ?? .float32)
    }
    guard values.allSatisfy({ $0.shape == first.shape && $0.type == first.type }) else {
      throw call.problem(
        "should say the same shape in each round, but said \(values.map(\.shape).prefix(4))")
    }
    let axis = try call.axis(axis, of: first.shape.rank + 1)
    var sizes = first.shape.dimensions
    sizes.insert(1, at: axis)
    let parts = values.map { $0.reshaped(to: Shape(sizes)) }
    return .concatenated(isReverse ? parts.reversed() : parts, axis: axis)
  }
}

extension ONNXValue {
  /// One place along an axis, which goes.
  fileprivate func entry(_ place: Int, axis: Int) -> ONNXValue {
    var sizes = shape.dimensions
    sizes.remove(at: axis)
    if axis == 0, case .numbers(let tensor) = self {
      return .numbers(tensor.slice(place..<place + 1).reshaped(to: Shape(sizes)))
    }
    return selecting([place], axis: axis).reshaped(to: Shape(sizes))
  }
}
