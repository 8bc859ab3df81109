#!/usr/bin/env bash
# Mask segmentation against Kanezaki's published algorithm in PyTorch: the same image, network, seeds and stopping rule
# on the same machine, one after the other. Usage: bench/masks/run.sh IMAGE [SEEDS...]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
image=$1
shift
seeds=("${@:-1}")
threads=$(nproc)
jemalloc=$(ls /usr/lib/*-linux-gnu/libjemalloc.so.2 2>/dev/null | head -1)
settings=dirty_decay_ms:-1,muzzy_decay_ms:-1,oversize_threshold:0,thp:always
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

echo "load before: $(cut -d' ' -f1 /proc/loadavg)"
for seed in "${seeds[@]}"; do
  peer=(/usr/bin/python3 "$here/kanezaki.py" "$image" --seed "$seed" --threads "$threads")
  "${peer[@]}"
  LD_PRELOAD=$jemalloc MALLOC_CONF=$settings "${peer[@]}" --tuned
  for mode in plain fast; do
    "$here/../../coverslip" mask "$image" --network kanezaki --labels 7 --steps 1000 --seed "$seed" --mode $mode \
      --out "$out/$mode-$seed" --timing | tail -1
  done
done
echo "load after: $(cut -d' ' -f1 /proc/loadavg)"
