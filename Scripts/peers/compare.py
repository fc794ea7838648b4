"""Times Unfold and its peers in turn and prints a Markdown table; Scripts/compare.sh sets up what this needs.

Every side is a process of its own that is stopped while another one is timed, so that no idle thread spins on another's
time. Each round times ours, then a peer, for each peer; the figures are the medians over the rounds.
"""

import argparse
import datetime
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import machine
from rows import figures

HERE = Path(__file__).parent
QUIET = 0.1
# A peer that is so many times slower than the best one in the first round is not timed again in that row.
HOPELESS = 4


class Side:
    """A process that times what it is asked for."""

    def __init__(self, name, command):
        self.name = name
        # In a session of its own: a group with stopped processes is hung up when its shell goes.
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1,
                                        start_new_session=True)

    def read(self):
        line = self.process.stdout.readline()
        if not line:
            raise ConnectionError(f"{self.name} ended with status {self.process.wait()}")
        return line.strip()

    def ask(self, row, direction, seconds):
        """Milliseconds, or None where this side has no such figure."""
        self.process.send_signal(signal.SIGCONT)
        try:
            print(row, direction, seconds, file=self.process.stdin)
        except BrokenPipeError as error:
            raise ConnectionError(f"{self.name} ended with status {self.process.wait()}") from error
        answer = self.read()
        self.pause()
        return None if answer == "none" else float(answer)

    def pause(self):
        self.process.send_signal(signal.SIGSTOP)

    def end(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.terminate()
            self.process.wait()


@dataclass
class Times:
    """What the rounds of one figure gave."""

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

    def end(self):
        for side in [self.ours, *self.peers]:
            side.end()


def milliseconds(value):
    return f"{value:.3f}" if value < 10 else f"{value:.1f}"


def line(figure, times):
    """A row of the table, and whether its bar is met (None without a bar or a peer)."""
    ours = median(times.ours)
    share = figure.operations / (ours * 1e-3) / (median(times.limit) * 1e9)
    cells = [figure.title, "forward" if figure.direction == "forward" else "forward + backward", milliseconds(ours)]
    if figure.row.startswith("language-model"):
        cells[1] = "whole step"
    met = None
    if times.peers:
        name, theirs = min(((n, median(t)) for n, t in times.peers.items()), key=lambda pair: pair[1])
        ratio = theirs / ours
        met = None if figure.bar is None else ratio >= figure.bar
        cells += [name, milliseconds(theirs), f"{ratio:.2f}"]
    else:
        cells += ["–", "–", "–"]
    cells.append("–" if figure.bar is None else f"{figure.bar:g}")
    cells.append({None: "–", True: "yes", False: "no"}[met])
    cells.append(f"{100 * share:.0f}%")
    return "| " + " | ".join(cells) + " |", met


def document(comparison, commit, lines, marks, limits, count):
    options = comparison.options
    judged = [mark for mark in marks if mark is not None]
    others = ""
    if comparison.busy:
        others = (f" Between turns other programs kept {100 * median(comparison.busy):.0f}% of the processors busy"
                  f" (median; {100 * max(comparison.busy):.0f}% at most).")
    return "\n".join([
        "# Unfold and its peers",
        "",
        "`make compare` writes this file. Milliseconds; ratio: the best peer's time over ours, so more than 1 is faster.",
        "",
        f"- Machine: {machine.processor()}, {machine.processors()} processors, {machine.system()}; all of them used by"
        " every side.",
        f"- Versions: Unfold at {commit} ({machine.swift()}); {'; '.join(comparison.versions) or 'no peers'};"
        f" Python {sys.version.split()[0]}.",
        f"- One run, {datetime.datetime.now(datetime.timezone.utc):%Y-%m-%d %H:%M} UTC: every figure is the median of"
        f" {options.rounds} rounds of {options.seconds:g} s, ours and the peers' in turn; a side waits, stopped, while"
        f" another is timed.{others}",
        f"- float32; limit: all processors' multiply-adds in registers, timed in every round"
        f" ({min(limits):.0f}–{max(limits):.0f} GFLOP/s). The share counts the matrix products alone.",
        f"- Bars met: {sum(judged)} of {len(judged)}."
        + (f" Incomplete: the run was ended after {len(lines)} of {count} figures." if len(lines) < count else ""),
        "",
        "Shapes are steps, sequences, inputs, units. Both passes of a layer start from zero states, but for the"
        " forward pass of a single step, where ours is a `Stepper`'s; backward gives the"
        " gradient of the sum of the outputs for all weights and inputs (ragged: weights alone). Our LayerNorm-LSTM"
        " normalises both products each by itself (Ba, Kiros and Hinton 2016), the peers' normalises their sum, which is"
        " less work. Ragged sequences: PyTorch packs them at every call; JAX and onnxruntime take them padded. A whole"
        " step: embedding, two LSTM layers, softmax and cross-entropy, norm clipped at 5, Adam or SGD, states carried.",
        "",
        "| row | pass | Unfold | best peer | its time | ratio | bar | met | of the limit |",
        "| --- | --- | ---: | --- | ---: | ---: | ---: | --- | ---: |",
        *lines,
        "",
    ])


def main():
    parser = argparse.ArgumentParser(description="Times Unfold and its peers in turn.")
    parser.add_argument("benchmark", help="the program recurrent-benchmark")
    parser.add_argument("--output", help="where to save the table")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.1, help="of work a side and round")
    parser.add_argument("--rows", default="", help="only rows whose names begin so, such as LSTM:35")
    parser.add_argument("--patience", type=float, default=0,
                        help="seconds in all to wait for other programs to let the machine be")
    options = parser.parse_args()
    if options.rounds < 1 or options.seconds <= 0:
        parser.error("--rounds must be at least 1 and --seconds above 0")
    wanted = [figure for figure in figures() if figure.row.startswith(options.rows)]
    if not wanted:
        parser.error(f"no row begins with '{options.rows}'")
    commit = machine.commit()
    # No stopped process must be left behind.
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, lambda number, _: sys.exit(128 + number))
    comparison = Comparison(options)
    lines, marks, limits = [], [], []
    try:
        for figure in wanted:
            times = comparison.measure(figure)
            text, met = line(figure, times)
            print(text, flush=True)
            lines.append(text)
            marks.append(met)
            limits += times.limit
    finally:
        comparison.end()
        if lines:
            text = document(comparison, commit, lines, marks, limits, len(wanted))
            print("\n" + text, flush=True)
            save(text, options.output, is_complete=len(lines) == len(wanted))


def save(text, output, is_complete):
    """A run that was ended leaves the last whole table as it is, and its own beside it."""
    if not output:
        return
    partial = Path(output + ".partial")
    partial.write_text(text)
    if is_complete:
        os.replace(partial, output)
    print(f"saved as {output if is_complete else partial}", file=sys.stderr)


if __name__ == "__main__":
    main()
