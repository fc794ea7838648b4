#if HDF5
  internal import CHDF5Reader
  internal import Files

  /// Makes groups of the records that a process says of a file.
  ///
  /// What reads a damaged file may itself be damaged, so nothing of it is believed: of nothing is there more than the file
  /// has bytes.
  struct HDF5Reader<Source: HDF5Source & ~Copyable>: ~Copyable {
    private let path: String
    private let fileBytes: Int
    private var source: Source
    /// Bytes of names and texts.
    private var text: Allowance
    /// Texts of attributes.
    private var texts: Allowance
    /// Numbers of arrays.
    private var numbers: Allowance
    /// Groups, arrays and attributes.
    private var objects: Allowance

    /// How much more there can be of something.
    private struct Allowance {
      private var left: Int

      init(_ most: Int) { left = most }

      /// Takes some; `nil` if there is not as much.
      mutating func take(_ count: UInt64) -> Int? {
        guard let count = Int(exactly: count), count <= left else { return nil }
        left -= count
        return count
      }
    }

    /// Reads records of a file of `fileBytes`.
    init(_ source: consuming Source, path: String, fileBytes: Int) {
      self.path = path
      self.fileBytes = fileBytes
      self.source = source
      let most = Allowance(fileBytes)
      (text, texts, numbers, objects) = (most, most, most, most)
    }

    /// All that is in the file.
    ///
    /// - Throws: ``HDF5Error``.
    mutating func root() throws(HDF5Error) -> HDF5Group { try group(depth: 0) }

    private mutating func group(depth: Int) throws(HDF5Error) -> HDF5Group {
      guard depth <= Int(UNFOLD_HDF5_DEPTH) else { throw nonsense }
      var found = HDF5Group()
      while true {
        let record = unfold_hdf5_record(rawValue: UInt32(try integer(of: UInt8.self)))
        switch record {
        case UNFOLD_HDF5_END where depth > 0: return found
        case UNFOLD_HDF5_DONE where depth == 0: return found
        case UNFOLD_HDF5_PROBLEM: throw try problem()
        case UNFOLD_HDF5_GROUP, UNFOLD_HDF5_TEXTS, UNFOLD_HDF5_DATASET:
          guard objects.take(1) != nil else { throw nonsense }
          let name = try readText()
          if record == UNFOLD_HDF5_GROUP {
            found.groups[name] = try group(depth: depth + 1)
          } else if record == UNFOLD_HDF5_TEXTS {
            found.texts[name] = try readTexts()
          } else {
            found.datasets[name] = try dataset()
          }
        default: throw nonsense
        }
      }
    }

    private mutating func dataset() throws(HDF5Error) -> HDF5Dataset {
      let isExact = try integer(of: UInt8.self) != 0
      let rank = try integer(of: UInt64.self)
      guard rank <= 32 else { throw nonsense }
      var shape: [Int] = []
      for _ in 0..<rank {
        guard let size = Int(exactly: try integer(of: UInt64.self)) else { throw nonsense }
        shape.append(size)
      }
      let claimed = try integer(of: UInt64.self)
      guard let count = numbers.take(claimed), Self.count(of: shape) == count else {
        throw nonsense
      }
      var values = [Float](repeating: 0, count: count)
      try fill(&values)
      return HDF5Dataset(shape: shape, values: values, isExact: isExact)
    }

    /// The numbers in an array; `nil` for more than can be counted.
    private static func count(of shape: [Int]) -> Int? {
      if shape.contains(0) { return 0 }
      var count = 1
      for size in shape {
        let (product, overflow) = count.multipliedReportingOverflow(by: size)
        if overflow { return nil }
        count = product
      }
      return count
    }

    private mutating func readTexts() throws(HDF5Error) -> [String] {
      guard let count = texts.take(try integer(of: UInt64.self)) else { throw nonsense }
      var found: [String] = []
      found.reserveCapacity(count)
      for _ in 0..<count { found.append(try readText()) }
      return found
    }

    private mutating func readText() throws(HDF5Error) -> String {
      guard let count = text.take(try integer(of: UInt64.self)) else { throw nonsense }
      var bytes = [UInt8](repeating: 0, count: count)
      try fill(&bytes)
      return String(decoding: bytes, as: UTF8.self)
    }

    /// What is wrong with the file, by the process that could read it so far.
    private mutating func problem() throws(HDF5Error) -> HDF5Error {
      let problem = unfold_hdf5_problem(rawValue: UInt32(try integer(of: UInt8.self)))
      // All names on the way to an object, of which other records have had some.
      text = Allowance(fileBytes + 2 * Int(UNFOLD_HDF5_DEPTH))
      let name = try readText()
      let number = Int(clamping: try integer(of: UInt64.self))
      func unreadable(_ what: String) -> HDF5Error {
        .unreadable(path: path, name: name, what: what)
      }
      switch problem {
      case UNFOLD_HDF5_NOT_HDF5: return .notHDF5(path: path)
      case UNFOLD_HDF5_BAD_GROUP: return unreadable("group")
      case UNFOLD_HDF5_BAD_OBJECT: return unreadable("object")
      case UNFOLD_HDF5_BAD_DATASET: return unreadable("dataset")
      case UNFOLD_HDF5_BAD_ATTRIBUTES: return unreadable("attributes of")
      case UNFOLD_HDF5_BAD_ATTRIBUTE: return unreadable("attribute")
      case UNFOLD_HDF5_TOO_DEEP:
        return .tooDeep(path: path, name: name, limit: Int(UNFOLD_HDF5_DEPTH))
      case UNFOLD_HDF5_LINKED_TWICE: return .linkedTwice(path: path, name: name)
      case UNFOLD_HDF5_OTHER_TYPE: return .type(path: path, name: name)
      case UNFOLD_HDF5_OTHER_LAYOUT: return .layout(path: path, name: name)
      case UNFOLD_HDF5_TOO_LARGE:
        return .size(path: path, name: name, bytes: number, fileBytes: fileBytes)
      default: return nonsense
      }
    }

    private var nonsense: HDF5Error { .ended(path: path, how: "said what cannot be") }

    private mutating func integer<Number: FixedWidthInteger & BitwiseCopyable>(
      of type: Number.Type
    ) throws(HDF5Error) -> Number {
      var number = [Number.zero]
      try fill(&number)
      return number[0]
    }

    /// Fills an array with what comes next.
    private mutating func fill<Element: BitwiseCopyable>(
      _ elements: inout [Element]
    ) throws(HDF5Error) {
      var failure: HDF5Error?
      elements.withUnsafeMutableBytes { bytes in
        do throws(HDF5Error) { try source.fill(bytes) } catch { failure = error }
      }
      if let failure { throw failure }
    }
  }
#endif
