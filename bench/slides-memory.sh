#!/usr/bin/env bash
# Paints a slide of 100,000 × 100,000 (about 15 minutes and 5 GiB), then opens it, makes a thumbnail, masks the tissue
# on it and reads every tile with tissue: the peak of resident memory, and how many of those tiles differ. Then it is
# predicted with a model that costs nothing: tissue, windows of 299 at a stride of 128, heatmap, pyramid, overlay, outlines.
# bench/slides-memory.sh [--side 100000]
set -euo pipefail
source "$(dirname "$0")/environment.sh"
side=100000
[[ ${1:-} == --side ]] && side=$2
build_bench
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$coverslip" slide phantom "$work/phantom.tif" --width "$side" --height "$side" --seed 1
describe_machine
with_allocator "$bench" slide-stream "$work/phantom.tif"
with_allocator "$bench" slide-predict "$work/phantom.tif" "$work/predicted"
