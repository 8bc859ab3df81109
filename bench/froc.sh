#!/usr/bin/env bash
# The FROC score of a million detections over 130 slides, 49 of them with tumor: the time for the masks (decoding apart
# from finding lesions), for parsing the files of detections, and for the figures once both are in memory.
# bench/froc.sh [--detections 1000000] [--slides 130] [--tumor 49] [--side 2048] [--seed 1]
# --side is the masks' width at level 5; their height is 1.5 times that. Masks and detections are made up.
set -euo pipefail
source "$(dirname "$0")/environment.sh"
build_bench
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
describe_machine
with_allocator "$bench" froc "$work" "$@"
