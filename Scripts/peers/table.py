"""The tables of a comparison, and the document that they make up."""

import datetime
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median

import machine
from rows import CUSTOM_CELL_BAR, MEMORY_BAR

TIMES_NOTE = (
    "Milliseconds; ratio: the best peer's time over ours, so more than 1 is faster. Shapes are steps, sequences,"
    " inputs, units. Both passes of a layer start from zero states, but for the forward pass of a single step, where"
    " ours is a `Stepper`'s; backward gives the gradient of the sum of the outputs for all weights and inputs (ragged:"
    " weights alone). LayerNorm-LSTM: the sum of both products and the memory on its way out are normalised. Ragged"
    " sequences: PyTorch packs them at every call; JAX and onnxruntime take them padded. A whole step: embedding, two"
    " LSTM layers, softmax and cross-entropy, norm clipped at 5, Adam or SGD, states carried. A translator: 64 pairs of 10"
    " to 18 pieces, 8,000 pieces of 256, additive attention, a readout of 256, Adam; PyTorch's decoder is `nn.GRUCell` in"
    " a loop over a padded batch. Decoding: the time for all sentences that are written at once, of 14 pieces each; a"
    " sentence by itself is read from 14, too. bf16: ours with"
    " `withProductPrecision(.bfloat16)`, PyTorch under `torch.autocast` to bfloat16 with the loss in float32; the limit"
    " is one of float32, so their share of it is left out.")
CELLS_NOTE = (
    "What a multiply-add of the matrix products costs in the cell of `Examples/CustomCell`, and in our own LSTM at the"
    " same shape, in turn in one process; picoseconds. Ratio: the cell's over the LSTM's, so less is better; the bar is"
    " the most that it may be.")
SCAN_NOTE = (
    "A minGRU of 256 units over one sequence of 4,096 steps, 256 inputs, whose planned walk is a scan, and other ways for"
    " the same cell, in turn in one process; milliseconds. Ratio: the other way's time over the scan's. The walk that is"
    " planned as any other cell's differs in the walk alone, the products being the same, and has no bar.")
MEMORY_NOTE = (
    "How far the resident set of a fresh process grows at most while a model is made and trained for five steps; MB,"
    " of 10⁶ bytes. What PyTorch imports at a first training step is there before. Ratio: ours over PyTorch's, so less"
    " is better; the bar is the most that it may be.")


def row(cells):
    return "| " + " | ".join(cells) + " |"


def verdict(met):
    return {None: "–", True: "yes", False: "no"}[met]


def figure_text(value):
    return f"{value:.3f}" if value < 10 else f"{value:.1f}"


def pass_name(figure):
    return "forward" if figure.direction == "forward" else "forward + backward"


def time_line(figure, times):
    """A line of the table, and whether its bar is met (None without a bar or a peer)."""
    ours = median(times.ours)
    cells = [figure.title, "whole step" if figure.is_whole_step else pass_name(figure), figure_text(ours)]
    met = None
    if times.peers:
        name, theirs = min(((n, median(t)) for n, t in times.peers.items()), key=lambda pair: pair[1])
        ratio = theirs / ours
        met = None if figure.bar is None else ratio >= figure.bar
        cells += [name, figure_text(theirs), f"{ratio:.2f}"]
    else:
        cells += ["–", "–", "–"]
    share = figure.operations / (ours * 1e-3) / (max(times.limit) * 1e9)
    cells += ["–" if figure.bar is None else f"{figure.bar:g}", verdict(met),
              "–" if figure.is_bfloat16 else f"{100 * share:.0f}%"]
    return row(cells), met


def cell_line(figure, times):
    ours = median(times.ours) * 1e9 / figure.multiply_adds
    lstm = median(times.peers["other"]) * 1e9 / figure.lstm_multiply_adds
    met = ours / lstm <= CUSTOM_CELL_BAR
    return row([figure.title, pass_name(figure), figure_text(ours), figure_text(lstm), f"{ours / lstm:.2f}",
                f"{CUSTOM_CELL_BAR:.2f}", verdict(met)]), met


def scan_line(figure, times):
    ours, other = median(times.ours), median(times.peers["other"])
    met = None if figure.bar is None else other / ours >= figure.bar
    return row([figure.title, pass_name(figure), figure_text(ours), figure_text(other), f"{other / ours:.2f}",
                "–" if figure.bar is None else f"{figure.bar:g}", verdict(met)]), met


def memory_line(figure, found):
    ours = median(found.ours) if found.ours else None
    theirs = median(found.peers["PyTorch"]) if found.peers.get("PyTorch") else None
    cells = [figure.title, *("–" if value is None else f"{value * 1e-6:.1f}" for value in (ours, theirs))]
    if ours is None or theirs is None:
        return row([*cells, "–", f"{MEMORY_BAR:g}", "–"]), None
    met = ours / theirs <= MEMORY_BAR
    return row([*cells, f"{ours / theirs:.2f}", f"{MEMORY_BAR:g}", verdict(met)]), met


@dataclass
class Table:
    """The lines of one kind of figure, and which bars they meet."""

    heading: str
    note: str
    columns: list[str]
    texts: int  # columns on the left that hold no number
    line: Callable  # of a figure and what was measured: the line, and whether its bar is met
    lines: list[str] = field(default_factory=list)
    marks: list[bool | None] = field(default_factory=list)

    def add(self, figure, measured):
        text, met = self.line(figure, measured)
        print(text, flush=True)
        self.lines.append(text)
        self.marks.append(met)

    def markdown(self):
        numbers = ["---:" if name not in ("best peer", "met") else "---" for name in self.columns[self.texts:]]
        rule = row(["---"] * self.texts + numbers)
        return [f"## {self.heading}", "", self.note, "", row(self.columns), rule, *self.lines, ""]


def time_table():
    columns = ["row", "pass", "Unfold", "best peer", "its time", "ratio", "bar", "met", "of the limit"]
    return Table("Time", TIMES_NOTE, columns, 2, time_line)


def cell_table():
    columns = ["shape", "pass", "the cell", "LSTM", "ratio", "bar", "met"]
    return Table("A cell of one's own", CELLS_NOTE, columns, 2, cell_line)


def scan_table():
    return Table("A scan", SCAN_NOTE, ["against", "pass", "the scan", "its time", "ratio", "bar", "met"], 2, scan_line)


def memory_table():
    return Table("Memory in training", MEMORY_NOTE, ["row", "Unfold", "PyTorch", "ratio", "bar", "met"], 1, memory_line)


def document(comparison, commit, tables, limits, count):
    options = comparison.options
    judged = [mark for table in tables for mark in table.marks if mark is not None]
    done = sum(len(table.lines) for table in tables)
    others = ""
    if comparison.busy:
        others = (f" Between turns other programs kept {100 * median(comparison.busy):.0f}% of the processors busy"
                  f" (median; {100 * max(comparison.busy):.0f}% at most).")
    limit = f" ({min(limits):.0f}–{max(limits):.0f} GFLOP/s)" if limits else ""
    return "\n".join([
        "# Unfold and its peers",
        "",
        "`make compare` writes this file, by the programs of `Scripts/peers`;"
        " [Results](Results.md#against-pytorch-jax-and-onnxruntime) tells how to run one row.",
        "",
        f"- Machine: {machine.processor()}, {machine.processors()} processors, {machine.system()}; all of them used by"
        " every side.",
        f"- Versions: Unfold at {commit} ({machine.swift()}); {'; '.join(comparison.versions) or 'no peers'};"
        f" Python {sys.version.split()[0]}.",
        f"- One run, {datetime.datetime.now(datetime.timezone.utc):%Y-%m-%d %H:%M} UTC: every time is the median of"
        f" {options.rounds} rounds of {options.seconds:g} s, ours and the peers' in turn; a side waits, stopped, while"
        f" another is timed.{others}",
        f"- float32 where a row does not say bf16; limit: all processors' multiply-adds in registers, the most"
        f" that a row's rounds found{limit}. The share counts the matrix products alone.",
        f"- Bars met: {sum(judged)} of {len(judged)}."
        + (f" Incomplete: the run was ended after {done} of {count} figures." if done < count else ""),
        "",
        *(line for table in tables if table.lines for line in table.markdown()),
    ])
