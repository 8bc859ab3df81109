#!/usr/bin/env bash
# Training on bags of features in files: an epoch of 100 bags of 10,000 patches of 512 numbers (aim: under 20 s on two cores), and
# two bags of 100,000 (aim: below 2 GiB). 1 GB of disk in TMPDIR.
# bench/bags.sh [--kinds gated-attention,clam-mb,transmil]
set -euo pipefail
source "$(dirname "$0")/environment.sh"
kinds=gated-attention,clam-mb,transmil
while (( $# )); do
    case $1 in
        --kinds) declare "${1#--}=$2"; shift 2 ;;
        *) echo "unknown: $1" >&2; exit 2 ;;
    esac
done
build_bench
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
describe_machine
echo "| Kind | bags | first epoch s | second s | peak MiB | before MiB | threads |"
echo "|---|---|---|---|---|---|---|"
for kind in ${kinds//,/ }; do
    with_allocator "$bench" bags "$work/many" --kind "$kind" --bags 100 --patches 10000
    with_allocator "$bench" bags "$work/large" --kind "$kind" --bags 2 --patches 100000
done
