public import ArgumentParser
internal import Files
public import Unfold

extension UnfoldCommand {
  struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "inspect",
      abstract: "Look at what models are made of, and at how training went.",
      subcommands: [Activations.self, ONNX.self, Events.self])
  }
}

extension UnfoldCommand.Inspect {
  struct Activations: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "activations", abstract: "Draw activations, each with its derivative.")

    @Argument(help: "Which to draw. (default: all)")
    var activations: [Activation] = []

    @Option(parsing: .unconditional, help: "How far to draw on either side of 0.")
    var range = 4.0

    @Option(name: .customLong("svg"), help: "An SVG file to write, instead of the terminal.")
    var picture: String?

    func validate() throws {
      guard range >= 1e-3, range <= 1e3 else {
        throw ValidationError("--range must be from 0.001 to 1000, got \(range)")
      }
    }

    func run() throws {
      let chosen = activations.isEmpty ? Activation.allCases : activations
      if let picture {
        let plots = chosen.map { $0.plot(range: range, points: 241, marks: 241) }
        let columns = min(3, plots.count)
        try AtomicFile.write(
          LinePlot.svg(
            plots, title: "Activations and their derivatives", columns: columns, width: 360,
            height: 260), to: picture)
        return
      }
      let width = min(Terminal.width(of: 1) ?? 72, 72)
      for activation in chosen {
        // A mark in every third column, so that they stay apart from the line.
        try show(
          activation.plot(range: range, points: 2 * width + 1, marks: width / 3)
            .terminal(width: width))
      }
    }
  }
}

extension Activation: ExpressibleByArgument {}

extension Activation {
  /// f and its derivative from −range to range, each at a number of points.
  func plot(range: Double, points: Int, marks: Int) -> LinePlot {
    func places(_ count: Int) -> Tensor {
      Tensor(
        (0..<count).map { range * (2 * Double($0) / Double(count - 1) - 1) }, shape: [count],
        scalarType: .float64)
    }
    func line(_ name: String, _ x: Tensor, _ y: Tensor) -> LinePlot.Series {
      .init(name: name, points: zip(x.scalars, y.scalars).map { .init(x: $0, y: $1) })
    }
    let x = places(points), marked = places(marks)
    // Each element depends on its own x alone: the gradient of their sum is the derivative of each.
    let slope = valueWithGradient(at: marked) { self($0).sum() }.gradient
    return LinePlot(
      name: rawValue, axis: "x", series: [line("f", x, self(x)), line("f′", marked, slope)])
  }
}
