#!/usr/bin/env bash
# What windows of slides cost, and what a smaller network that looks first saves of it and loses:
#   rates     reading alone, network alone, both as predict does them: Inception-v3 and the paper's small one, windows of 299 at a
#             stride of 128, eight orientations, weights of nothing
#   glass     how many of the windows that are predicted show glass alone
#   first     a large and a small run on phantom slides; unseen slides by the large one alone, by the small one alone, by both
#             (predict --first), by the color of patches: seconds, windows per second, FROC
#   shared    overlapping windows computed as one picture, against windows one by one
# bench/windows.sh [FOLDER]: what was trained and painted stays there and is taken again; by default a temporary one
set -euo pipefail
source "$(dirname "$0")/environment.sh"
build_bench
work=${1:-$(mktemp -d)}
[[ ${1:-} ]] || trap 'rm -rf "$work"' EXIT
mkdir -p "$work"
cd "$work"
describe_machine

paint() { [[ -d $1 ]] || "$coverslip" slide phantoms --out "$@" > /dev/null; }
paint train --mpp 1 --side 1536 --patients 30 --hardness 0.7 --seed 3
paint unseen --mpp 1 --side 1536 --patients 24 --hardness 0.7 --seed 7
paint fine --mpp 0.25 --side 1024 --patients 2 --seed 1

echo "| network | parameters | windows | reading alone /s (per processor second) | network alone | predict |"
echo "|---|---|---|---|---|---|"
for width in 1 0.1; do
    with_allocator "$bench" windows-rate fine/slides/P01-1.tif inception-v3 "$width"
done

echo "windows of 299 at 128, 0.25 µm: $(with_allocator "$bench" windows-glass 128 299 fine/slides/*.tif)"
echo "windows of 80 at 64, 1 µm: $(with_allocator "$bench" windows-glass 64 80 unseen/slides/*.tif)"

recipe=$root/recipes/tumor-detection-small.yaml
[[ -f split.json ]] || "$coverslip" split --cohort train/cohort.csv --repeats 1 --test-images 2-3 --validation-images 8-10 \
    --seed 1 --allow-missing-class --out split.json > /dev/null
run() {
    [[ -f $1/run.json ]] || "$coverslip" train "$recipe" --cohort train/cohort.csv --split split.json --out "$@" > "$1.log" 2>&1
}
# The first network sees windows as its validation slides were seen: once, not in eight orientations.
run small --set network.name=inception-v3 --set network.width=0.1 --set network.weights= --set network.rate_decay=1 \
    --set training.rate=3e-3 --set training.epochs=5 --set patches.examples=4096 --set test.orientations=false
run large
run color --set network.name=mean-color --set network.weights= --set network.rate_decay=1 --set training.rate=0.01 \
    --set training.schedule=constant --set test.orientations=false

TIMEFORMAT='%R %U %S'
predict() { # NAME RUN [OPTION…]: seconds and processor seconds of the whole call, windows by the large network, FROC
    local name=$1 run=$2 times
    shift 2
    rm -rf "$name"
    times=$({ time "$coverslip" predict "$run" unseen/slides/*.tif --out "$name" --threshold 0.05 "$@" > "$name.log" 2>&1; } 2>&1)
    "$coverslip" evaluate froc "$name/detections" --masks unseen/masks --level 3 --slide-mpp 1 --json > "$name.json" 2> /dev/null
    "$python" "$root/bench/slides/windows.py" "$name" "${times%% *}" "$(awk '{print $2 + $3}' <<< "$times")"
}
echo "| | seconds | processor seconds | windows | seen by the large network | FROC | FROC of random places | sensitivity at 8 |"
echo "|---|---|---|---|---|---|---|---|"
predict large-alone large
predict small-alone small --no-orientations
predict color-alone color --no-orientations
for keeps in 0.995 0.95 0.8; do
    predict "first-$keeps" large --first small --first-keeps "$keeps"
done

for network in small large; do
    with_allocator "$bench" windows-shared "$network" 80 32 5 unseen/slides/P0*.tif
    with_allocator "$bench" windows-shared "$network" 299 128 3 unseen/slides/P0*.tif
done
