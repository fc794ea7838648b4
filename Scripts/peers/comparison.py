"""Measures one figure after the other: our side and the peers in turn."""

import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import machine
from side import Side

HERE = Path(__file__).parent
QUIET = 0.1
# A peer that is so many times slower than the best one in the first round is not timed again in that row.
HOPELESS = 4
# Memory hardly varies.
MEMORY_ROUNDS = 3


@dataclass
class Times:
    """What the rounds of one figure gave: milliseconds, or bytes."""

    ours: list[float] = field(default_factory=list)
    limit: list[float] = field(default_factory=list)
    peers: dict[str, list[float]] = field(default_factory=dict)


class Comparison:
    def __init__(self, options):
        self.options = options
        self.patience = options.patience
        self.busy = []
        self.ours = Side("Unfold", [options.benchmark, "serve"])
        self.ours.pause()
        self.peers, self.versions = [], []
        for name in ("torch", "jax", "onnxruntime"):
            self.add_peer(name)

    def add_peer(self, name):
        side = Side(name, [sys.executable, str(HERE / "worker.py"), name])
        try:
            version = side.read()
        except ConnectionError as error:
            print(f"{error}: it is left out", file=sys.stderr)
            return
        side.name = version.split()[0]
        side.pause()
        self.versions.append(version)
        self.peers.append(side)

    def wait(self):
        """Lets others finish, as long as there is patience left, and notes how busy they are."""
        while (share := machine.busy()) is not None and share > QUIET and self.patience > 0:
            time.sleep(1)
            self.patience -= 1.2
        if share is not None:
            self.busy.append(share)

    def measure(self, figure):
        times = Times()
        without = set()
        for _ in range(self.options.rounds):
            self.wait()
            times.limit.append(self.ours.ask("limit", "-", 0.02))
            for peer in list(self.peers):
                if peer.name in without:
                    continue
                # Ours stands beside each peer's, so that neither has the better moments.
                times.ours.append(self.ours.ask(figure.row, figure.direction, self.options.seconds))
                try:
                    answer = peer.ask(figure.row, figure.direction, self.options.seconds)
                except ConnectionError as error:
                    print(f"{error} at {figure.row}: it is left out from here on", file=sys.stderr)
                    self.peers.remove(peer)
                    continue
                if answer is None:
                    without.add(peer.name)
                else:
                    times.peers.setdefault(peer.name, []).append(answer)
            best = min((spent[0] for spent in times.peers.values()), default=0)
            without |= {name for name, spent in times.peers.items() if spent[0] > HOPELESS * best}
            if not times.ours:
                times.ours.append(self.ours.ask(figure.row, figure.direction, self.options.seconds))
        return times

    def measure_own(self, figure):
        """Two rows of ours in turn, the other as the peer that the first is held to, in the one process of ours."""
        times = Times(peers={"other": []})
        for number in range(self.options.rounds):
            self.wait()
            turns = [(figure.row, times.ours), (figure.other, times.peers["other"])]
            for row, spent in turns if number % 2 == 0 else reversed(turns):
                spent.append(self.ours.ask(row, figure.direction, self.options.seconds))
        return times

    def measure_memory(self, figure):
        """Bytes instead of times, each from a process of its own."""
        found = Times()
        ours = [self.options.benchmark, "memory", figure.workload]
        peer = [sys.executable, str(HERE / "worker.py"), "torch", "memory", figure.workload]
        for _ in range(min(self.options.rounds, MEMORY_ROUNDS)):
            found.ours += printed(ours)
            if "PyTorch" in (side.name for side in self.peers):
                found.peers.setdefault("PyTorch", []).extend(printed(peer))
        return found

    def end(self):
        for side in [self.ours, *self.peers]:
            side.end()


def printed(command):
    """The number that a command prints; nothing where it has none, or fails."""
    ended = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if ended.returncode != 0:
        print(f"{' '.join(command)} ended with status {ended.returncode}: it is left out", file=sys.stderr)
        return []
    return [] if ended.stdout.strip() == "none" else [float(ended.stdout)]
