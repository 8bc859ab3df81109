#!/usr/bin/env bash
# Mutated slides, opened and read whole: each gives pixels or one clean error, none a crash or a hang.
# bench/slides-fuzz.sh [SLIDE…] [--count 1000000] [--seconds 3600] [--seed 1]
# Besides the slides named (small ones: each mutation is written and read whole), small pyramids that are written here.
# Exit code 0 if the process lived; else the folder with the file that ended it is named.
set -euo pipefail
source "$(dirname "$0")/environment.sh"
slides=() options=()
while (( $# )); do
    case $1 in
        --count | --seconds | --seed) options+=("$1" "$2"); shift 2 ;;
        --*) echo "unknown: $1" >&2; exit 2 ;;
        *) slides+=("$1"); shift ;;
    esac
done
build_bench
work=$(mktemp -d)
"$bench" slide-small "$work/small.tif" "$work/odd.tif"
status=0
with_allocator "$bench" slide-fuzz "$work" "$work/small.tif" "$work/odd.tif" "${slides[@]}" "${options[@]}" || status=$?
if (( status == 0 )); then rm -rf "$work"; else echo "ended by $work/case.svs (exit code $status)" >&2; fi
exit "$status"
