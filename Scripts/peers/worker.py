"""Answers requests for times on standard input, one toolkit a process; or finds how much memory training takes.

    python worker.py torch|jax|onnxruntime
    python worker.py torch memory ROW

A request is a line `ROW PASS SECONDS`, as for recurrent-benchmark; the answer is a line with the median of a call in
milliseconds, or `none` where the toolkit has no such figure. The line before all answers says the toolkit's version.

The answer for memory is a line with bytes, or `none` where they cannot be found.
"""

import importlib
import os
import sys
import time
from pathlib import Path


def median_ms(call, seconds):
    """The median over at least `seconds` seconds of calls, after a fifth of that to warm up; one call if it is long."""
    warm = time.perf_counter()
    while True:
        call()
        if time.perf_counter() - warm > seconds / 5:
            break
    times, total = [], 0.0
    while total < seconds:
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
        total += times[-1]
    return sorted(times)[len(times) // 2] * 1e3


def status(name):
    """A line of /proc/self/status, in bytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(name + ":"))


def training_memory(peer, row):
    """The largest resident set while a row's model is made and trained for a few steps, less the one before."""
    peer.warm_up()
    try:
        # Forgets a larger one from importing the toolkit: proc(5), clear_refs.
        Path("/proc/self/clear_refs").write_text("5")
        before = status("VmRSS")
    except OSError:
        return None
    train = peer.workload(row)["train"]
    for _ in range(5):
        train()
    return status("VmHWM") - before


def main():
    # What a toolkit prints of its own must not be taken for an answer.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    peer = importlib.import_module(f"{sys.argv[1]}_peer")
    if sys.argv[2:3] == ["memory"]:
        print(training_memory(peer, sys.argv[3]) or "none", file=answers)
        return
    print(peer.version(), file=answers)
    name, passes = None, {}
    for line in sys.stdin:
        row, wanted, seconds = line.split()
        if row != name:
            passes = {}
            name, passes = row, peer.workload(row)
        call = passes.get(wanted)
        print(median_ms(call, float(seconds)) if call else "none", file=answers)


if __name__ == "__main__":
    main()
