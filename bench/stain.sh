#!/usr/bin/env bash
# Stain normalization against the same methods written plainly on NumPy, OpenCV and scikit-learn (bench/stain/peers.py,
# with TIAToolbox's definitions and solvers): one image, measured and changed; the reference was fitted before.
# Processes in turn (Python, ours, Python, ours, ...), the same threads and allocator.
# bench/stain.sh [IMAGE REFERENCE] [--pairs 3] [--sides 768,2048]
#                without images: phantoms; else IMAGE cut to each side, or continued by reflection
# Needs Debian's python3-opencv, python3-numpy and python3-sklearn.
set -euo pipefail
source "$(dirname "$0")/environment.sh"
pairs=3 sides=768,2048 images=()
while (( $# )); do
    case $1 in
        --pairs | --sides) declare "${1#--}=$2"; shift 2 ;;
        --*) echo "unknown: $1" >&2; exit 2 ;;
        *) images+=("$1"); shift ;;
    esac
done
(( ${#images[@]} == 0 || ${#images[@]} == 2 )) || { echo "name an image and a reference, or neither" >&2; exit 2; }
build_bench
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
peers=("$python" "$root/bench/stain/peers.py")
describe_machine
reference=${images[1]:-$work/reference.png}
if (( ${#images[@]} == 0 )); then "$bench" stain-phantom 768 "$reference" --stain 3 --seed 1; fi
for side in ${sides//,/ }; do
    image=$work/$side.png
    if (( ${#images[@]} )); then "${peers[@]}" "${images[0]}" --tile "$side" "$image"
    else "$bench" stain-phantom "$side" "$image" --stain 8 --seed 2; fi
    for (( pair = 1; pair <= pairs; pair++ )); do
        with_allocator "${peers[@]}" "$reference" "$image"
        with_allocator "$bench" stain "$reference" "$image"
    done
done > "$work/lines"
"$python" "$root/bench/stain/ratios.py" < "$work/lines"
