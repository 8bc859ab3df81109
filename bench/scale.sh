#!/usr/bin/env bash
# bench/scale.sh [FOLDER]: how prediction grows with workers. 1, 2 and 4 calls of one thread share a folder of phantom slides,
# in ROUNDS (5) rounds, since a rented processor is a third faster in one minute than in the next;
# seconds, bytes and requests of a slide; then what the simulation says of these runs and of larger places
# (docs/scale.md). Needs a machine that does nothing else, python3, and strace for bytes and requests.
# COVERSLIP names another program than ./coverslip; without the launcher's allocator pages that the kernel clears cost a third.
set -euo pipefail
here=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
coverslip=${COVERSLIP:-$here/../coverslip} folder=${1:-$here/../artifacts/scale}
mkdir -p "$folder"
cd "$folder"
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
[[ -e slides/cohort.csv ]] || "$coverslip" slide phantoms --out slides --mpp 1 --side 2048 --patients 12 > /dev/null
[[ -e run/part-1 ]] || "$coverslip" train "$here/../recipes/tumor-detection-demo.yaml" --cohort slides/cohort.csv --out run \
    --part 1 --set split.validation_share=0.5 --set training.epochs=1 --set patches.examples=128 --set patches.validation_examples=64 > /dev/null
predict() { "$coverslip" predict run "${@:2}" --out "$1" --stride 32 > "$1.log" 2>&1; }
elapsed() { local began=$EPOCHREALTIME; "$@"; awk -v b="$began" -v e="$EPOCHREALTIME" 'BEGIN { print e - b }'; }
together() { for (( i = 0; i < $1; i++ )); do predict "w$1" slides/slides/*.tif & done; wait; }

rm -rf asked
for (( round = 0; round < ${ROUNDS:-5}; round++ )); do
    rm -rf w1 w2 w4
    for workers in $( (( round % 2 )) && echo 4 2 1 || echo 1 2 4); do echo "$workers $(elapsed together "$workers")"; done
done > runs
# A call that finds all finished: what each needs beside its slides.
elapsed together 1 > start
mkdir asked
for slide in $(ls slides/slides/*.tif | head -n 3); do
    name=$(basename "$slide" .tif)
    strace -f -y -e trace=pread64,read -o asked/calls "$coverslip" predict run "$slide" --out "asked/$name" --stride 32 > /dev/null 2>&1
    grep -F "$name.tif>" asked/calls | awk '{ asked++; got += $NF } END { print asked + 0, got + 0 }'
done > requests
tissue=$(elapsed "$coverslip" tissue slides/slides/*.tif --out asked/tissue 2> /dev/null | tail -n 1)
written=$(cat w1/P* | wc -c)

# Slides cost by their tissue; the first run says how much, so that the others test the model.
python3 - "$(env -u OMP_NUM_THREADS nproc)" "$tissue" "$written" > measured.json <<'PY'
import json, re, statistics, sys
cores, tissue, written = int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])
start = float(open("start").read())
rounds = {}
for workers, seconds in (line.split() for line in open("runs")):
    rounds.setdefault(int(workers), []).append(float(seconds))
runs = [dict(workers=w, seconds=statistics.median(rounds[w]), rounds=rounds[w]) for w in sorted(rounds)]
patches = [int(n) for n in re.findall(r"on (\d+) patches of tissue", open("w1.log").read())]
seconds = [(runs[0]["seconds"] - start) * n / sum(patches) for n in patches]
requests = [tuple(map(int, line.split())) for line in open("requests")]
json.dump(dict(cores=cores, start=start, seconds=seconds, patches=patches, requests=[r for r, _ in requests],
               bytes=[b for _, b in requests], tissue=tissue / len(seconds), written=written / len(seconds), runs=runs), sys.stdout)
PY
python3 - <<'PY'
import json, statistics
m = json.load(open("measured.json"))
mean = statistics.mean
print(f"a slide of {mean(m['patches']):.0f} patches in eight orientations: {mean(m['seconds']):.2f} s of a processor; a call that finds tissue alone "
      f"{m['tissue']:.2f} s a slide; {mean(m['requests']):.0f} requests, {mean(m['bytes']) / 1e6:.1f} MB read, {m['written'] / 1e6:.1f} MB written; "
      f"{m['start']:.1f} s of a call beside its slides")
one, two, four = (r["rounds"] for r in m["runs"])
for name, more in (("two", two), ("four", four)):
    gains = sorted(a / b for a, b in zip(one, more))
    print(f"{name} workers are {statistics.median(gains):.2f} ({gains[0]:.2f} – {gains[-1]:.2f}) times as fast as one, "
          f"{len(gains)} rounds on {m['cores']} processors")
for name, seconds in zip(("one", "two", "four"), (one, two, four)):
    print(f"{name}: {' '.join(f'{s:.1f}' for s in seconds)} s")
print()
PY
python3 "$here/scale/simulate.py" measured.json --larger "${LARGER:-1}"
