internal import Tensors

extension Operators {
  /// What makes less of an axis.
  static let reductions: [String: OperatorBody] = [
    "ReduceMax": reduction({ $0.max(axis: $1, keepingAxis: true) }, from: -.infinity) {
      max($0, $1)
    },
    "ReduceMin": reduction({ $0.min(axis: $1, keepingAxis: true) }, from: .infinity) {
      min($0, $1)
    },
    "ReduceSum": reduction({ $0.sum(axis: $1, keepingAxis: true) }, from: 0) { $0 &+ $1 },
    "ReduceProd": reduction(
      { x, axis in
        (0..<x.shape[axis]).reduce(
          Tensor.ones(x.shape.replacing(axis, with: 1), scalarType: x.scalarType)
        ) { $0 * x.slice($1..<$1 + 1, axis: axis) }
      }, from: 1
    ) { $0 &* $1 },
    "ReduceMean": numbersOnly(mean),
    "GlobalAveragePool": { call in
      let x = try call.tensor(0)
      guard x.rank > 2 else {
        throw call.problem("should have places to average, but reads \(x.shape)")
      }
      return [.numbers(mean(x, Array(2..<x.rank)))]
    },
    "ReduceLogSumExp": numbersOnly { x, axes in
      guard x.count > 0 else { return axes.reduce(x) { $0.sum(axis: $1, keepingAxis: true) }.log() }
      // Shifted by the largest, unless that is infinite.
      let most = axes.reduce(x) { $0.max(axis: $1, keepingAxis: true) }.clamped(to: -1e30...1e30)
      return axes.reduce((x - most).exp()) { $0.sum(axis: $1, keepingAxis: true) }.log() + most
    },
    "ReduceL1": numbersOnly { x, axes in
      axes.reduce(x.absolute()) { $0.sum(axis: $1, keepingAxis: true) }
    },
    "ReduceSumSquare": numbersOnly { x, axes in
      axes.reduce(x.squared()) { $0.sum(axis: $1, keepingAxis: true) }
    },
    "ReduceL2": numbersOnly { x, axes in
      axes.reduce(x.squared()) { $0.sum(axis: $1, keepingAxis: true) }.squareRoot()
    },
    "ArgMax": extreme(isLargest: true),
    "ArgMin": extreme(isLargest: false),
    "CumSum": { call in
      let value = try call.value(0)
      let axis = try call.axis(try call.integer(1), of: value.shape.rank)
      let (isReverse, isExclusive) = (call.isSet("reverse"), call.isSet("exclusive"))
      let size = value.shape[axis]
      let lines = value.lines(along: axis)
      func sums<Number: AdditiveArithmetic>(
        _ numbers: [Number], _ add: (Number, Number) -> Number
      ) -> [Number] {
        var elements = numbers
        for line in lines {
          var sum = Number.zero
          for step in 0..<size {
            let place = line.start + (isReverse ? size - 1 - step : step) * line.stride
            let next = add(sum, elements[place])
            elements[place] = isExclusive ? sum : next
            sum = next
          }
        }
        return elements
      }
      switch value {
      case .numbers(let x):
        return [.numbers(Tensor(sums(x.scalars, +), shape: x.shape, scalarType: x.scalarType))]
      case .wholeNumbers(let x):
        return [.wholeNumbers(WholeNumbers(sums(x.elements, &+), shape: x.shape, type: x.type))]
      }
    },
    "TopK": { call in
      let value = try call.value(0)
      let axis = try call.axis(call.integer("axis", -1), of: value.shape.rank)
      let size = value.shape[axis]
      let count = call.optional(1) == nil ? call.integer("k", 1) : try call.integer(1)
      guard (0...size).contains(count) else {
        throw call.problem("should choose at most \(size), but it is \(count)")
      }
      let isLargest = call.isSet("largest", true)
      let shape = value.shape.replacing(axis, with: count)
      var places = [Int](repeating: 0, count: shape.count)
      var numbers = [Int64](repeating: 0, count: shape.count)
      func choose<Number: Comparable>(among elements: [Number]) {
        for (line, target) in zip(value.lines(along: axis), shape.lines(along: axis)) {
          let order = (0..<size).sorted {
            let (a, b) = (
              elements[line.start + $0 * line.stride], elements[line.start + $1 * line.stride]
            )
            return a == b ? $0 < $1 : isLargest ? a > b : a < b
          }
          for (rank, index) in order.prefix(count).enumerated() {
            places[target.start + rank * target.stride] = line.start + index * line.stride
            numbers[target.start + rank * target.stride] = Int64(index)
          }
        }
      }
      switch value {
      case .numbers(let tensor): choose(among: tensor.scalars)
      case .wholeNumbers(let whole): choose(among: whole.elements)
      }
      return [
        value.runs(at: places, of: 1, shape: shape),
        .wholeNumbers(WholeNumbers(numbers, shape: shape)),
      ]
    },
  ]

  // MARK: Parts

  /// The axes that a node reduces: all of them if it names none, or none at all where it says so.
  private static func axes(_ call: OperatorCall, of rank: Int) throws -> [Int] {
    let named = try call.integers("axes", orOperand: 1) ?? []
    if !named.isEmpty { return try call.axes(named, of: rank) }
    return call.isSet("noop_with_empty_axes") ? [] : Array(0..<rank)
  }

  /// A result whose reduced axes have size 1, or without them.
  private static func finished(_ call: OperatorCall, _ value: ONNXValue, _ axes: [Int]) -> ONNXValue
  {
    if call.isSet("keepdims", true) { return value }
    let sizes = value.shape.dimensions.enumerated().filter { !axes.contains($0.offset) }
    return value.reshaped(to: Shape(sizes.map(\.element)))
  }

  private static func mean(_ x: Tensor, _ axes: [Int]) -> Tensor {
    let count = axes.reduce(1) { $0 * x.shape[$1] }
    return axes.reduce(x) { $0.sum(axis: $1, keepingAxis: true) } / Double(count)
  }

  /// A reduction of one axis after the other, of which those without elements give `start`.
  private static func reduction(
    _ ofNumbers: @escaping @Sendable (Tensor, Int) -> Tensor, from start: Double,
    _ ofWhole: @escaping @Sendable (Int64, Int64) -> Int64
  ) -> OperatorBody {
    { call in
      let value = try call.value(0)
      let axes = try axes(call, of: value.shape.rank)
      let reduced = try axes.reduce(value) { value, axis in
        let size = value.shape[axis]
        let shape = try call.shape(value.shape.replacing(axis, with: 1).dimensions)
        switch value {
        case .numbers(let tensor):
          return size == 0 ? .full(shape, start, value.type) : .numbers(ofNumbers(tensor, axis))
        case .wholeNumbers(let numbers):
          let first = value.type.nearest(to: start)
          let elements = value.lines(along: axis).map { line in
            (0..<size).reduce(first) {
              ofWhole($0, numbers.elements[line.start + $1 * line.stride])
            }
          }
          return .wholeNumbers(WholeNumbers(elements, shape: shape, type: numbers.type))
        }
      }
      return [finished(call, reduced, axes)]
    }
  }

  private static func numbersOnly(
    _ function: @escaping @Sendable (Tensor, [Int]) -> Tensor
  ) -> OperatorBody {
    { call in
      let x = try call.tensor(0)
      let axes = try axes(call, of: x.rank)
      return [finished(call, .numbers(function(x, axes)), axes)]
    }
  }

  private static func extreme(isLargest: Bool) -> OperatorBody {
    { call in
      let value = try call.value(0)
      let axis = try call.axis(call.integer("axis", 0), of: value.shape.rank)
      let size = value.shape[axis]
      guard size > 0 else {
        throw call.problem("should choose among \(value.shape), which has none")
      }
      let takesLast = call.isSet("select_last_index")
      func places<Number: Comparable>(in elements: [Number]) -> [Int64] {
        value.lines(along: axis).map { line in
          let place = (1..<size).reduce(0) { best, index in
            let (a, b) = (
              elements[line.start + index * line.stride], elements[line.start + best * line.stride]
            )
            return (isLargest ? a > b : a < b) || (takesLast && a == b) ? index : best
          }
          return Int64(place)
        }
      }
      let found =
        switch value {
        case .numbers(let tensor): places(in: tensor.scalars)
        case .wholeNumbers(let whole): places(in: whole.elements)
        }
      let numbers = WholeNumbers(found, shape: value.shape.replacing(axis, with: 1))
      return [finished(call, .wholeNumbers(numbers), [axis])]
    }
  }
}

extension Shape {
  /// Where the lines along an axis begin, and how far apart their elements stand, in the order of the other axes.
  func lines(along axis: Int) -> [(start: Int, stride: Int)] {
    let size = dimensions[axis]
    let outer = dimensions[..<axis].reduce(1, *), inner = dimensions[(axis + 1)...].reduce(1, *)
    return (0..<outer).flatMap { block in
      (0..<inner).map { (block * size * inner + $0, inner) }
    }
  }
}

extension ONNXValue {
  /// Where the lines along an axis begin.
  func lines(along axis: Int) -> [(start: Int, stride: Int)] { shape.lines(along: axis) }
}
