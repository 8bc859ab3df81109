#!/usr/bin/env bash
# Training steps of the self-supervised U-Net at the published width: default PyTorch (contiguous, float32, glibc's allocator),
# tuned PyTorch (channels-last, jemalloc), and ours, processes in turn, with the same weights and batch. Goals: at least 1.6 times
# default and 0.97 times tuned. With --convolutions instead its 3x3 convolutions one by one, PyTorch's and native/torch's.
# bench/unet.sh [--sides 256,300] [--pairs 3] [--batch 4] [--width 64] [--steps 5] [--precision float32|bfloat16] [--libtorch]
# --libtorch: by libtorch 2.10, too (TorchSharp, NuGet; x86-64).
# bench/unet.sh --convolutions
set -euo pipefail
source "$(dirname "$0")/environment.sh"
sides=256,300 pairs=3 batch=4 width=64 steps=5 precision=float32 convolutions= libtorch=
while (( $# )); do
    case $1 in
        --sides | --pairs | --batch | --width | --steps | --precision) declare "${1#--}=$2"; shift 2 ;;
        --convolutions) convolutions=1; shift ;;
        --libtorch) libtorch=1; shift ;;
        *) echo "unknown: $1" >&2; exit 2 ;;
    esac
done
if [[ $convolutions ]]; then
    describe_machine
    with_allocator "$python" "$root/bench/unet/convolutions.py" "$COVERSLIP_NATIVE/libcoverslip_torch.so"
    exit
fi
build_bench
if [[ $libtorch ]]; then source "$root/bench/libtorch/peer.sh"; build_libtorch; fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
twin=("$python" "$root/bench/unet/steps.py" "$work" --batch "$batch" --width "$width" --steps "$steps")
describe_machine
echo "U-Net of width $width, batch $batch; $pairs rounds of processes, median of $steps steps each"
"${twin[@]}" --sides "$sides" --write
for side in $([[ ! $libtorch ]] || echo "${sides//,/ }"); do
    "$python" "$root/bench/libtorch/trace.py" "$work" --unet "$side" --batch "$batch" --width "$width" --precision "$precision"
done
for (( pair = 1; pair <= pairs; pair++ )); do
    for side in ${sides//,/ }; do
        "${twin[@]}" --sides "$side" --who default
        with_allocator "${twin[@]}" --sides "$side" --who tuned --precision "$precision"
        if [[ $libtorch ]]; then libtorch_steps "$work" "unet-$side" "$steps"; fi
        with_allocator "$bench" unet "$work" --sides "$side" --width "$width" --steps "$steps" --precision "$precision"
    done
done > "$work/lines"
keep_lines "$work/lines"
"$python" "$root/bench/unet/ratios.py" < "$work/lines"
