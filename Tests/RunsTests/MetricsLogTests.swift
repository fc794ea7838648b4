import Foundation
import Runs
import Testing
import TestSupport

@Suite("MetricsLog")
struct MetricsLogTests {
  let folder: TemporaryFolder
  let path: String
  let records: [MetricsRecord] = (1...5).map { step in
    let loss = 1 / Double(step)
    return MetricsRecord(
      split: step == 4 ? .validation : .train, step: 10 * step, epoch: 1 + step / 3,
      values: ["loss": loss, "seconds": 0.1])
  }

  init() throws {
    folder = try TemporaryFolder()
    path = folder.path + "/metrics.jsonl"
    let log = try MetricsLog(appendingTo: path)
    for record in records { try log.append(record) }
    try log.synchronize()
  }

  @Test func aRecordIsALineThatPeopleRead() {
    let record = MetricsRecord(
      split: .train, step: 20, epoch: 3,
      values: ["seconds": 1.5, "perplexity": 2, "gradient-norm": .nan, "loss": 0.1])
    #expect(
      record.json == #"{"step":20,"epoch":3,"split":"train","loss":0.1,"perplexity":2.0,"#
        + #""gradient-norm":null,"seconds":1.5}"#)
  }

  @Test func whatIsAppendedIsRead() throws {
    #expect(try MetricsLog.read(path) == records)
  }

  @Test func everyDoubleSurvives() throws {
    for value in [0.1 + 0.2, Double.leastNonzeroMagnitude, -0.0, 1.7976931348623157e308, 1e22] {
      let record = MetricsRecord(split: .test, step: 1, epoch: 1, values: ["a \"b\"\n": value])
      #expect(
        MetricsRecord(json: record.json.utf8)?.values["a \"b\"\n"]?.bitPattern
          == value.bitPattern)
    }
  }

  @Test func resumingRemovesWhatComesAfterTheCheckpoint() throws {
    let log = try MetricsLog(appendingTo: path, resumingAt: 30)
    #expect(try MetricsLog.read(path) == Array(records[..<3]))
    try log.append(records[3])
    try log.append(records[4])
    #expect(try MetricsLog.read(path) == records)
  }

  @Test func aLineTornAtAnyByteIsRemoved() throws {
    let whole = Array(try folder.text(of: "metrics.jsonl").utf8)
    let lastLine = records[4].json.utf8.count + 1
    for cut in 1...lastLine {
      try Data(whole.dropLast(cut)).write(to: URL(filePath: path))
      #expect(try MetricsLog.read(path) == Array(records[..<4]))
      let log = try MetricsLog(appendingTo: path)
      try log.append(records[4])
      #expect(Array(try folder.text(of: "metrics.jsonl").utf8) == whole)
    }
  }

  @Test func damageInTheMiddleIsSaidAndLeftAlone() throws {
    let text = try folder.text(of: "metrics.jsonl").replacing("\"step\":30", with: "\"step\":xx")
    try folder.write(text, to: "metrics.jsonl")
    #expect(throws: RunFolderError.damagedMetrics(path: path, line: 3)) {
      try MetricsLog(appendingTo: path)
    }
    #expect(try folder.text(of: "metrics.jsonl") == text)
  }

  @Test func noFileIsNoRecords() throws {
    #expect(try MetricsLog.read(folder.path + "/none") == [])
  }

  @Test func aMissingFolderIsSaid() {
    #expect(throws: RunFolderError.self) { try MetricsLog(appendingTo: folder.path + "/x/y") }
  }
}
