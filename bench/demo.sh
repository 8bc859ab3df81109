#!/usr/bin/env bash
# What `./coverslip demo` states: the mean accuracy on unseen patients over seeds 1 to 3, 0.9 and more. The suite tests
# the first seed. bench/demo.sh [--seeds "1 2 3"] [--out FOLDER]
set -euo pipefail
root=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/..
seeds="1 2 3" out=$root/artifacts/demo
while (( $# )); do
    case $1 in
        --seeds | --out) declare "${1#--}=$2"; shift 2 ;;
        *) echo "unknown: $1" >&2; exit 2 ;;
    esac
done
mkdir -p "$out"
accuracies=$(mktemp)
for seed in $seeds; do
    echo "seed $seed:"
    "$root/coverslip" demo --seed "$seed" --out "$out/$seed" | tee /dev/stderr |
        awk '/^SagaNet, full method/ { print $4 }' >> "$accuracies"
done
awk '{ sum += $1 } END { printf "mean accuracy %.3f, stated 0.9\n", sum / NR; exit sum / NR < 0.9 }' "$accuracies"
