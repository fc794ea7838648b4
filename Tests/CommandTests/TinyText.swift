/// Short texts by a formula: sentences of a few languages, put together anew line by line.
enum TinyText: String, CaseIterable {
  case english, japanese, chinese, korean, mixed

  private var parts: ([String], [String], end: String) {
    switch self {
    case .english:
      (
        ["the cat", "a bird", "my uncle", "the moon"], ["sees the sea", "paints a stone", "sings"],
        "."
      )
    case .japanese:
      (["猫が", "古い時計は", "となりの子どもが", "春の風は"], ["庭で眠っている", "静かに歌う", "海を見ていた"], "。")
    case .chinese:
      (["小猫", "老先生", "窗外的雨", "山上的月亮"], ["慢慢地走过来", "在河边唱歌", "还没有睡觉"], "。")
    case .korean:
      (["고양이가", "작은 새는", "우리 할머니가", "하얀 달은"], ["바다를 본다", "노래를 부른다", "조용히 웃는다"], ".")
    case .mixed:
      (["The cat と", "小さな bird が", "할머니 and 猫", "月亮 🌙"], ["sings 歌", "海へ go", "본다 👩‍👩‍👧"], "!")
    }
  }

  func text(lines: Int = 40) -> String {
    let (who, does, end) = parts
    let space = [.japanese, .chinese].contains(self) ? "" : " "
    return (0..<lines).map { "\(who[$0 * 7 % 4])\(space)\(does[$0 * $0 % 3])\(end)\n" }.joined()
  }
}

extension CommandFolder {
  /// Options of a model that trains in a moment; later ones win.
  static let small = [
    "--train", "text.txt", "--run", "run", "--hidden-size", "8", "--embedding-size", "6",
    "--layers", "1", "--batch-size", "4", "--window", "8", "--epochs", "2", "--seed", "3",
  ]

  /// A folder with a text and a run of it in `run`.
  static func withRun(_ options: String...) throws -> CommandFolder { try withRun(options) }

  static func withRun(_ options: [String]) throws -> CommandFolder {
    let folder = try CommandFolder()
    try folder.write(TinyText.english.text(), to: "text.txt")
    let outcome = try folder.run(["train"] + small + options)
    guard outcome.code == 0 else { throw Failed(outcome: outcome) }
    return folder
  }

  struct Failed: Error { var outcome: Outcome }
}
