import Foundation
public import Safetensors
public import Tensors

/// Reference values written by the scripts in `Scripts/reference`.
public struct Fixture {
  /// What went wrong when a test asked for a value.
  public enum Failure: Error, Equatable {
    /// The file holds no tensor of this name.
    case missing(file: String, name: String)
    /// The tensor is there, but its elements are of another type.
    case type(file: String, name: String, found: SafetensorsDType)
  }

  private let file: SafetensorsFile

  /// Opens `Tests/Fixtures/<name>.safetensors`.
  public init(_ name: String) throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    file = try SafetensorsFile(
      contentsOf: folder.appending(path: "Fixtures/\(name).safetensors").path)
  }

  /// The free text stored beside the tensors.
  public var metadata: [String: String] { file.metadata }

  /// The names of all tensors.
  public var names: [String] { file.names }

  /// Whether there is a tensor of this name.
  public func contains(_ name: String) -> Bool { file[name] != nil }

  /// A tensor of floating-point numbers.
  public func tensor(_ name: String) throws -> Tensor {
    let entry = try entry(name)
    let type: ScalarType
    switch entry.dtype {
    case .float32: type = .float32
    case .float64: type = .float64
    default: throw Failure.type(file: file.path, name: name, found: entry.dtype)
    }
    return entry.withUnsafeBytes {
      Tensor(bytes: $0, shape: Shape(entry.shape), scalarType: type)
    }
  }

  /// A tensor of whole numbers.
  public func indices(_ name: String) throws -> IndexTensor {
    let entry = try entry(name)
    let shape = Shape(entry.shape)
    switch entry.dtype {
    case .int32: return IndexTensor(entry.values(as: Int32.self), shape: shape)
    case .int64: return IndexTensor(entry.values(as: Int64.self).map(Int32.init), shape: shape)
    default: throw Failure.type(file: file.path, name: name, found: entry.dtype)
    }
  }

  private func entry(_ name: String) throws -> SafetensorsFile.Entry {
    guard let entry = file[name] else { throw Failure.missing(file: file.path, name: name) }
    return entry
  }
}
