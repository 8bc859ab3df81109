#!/usr/bin/env bash
# Training by two processes of one thread against one process of two threads: the same recipe and mini-batches, runs in turn
# (one, two, one, two, ...). Seconds of the training steps alone, as the state of the run keeps them; ResNet-50, batch norm over
# both processes and over each one's own. The aim is 1.15 times the time.
# bench/processes.sh [--pairs 3] [--side 224] [--batch 16] [--epochs 2] [--images 64] [--sync true,false]
set -euo pipefail
source "$(dirname "$0")/environment.sh"
pairs=3 side=224 batch=16 epochs=2 images=64 sync=true,false
while (( $# )); do
    case $1 in
        --pairs | --side | --batch | --epochs | --images | --sync) declare "${1#--}=$2"; shift 2 ;;
        *) echo "unknown: $1" >&2; exit 2 ;;
    esac
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
program=${COVERSLIP_PROGRAM:-$root/coverslip}
# Two patients of four train, one validates and one tests; what is timed are the steps.
"$program" phantoms --out "$work/cohort" --patients 4 --least $(( images / 2 )) --most $(( images / 2 )) --size "$side" > /dev/null
cat > "$work/recipe.yaml" << YAML
method: backbone
input: {form: raw, height: $side, width: $side}
network: {name: resnet-50}
training: {epochs: $epochs, batch: $batch, optimizer: sgd, rate: 1e-3, schedule: constant, patience: 0}
split: {folds: 4, validation_share: 0.3}
YAML

# NAME THREADS PROCESSES SYNC: seconds of a step
run() {
    OMP_NUM_THREADS=$2 "$program" train "$work/recipe.yaml" --cohort "$work/cohort/cohort.csv" --out "$work/$1" --part 1 \
        --processes "$3" --set "training.sync_batch_norm=$4" > "$work/$1.log" 2>&1 || { cat "$work/$1.log" >&2; exit 1; }
    "$python" - "$work/$1/part-1/state.safetensors" << 'PYTHON'
import json, struct, sys
with open(sys.argv[1], "rb") as file:
    size, = struct.unpack("<Q", file.read(8))
    state = json.loads(file.read(size))["__metadata__"]
print((float(state["stepping"]) - float(state["waited"])) / int(state["steps"]))
PYTHON
}

describe_machine
echo "ResNet-50, batch $batch at ${side}x$side, $epochs epochs; load before: $(cut -d' ' -f1-3 /proc/loadavg)"
for norm in ${sync//,/ }; do
    for (( pair = 1; pair <= pairs; pair++ )); do
        one=$(run "one-$norm-$pair" 2 1 "$norm")
        two=$(run "two-$norm-$pair" 1 2 "$norm")
        load=$(cut -d' ' -f1 /proc/loadavg)
        echo "$one $two" >> "$work/$norm"
        awk -v o="$one" -v t="$two" -v l="$load" -v n="$norm" \
            'BEGIN { printf "norm over both %s: one process %.3f s, two %.3f s, ratio %.3f (load %s)\n", n, o, t, t / o, l }'
    done
    "$python" - "$norm" "$work/$norm" << 'PYTHON'
import statistics, sys
pairs = [tuple(map(float, line.split())) for line in open(sys.argv[2])]
ratios = sorted(two / one for one, two in pairs)
print(f"norm over both {sys.argv[1]}: ratio {ratios[0]:.3f} least, {statistics.median(ratios):.3f} median, {ratios[-1]:.3f} most")
PYTHON
done
