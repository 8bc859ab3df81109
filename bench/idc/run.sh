#!/usr/bin/env bash
# SagaNet against a plain eight-layer CNN in PyTorch and against mean brightness on the same five patient-disjoint folds:
# paired AUC difference with its interval over patients, and seconds of training.
# bench/idc/run.sh COHORT.csv [--out artifacts/bench/idc] [--epochs 20] [--recipe recipes/saganet-idc.yaml] [--seed 1]
# --epochs are the CNN's, which trains in bfloat16 where the processor has it. Both train at the same time, each with half
# of the threads. What is finished in the folder is not done again.
set -euo pipefail
source "$(dirname "$0")/../environment.sh"
[[ -f ${1:-} ]] || { echo "usage: bench/idc/run.sh COHORT.csv [--out DIR] [--epochs N] [--recipe FILE] [--seed N]" >&2; exit 2; }
cohort=$1 out=$root/artifacts/bench/idc epochs=20 recipe=$root/recipes/saganet-idc.yaml seed=1
shift
while (( $# )); do
    case $1 in
        --out | --epochs | --recipe | --seed) declare "${1#--}=$2"; shift 2 ;;
        *) echo "unknown: $1" >&2; exit 2 ;;
    esac
done
mkdir -p "$out"
split=$out/folds.json
describe_machine
[[ -f $split ]] || "$coverslip" split --cohort "$cohort" --kind kfold --folds 5 --validation-share 0.1 \
    --seed "$seed" --out "$split"

precision=float32
if has_bfloat16; then precision=bfloat16; fi
export OMP_NUM_THREADS=$(( OMP_NUM_THREADS > 1 ? OMP_NUM_THREADS / 2 : 1 ))
export OPENBLAS_NUM_THREADS=$OMP_NUM_THREADS
echo "CNN: $epochs epochs, $precision; $OMP_NUM_THREADS threads each"

# The CNN needs no validation patients, and is given SagaNet's training patients only.
train_cnn() {
    [[ -f $out/cnn.csv ]] || with_allocator "$python" "$root/bench/idc/cnn.py" "$cohort" "$split" "$out/cnn.csv" \
        --epochs "$epochs" --threads "$OMP_NUM_THREADS" --precision "$precision" > "$out/cnn.log"
}
train_cnn &
if [[ ! -f $out/saganet/predictions.csv ]]; then
    resume=()
    [[ ! -f $out/saganet/recipe.yaml ]] || resume=(--resume)
    "$coverslip" train "$recipe" --cohort "$cohort" --split "$split" --out "$out/saganet" "${resume[@]}"
fi
wait $!
cat "$out/cnn.log"
[[ -f $out/brightness.csv ]] || "$python" "$root/bench/idc/brightness.py" "$cohort" "$split" "$out/brightness.csv"

# compare NAME PREDICTIONS [--against PREDICTIONS]
compare() {
    printf '\n%s\n' "$1"
    mkdir -p "$out/$1"
    "$coverslip" evaluate classification "${@:2}" --cohort "$cohort" --out "$out/$1"
}
compare brightness "$out/brightness.csv"
compare cnn "$out/cnn.csv"
compare saganet-against-cnn "$out/saganet/predictions.csv" --against "$out/cnn.csv"
"$python" "$root/bench/idc/summary.py" "$out"
