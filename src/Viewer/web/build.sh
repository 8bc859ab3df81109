#!/usr/bin/env bash
# build.sh bundle FOLDER: makes FOLDER/dist of the viewer's TypeScript; FOLDER also keeps npm's packages.
# build.sh check FOLDER: TypeScript's strict checks and the formatter.
# Nothing is written beside the sources: npm's packages would count as sources of the program.
set -euo pipefail
here=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
# The oldest Node that Vite 6 and npm's packages run on; Debian 12 has 18.20.
oldest=18

fail() {
    printf 'error: the viewer: %s\n' "$*" >&2
    exit 1
}

way_out="install Node $oldest or newer with npm (Debian: apt-get install --no-install-recommends nodejs npm)"
command -v node > /dev/null && command -v npm > /dev/null || fail "no node and npm on the PATH; $way_out"
version=$(node --version)
[[ ${version#v} =~ ^[0-9]+ ]] && (( BASH_REMATCH[0] >= oldest )) || fail "node is $version; $way_out"
[[ $# == 2 ]] || fail "usage: build.sh bundle|check FOLDER"
mkdir -p "$2"
work=$(cd "$2" && pwd)

# One build at a time: projects that are built side by side share the folder.
exec 9> "$work/lock"
flock 9

# Sources anew, so that none that was removed stays; packages only if the lock file has changed.
rm -rf "$work/src" "$work/public"
cp -r "$here"/{src,public,index.html,package.json,tsconfig.json,vite.config.js} "$work/"
cd "$work"
if ! cmp -s "$here/package-lock.json" package-lock.installed; then
    cp "$here/package-lock.json" package-lock.json
    npm ci --no-audit --no-fund --loglevel=error ||
        fail "npm could not fetch what package-lock.json names; the build needs npm's registry once (npm config get registry)"
    cp package-lock.json package-lock.installed
fi

case $1 in
    bundle) node_modules/.bin/vite build --logLevel warn ;;
    check)
        node_modules/.bin/tsc --noEmit
        node_modules/.bin/prettier --check "$here" || { echo "'$work/node_modules/.bin/prettier --write $here' mends it"; exit 1; }
        ;;
    *) fail "'$1' is neither bundle nor check" ;;
esac
