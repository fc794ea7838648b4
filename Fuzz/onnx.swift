import Files
import Foundation
import ONNX

/// A folder for models, with a file of weights as PyTorch's exporter calls it: of 4,320 bytes, like the one of the corpus's
/// `lstm-beside.onnx`.
private let folder: String = {
  let folder = FileManager.default.temporaryDirectory.appending(path: "unfold-fuzz-onnx").path
  try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  FileManager.default.createFile(
    atPath: folder + "/model.onnx.data", contents: Data(repeating: 63, count: 4320))
  return folder
}()

/// Reads any bytes as a model of ONNX: they are refused, or a graph of which every node is known and every name is made
/// before it is read. Elements of its tensors may lie in the file beside it.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = MappedFile(
    Array(UnsafeBufferPointer(start: bytes, count: count)), named: folder + "/model.onnx")
  do throws(ONNXError) {
    let model = try ModelFile(input, readsBeside: true)
    // A number of a list may be one byte in the file and eight in memory; and of the file beside it, or of a small one that
    // several tensors share, no more than this can be claimed.
    precondition(model.weightBytes <= 8 * count + 65 << 20)
  } catch {
    precondition(!error.description.isEmpty)
  }
  return 0
}
