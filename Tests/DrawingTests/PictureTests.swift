import Drawing
import Foundation
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite("Pictures")
struct PictureTests {
  /// A name that both languages would read as something else.
  static let strange = "a<b> & \"c\" \\ d\u{1}"

  static var strangeCircuit: Circuit {
    var circuit = Circuit(strange, over: .chain)
    let x = circuit.add(Symbol("<x>", index: "&", place: "\""), .input)
    circuit.connect(x, circuit.add("h", .state), Symbol(strange))
    return circuit
  }

  /// The elements of a document, and its text, by the system's own reader.
  final class Reader: NSObject, XMLParserDelegate {
    var elements: [String: Int] = [:]
    var classes: [String: Int] = [:]
    var text = ""

    init?(_ document: String) {
      super.init()
      let parser = XMLParser(data: Data(document.utf8))
      parser.delegate = self
      guard parser.parse() else { return nil }
    }

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
      qualifiedName: String?, attributes: [String: String]
    ) {
      elements[name, default: 0] += 1
      for style in (attributes["class"] ?? "").split(separator: " ") {
        classes[String(style), default: 0] += 1
      }
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }
  }

  @Test func anSVGHasAShapeForEachNodeAndAnArrowForEachEdge() throws {
    for graph in [CircuitTests.elman().folded, CircuitTests.grid.unfolded(steps: 3)] {
      let reader = try #require(Reader(graph.svg))
      #expect(reader.classes["node"] == graph.nodes.count)
      #expect(reader.classes["edge"] == graph.edges.count)
      #expect(reader.classes["delay"] ?? 0 == graph.edges.count { $0.delay != nil })
      #expect(reader.classes["weight"] == graph.edges.count { $0.weight != nil })
    }
  }

  @Test func whatIsReadInGreatNumbersIsFramed() throws {
    var circuit = Circuit("Mean", over: .chain)
    let x = circuit.add("x", .input)
    circuit.connect(x, circuit.add("s", .output, extent: .whole), "mean")
    for (steps, isFramed) in [(12, false), (13, true)] {
      let graph = circuit.unfolded(steps: steps)
      #expect(graph.edges.count == steps)
      let reader = try #require(Reader(graph.svg))
      #expect(reader.classes["frame"] ?? 0 == (isFramed ? 1 : 0))
      #expect(reader.classes["edge"] == (isFramed ? 1 : steps))
      #expect(reader.classes["weight"] == (isFramed ? 1 : steps))
    }
  }

  @Test func anSVGNeedsNothingOutsideItself() {
    let svg = CircuitTests.bidirectional.unfolded(steps: 2).svg
    #expect(!svg.contains("href") && !svg.contains("@import") && !svg.contains("<image"))
    #expect(svg.components(separatedBy: "http").count == 2, "the namespace alone")
  }

  @Test func textIsTextInAnSVG() throws {
    let reader = try #require(Reader(Self.strangeCircuit.folded.svg))
    #expect(reader.text.contains("a<b> & \"c\" \\ d"))
    #expect(reader.text.contains("<x>&\""))
  }

  @Test func textIsTextInDOT() {
    let dot = Self.strangeCircuit.folded.dot
    #expect(dot.contains(#"digraph "a<b> & \"c\" \\ d"#))
    #expect(dot.contains("<I>&lt;x&gt;</I>") && dot.contains(">&amp;</FONT>"))
    #expect(dot.contains(#"label=<<I>a&lt;b&gt; &amp; &quot;c&quot; \ d</I>>"#))
  }

  @Test func dotHasALineForEachNodeAndEdge() {
    let graph = CircuitTests.elman(lags: [1, 2]).folded
    let lines = graph.dot.split(separator: "\n")
    #expect(lines.count { $0.contains("class=") } == graph.nodes.count)
    // One more for each delay, which an edge goes to and leaves.
    #expect(lines.count { $0.contains("->") } == graph.edges.count + 2)
    #expect(lines.count { $0.contains("fillcolor=black") } == 2)
    #expect(graph.dot.contains("xlabel=\"2 steps\""))
  }

  /// Where Graphviz is installed.
  static let graphviz = ["/usr/bin/dot", "/usr/local/bin/dot", "/opt/homebrew/bin/dot"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  @Test(.enabled("Graphviz is not installed") { graphviz != nil })
  func graphvizReadsEveryGraph() throws {
    let circuits = [
      CircuitTests.elman(lags: [1, 3]), CircuitTests.bidirectional, CircuitTests.tree,
      CircuitTests.grid, Self.strangeCircuit,
    ]
    for graph in circuits.flatMap({ [$0.folded, $0.unfolded(steps: 3)] }) {
      let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).dot")
      defer { try? FileManager.default.removeItem(at: file) }
      try graph.dot.write(to: file, atomically: true, encoding: .utf8)
      let process = Process()
      process.executableURL = URL(filePath: try #require(Self.graphviz))
      process.arguments = ["-Tsvg", file.path]
      let (output, errors) = (Pipe(), Pipe())
      process.standardOutput = output
      process.standardError = errors
      try process.run()
      let svg = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      #expect(process.terminationStatus == 0, "\(graph.title)")
      let reader = try #require(Reader(svg))
      #expect(reader.classes["node"] == graph.nodes.count + graph.edges.count { $0.delay != nil })
    }
  }
}
