"""What a comparison ran on, and how busy others kept it."""

import os
import platform
import subprocess
import time
from pathlib import Path


def output(*command):
    """What a command prints, or nothing where it fails."""
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def processor():
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text().splitlines():
            if line.startswith(("model name", "Model")):
                return line.split(":", 1)[1].strip()
    return output("sysctl", "-n", "machdep.cpu.brand_string") or platform.machine()


def system():
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return f"{platform.system()} {platform.release()}"


def swift():
    lines = [line for line in output("swift", "--version").splitlines() if "Swift version" in line]
    return "Swift " + lines[0].split("Swift version ")[1].split()[0] if lines else "Swift"


def commit():
    dirty = output("git", "status", "--porcelain", "--untracked-files=no", "--", "Sources", "Benchmarks", "Examples",
                   "Scripts")
    return (output("git", "rev-parse", "--short", "HEAD") or "unknown") + (" with changes" if dirty else "")


def busy(seconds=0.2):
    """The share of all processors in use over a moment in which we do nothing; None where it cannot be read."""

    def read():
        fields = [int(x) for x in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
        return sum(fields), fields[3] + fields[4]

    if not Path("/proc/stat").exists():
        return None
    total, idle = read()
    time.sleep(seconds)
    total_after, idle_after = read()
    return 1 - (idle_after - idle) / max(1, total_after - total)


def processors():
    return os.cpu_count() or 1
