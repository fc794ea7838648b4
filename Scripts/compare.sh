#!/usr/bin/env bash
# Measures Unfold and PyTorch, JAX and onnxruntime in turn: times in float32 and bfloat16, a custom cell against our
# LSTM, memory in training. Prints tables and saves them as Documentation/Comparison.md.
#   Scripts/compare.sh [--rounds 5] [--seconds 0.1] [--rows LSTM:35] [--patience 600] [--output FILE]
# Rows are named LSTM:…, bf16:…, custom:… and memory:…; with --rows the tables are saved only where --output says.
set -euo pipefail
cd "$(dirname "$0")/.."

peers=.build/peers
python=$peers/bin/python
if ! [[ -x $python ]]; then
  if ! command -v python3 >/dev/null 2>&1; then
    echo "the peers need Python 3.10 or later: install python3 and try again" >&2
    exit 1
  fi
  mkdir -p .build
  if ! python3 -m venv "$peers"; then
    rm -rf "$peers"
    echo "python3 could not make a virtual environment; Debian and Ubuntu have it in python3-venv" >&2
    exit 1
  fi
fi
# Each by itself: one that cannot be installed is left out of the table.
install() {
  local name=$1
  shift
  "$python" -c "import ${name}" >/dev/null 2>&1 && return
  echo "installing $*" >&2
  "$python" -m pip install --quiet --disable-pip-version-check "$@" ||
    echo "$name cannot be installed: it is left out" >&2
}
install numpy numpy
install torch torch
install jax jax
install onnx onnx
install onnxruntime onnxruntime

swift build -c release --package-path Benchmarks --product recurrent-benchmark
benchmark=$(swift build -c release --package-path Benchmarks --show-bin-path)/recurrent-benchmark

arguments=("$@")
if [[ " $* " != *" --rows"* && " $* " != *" --output"* ]]; then
  arguments+=(--output Documentation/Comparison.md)
fi
exec "$python" Scripts/peers/compare.py "$benchmark" ${arguments[@]+"${arguments[@]}"}
