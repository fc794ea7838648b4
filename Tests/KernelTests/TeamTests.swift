import CKernels
import Foundation
import Synchronization
import Testing

/// What the members of runs of the team left behind.
private final class Roll: Sendable {
  private let calls = Mutex<[(member: Int, members: Int)]>([])
  let body: (@Sendable () -> Void)?

  init(body: (@Sendable () -> Void)? = nil) { self.body = body }

  var members: [Int] { calls.withLock { $0.map(\.member).sorted() } }
  var sizes: Set<Int> { calls.withLock { Set($0.map(\.members)) } }

  func add(_ member: CInt, of members: CInt) {
    body?()
    calls.withLock { $0.append((Int(member), Int(members))) }
  }

  /// Runs the team once; every member signs.
  func run(limit: Int) {
    unfold_team_run(
      CInt(limit),
      { context, member, members in
        guard let context else { return }
        Unmanaged<Roll>.fromOpaque(context).takeUnretainedValue().add(member, of: members)
      }, Unmanaged.passUnretained(self).toOpaque())
  }
}

private func membersOfRun(limit: Int) -> [Int] {
  let roll = Roll()
  roll.run(limit: limit)
  return roll.members
}

extension KernelTests {
  @Suite struct TeamTests {
    @Test(arguments: [1, 2, 3, 5])
    func `every member is called once and told the same size`(size: Int) {
      withTeam(of: size) {
        for _ in 0..<300 {
          let roll = Roll()
          roll.run(limit: 100)
          #expect(roll.members == Array(0..<size))
          #expect(roll.sizes == [size])
        }
      }
    }

    @Test func `members that went to sleep wake up`() {
      withTeam(of: 3) {
        for _ in 0..<20 {
          #expect(membersOfRun(limit: 3) == [0, 1, 2])
          Thread.sleep(forTimeInterval: 0.003)
        }
      }
    }

    @Test func `the caller waits for members that take long`() {
      withTeam(of: 3) {
        let roll = Roll { Thread.sleep(forTimeInterval: 0.004) }
        for _ in 0..<5 { roll.run(limit: 3) }
        #expect(roll.members.count == 15)
      }
    }

    @Test func `a limit bounds the team`() {
      withTeam(of: 4) {
        #expect(membersOfRun(limit: 3) == [0, 1, 2])
        #expect(membersOfRun(limit: 1) == [0])
        #expect(membersOfRun(limit: 0) == [0])
        #expect(membersOfRun(limit: -5) == [0])
      }
    }

    @Test func `resizing takes effect at the next run and is at least one`() {
      withTeam(of: 3) {
        #expect(membersOfRun(limit: 10).count == 3)
        unfold_team_resize(2)
        #expect(unfold_team_size() == 2)
        #expect(membersOfRun(limit: 10).count == 2)
        unfold_team_resize(4)
        #expect(membersOfRun(limit: 10).count == 4)
        unfold_team_resize(-7)
        #expect(unfold_team_size() == 1)
        #expect(membersOfRun(limit: 10).count == 1)
      }
    }

    @Test func `a run inside a run is a team of one`() {
      withTeam(of: 3) {
        let inner = Roll()
        let outer = Roll { inner.run(limit: 3) }
        outer.run(limit: 3)
        #expect(outer.members == [0, 1, 2])
        #expect(inner.members == [0, 0, 0])
        #expect(inner.sizes == [1])
        #expect(membersOfRun(limit: 3) == [0, 1, 2])
      }
    }

    @Test func `runs from several threads at once all finish, as whole teams or as teams of one`() {
      withTeam(of: 3) {
        DispatchQueue.concurrentPerform(iterations: 8) { _ in
          for _ in 0..<200 {
            let roll = Roll()
            roll.run(limit: 3)
            #expect(roll.members == [0, 1, 2] || (roll.members == [0] && roll.sizes == [1]))
          }
        }
        #expect(membersOfRun(limit: 3) == [0, 1, 2])
      }
    }
  }
}
