#!/usr/bin/env bash
# Mask segmentation against Kanezaki's published algorithm in PyTorch: the same image, network, seeds and stopping rule on
# the same machine with the same threads, one after the other. As published runs with glibc's allocator, as people get it;
# tuned runs channels-last with a vectorised vote under jemalloc.
# bench/masks/run.sh IMAGE [SEED...]          seeds 1 2 3 by default
# DEVICE=cuda bench/masks/run.sh IMAGE        on a GPU
# STEPS=10 bench/masks/run.sh IMAGE           stops there, for seconds per step only (default 1000)
set -euo pipefail
source "$(dirname "$0")/../environment.sh"
[[ -f ${1:-} ]] || { echo "usage: bench/masks/run.sh IMAGE [SEED...]" >&2; exit 2; }
image=$1 device=${DEVICE:-cpu} steps=${STEPS:-1000}
seeds=("${@:2}")
(( ${#seeds[@]} )) || seeds=(1 2 3)
peer=("$python" "$root/bench/masks/kanezaki.py" "$image" --threads "$OMP_NUM_THREADS" --steps "$steps"
    --device "$device")
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
describe_machine
for seed in "${seeds[@]}"; do
    "${peer[@]}" --seed "$seed"
    with_allocator "${peer[@]}" --seed "$seed" --tuned
    for mode in plain fast; do
        "$coverslip" mask "$image" --network kanezaki --labels 7 --steps "$steps" --seed "$seed" --mode $mode \
            --device "$device" --out "$out/$mode-$seed" --timing | tail -1
    done
done | tee "$out/lines"
"$python" "$root/bench/masks/ratios.py" < "$out/lines"
