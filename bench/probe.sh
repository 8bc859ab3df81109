#!/usr/bin/env bash
# Choosing a strength of seven by five folds of patients and fitting logistic regression on 10,000 rows of 960 numbers:
# scikit-learn and ours in turn. Aim: under 5 s on two cores.
# bench/probe.sh [--rows 10000] [--features 960] [--pairs 3]
set -euo pipefail
source "$(dirname "$0")/environment.sh"
rows=10000 features=960 pairs=3
while (( $# )); do
    case $1 in
        --rows | --features | --pairs) declare "${1#--}=$2"; shift 2 ;;
        *) echo "unknown: $1" >&2; exit 2 ;;
    esac
done
build_bench
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
describe_machine
"$python" "$root/bench/probe/probe.py" "$work/rows" "$features" 100 --write "$rows"
for (( pair = 1; pair <= pairs; pair++ )); do
    "$python" "$root/bench/probe/probe.py" "$work/rows" "$features" 100
    with_allocator "$bench" probe "$work/rows" "$features" 100
done
