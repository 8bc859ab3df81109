#!/usr/bin/env bash
# Peak resident memory (VmHWM) of SagaNet's training step, ours and in PyTorch, a process per configuration. With
# activations kept, batch 4 at 768x768 wants more than 10 GiB: a configuration that does not fit is said so.
# bench/memory.sh [--side 768] [--batches 1,4] [--steps 2]
set -euo pipefail
source "$(dirname "$0")/environment.sh"
side=768 batches=1,4 steps=2
while (( $# )); do
    case $1 in
        --side | --batches | --steps) declare "${1#--}=$2"; shift 2 ;;
        *) echo "unknown: $1" >&2; exit 2 ;;
    esac
done
build_bench
precisions=(float32)
if has_bfloat16; then precisions+=(bfloat16); fi
describe_machine
echo "| Who | side | batch | precision | activations | peak MiB | s per step |"
echo "|---|---|---|---|---|---|---|"
for precision in "${precisions[@]}"; do
    for batch in ${batches//,/ }; do
        for recompute in true false; do
            # A configuration that the machine cannot hold ends itself and nobody else.
            row=$( (echo 1000 > /proc/self/oom_score_adj
                with_allocator "$bench" memory --side "$side" --batch "$batch" --steps "$steps" \
                    --precision "$precision" --recompute "$recompute") ) || row="| Coverslip | $side | $batch | $precision \
| $([[ $recompute == true ]] && echo recomputed || echo kept) | did not fit | – |"
            echo "$row"
        done
        row=$( (echo 1000 > /proc/self/oom_score_adj
            with_allocator "$python" "$root/bench/steps/memory.py" --side "$side" --batch "$batch" --steps "$steps" \
                --precision "$precision") ) || row="| PyTorch | $side | $batch | $precision | kept | did not fit | – |"
        echo "$row"
    done
done
