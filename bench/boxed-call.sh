#!/bin/sh
# A boxed call from C# against the direct C++ call, on the same machine in the same run.
set -eu
cd "$(dirname "$0")/.."
mkdir -p artifacts/bench
g++ -O2 -std=c++17 -w -o artifacts/bench/boxed_call bench/boxed_call.cpp \
  -I/usr/include/torch/csrc/api/include -ltorch_cpu -lc10
dotnet build bench/Coverslip.Bench -c Release -v quiet --nologo
artifacts/bin/Coverslip.Bench/release/Coverslip.Bench boxed-call "$(artifacts/bench/boxed_call)"
