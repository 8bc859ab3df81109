#!/usr/bin/env bash
# 256×256 patches per second from a JPEG pyramid, against openslide-python and, on one thread, libvips (NetVips) at the same places in the same order:
# tissue (whole tiles darker than glass), aligned (every whole tile), random (2,000 places anywhere, which mostly
# touch four tiles). Files are in the page cache, tile caches are cold: ours of 64 MiB, OpenSlide's as it comes.
# bench/slides.sh SLIDE [--pairs 3] [--times 7]     SLIDE is laid out 7 × 7 times, as JPEG of quality 85, tiles of 256
# Needs Debian's python3-openslide.
set -euo pipefail
source "$(dirname "$0")/environment.sh"
pairs=3 times=7 slide=
while (( $# )); do
    case $1 in
        --pairs | --times) declare "${1#--}=$2"; shift 2 ;;
        --*) echo "unknown: $1" >&2; exit 2 ;;
        *) slide=$1; shift ;;
    esac
done
[[ -n $slide ]] || { echo "usage: bench/slides.sh SLIDE [--pairs 3] [--times 7]" >&2; exit 2; }
build_bench
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$bench" slide-mosaic "$slide" "$work/slide.tif" --times "$times"
"$bench" slide-places "$work/slide.tif" "$work"
describe_machine
for (( pair = 1; pair <= pairs; pair++ )); do
    for what in tissue aligned random; do
        for threads in 1 2; do
            "$python" "$root/bench/slides/peers.py" "$work/slide.tif" "$work/$what.txt" "$threads"
            with_allocator "$bench" slide-read "$work/slide.tif" "$work/$what.txt" --threads "$threads"
        done
        with_allocator "$bench" slide-vips "$work/slide.tif" "$work/$what.txt"
    done
done > "$work/lines"
keep_lines "$work/lines"
"$python" "$root/bench/slides/ratios.py" < "$work/lines"
