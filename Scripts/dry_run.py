#!/usr/bin/env python3
"""Holds what `unfold train --dry-run` foresees against the run: time of an epoch, memory, disk.

    Scripts/dry_run.py .build/release/unfold 2 Examples/sst-tree-lstm.yaml --train train.txt --validation dev.txt

The second argument is the number of epochs, at least 2: the time between the first and the last look at the validation
data is that of the epochs between them, so the data are looked at once an epoch. What follows are the arguments of `unfold train`.
"""
import json
import os
import re
import subprocess
import sys
import tempfile
import time


def train(arguments):
    """Standard output, epoch, step and time of the looks at the validation data, the largest resident set in bytes."""
    process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    looks, said = [], ""
    for line in process.stderr:
        said += line
        if look := re.match(r"epoch (\d+), step (\d+): validation", line):
            looks.append((int(look[1]), int(look[2]), time.monotonic()))
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(said)
    return output, looks, usage.ru_maxrss * 1024


def main():
    program, epochs, *settings = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        command = [program, "train", *settings, "--epochs", epochs, "--evaluate-every", "none", "--run", folder + "/run"]
        foreseen = json.loads(train(command + ["--dry-run", "--json"])[0])
        _, looks, resident = train(command)
        size = sum(entry.stat().st_size for entry in os.scandir(folder + "/run"))
    epoch = foreseen["epoch"]
    if len(looks) < 2 or any(step != number * epoch["steps"] for number, step, _ in looks):
        sys.exit("there must be at least two looks, at the ends of whole epochs: "
                 + ", ".join(f"epoch {number} at step {step}" for number, step, _ in looks))
    rows = [
        ("an epoch, s", epoch["training-seconds"] + epoch["validation-seconds"] + epoch.get("writing-seconds", 0),
         (looks[-1][2] - looks[0][2]) / (len(looks) - 1)),
        ("memory, MB", foreseen["memory"]["resident"] / 1e6, resident / 1e6),
        ("disk, MB", sum(file["bytes"] for file in foreseen["files"]) / 1e6, size / 1e6),
    ]
    for name, before, after in rows:
        print(f"{name:12} {before:9.3f} foreseen {after:9.3f} found {100 * (before / after - 1):+6.1f} %")


if __name__ == "__main__":
    main()
