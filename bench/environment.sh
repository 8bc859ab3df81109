# shellcheck shell=bash
# Sourced by the benches: the launcher's environment (threads, OpenBLAS, jemalloc) for both sides, and the program.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
source "$root/native/environment.sh"
set_run_environment
export COVERSLIP_NATIVE=$root/artifacts/native/lib
python=${BENCH_PYTHON:-/usr/bin/python3}
coverslip=${BENCH_COVERSLIP:-$root/coverslip}
bench=$root/artifacts/bin/Coverslip.Bench/release/Coverslip.Bench

build_bench() {
    DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 MSBUILDDISABLENODEREUSE=1 \
        dotnet build "$root/bench/Coverslip.Bench" -c Release -v quiet --nologo >&2
}

# FILE: its lines also go where bench/peers.sh collects them.
keep_lines() { if [[ ${BENCH_LINES:-} ]]; then cat "$1" >> "$BENCH_LINES"; fi; }

has_bfloat16() { grep -qE 'avx512_bf16|amx_bf16' /proc/cpuinfo; }

describe_machine() {
    echo "$(LC_ALL=C lscpu | sed -n 's/^Model name: *//p'), $OMP_NUM_THREADS threads, $(date -u +%F)," \
        "PyTorch $($python -c 'import torch; print(torch.__version__)'), load $(cut -d' ' -f1 /proc/loadavg)"
}
