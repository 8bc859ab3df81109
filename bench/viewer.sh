#!/usr/bin/env bash
# bench/viewer.sh FOLDER [CLIENTS] [SECONDS]: clients that look at the slides of a folder at the same time, over loopback. Each asks
# for a tile a second (like somebody who moves from field to field), then all of them as fast as they are answered. Tiles
# are warm: each was asked for once before. Prints errors, the 95th percentile, and the viewer's memory.
# Needs: apt-get install --no-install-recommends wrk curl python3. COVERSLIP names another program than ./coverslip.
set -euo pipefail
folder=${1:?usage: bench/viewer.sh FOLDER [CLIENTS] [SECONDS]}
clients=${2:-1000} seconds=${3:-20}
here=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
work=$(mktemp -d)
ulimit -n 8192
"${COVERSLIP:-$here/../coverslip}" view "$folder" > "$work/address" 2> "$work/log" < /dev/null &
viewer=$!
trap 'kill "$viewer" 2> /dev/null || true; rm -rf "$work"' EXIT
for _ in {1..300}; do grep -q token "$work/address" && break; sleep 0.2; done
entry=$(< "$work/address")
server=${entry%%/\?*}
curl -sf -o /dev/null -c "$work/cookies" "$entry"
cookie=$(awk '/coverslip-/ { print $6 "=" $7 }' "$work/cookies")

curl -sf -b "$work/cookies" "$server/api/slides" | python3 -c '
import json, sys, urllib.request
server, cookie = sys.argv[1:]
def get(path):
    return urllib.request.urlopen(urllib.request.Request(server + path, headers={"Cookie": cookie})).read()
tiles = []
for slide in json.load(sys.stdin)["slides"][:20]:
    path = "/api/slides/" + slide["id"]
    facts = json.loads(get(path))
    for level in range(max(8, facts["maxLevel"] - 3), facts["maxLevel"] + 1):
        step = 2 ** (facts["maxLevel"] - level) * facts["tileSize"]
        tiles += [f"{path}/tiles/{level}/{x}_{y}.jpg"
                  for x in range(-(-facts["width"] // step)) for y in range(-(-facts["height"] // step))]
tiles = tiles[:4000]
size = sum(len(get(tile)) for tile in tiles)
print(f"{len(tiles)} tiles, {size / len(tiles) / 1024:.0f} KiB in the mean", file=sys.stderr)
print("\n".join(tiles))
' "$server" "$cookie" > "$work/tiles"

cat > "$work/ask.lua" <<LUA
local tiles = {}
for line in io.lines("$work/tiles") do tiles[#tiles + 1] = line end
local pause = tonumber(os.getenv("PAUSE"))
math.randomseed(1)
request = function() return wrk.format("GET", tiles[math.random(#tiles)], { ["Cookie"] = "$cookie" }) end
if pause > 0 then delay = function() return math.random(0, 2 * pause) end end
done = function(summary, latency)
    local bad = summary.errors
    io.write(string.format("| %d | %s | %.0f | %d | %.1f | %.1f | %.1f |\n", $clients, pause > 0 and pause .. " ms" or "none",
        summary.requests / summary.duration * 1e6, bad.connect + bad.read + bad.write + bad.status + bad.timeout,
        latency:percentile(50) / 1e3, latency:percentile(95) / 1e3, latency:percentile(99) / 1e3))
end
LUA
memory() { awk '/VmRSS|VmHWM/ { printf "%s %d MiB  ", $1, $2 / 1024 }' "/proc/$viewer/status"; echo; }
echo "$(grep -m 1 'model name' /proc/cpuinfo | cut -d: -f2), $(nproc) processors, load $(cut -d' ' -f1 /proc/loadavg)"
memory
echo "| clients | pause | requests/s | errors | p50 ms | p95 ms | p99 ms |"
for pause in 1000 0; do
    PAUSE=$pause wrk -t 1 -c "$clients" -d "$seconds" -s "$work/ask.lua" "$server" | grep '^|'
done
memory
