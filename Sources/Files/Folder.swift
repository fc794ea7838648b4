internal import Foundation

/// Folders that are made.
public enum Folder {
  /// Makes a folder, and those above it that are missing; one that is there stays as it is.
  ///
  /// - Throws: ``FileError/unwritable(path:reason:)``, with the file that is in the way if there is one.
  public static func make(_ path: String) throws(FileError) {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw .unwritable(
        path: path, reason: fileIn(path).map { "'\($0)' is a file" } ?? reason(error))
    }
  }

  /// A part of a path, or all of it, that is a file where a folder is needed.
  private static func fileIn(_ path: String) -> String? {
    var part = path
    while true {
      var isFolder: ObjCBool = false
      if FileManager.default.fileExists(atPath: part, isDirectory: &isFolder) {
        return isFolder.boolValue ? nil : part
      }
      guard let slash = part.lastIndex(of: "/"), slash > part.startIndex else { return nil }
      part = String(part[..<slash])
    }
  }

  /// The system's reason for what Foundation could not do.
  public static func reason(_ error: any Error) -> String {
    // It is no NSError where Foundation is Swift's own.
    guard let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? POSIXError else {
      return error.localizedDescription
    }
    return String(cString: strerror(underlying.code.rawValue))
  }
}
