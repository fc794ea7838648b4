#!/usr/bin/env bash
# Trains a character model on this project's own sources and documentation, and lets it write.
set -euo pipefail
cd "$(dirname "$0")/.."

swift build -c release --product unfold
text=.build/demo/text.txt
mkdir -p .build/demo
find README.md Documentation Sources Tests -type f \( -name '*.swift' -o -name '*.md' -o -name '*.h' -o -name '*.c' \) |
  LC_ALL=C sort | while read -r file; do
  printf '// %s\n' "$file"
  cat "$file"
done >"$text"

"$(swift build -c release --show-bin-path)/unfold" train Examples/demo.yaml \
  --train "$text" --run .build/demo/run --overwrite
