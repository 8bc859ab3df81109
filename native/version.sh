#!/usr/bin/env bash
# Prints the version of this source. 0.2.0 is the tag v0.2.0; 0.2.0+5.g1a2b3c4 is five commits further.
# It is taken from COVERSLIP_VERSION; or a git checkout; or version.txt, where git writes it into the archives that GitHub
# and GitLab offer. Where no tag is known it is the default of Directory.Build.props, with the commit if that is known.
set -euo pipefail
here=$(dirname -- "${BASH_SOURCE[0]}")

if [[ -n ${COVERSLIP_VERSION:-} ]]; then
    echo "${COVERSLIP_VERSION#v}"
    exit
fi

described=
if [[ -e $here/../.git ]]; then # Not the repository of a folder that this one was unpacked in.
    described=$(git -C "$here" describe --tags --long --always --match 'v[0-9]*' 2> /dev/null || true)
elif [[ -r $here/version.txt && $(< "$here/version.txt") != '$Format:'* ]]; then
    read -r commit described < "$here/version.txt" || true
    described=${described:-$commit}
fi

if [[ $described =~ ^v(.+)-([0-9]+)-(g[0-9a-f]+)$ ]]; then
    version=${BASH_REMATCH[1]}
    (( BASH_REMATCH[2] == 0 )) || version+=+${BASH_REMATCH[2]}.${BASH_REMATCH[3]}
elif [[ $described == v* ]]; then
    version=${described#v}
else
    version=$(sed -n 's|.*<Version>\(.*\)</Version>.*|\1|p' "$here/../Directory.Build.props")${described:+"+g$described"}
fi
echo "$version"
