#!/usr/bin/env bash
# corrections.sh FOLDER [--hardness H] [--seeds N]: a painted cohort, and simulated annotators led by proposals and by chance.
set -euo pipefail
here=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
[[ $# -ge 1 ]] || { echo "usage: corrections.sh FOLDER [--hardness H] [--seeds N]" >&2; exit 2; }
folder=$1 hardness=0 seeds=5 paint=5
shift
while [[ $# -gt 0 ]]; do
    case $1 in
        --hardness) hardness=$2 paint=6 ;;
        --seeds) seeds=$2 ;;
        *) echo "corrections.sh: '$1' is no option" >&2; exit 2 ;;
    esac
    shift 2
done
run=$here/../coverslip
"$run" slide phantoms --out "$folder/slides" --mpp 1 --patients 24 --side 3072 --seed "$paint" --hardness "$hardness"
"$run" correct new "$folder/correction" --cohort "$folder/slides/cohort.csv" --aside 0.5
"$run" correct simulate "$folder/correction" --regions 20 --seeds "$seeds" --out "$folder/simulated.csv"
