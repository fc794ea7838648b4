/// Reads the literal of Python that a header is: a dictionary of a type, an order and a shape.
struct LiteralScanner {
  private let bytes: UnsafeRawBufferPointer
  private var position = 0
  private let path: String
  private let origin: Int

  init(_ bytes: UnsafeRawBufferPointer, path: String, origin: Int) {
    self.bytes = bytes
    self.path = path
    self.origin = origin
  }

  /// Reads all of it.
  mutating func header() throws(NumPyError) -> NumPyHeader {
    var dtype: NumPyDType?
    var isColumnMajor: Bool?
    var shape: [Int]?
    try expect("{")
    while !take("}") {
      skipSpace()
      let place = position
      let key = try string()
      try expect(":")
      switch key {
      case "descr" where dtype == nil: dtype = try type()
      case "fortran_order" where isColumnMajor == nil: isColumnMajor = try truth()
      case "shape" where shape == nil: shape = try sizes()
      default: throw wrong("descr, fortran_order or shape, each once", at: place)
      }
      if !take(",") {
        try expect("}")
        break
      }
    }
    skipSpace()
    guard position == bytes.count else { throw wrong("nothing more") }
    guard let dtype, let isColumnMajor, let shape else {
      throw wrong("descr, fortran_order and shape before the end", at: 0)
    }
    return NumPyHeader(dtype: dtype, isColumnMajor: isColumnMajor, shape: shape)
  }

  private mutating func type() throws(NumPyError) -> NumPyDType {
    skipSpace()
    guard next == UInt8(ascii: "'") || next == UInt8(ascii: "\"") else {
      // A list of fields, or something else that is no name: as far as its brackets go.
      let rest = bytes[position...].prefix { $0 != UInt8(ascii: "]") }
      let text = String(decoding: rest, as: UTF8.self)
      throw .dtype(path: path, descriptor: text.hasPrefix("[") ? "\(text)]" : text)
    }
    let text = try string()
    guard let type = NumPyDType(descriptor: text) else {
      throw .dtype(path: path, descriptor: text)
    }
    return type
  }

  private mutating func truth() throws(NumPyError) -> Bool {
    skipSpace()
    for (word, value) in [("True", true), ("False", false)]
    where bytes[position...].starts(with: word.utf8) {
      position += word.utf8.count
      return value
    }
    throw wrong("True or False")
  }

  private mutating func sizes() throws(NumPyError) -> [Int] {
    try expect("(")
    var sizes: [Int] = []
    while !take(")") {
      // NumPy itself has at most 64 axes.
      guard sizes.count < 64 else { throw wrong("at most 64 axes") }
      sizes.append(try integer())
      if !take(",") {
        try expect(")")
        break
      }
    }
    return sizes
  }

  private mutating func integer() throws(NumPyError) -> Int {
    skipSpace()
    let start = position
    var value = 0
    while let byte = next, (0x30...0x39).contains(byte) {
      let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = tens.addingReportingOverflow(Int(byte) - 0x30)
      if overflow || carry { throw wrong("a size of at most \(Int.max)", at: start) }
      value = sum
      position += 1
    }
    guard position > start else { throw wrong("a size of 0 or more") }
    // Python 2 wrote its long numbers so.
    _ = take("L")
    return value
  }

  private mutating func string() throws(NumPyError) -> String {
    skipSpace()
    guard let quote = next, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
      throw wrong("a string")
    }
    let start = position + 1
    guard let end = bytes[start...].firstIndex(of: quote),
      !bytes[start..<end].contains(UInt8(ascii: "\\"))
    else { throw wrong("the end of a string") }
    position = end + 1
    return String(decoding: bytes[start..<end], as: UTF8.self)
  }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard next == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(NumPyError) {
    guard take(character) else { throw wrong("'\(character)'") }
  }

  private mutating func skipSpace() {
    while let byte = next {
      switch byte {
      case 0x20, 0x09, 0x0A, 0x0D: position += 1
      default: return
      }
    }
  }

  private func wrong(_ expected: String, at place: Int? = nil) -> NumPyError {
    .header(path: path, offset: origin + (place ?? position), expected: expected)
  }
}
