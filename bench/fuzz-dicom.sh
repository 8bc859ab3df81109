#!/usr/bin/env bash
# Mutated DICOM files of every transfer syntax that is read: each gives pixels or one clean error, none a signal, an
# assertion or a wait. bench/fuzz-dicom.sh [--count 20000] [SEED…]   (seeds: 1 2 3)
# Exit code 0 if the process lived through all seeds; else the file that ended it is named, and kept.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
count=20000
[[ ${1:-} == --count ]] && { count=$2; shift 2; }
(( $# > 0 )) || set -- 1 2 3
build=$root/artifacts/fuzz
{ cmake -S "$root/bench/fuzz" -B "$build" && cmake --build "$build" --parallel "$(nproc)"; } > /dev/null
mkdir -p "$build/cases" && cd "$build/cases"
for seed; do
    echo "seed $seed, $(date -u +%F)"
    "$build/fuzz_images" "$seed" "$count" "$root"/tests/Slides/Images/dicom/*.dcm 2> "noise-$seed" || {
        status=$?
        tail -n 3 "noise-$seed" >&2  # OpenCV prints what it makes of damaged JPEG 2000
        mv ended-by "seed-$seed" && echo "kept as $PWD/seed-$seed" >&2
        exit "$status"
    }
done
