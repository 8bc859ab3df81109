#!/usr/bin/env bash
# Training and evaluation of the published networks: default PyTorch (contiguous, float32, glibc's allocator), tuned PyTorch
# (channels-last, bfloat16 where the processor has it, jemalloc), and ours, processes in turn, with the same weights and batch.
# bench/backbones.sh [--models densenet-121,…] [--pairs 3] [--batch 8] [--side 224] [--steps 7] [--precision float32] [--libtorch]
# --libtorch: training by libtorch 2.10, too (TorchSharp, NuGet; x86-64).
set -euo pipefail
source "$(dirname "$0")/environment.sh"
models=densenet-121,densenet-169,densenet-201,inception-v3,resnet-50,xception
models+=,mobilenet-v1,mobilenet-v2,nasnet-mobile,googlenet
pairs=3 batch=8 side=224 steps=7 precision=float32 libtorch=
if has_bfloat16; then precision=bfloat16; fi
while (( $# )); do
    case $1 in
        --models | --pairs | --batch | --side | --steps | --precision) declare "${1#--}=$2"; shift 2 ;;
        --libtorch) libtorch=1; shift ;;
        *) echo "unknown: $1" >&2; exit 2 ;;
    esac
done
build_bench
if [[ $libtorch ]]; then source "$root/bench/libtorch/peer.sh"; build_libtorch; fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
twin=("$python" "$root/bench/backbones/steps.py" "$work" --batch "$batch" --side "$side" --steps "$steps")
describe_machine
echo "batch $batch at ${side}x$side; $pairs rounds of processes, median of $steps steps each"
for model in ${models//,/ }; do
    "${twin[@]}" --models "$model" --write
    if [[ $libtorch ]]; then
        "$python" "$root/bench/libtorch/trace.py" "$work" --models "$model" --batch "$batch" --side "$side" --precision "$precision"
    fi
    for (( pair = 1; pair <= pairs; pair++ )); do
        "${twin[@]}" --models "$model" --who default
        with_allocator "${twin[@]}" --models "$model" --who tuned --precision "$precision"
        if [[ $libtorch ]]; then libtorch_steps "$work" "$model" "$steps"; fi
        with_allocator "$bench" backbones "$work" --models "$model" --steps "$steps" --precision "$precision"
    done
    rm "$work/$model.pth"
done > "$work/lines"
keep_lines "$work/lines"
"$python" "$root/bench/backbones/ratios.py" < "$work/lines"
