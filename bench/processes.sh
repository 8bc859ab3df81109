#!/usr/bin/env bash
# Training by two processes of one thread against one process of two threads: the same recipe and mini-batches, runs in turn
# (one, two, one, two, ...). Seconds and processor seconds of a step in the middle of a first epoch (bench/processes/step.py);
# ResNet-50, batch norm over both processes and over each one's own. The aim is 1.15 times the time.
# bench/processes.sh [--pairs 3] [--side 224] [--batch 16] [--images 352] [--sync true,false]
set -euo pipefail
source "$(dirname "$0")/environment.sh"
pairs=3 side=224 batch=16 images=352 sync=true,false
while (( $# )); do
    case $1 in
        --pairs | --side | --batch | --images | --sync) declare "${1#--}=$2"; shift 2 ;;
        *) echo "unknown: $1" >&2; exit 2 ;;
    esac
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
program=${COVERSLIP_PROGRAM:-$root/coverslip}
# 20 hidden units make the network as large as torchvision's, 25.5 million weights. Two patients of four train, one validates and one tests; what is timed are the steps.
"$program" phantoms --out "$work/cohort" --patients 4 --least $(( images / 2 )) --most $(( images / 2 )) --size "$side" > /dev/null
cat > "$work/recipe.yaml" << YAML
method: backbone
input: {form: raw, height: $side, width: $side}
network: {name: resnet-50, hidden: 20}
training: {epochs: 2, batch: $batch, optimizer: sgd, rate: 1e-3, schedule: constant, patience: 0}
split: {folds: 4, validation_share: 0.3}
YAML

# NAME THREADS PROCESSES SYNC: seconds of a step, processor seconds of it, steps
run() {
    OMP_NUM_THREADS=$2 OPENBLAS_NUM_THREADS=$2 "$python" "$root/bench/processes/step.py" "$program" train "$work/recipe.yaml" --cohort "$work/cohort/cohort.csv" \
        --out "$work/$1" --part 1 --processes "$3" --set "training.sync_batch_norm=$4"
    rm -rf "${work:?}/$1"
}

describe_machine
echo "ResNet-50, batch $batch at ${side}x$side; load before: $(cut -d' ' -f1-3 /proc/loadavg)"
for norm in ${sync//,/ }; do
    for (( pair = 1; pair <= pairs; pair++ )); do
        read -r one one_used steps <<< "$(run "one-$norm-$pair" 2 1 "$norm")"
        read -r two two_used _ <<< "$(run "two-$norm-$pair" 1 2 "$norm")"
        echo "$one $two" >> "$work/$norm"
        printf 'norm over both %s: one process %.2f s (processors %.2f s), two %.2f s (%.2f s), %d steps, load %s\n' \
            "$norm" "$one" "$one_used" "$two" "$two_used" "$steps" "$(cut -d' ' -f1 /proc/loadavg)"
    done
    "$python" - "$norm" "$work/$norm" << 'PYTHON'
import statistics, sys
pairs = [tuple(map(float, line.split())) for line in open(sys.argv[2])]
ratios = sorted(two / one for one, two in pairs)
print(f"norm over both {sys.argv[1]}: ratio {ratios[0]:.3f} least, {statistics.median(ratios):.3f} median, {ratios[-1]:.3f} most")
PYTHON
done
