#!/usr/bin/env bash
# Evaluation in float32: unfolded, folded and ONNX Runtime (NuGet's, with the ONNX file that `coverslip pack --onnx` writes of
# such a network), and over eight bits by ONNX Runtime, as `coverslip quantize` makes it, in turn in one process: ratios of processor time and of wall time, minimum, median and maximum of pairs.
# Then OpenCV's dnn computes the same files. Goals: folded at least as fast as unfolded, 1.1 times ONNX Runtime.
# bench/evaluation.sh [--models u-net,resnet-50,…] [--pairs 7] [--batch 8] [--side 224] [--width 64]
set -euo pipefail
source "$(dirname "$0")/environment.sh"
build_bench
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
echo "$(LC_ALL=C lscpu | sed -n 's/^Model name: *//p'), $OMP_NUM_THREADS threads, $(date -u +%F), load $(cut -d' ' -f1 /proc/loadavg)"
with_allocator "$bench" evaluation --opencv "$work" ${BENCH_LINES:+--lines "$BENCH_LINES"} "$@"
read -ra opencv <<< "$(pkg-config --cflags opencv4)"
g++ -O2 -std=c++17 "${opencv[@]}" "$root/bench/evaluation/opencv.cpp" -o "$work/opencv" -lopencv_dnn -lopencv_core
"$work/opencv" "$work"
