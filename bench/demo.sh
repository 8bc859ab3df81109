#!/usr/bin/env bash
# What `./coverslip demo` reaches on unseen patients: mean accuracy of patches over the seeds, 0.9 and more; slide AUC of
# each seed 0.85 and FROC score 0.6 and more. bench/demo.sh [--seeds "1 2 3"] [--out FOLDER]
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
told=$(mktemp)
trap 'rm -f "$told"' EXIT
for seed in $seeds; do
    echo "seed $seed:"
    "$root/coverslip" demo --seed "$seed" --out "$out/$seed" | tee -a "$told"
done
awk -v seeds="$(wc -w <<< "$seeds")" '
    /^SagaNet, full method/ { accuracy += $4; patches++ }
    /^  slide auc / { slides++; if ($3 < 0.85) low = low " slide AUC " $3 }
    /^  froc  / { scores++; if ($2 < 0.6) low = low " FROC " $2 }
    END {
        if (patches != seeds || slides != seeds || scores != seeds) { print "a seed has no figures"; exit 1 }
        printf "mean accuracy %.3f, at least 0.9; %s\n", accuracy / patches, low == "" ? "slides as they should be" : "too low:" low
        exit accuracy / patches < 0.9 || low != ""
    }' "$told"
