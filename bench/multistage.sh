#!/usr/bin/env bash
# End-to-end learning of GoogLeNet and a U-Net over a slide with retained gradients (Takahama et al. 2019, sec. 3.2.2):
# gradients against plain backpropagation, peak resident memory (VmHWM, a process per slide) at two numbers of patches and one
# size of the map, and the step's time against one forward pass, one forward and backward pass and the U-Net's step.
# bench/multistage.sh [--few 500] [--many 10000] [--side 224] [--map 128] [--time-patches 320] [--rounds 3]
#                     [--whole 24] [--parts equality,memory,time]
set -euo pipefail
source "$(dirname "$0")/environment.sh"
few=500 many=10000 side=224 map=128 time_patches=320 rounds=3 whole=24 parts=equality,memory,time
while (( $# )); do
    case $1 in
        --few | --many | --side | --map | --rounds | --whole | --parts) declare "${1#--}=$2"; shift 2 ;;
        --time-patches) time_patches=$2; shift 2 ;;
        *) echo "unknown: $1" >&2; exit 2 ;;
    esac
done
build_bench
describe_machine
if [[ $parts == *equality* ]]; then
    echo "Gradients over $whole patches of 64x64 in mini-batches of 8, whole and retained:"
    with_allocator "$bench" multistage-equality --patches "$whole" --side 64 --map 32 --mini-batch 8 --width 16
fi
if [[ $parts == *memory* ]]; then
    echo "| Patches | side | map | peak KiB | s | loss | allocated by .NET KiB | collections |"
    echo "|---|---|---|---|---|---|---|---|"
    first=$(with_allocator "$bench" multistage-memory --patches "$few" --side "$side" --map "$map")
    echo "$first"
    second=$(with_allocator "$bench" multistage-memory --patches "$many" --side "$side" --map "$map")
    echo "$second"
    peak() { cut -d'|' -f5 <<< "$1"; }
    echo "$few $many $(peak "$first") $(peak "$second")" \
        | awk '{ printf "%.2f GiB at %d patches; %.2f KiB more per patch\n", $4 / 1048576, $2, ($4 - $3) / ($2 - $1) }'
fi
if [[ $parts == *time* ]]; then
    with_allocator "$bench" multistage-time --patches "$time_patches" --side "$side" --map "$map" --rounds "$rounds"
fi
