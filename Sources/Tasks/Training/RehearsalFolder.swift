internal import Files
internal import Foundation
internal import Runs

/// A folder in which a rehearsal writes what the run would: on the disk where the run's folder is or will be, and gone with
/// this value.
///
/// Its name is its own, for rehearsals of one run may go on at once. The lock of a run's folder tells which of them do.
final class RehearsalFolder {
  /// The files, under the names that the run gives them.
  let files: RunFolder

  /// A fresh folder; `nil` where there can be none. What is left of rehearsals that were ended by force is removed.
  ///
  /// - Parameter path: The run's folder.
  init?(for path: String) {
    var place = URL(filePath: path).absoluteURL.deletingLastPathComponent()
    while !FileManager.default.fileExists(atPath: place.path), place.path != "/" {
      place.deleteLastPathComponent()
    }
    let stem = ".\(URL(filePath: path).lastPathComponent).dry-run."
    Self.removeLeftovers(stem, in: place)
    let own = place.appending(path: stem + UUID().uuidString).path
    guard let files = try? RunFolder(claiming: own, mode: .create) else { return nil }
    self.files = files
    // With a configuration it counts as a run's folder, which another rehearsal may claim when nobody holds it any more.
    do { try AtomicFile.write("", to: files.configuration) } catch { return nil }
  }

  deinit { try? FileManager.default.removeItem(atPath: files.path) }

  private static func removeLeftovers(_ stem: String, in place: URL) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: place.path)) ?? []
    for name in names where name.hasPrefix(stem) {
      // One that is held cannot be claimed.
      guard
        let left = try? RunFolder(
          claiming: place.appending(path: name).path, mode: .overwrite)
      else { continue }
      try? FileManager.default.removeItem(atPath: left.path)
    }
  }
}
