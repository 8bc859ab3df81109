#!/usr/bin/env bash
# packages.sh build|run: the Debian packages of packages.txt that are needed there, one a line.
set -euo pipefail
[[ ${1:-} == build || ${1:-} == run ]] || { echo "usage: packages.sh build|run" >&2; exit 2; }
while read -r where name; do
    [[ $where != "$1" && $where != both ]] || echo "$name"
done < "$(dirname -- "${BASH_SOURCE[0]}")/packages.txt"
