#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Glibc
#endif

/// Files that are either as before or completely written, whatever happens in between.
public enum DurableFile {
  /// Replaces a file: writes beside it, waits for the disk, renames.
  ///
  /// Throws when the disk is full or the folder is not writable; the old file is then untouched.
  public static func replace(
    _ path: String, with bytes: some Sequence<UInt8>
  ) throws(RunFolderError) {
    let temporary = path + ".tmp"
    do throws(RunFolderError) {
      let descriptor = retrying {
        open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
      }
      guard descriptor >= 0 else {
        throw .cannot(action: "write", path: path, reason: lastFailure())
      }
      defer { close(descriptor) }
      try writeAll(Array(bytes), to: descriptor, path: path)
      try synchronize(descriptor, path: path)
      guard rename(temporary, path) == 0 else {
        throw .cannot(action: "write", path: path, reason: lastFailure())
      }
    } catch {
      unlink(temporary)
      throw error
    }
    synchronizeFolder(of: path)
  }

  /// Makes a rename last through a power cut. Some file systems cannot, and then nothing is lost
  /// that a rename had promised.
  private static func synchronizeFolder(of path: String) {
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    let descriptor = retrying { open(folder, O_RDONLY | O_CLOEXEC) }
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }
}
