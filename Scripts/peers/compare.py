"""Measures Unfold and its peers in turn and prints Markdown tables; Scripts/compare.sh sets up what this needs.

Every side is a process of its own that is stopped while another one is timed, so that no idle thread spins on another's
time. Each round times ours, then a peer, for each peer; the figures are the medians over the rounds.
"""

import argparse
import os
import signal
import sys
from pathlib import Path

import machine
from comparison import Comparison
from rows import cell_figures, figures, memory_figures, scan_figures
from table import cell_table, document, memory_table, scan_table, time_table


def main():
    parser = argparse.ArgumentParser(description="Measures Unfold and its peers in turn.")
    parser.add_argument("benchmark", help="the program recurrent-benchmark")
    parser.add_argument("--output", help="where to save the tables")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.1, help="of work a side and round")
    parser.add_argument("--rows", default="",
                        help="only rows whose names begin so, such as LSTM:35, bf16:, custom: or memory:")
    parser.add_argument("--patience", type=float, default=0,
                        help="seconds in all to wait for other programs to let the machine be")
    options = parser.parse_args()
    if options.rounds < 1 or options.seconds <= 0:
        parser.error("--rounds must be at least 1 and --seconds above 0")
    wanted = [[figure for figure in found if figure.row.startswith(options.rows)]
              for found in (figures(), cell_figures(), scan_figures(), memory_figures())]
    count = sum(map(len, wanted))
    if count == 0:
        parser.error(f"no row begins with '{options.rows}'")
    commit = machine.commit()
    # No stopped process must be left behind.
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, lambda number, _: sys.exit(128 + number))
    comparison = Comparison(options)
    tables, limits = [time_table(), cell_table(), scan_table(), memory_table()], []
    ways = [comparison.measure, comparison.measure_own, comparison.measure_own, comparison.measure_memory]
    try:
        for table, figures_of_table, measure in zip(tables, wanted, ways):
            for figure in figures_of_table:
                measured = measure(figure)
                table.add(figure, measured)
                limits += measured.limit
    finally:
        comparison.end()
        done = sum(len(table.lines) for table in tables)
        if done > 0:
            text = document(comparison, commit, tables, limits, count)
            print("\n" + text, flush=True)
            save(text, options.output, is_complete=done == count)


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
