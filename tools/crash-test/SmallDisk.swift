// A small disk of its own: an ext4 image in a file, mounted over a loop device. The mount lives in
// a mount namespace of this process, so the kernel takes it and the loop device away with the last
// process of the test, however that ends. Only root may; whoever may not is told why.

import CLinux
import Glibc
import LinuxIO

/// A mounted image.
struct SmallDisk {
  /// Where it is mounted.
  let path: String
  private let image: String
  private let place: Workplace

  static let sizeBytes: Int64 = 48 << 20

  /// Leaves the machine's mounts to themselves; before any thread is started.
  static func prepareProcess() throws(Trouble) {
    guard geteuid() == 0 else { throw .notPermitted("mounting needs root") }
    guard cl_leave_mounts() == 0 else {
      throw .notPermitted("no mount namespace: \(Errno(rawValue: errno))")
    }
  }

  /// Makes and mounts an empty disk.
  init(in place: Workplace) throws(Trouble) {
    self.place = place
    image = place.file("image")
    path = place.file("disk")
    let image = image
    try needed("image") { () throws(SystemError) in
      let file = try FileDescriptor.open(image, .readWrite, [.create, .truncate])
      try file.truncate(toSizeBytes: Self.sizeBytes)
    }
    let path = path
    if (try? FileSystem.status(of: path)) == nil {
      try needed("mount point") { () throws(SystemError) in try FileSystem.makeDirectory(path) }
    }
    try permitted(["mkfs.ext4", "-q", "-F", "-m", "0", image])
    try mount()
  }

  /// Mounts the image; the kernel replays its journal.
  func mount() throws(Trouble) {
    try permitted(["mount", "-o", "loop,errors=remount-ro", image, path])
  }

  /// Takes the disk away; nothing may be open on it.
  func unmount() throws(Trouble) {
    let (isDone, said) = try ChildProcess.run(["umount", path], in: place.path)
    guard isDone else { throw .setup("umount: \(said)") }
  }

  /// The disk becomes read-only under whoever writes, as after a failure that the kernel noticed.
  func abort() throws(Trouble) {
    try permitted(["mount", "-o", "remount,abort", path])
  }

  /// From here on the disk has what was synced, and takes nothing.
  func cutPower() throws(Trouble) {
    let path = path
    let directory = try needed(path) { () throws(SystemError) in try Directory.open(path) }
    guard cl_cut_power(directory.descriptor.rawValue) == 0 else {
      throw .notPermitted("no SHUTDOWN of ext4: \(Errno(rawValue: errno))")
    }
  }

  /// Fills the disk but for about `restBytes`, by a file of the given name.
  func fill(_ name: String, leaving restBytes: UInt64) throws(Trouble) {
    let path = path
    try needed("ballast") { () throws(SystemError) in
      let directory = try Directory.open(path)
      let ballast = try directory.openFile(name, .readWrite, [.create])
      let free = try directory.descriptor.freeBytes()
      try Self.extend(ballast, by: Int64(free) - Int64(restBytes))
    }
  }

  /// Allocates in ever smaller pieces: the last blocks are not to be had in one.
  private static func extend(
    _ file: borrowing FileDescriptor, by sizeBytes: Int64
  ) throws(SystemError) {
    var left = sizeBytes
    var piece = sizeBytes
    while piece >= 4096, left > 0 {
      do throws(SystemError) {
        try file.allocate(sizeBytes: min(piece, left), at: sizeBytes - left)
        left -= min(piece, left)
      } catch {
        guard error.code == .noSpace else { throw error }
        piece /= 2
      }
    }
  }

  /// Gives the room of a file back.
  func remove(_ name: String) throws(Trouble) {
    let path = path
    try needed("ballast") { () throws(SystemError) in try Directory.open(path).remove(name) }
  }

  private func permitted(_ words: [String]) throws(Trouble) {
    let (isDone, said) = try ChildProcess.run(words, in: place.path)
    guard isDone else { throw .notPermitted(words.joined(separator: " ") + ": " + said) }
  }
}
