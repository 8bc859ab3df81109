#!/usr/bin/env bash
# Agreement of masks (mean IoU, empty ones counted apart): fast with plain mode beside plain masks of different seeds among
# themselves, --scales with scale 1, and both modes with the true masks of phantoms. Thresholds are fitted to the images.
# bench/masks/agreement.sh IMAGE... [--phantoms 10] [--size 160] [--seeds 1,2,3] [--scales 0.5,0.25] [--rules FILE]
#                          [--network saganet|kanezaki] [--channels 100] [--steps 100]
set -euo pipefail
source "$(dirname "$0")/../environment.sh"
build_bench
describe_machine
with_allocator "$bench" mask-agreement "$@"
