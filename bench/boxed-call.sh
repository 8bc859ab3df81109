#!/usr/bin/env bash
# A boxed call from C# against the direct C++ call, on the same machine in the same run.
set -euo pipefail
source "$(dirname "$0")/environment.sh"
mkdir -p "$root/artifacts/bench"
g++ -O2 -std=c++17 -w -o "$root/artifacts/bench/boxed_call" "$root/bench/boxed_call.cpp" \
    -I/usr/include/torch/csrc/api/include -ltorch_cpu -lc10
build_bench
describe_machine
direct=$(with_allocator "$root/artifacts/bench/boxed_call")
with_allocator "$bench" boxed-call "$direct"
