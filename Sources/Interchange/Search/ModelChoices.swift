internal import Tensors

/// All that a model may be whose weights alone are known: orders of its layers, and what each of them does.
struct ModelChoices {
  let path: String
  /// Whose names and layouts the weights have.
  private let form: any FrameworkForm
  /// The weights by name; some under two, of which a layer has one.
  let tensors: [String: Tensor]
  /// From the input up, what each layer may be; in each order sizes fit.
  let orders: [[[[LayerDescription]]]]

  /// Of more orders than this a probe would have to be run too often.
  private static let mostOrders = 200
  private static let mostLayers = 24
  private static let remedy = "write the file with the printed script"

  /// Looks for orders.
  ///
  /// - Throws: ``InterchangeError/layer(path:layer:reason:)`` if there is none.
  init(
    _ layers: [LayerChoices], tensors: [String: Tensor], form: any FrameworkForm, path: String
  ) throws(InterchangeError) {
    (self.path, self.tensors, self.form) = (path, tensors, form)
    func refusal(_ reason: String) -> InterchangeError {
      .layer(
        path: path,
        layer: layers.lazy.compactMap { $0.forms.first?.first?.first?.name }.first ?? "",
        reason: reason)
    }
    guard layers.count <= Self.mostLayers else {
      throw refusal("and the others are too many to find their order: \(Self.remedy)")
    }
    var found: [[[[LayerDescription]]]] = []
    let classes = Dictionary(grouping: layers, by: \.place.kind).values.map {
      $0.sorted { $0.place.number < $1.place.number }
    }.sorted { $0[0].place.kind < $1[0].place.kind }
    // Of each class those that stand already, in their order.
    var taken = classes.map { _ in 0 }
    func extend(_ order: [[[LayerDescription]]], _ examples: [LayerDescription]) {
      if found.count > Self.mostOrders { return }
      if order.count == layers.count { return found.append(order) }
      for index in classes.indices where taken[index] < classes[index].count {
        let next = classes[index][taken[index]]
        taken[index] += 1
        for form in next.forms {
          let longer = examples + (form.first ?? [])
          guard StackDescription(longer).violation == nil else { continue }
          extend(order + [form], longer)
        }
        taken[index] -= 1
      }
    }
    extend([], [])
    guard !found.isEmpty else { throw refusal("and the others do not fit in any order") }
    guard found.count <= Self.mostOrders else {
      throw refusal("and the others fit in too many orders: \(Self.remedy)")
    }
    orders = found
  }

  /// Layers that read what the model reads: symbols if they can.
  var reading: StackDescription {
    let examples = orders.map { Self.example(of: $0) }
    return examples.first(where: \.readsSymbols) ?? examples[0]
  }

  /// Whether a layer by itself, and not what follows another, is a ReLU: of its own settings nothing stands in a file.
  var hasOwnReLU: Bool { orders.contains { $0.contains([[.function(.activation(.relu))]]) } }

  /// Layers with their weights.
  func stack(_ layers: [LayerDescription]) throws(InterchangeError) -> LayerStack {
    let description = StackDescription(layers)
    var weights = Weights(tensors, of: description, path: path)
    var own: [String: Tensor] = [:]
    for layer in layers { try form.read(layer, &weights, into: &own) }
    return try LayerStack(description) { (parameter) throws(InterchangeError) in
      guard let tensor = own[parameter.name] else {
        throw .missing(path: path, tensor: parameter.name, expected: parameter.shape)
      }
      return tensor
    }
  }

  /// One of the models of an order.
  static func example(of order: [[[LayerDescription]]]) -> StackDescription {
    StackDescription(order.flatMap { $0.first ?? [] })
  }
}
