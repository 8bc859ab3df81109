#!/usr/bin/env bash
# Kills trainings and predictions at random moments, goes on with them, and compares what they leave with what a call that
# was never killed left: weights, figures but for seconds, predictions, heatmaps, byte by byte.
# bench/kill.sh [--seed 1] [ROUNDS [METHOD…]]     ROUNDS (10) of each method; exit code 0: all are the same
# Methods: saganet curriculum self-supervised multi-stage predict (all); predict needs saganet before it.
# A round kills up to five times, then lets the call end. Needs what ./coverslip doctor builds; minutes per ten rounds.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
seed=1
[[ ${1:-} == --seed ]] && { seed=$2; shift 2; }
rounds=${1:-10}
methods=("${@:2}")
(( ${#methods[@]} )) || methods=(saganet curriculum self-supervised multi-stage predict)
RANDOM=$seed
program=${COVERSLIP:-$root/artifacts/bin/Coverslip/release/coverslip}
export COVERSLIP_NATIVE=${COVERSLIP_NATIVE:-$root/artifacts/native/lib} OMP_NUM_THREADS=${OMP_NUM_THREADS:-1}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

quiet() { "$@" > last.log 2>&1 || { cat last.log >&2; exit 1; }; }
quiet "$program" phantoms --out images --patients 8 --least 3 --most 3 --size 48
quiet "$program" radiographs --out chests --patients 12 --size 64
quiet "$program" slide phantoms --out slides --mpp 2 --side 768 --patients 4 --slides 2 --tumor 0.5 --classes micro,itc
quiet "$program" slide phantom one.tif --width 1200 --height 900 --tissue 0.5 --mpp 2
cat > saganet.yaml <<'YAML'
method: saganet
input: {form: raw, height: 48, width: 48}
network: {stem_filters: 8, growth: 4, positions: shared, dropout: 0.2}
training: {epochs: 8, batch: 6, rate: 2e-3, schedule: constant, patience: 0}
split: {folds: 2, validation_share: 0.34}
YAML
cat > curriculum.yaml <<'YAML'
method: curriculum
findings: [nodule, consolidation, interstitial opacity, pleural effusion, pneumothorax]
network: {name: mobilenet-v2, width: 0.25}
input: {height: 64, width: 64}
patches: {side: 32, per_lesion: 1, epochs: 2, batch: 8}
training: {epochs: 4, batch: 8, rate: 1e-3, patience: 0}
split: {folds: 2, validation_share: 0.3}
YAML
cat > self-supervised.yaml <<'YAML'
method: self-supervised
foreground: tumor
input: {width: 32, height: 32}
network: {width: 4, depth: 2, normalize: true}
pretraining: {epochs: 2, batch: 4, rate: 2.0e-3}
training: {epochs: 3, batch: 4, rate: 2.0e-3}
patches: {stride: 8, center: 16, unlabeled: 16, labeled: 8, repeats: 1}
split: {folds: 2, validation_share: 0.34}
YAML
cat > multi-stage.yaml <<'YAML'
method: multi-stage
input: {width: 32, height: 32}
patches: {mpp: 2, side: 64, unannotated_is_normal: true, examples: 64, validation_examples: 16}
network: {name: mobilenet-v1, width: 0.25, features: 4}
training: {epochs: 2, batch: 16, rate: 2.0e-3}
maps: {side: 16, per_lump: false}
segmentation: {width: 4, depth: 2, epochs: 2, batch: 4, rate: 1.0e-3, cell: 4}
end_to_end: {epochs: 2, extractor_rate: 1.0e-5, segmentation_rate: 1.0e-4, mini_batch: 16}
stages: {folds: 0}
split: {folds: 2, validation_share: 0.34}
YAML

# What a run leaves, without times: a line to each file.
left() { # FOLDER
    (cd "$1" && find . -type f ! -path '*/claims/*' ! -name run.json ! -name report.html ! -name summary.json \
        ! -name state.safetensors ! -name '*-heatmap.json' ! -name '.coverslip-*.tmp' | sort | while read -r file; do
        if [[ $file == */metrics.csv ]]; then cut -d, -f1,3- "$file" | sha256sum | cut -c1-16; else sha256sum "$file" | cut -c1-16; fi
        echo "  $file"
    done)
}

kills=0 rounds_done=0
round() { # NAME COMMAND… with OUT where the folder goes
    local name=$1; shift
    if [[ ! -d $name-whole ]]; then
        local begun; begun=$(date +%s%N)
        quiet "${@/OUT/$name-whole}"
        lasts=$(( ($(date +%s%N) - begun) / 1000000 ))
        left "$name-whole" > "$name.expected"
    fi
    rm -rf "$name-killed"
    local resume=()
    [[ $2 == train ]] && resume=(--resume)
    for _ in 1 2 3 4 5; do
        "${@/OUT/$name-killed}" "${resume[@]}" > last.log 2>&1 &
        local child=$!
        sleep "$(printf '0.%03d' $((RANDOM % 1000)))"
        sleep "$(awk -v ms=$((RANDOM * lasts / 32768)) 'BEGIN { print ms / 1000 }')"
        kill -KILL "$child" 2> last.kill || true
        local code=0
        wait "$child" 2> last.kill || code=$?
        (( code == 137 )) && { kills=$((kills + 1)); continue; }
        (( code == 0 )) && break
        echo "$name: exit code $code" >&2; cat last.log >&2; exit 1
    done
    quiet "${@/OUT/$name-killed}" "${resume[@]}"
    left "$name-killed" | diff "$name.expected" - >&2 || { echo "$name differs" >&2; exit 1; }
    rounds_done=$((rounds_done + 1))
}

for method in "${methods[@]}"; do
    kills=0 rounds_done=0 more=()
    case $method in
        saganet | self-supervised) cohort=images ;;
        curriculum) cohort=chests ;;
        multi-stage) cohort=slides more=(--part 1) ;; # the second part has no tumor to validate on
    esac
    for ((i = 0; i < rounds; i++)); do
        if [[ $method == predict ]]; then
            round predict "$program" predict saganet-whole one.tif --out OUT --mpp 2 --stride 16 --no-orientations --save-every 0
        else
            round "$method" "$program" train "$method.yaml" --cohort "$cohort/cohort.csv" --out OUT "${more[@]}"
        fi
    done
    echo "$method: $rounds_done rounds, $kills kills, the same each time"
done
