#!/usr/bin/env bash
# Features per second of pre-trained networks: PyTorch (channels-last but for transformers), ONNX Runtime and ours, processes in
# turn on the same weights and images of 224 x 224. ONNX Runtime has no bfloat16 on processors.
# bench/encoders.sh [--models resnet-18,resnet-50,vit-s-16] [--pairs 3] [--batch 16] [--steps 7]
set -euo pipefail
source "$(dirname "$0")/environment.sh"
models=resnet-18,resnet-50,vit-s-16 pairs=3 batch=16 steps=7
precisions=float32
if has_bfloat16; then precisions+=,bfloat16; fi
while (( $# )); do
    case $1 in
        --models | --pairs | --batch | --steps | --precisions) declare "${1#--}=$2"; shift 2 ;;
        *) echo "unknown: $1" >&2; exit 2 ;;
    esac
done
build_bench
export COVERSLIP_ENCODERS=${COVERSLIP_ENCODERS:-$root/artifacts/encoders}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
describe_machine
echo "batch $batch; $pairs rounds of processes, median of $steps runs each"
for model in ${models//,/ }; do
    twin=("$python" "$root/bench/encoders/encoders.py" "$work" --model "$model" --batch "$batch" --steps "$steps")
    "${twin[@]}" --write >&2
    for (( pair = 1; pair <= pairs; pair++ )); do
        for precision in ${precisions//,/ }; do
            with_allocator "${twin[@]}" --precision "$precision"
            with_allocator "$bench" encoders "$work" "$model" --steps "$steps" --precision "$precision"
            if [[ $precision == float32 ]]; then
                with_allocator "$bench" encoders "$work" "$model" --who onnxruntime --steps "$steps"
            fi
        done
    done
done > "$work/lines"
keep_lines "$work/lines"
"$python" "$root/bench/encoders/ratios.py" < "$work/lines"
