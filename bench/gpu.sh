#!/usr/bin/env bash
# What to measure on a machine with a CUDA GPU, beside the PyTorch found there. It needs a Python with a CUDA PyTorch,
# scikit-image and numpy; native/torch is built against that PyTorch's libtorch, so that both sides run the same kernels.
# bench/gpu.sh IMAGE [PYTHON]      IMAGE: any RGB image, 768x768 for figures that compare
# Not yet run: no CUDA machine with .NET could be had when it was written. Read it before trusting it.
set -euo pipefail
[[ -f ${1:-} ]] || { echo "usage: bench/gpu.sh IMAGE [PYTHON]" >&2; exit 2; }
image=$1
export BENCH_PYTHON=${2:-python3}
here=$(cd "$(dirname "$0")" && pwd)
COVERSLIP_TORCH=$("$BENCH_PYTHON" -c 'import os, torch; assert torch.cuda.is_available(); print(os.path.dirname(torch.__file__))')
export COVERSLIP_TORCH
nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader
"$here/../coverslip" doctor

# The greatest memory in use while a command runs, everything on the GPU counted.
with_peak() {
    local peaks watcher
    peaks=$(mktemp)
    nvidia-smi --query-gpu=memory.used --format=csv,noheader,nounits --loop-ms=100 > "$peaks" &
    watcher=$!
    "$@"
    kill "$watcher"
    echo "peak GPU memory: $(sort -n "$peaks" | tail -1) MiB"
    rm "$peaks"
}

# SagaNet's training and evaluation, images per second at 768x768; the other cases as on the processor.
for batch in 4 16; do
    with_peak "$here/steps.sh" --device cuda --side 768 --batch "$batch" --cases saganet --precisions float32,bfloat16 --steps 20
done
"$here/steps.sh" --device cuda --cases resnet,unet --precisions float32,bfloat16 --steps 50

# Masks: goal under 1 s per image.
DEVICE=cuda "$here/masks/run.sh" "$image"
