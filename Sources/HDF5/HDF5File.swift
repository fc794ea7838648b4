public import Files

/// An HDF5 file of arrays, read whole.
///
/// The library behind it is an option of the build, the trait `HDF5`; without it every file is refused with a sentence that
/// says so. Links to other places and other files are passed over, and arrays must lie in the file as they are: so what is
/// read takes memory in proportion to the file.
///
/// The library trusts what a file says of itself, and a damaged file can end the program that calls it. So it is called in a
/// process of its own, a copy of this one that reads and ends, with limits of time and, on Linux, of memory; this program is told an
/// ``HDF5Error`` whatever becomes of that.
public struct HDF5File: Sendable {
  /// The path as given.
  public let path: String
  /// All that is in it.
  public let root: HDF5Group

  /// Whether this program was built with the library.
  public static var isAvailable: Bool {
    #if HDF5
      true
    #else
      false
    #endif
  }

  /// Reads a file.
  ///
  /// - Throws: ``HDF5Error``.
  public init(contentsOf path: String) throws(HDF5Error) {
    let file: MappedFile
    do throws(FileError) {
      file = try MappedFile(contentsOf: path)
    } catch {
      throw .file(error)
    }
    try self.init(file)
  }

  /// Reads a file that is in memory.
  ///
  /// - Throws: ``HDF5Error``.
  public init(_ file: MappedFile) throws(HDF5Error) {
    path = file.path
    #if HDF5
      var reader = HDF5Reader(try HDF5Child(file), path: file.path, fileBytes: file.count)
      root = try reader.root()
    #else
      throw .notBuilt(path: file.path)
    #endif
  }
}
