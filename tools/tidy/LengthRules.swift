// The rules about length: functions, and files. The soft limit for files is a ratchet over the
// whole repository: the count of longer files may only fall, and `softFileCount` falls with it.
// Generated files are exempt from all of them.

extension Rule {
  static let functionLimit = 70
  static let fileLimit = 600

  /// No function, initializer, subscript or computed property is longer than the limit.
  static let functionLength = Rule(name: "function-length") { file in
    guard !file.isGenerated else { return [] }
    return FunctionSpan.spans(in: file.tokens).compactMap { span in
      guard span.lineCount > functionLimit else { return nil }
      let message = "\(span.name) has \(span.lineCount) lines, at most \(functionLimit)"
      return Breach(line: span.firstLine, message: message)
    }
  }

  /// No hand-written Swift file is longer than the hard limit.
  static let fileLength = Rule(name: "file-length") { file in
    guard file.isSwift, !file.isGenerated, file.lines.count > fileLimit else { return [] }
    let message = "\(file.lines.count) lines, at most \(fileLimit)"
    return [Breach(line: fileLimit + 1, message: message)]
  }
}

extension TreeRule {
  static let softFileLimit = 400
  /// How many hand-written Swift files are longer than the soft limit; only ever lower it.
  static let softFileCount = 0

  /// The number of long files is the one stated here, neither higher nor lower.
  static let longFiles = TreeRule(name: "long-files") { repository in
    longFileFindings(in: repository, allowed: softFileCount)
  }

  /// Names every long file if there are too many; asks for a lower count if there are too few.
  static func longFileFindings(in repository: Repository, allowed: Int) -> [Finding] {
    let long = repository.files.filter {
      $0.isSwift && !$0.isGenerated && $0.lines.count > softFileLimit
    }
    if long.count < allowed {
      let message = "\(long.count) files are over \(softFileLimit) lines: lower softFileCount"
      let path = "tools/tidy/LengthRules.swift"
      return [Finding(path: path, line: 0, rule: "long-files", message: message)]
    }
    guard long.count > allowed else { return [] }
    return long.map { file in
      let message = "\(file.lines.count) lines; \(allowed) files may have over \(softFileLimit)"
      return Finding(path: file.path, line: 0, rule: "long-files", message: message)
    }
  }
}
