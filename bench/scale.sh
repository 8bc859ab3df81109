#!/usr/bin/env bash
# bench/scale.sh [FOLDER]: how prediction grows with workers. 1, 2 and 4 calls of one thread share a folder of phantom slides;
# processor seconds, bytes and requests of each slide; then what the simulation says of these runs and of larger places
# (docs/scale.md). Needs a machine that does nothing else, python3, and strace for bytes and requests.
# COVERSLIP names another program than ./coverslip.
set -euo pipefail
here=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
coverslip=${COVERSLIP:-$here/../coverslip} folder=${1:-$here/../artifacts/scale}
mkdir -p "$folder"
cd "$folder"
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
[[ -e slides/cohort.csv ]] || "$coverslip" slide phantoms --out slides --mpp 1 --side 2048 --patients 12 > /dev/null
[[ -e run/run.json ]] || "$coverslip" train "$here/../recipes/tumor-detection-demo.yaml" --cohort slides/cohort.csv --out run \
    --part 1 --set split.validation_share=0.5 --set training.epochs=1 --set patches.examples=128 --set patches.validation_examples=64 > /dev/null
predict() { "$coverslip" predict run "${@:2}" --out "$1" --stride 32 --no-orientations > "$1.log" 2>&1; }

# Each slide alone: processor seconds, and what three of them ask of the storage. What a call needs before its first slide is timed apart,
# by calls that find it finished.
TIMEFORMAT='%U %S'
processor() { { time "$@" > /dev/null 2>&1; } 2>&1 | awk '{ print $1 + $2 }'; }
rm -rf alone again
mkdir alone
for slide in slides/slides/*.tif; do
    name=$(basename "$slide" .tif)
    echo "$name $(processor predict "alone/$name" "$slide")"
done > alone/seconds
for slide in slides/slides/*.tif; do
    name=$(basename "$slide" .tif)
    echo "$(processor predict "alone/$name" "$slide")"
done > alone/start
for slide in $(ls slides/slides/*.tif | head -n 3); do
    name=$(basename "$slide" .tif)
    strace -f -y -e trace=pread64,read -o alone/calls "$coverslip" predict run "$slide" --out "again/$name" --stride 32 \
        --no-orientations > /dev/null 2>&1
    grep -F "$name.tif>" alone/calls | awk '{ asked++; got += $NF } END { print asked + 0, got + 0 }'
done > alone/requests
tissue=$(processor "$coverslip" tissue slides/slides/*.tif --out alone/tissue)
written=$(du -sb alone/P*/ | awk '{ sum += $1 } END { print sum / NR }')

for workers in 1 2 4; do
    rm -rf "w$workers"
    began=$(date +%s.%N)
    for (( i = 0; i < workers; i++ )); do predict "w$workers" slides/slides/*.tif & done
    wait
    awk -v workers="$workers" -v began="$began" -v ended="$(date +%s.%N)" 'BEGIN { print workers, ended - began }'
done > runs

python3 - "$(nproc)" "$tissue" "$written" > measured.json <<'PY'
import json, statistics, sys
cores, tissue, written = int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])
start = min(float(line) for line in open("alone/start"))
seconds = [float(line.split()[1]) - start for line in open("alone/seconds")]
requests = [tuple(map(int, line.split())) for line in open("alone/requests")]
runs = [dict(workers=int(w), seconds=float(s)) for w, s in (line.split() for line in open("runs"))]
json.dump(dict(cores=cores, start=start, seconds=seconds, requests=[r for r, _ in requests],
               bytes=[b for _, b in requests], tissue=tissue / len(seconds), written=written, runs=runs), sys.stdout)
PY
python3 - <<'PY'
import json, statistics
m = json.load(open("measured.json"))
mean = statistics.mean
print(f"a slide: {mean(m['seconds']):.1f} s of a processor, of it tissue {m['tissue']:.1f} s; {mean(m['requests']):.0f} requests, "
      f"{mean(m['bytes']) / 1e6:.1f} MB read, {m['written'] / 1e6:.1f} MB written; a call needs {m['start']:.1f} s before its first slide")
one, two, four = (r["seconds"] for r in m["runs"])
print(f"two workers are {one / two:.2f} times as fast as one, four {one / four:.2f} times, on {m['cores']} processors\n")
PY
python3 "$here/scale/simulate.py" measured.json
