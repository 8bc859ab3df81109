#!/usr/bin/env bash
# Training steps and SagaNet's evaluation against the same work in PyTorch: same weights, batch, threads, layout, precision
# and allocator, processes in turn (PyTorch, ours, PyTorch, ours, ...), in float32 and where the processor has it bfloat16.
# bench/steps.sh [--pairs 3] [--side 256] [--batch 2] [--steps 7] [--cases saganet,resnet,unet] [--device cpu]
#                [--precisions float32,bfloat16]
set -euo pipefail
source "$(dirname "$0")/environment.sh"
pairs=3 side=256 batch=2 steps=7 cases=saganet,resnet,unet device=cpu precisions=float32
if has_bfloat16; then precisions+=,bfloat16; fi
while (( $# )); do
    case $1 in
        --pairs | --side | --batch | --steps | --cases | --device | --precisions) declare "${1#--}=$2"; shift 2 ;;
        *) echo "unknown: $1" >&2; exit 2 ;;
    esac
done
build_bench
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
twin=("$python" "$root/bench/steps/steps.py" "$work" --side "$side" --batch "$batch")
describe_machine
echo "SagaNet: batch $batch at ${side}x$side; $pairs pairs of processes, median of $steps steps each, on $device"
"${twin[@]}" --cases "$cases" --write
for precision in ${precisions//,/ }; do
    for (( pair = 1; pair <= pairs; pair++ )); do
        # A process per case: what one leaves in the allocator is no matter of the next.
        for case in ${cases//,/ }; do
            same=(--cases "$case" --steps "$steps" --precision "$precision" --device "$device")
            with_allocator "${twin[@]}" "${same[@]}"
            with_allocator "$bench" steps "$work" --side "$side" "${same[@]}"
        done
    done
done > "$work/lines"
"$python" "$root/bench/steps/ratios.py" < "$work/lines"
