#!/usr/bin/env bash
# The peers' whole table in one call: restores them (ONNX Runtime, libtorch 2.10, NetVips from NuGet; PyTorch and openslide-python from
# Debian, or those of another Python: BENCH_PYTHON), lets the other benches measure in turn, and joins what they found, losses first: the peer's
# time over ours, as minimum, median and maximum of the pairs, by the clock and of processors.
# bench/peers.sh [--pairs 3] [--batch 8] [--steps 7] [--slide FILE] [--only shared,evaluation,training,features,slides]
# Training is in bfloat16 where the processor has it. Slides need a file that bench/slides.sh takes.
set -euo pipefail
source "$(dirname "$0")/environment.sh"
pairs=3 batch=8 steps=7 slide= only=shared,evaluation,training,features,slides
while (( $# )); do
    case $1 in
        --pairs | --batch | --steps | --slide | --only) declare "${1#--}=$2"; shift 2 ;;
        *) echo "unknown: $1" >&2; exit 2 ;;
    esac
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export BENCH_LINES=${BENCH_LINES:-$work/lines} # what was measured; of a name that is given it stays, and further calls add to it
touch "$BENCH_LINES"
if ! "$python" -c 'import torch, torchvision, openslide' 2> "$work/missing"; then
    echo "restoring PyTorch and openslide-python: $(tail -1 "$work/missing")" >&2
    if [[ $python != /usr/bin/python3 ]] || (( EUID != 0 )); then
        echo "$python lacks them: install Debian's python3-torch python3-torchvision python3-openslide, or set BENCH_PYTHON" >&2
        exit 1
    fi
    apt-get install -y -q --no-install-recommends python3-torch python3-torchvision python3-openslide >&2
fi
build_bench # restores ONNX Runtime
describe_machine
precision=float32
if has_bfloat16; then precision=bfloat16; fi
libtorch=()
if [[ $(uname -m) == x86_64 ]]; then libtorch=(--libtorch); fi
missing=()

# NAME COMMAND…: its own table goes by; where it fails the others are still measured.
section() {
    local name=$1
    shift
    [[ ,$only, == *,$name,* ]] || return 0
    printf '\n## %s: load %s\n' "$*" "$(cut -d' ' -f1-3 /proc/loadavg)"
    "$root/bench/$1" "${@:2}" || missing+=("$*")
}
section shared shared.sh --pairs "$pairs" --spins 0,1000,100000,infinite
section evaluation evaluation.sh --pairs "$pairs" --batch "$batch" --models resnet-50,googlenet,mobilenet-v2,u-net
section training backbones.sh --pairs "$pairs" --batch "$batch" --steps "$steps" --precision "$precision" \
    --models resnet-50,googlenet,mobilenet-v2 "${libtorch[@]}"
section training unet.sh --pairs "$pairs" --steps "$steps" --sides 256 --precision "$precision" "${libtorch[@]}"
section features encoders.sh --pairs "$pairs" --batch "$batch" --steps "$steps" --models vit-s-16,resnet-18
if [[ $slide ]]; then section slides slides.sh "$slide" --pairs "$pairs"; elif [[ ,$only, == *,slides,* ]]; then missing+=("slides.sh: give --slide FILE"); fi

printf '\n## Losses first: load %s\n' "$(cut -d' ' -f1-3 /proc/loadavg)"
"$python" "$root/bench/peers/join.py" < "$BENCH_LINES"
for failed in "${missing[@]}"; do echo "not measured: $failed"; done
(( ${#missing[@]} == 0 ))
