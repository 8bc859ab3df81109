#!/usr/bin/env bash
# Outputs and inner activations of the published networks against PyTorch's, live: weights of a formula go through a file to
# both; ours are compared with torchvision's (Xception, MobileNet v1, NASNet: with the tests' plain renderings) in float64.
# bench/backbones-parity.sh [--models densenet-121,…] [--batch 4] [--side 128]
set -euo pipefail
source "$(dirname "$0")/environment.sh"
models=densenet-121,densenet-169,densenet-201,inception-v3,resnet-50,xception
models+=,mobilenet-v1,mobilenet-v2,nasnet-large,nasnet-mobile,googlenet
batch=4 side=128
while (( $# )); do
    case $1 in
        --models | --batch | --side) declare "${1#--}=$2"; shift 2 ;;
        *) echo "unknown: $1" >&2; exit 2 ;;
    esac
done
build_bench
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
twin=("$python" "$root/bench/backbones/parity.py" "$work" --batch "$batch" --side "$side")
status=0
"${twin[@]}" --head
for model in ${models//,/ }; do
    "${twin[@]}" --model "$model" --write
    with_allocator "$bench" backbones-parity "$work" --models "$model"
    "${twin[@]}" --model "$model" || status=1
    rm "$work/$model".*
done
exit $status
