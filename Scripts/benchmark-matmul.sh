#!/bin/sh
# Times the matrix product against oneDNN's; installs oneDNN on Debian and Ubuntu if it is missing.
#   Scripts/benchmark-matmul.sh [seconds a row]
set -eu
cd "$(dirname "$0")/../Benchmarks"
if ! [ -e /usr/include/dnnl.h ]; then
  if [ "$(id -u)" -eq 0 ]; then sudo=; else sudo=sudo; fi
  $sudo apt-get update -qq
  $sudo apt-get install -y -qq libdnnl-dev
fi
swift build -c release --product matmul-benchmark
"$(swift build -c release --show-bin-path)/matmul-benchmark" "$@"
