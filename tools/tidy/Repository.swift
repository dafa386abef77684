// The repository as the rules see it: the paths that git tracks or would track, the text files
// among them, the manifest. Read once; every rule is a function of this value.
// The only file of tidy that touches the disk, besides the program's output.

import Foundation

/// Why the repository could not be read.
enum RepositoryError: Error, Equatable {
  /// There is no Package.swift at the root.
  case noManifest
  /// A listed file could not be read, or is not UTF-8.
  case unreadable(path: String)
}

/// Paths, texts and manifest.
struct Repository: Sendable {
  /// From the root, sorted.
  let paths: [String]
  let files: [SourceText]
  let manifest: Manifest
  /// The manifest's own text.
  let manifestText: SourceText

  init(paths: [String], files: [SourceText], manifest text: String) {
    self.paths = paths
    self.files = files
    manifest = Manifest(text)
    manifestText = SourceText(path: "Package.swift", text: text)
  }

  /// Every finding of every rule, by path and line.
  func findings() -> [Finding] {
    let ofFiles = files.flatMap { file in Rule.all.flatMap { $0.findings(in: file) } }
    let ofTree = TreeRule.all.flatMap { $0.findings(self) }
    return (ofFiles + ofTree).sorted { ($0.path, $0.line) < ($1.path, $1.line) }
  }
}

extension Repository {
  /// The kinds of file that are read; the others only have to be in their place.
  static let textKinds: Set<String> = [
    "swift", "c", "h", "md", "json", "py", "sh", "lua", "modulemap", "service", "socket",
  ]

  /// Reads the repository at a folder.
  init(root: String) throws(RepositoryError) {
    let paths = Self.gitPaths(root) ?? Self.walkedPaths(root)
    guard let manifest = try? String(contentsOfFile: "\(root)/Package.swift", encoding: .utf8)
    else { throw .noManifest }
    let texts = paths.filter {
      Self.textKinds.contains($0.fileKind) && !$0.hasPrefix("Tests/Fixtures/")
    }
    let files = try texts.map { path throws(RepositoryError) in
      guard let text = try? String(contentsOfFile: "\(root)/\(path)", encoding: .utf8) else {
        throw .unreadable(path: path)
      }
      return SourceText(path: path, text: text)
    }
    self.init(paths: paths, files: files, manifest: manifest)
  }

  /// What git tracks, and what it does not ignore; nil without git or outside a work tree.
  private static func gitPaths(_ root: String) -> [String]? {
    let git = Process()
    git.executableURL = URL(filePath: "/usr/bin/env")
    git.arguments = [
      "git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard",
    ]
    let output = Pipe()
    git.standardOutput = output
    git.standardError = FileHandle.nullDevice
    guard (try? git.run()) != nil else { return nil }
    let bytes = output.fileHandleForReading.readDataToEndOfFile()
    git.waitUntilExit()
    guard git.terminationStatus == 0 else { return nil }
    let paths = bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    // A file deleted from the folder is still listed until the deletion is staged.
    let present = paths.filter { FileManager.default.fileExists(atPath: "\(root)/\($0)") }
    return Set(present).sorted()
  }

  /// Every file under the root but hidden ones, for a tree without git.
  private static func walkedPaths(_ root: String) -> [String] {
    let all = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
    return all.filter { path in
      let attributes = try? FileManager.default.attributesOfItem(atPath: "\(root)/\(path)")
      let isFile = attributes?[.type] as? FileAttributeType == .typeRegular
      return isFile && !path.split(separator: "/").contains { $0.hasPrefix(".") }
    }.sorted()
  }
}
