#!/usr/bin/env bash
# native/ with AddressSanitizer and UndefinedBehaviorSanitizer: image files whole and mutated, then the kernels' tests.
# bench/sanitize.sh [--count 20000] [--seed 1] [--kernels]     exit code 0: nothing was found
# --kernels also builds native/torch so, and runs the tests of tests/Torch/Kernels in it (minutes).
# What was found stands in artifacts/sanitize/*.log; a file that ended the process is artifacts/sanitize/ended-by.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
count=20000 seed=1 kernels=
while (( $# )); do
    case $1 in
        --count) count=$2; shift 2 ;;
        --seed) seed=$2; shift 2 ;;
        --kernels) kernels=1; shift ;;
        *) echo "unknown: $1" >&2; exit 2 ;;
    esac
done
build=$root/artifacts/sanitize
flags="-O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined"
# A file may claim what no machine holds: that is an error of ours or of a decoder's, not of the sanitizer's.
export ASAN_OPTIONS=abort_on_error=1:allocator_may_return_null=1:detect_stack_use_after_return=1
export UBSAN_OPTIONS=print_stacktrace=1:abort_on_error=1

compile() { # FOLDER NAME
    cmake -S "$1" -B "$build/$2" -DCMAKE_BUILD_TYPE=None -DCMAKE_CXX_FLAGS="$flags" > "$build/$2-build.log" 2>&1 &&
        cmake --build "$build/$2" --parallel "$(nproc)" >> "$build/$2-build.log" 2>&1 ||
        { tail -n 20 "$build/$2-build.log" >&2; exit 1; }
}

mkdir -p "$build/files"
compile "$root/bench/fuzz" fuzz
# A picture of each other format, small, so that a mutation meets its head.
"$build/fuzz/fuzz_images" --pictures "$build/files"
cd "$build"
"$build/fuzz/fuzz_images" "$seed" "$count" "$root"/tests/Slides/Images/dicom/*.dcm "$build"/files/* 2> images.log || {
    tail -n 60 images.log >&2
    exit 1
}
[[ -n $kernels ]] || exit 0

compile "$root/native/torch" torch
compile "$root/native/imaging" imaging
mkdir -p "$build/lib"
cp "$build"/{torch,imaging}/libcoverslip_*.so "$build/lib/"
tests=$root/artifacts/bin/Coverslip.Torch.Tests/release/Coverslip.Torch.Tests
DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 MSBUILDDISABLENODEREUSE=1 \
    dotnet build "$root/tests/Torch" -c Release -v quiet --nologo > kernels.log || { cat kernels.log >&2; exit 1; }
# .NET handles its own segmentation faults, and leaves memory to the system's end as libtorch does.
env LD_PRELOAD="$(gcc -print-file-name=libasan.so)" COVERSLIP_NATIVE="$build/lib" OMP_NUM_THREADS=2 \
    ASAN_OPTIONS=$ASAN_OPTIONS:handle_segv=0:detect_leaks=0:detect_stack_use_after_return=0:use_sigaltstack=0 \
    "$tests" --filter-namespace '*.Kernels' > kernels.log 2>&1 || { tail -n 60 kernels.log >&2; exit 1; }
tail -n 5 kernels.log
