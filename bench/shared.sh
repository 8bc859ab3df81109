#!/usr/bin/env bash
# Each verb beside a busy program, two threads that do nothing but count, against itself alone, in turn: wall time alone over
# wall time beside (the system's fair share of two threads beside two is 0.5), and processor seconds of both, in pairs. The
# aim is 0.5. With --spins also `predict` and training of small images with libgomp's waiting set otherwise.
# bench/shared.sh [--pairs 3] [--verbs patches,slide,train,masks,tissue,features] [--spins 0,1000,100000,infinite]
set -euo pipefail
source "$(dirname "$0")/environment.sh"
pairs=3 verbs=patches,slide,train,masks,tissue,features spins=
while (( $# )); do
    case $1 in
        --pairs | --verbs | --spins) declare "${1#--}=$2"; shift 2 ;;
        *) echo "unknown: $1" >&2; exit 2 ;;
    esac
done
export COVERSLIP_ENCODERS=${COVERSLIP_ENCODERS:-$root/artifacts/encoders}
work=$(mktemp -d)
busy=()
quiet() { if (( ${#busy[@]} )); then kill "${busy[@]}" 2> /dev/null || true; wait "${busy[@]}" 2> /dev/null || true; fi; busy=(); }
trap 'quiet; rm -rf "$work"' EXIT
spin() { for _ in 1 2; do (while :; do :; done) & busy+=("$!"); done; }

# What the verbs are given: 100 patches of 50 pixels, as many of others, 16 of 128, a slide, and a network trained for an epoch.
small=$work/small others=$work/others large=$work/large slides=$work/slides
{
    "$coverslip" phantoms --out "$small" --size 50 --patients 10 --least 10 --most 10
    "$coverslip" phantoms --out "$others" --seed 2 --size 50 --patients 10 --least 10 --most 10
    "$coverslip" phantoms --out "$large" --patients 4 --least 4 --most 4
    "$coverslip" slide phantoms --out "$slides" --patients 2 --side 2048 --mpp 1
    "$coverslip" train saganet-idc --cohort "$small/cohort.csv" --out "$work/run" --part 1 --set training.epochs=1
} > "$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
slide=$(find "$slides" -name '*.tif' | head -1)

# VERB: does its work into a folder of its own
do_verb() {
    local out=$work/out-$1
    rm -rf "$out"
    case $1 in
        patches) "$coverslip" predict "$work/run" --cohort "$others/cohort.csv" --unfamiliar --out "$out" ;;
        slide) "$coverslip" predict "$work/run" "$slide" --mpp 1 --out "$out" ;;
        train) "$coverslip" train saganet-idc --cohort "$small/cohort.csv" --out "$out" --part 1 --set training.epochs=1 ;;
        masks) "$coverslip" mask --cohort "$large/cohort.csv" --channels 32 --out "$out" ;;
        tissue) "$coverslip" tissue "$slide" --out "$out" ;;
        features) "$coverslip" features resnet-18 "$large/cohort.csv" --out "$out" ;;
        *) echo "unknown verb: $1" >&2; return 2 ;;
    esac
}

# VERB: wall and processor seconds
timed() {
    local TIMEFORMAT='%R %U %S' seconds
    seconds=$( { time do_verb "$1" > "$work/log" 2>&1; } 2>&1 ) || { cat "$work/log" >&2; exit 1; }
    awk '{ print $1, $2 + $3 }' <<< "$seconds"
}

# VERB NAME: rows of the pairs go to a file
pairs_of() {
    local pair alone beside
    for (( pair = 1; pair <= pairs; pair++ )); do
        alone=$(timed "$1")
        spin
        beside=$(timed "$1")
        quiet
        echo "$2 $alone $beside $(cut -d' ' -f1 /proc/loadavg)"
    done >> "$work/lines"
}

table() {
    awk '
        function middle(list, n, i, j, t) {
            for (i = 1; i <= n; i++) for (j = i + 1; j <= n; j++) if (list[j] < list[i]) { t = list[i]; list[i] = list[j]; list[j] = t }
            return list[int((n + 1) / 2)]
        }
        !($1 in count) { names[++kinds] = $1 }
        { n = ++count[$1]; a[$1, n] = $2; ap[$1, n] = $3; b[$1, n] = $4; bp[$1, n] = $5; r[$1, n] = $2 / $4; load = $6 }
        END {
            print "| What | s alone | s beside | alone / beside | processor s alone | beside |\n|---|---|---|---|---|---|"
            for (k = 1; k <= kinds; k++) {
                name = names[k]; n = count[name]
                for (i = 1; i <= n; i++) { A[i] = a[name, i]; B[i] = b[name, i]; R[i] = r[name, i]; P[i] = ap[name, i]; Q[i] = bp[name, i] }
                ratio = middle(R, n)
                printf "| %s | %.1f | %.1f | %.2f, **%.2f**, %.2f | %.1f | %.1f |\n", name, middle(A, n), middle(B, n), R[1], ratio, R[n], middle(P, n), middle(Q, n)
            }
        }' "$work/lines"
}

echo "$(LC_ALL=C lscpu | sed -n 's/^Model name: *//p'), $OMP_NUM_THREADS threads, $(date -u +%F), GOMP_SPINCOUNT=$GOMP_SPINCOUNT," \
    "load before $(cut -d' ' -f1 /proc/loadavg); $pairs pairs, ratios as minimum, median, maximum"
: > "$work/lines"
do_verb "${verbs%%,*}" > /dev/null 2>&1 # files come into the page cache
for verb in ${verbs//,/ }; do pairs_of "$verb" "$verb"; done
table
if [[ $spins ]]; then
    echo
    : > "$work/lines"
    for spin_count in ${spins//,/ }; do
        for verb in patches train; do GOMP_SPINCOUNT=$spin_count pairs_of "$verb" "$verb,GOMP_SPINCOUNT=$spin_count"; done
    done
    table
fi
echo "load after $(cut -d' ' -f1 /proc/loadavg)"
