#!/usr/bin/env bash
# Runs a target of Fuzz for a bounded time: fuzz.sh TARGET|all SECONDS. See Fuzz/README.md.
set -euo pipefail
cd "$(dirname "$0")/.."

target=${1:?a target of Fuzz, or all}
seconds=${2:?how many seconds}
build=.build/fuzz
mkdir -p "$build"

flags=(-O -g -parse-as-library -swift-version 6 -sanitize=fuzzer,address -I "$build" -I Sources/CZlib)
libraries=(-lz)
readers=(Files Safetensors NumPy TensorBoard ONNX)
# The library of HDF5 is there after Scripts/setup.sh hdf5.
has_hdf5() { pkg-config --exists hdf5; }
if [[ $target == hdf5 ]] && ! has_hdf5; then
  echo "fuzzing hdf5 needs libhdf5: Scripts/setup.sh hdf5" >&2
  exit 1
fi
if has_hdf5; then
  read -ra libs <<<"$(pkg-config --libs hdf5)"
  flags+=(-D HDF5 -I Sources/CHDF5Reader/include)
  libraries+=("${libs[@]}")
  # By itself it needs no more than that.
  if [[ $target == hdf5 ]]; then readers=(Files HDF5); else readers+=(HDF5); fi
fi

# A module of the sources in some folders, with more flags. Readers are built with those that they import before them; what
# makes tensors of the bytes is left out.
module() {
  local name=$1 folders sources
  read -ra folders <<< "$2"
  shift 2
  mapfile -t sources < <(find "${folders[@]}" -name '*.swift' -exec grep -L 'import Tensors' {} + | sort)
  swiftc "${flags[@]}" "$@" -whole-module-optimization \
    -module-name "$name" -emit-module -emit-module-path "$build/$name.swiftmodule" -emit-object -o "$build/$name.o" \
    "${sources[@]}"
}
if [[ $target != hdf5 && ! -f $build/SwiftProtobuf.o ]]; then
  swift package resolve
  module SwiftProtobuf .build/checkouts/swift-protobuf/Sources/SwiftProtobuf -package-name swift-protobuf
fi
if has_hdf5; then
  # The compiler that came with swiftc, if there is one.
  clang=$(dirname "$(readlink -f "$(command -v swiftc)")")/clang
  [[ -x $clang ]] || clang=clang
  read -ra cflags <<<"$(pkg-config --cflags hdf5)"
  for file in Sources/CHDF5Reader/*.c; do
    "$clang" -O1 -g -fsanitize=address -std=c11 -D UNFOLD_HDF5 -I Sources/CHDF5Reader/include "${cflags[@]}" \
      -c "$file" -o "$build/hdf5-$(basename "$file" .c).o"
  done
fi
declare -A parts=([ONNX]="Sources/ONNX/Format Sources/ONNX/Reading")
for name in "${readers[@]}"; do
  module "$name" "${parts[$name]:-Sources/$name}" -package-name unfold -enable-upcoming-feature MemberImportVisibility \
    -enable-upcoming-feature InternalImportsByDefault -enable-upcoming-feature ExistentialAny
done

run() {
  local name=$1
  swiftc "${flags[@]}" -package-name unfold -module-name "Fuzz_$name" "Fuzz/$name.swift" "$build"/*.o "${libraries[@]}" \
    -o "$build/fuzz-$name"
  mkdir -p "$build/corpus-$name"
  # What a run finds goes to the first folder; the committed inputs are read only.
  "$build/fuzz-$name" -max_total_time="$seconds" -max_len=65536 -timeout=10 -rss_limit_mb=1024 -malloc_limit_mb=100 \
    -artifact_prefix="$build/$name-" -verbosity=0 -print_final_stats=1 "$build/corpus-$name" "Fuzz/Corpus/$name"
}
if [[ $target == all ]]; then
  for file in Fuzz/*.swift; do
    name=$(basename "$file" .swift)
    if [[ $name == hdf5 ]] && ! has_hdf5; then
      echo "hdf5: left out, for libhdf5 is not there: Scripts/setup.sh hdf5" >&2
    else
      run "$name"
    fi
  done
else
  run "$target"
fi
