#!/usr/bin/env bash
# Publishes tars and tars-verify for this machine's platform and measures their cold starts on a small signed file: processor time and wall time,
# median and spread. Fails when a median of the wall time passes its limit, unless the machine was busy, which is said. Needs what verify-aot.sh needs.
# cold-start.sh [RUNS]
set -euo pipefail
cd "$(dirname "$0")/../.."
runs="${1:-21}"
sign_limit=250
verify_limit=25
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
case "$(uname -m)" in x86_64) platform=linux-x64 ;; aarch64) platform=linux-arm64 ;; *) echo "cold-start: error: $(uname -m): linux on x86_64 or aarch64 is expected" >&2; exit 2 ;; esac
dotnet publish src/Tars.Cli -c Release -r "$platform" --self-contained false -o "$work/tars" >&2
dotnet publish src/Tars.Verify -c Release -o "$work/verify" >&2
tars="$work/tars/tars"
verify="$work/verify/tars-verify"
mkdir "$work/run"
cd "$work/run"
"$tars" keys create signing --ring keys >&2
printf 'x\n' > data.txt
"$tars" sign data.txt --ring keys >&2
"$verify" data.txt.dsse.json --trust keys >&2

# Each run's wall and processor time in hundredths of a millisecond, on stdout.
times() {
  /usr/bin/env python3 - "$runs" "$@" <<'PYTHON'
import os, sys, time
null = os.open(os.devnull, os.O_WRONLY)
for _ in range(int(sys.argv[1])):
    begun = time.monotonic()
    # Spawned, not forked: copying this interpreter's memory costs milliseconds that are not the program's.
    child = os.posix_spawn(sys.argv[2], sys.argv[2:], os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, null, 1)])
    _, status, used = os.wait4(child, 0)
    if status != 0:
        sys.exit("cold-start: error: the command failed")
    print(time.monotonic() - begun, used.ru_utime + used.ru_stime)
PYTHON
}

failed=0
report() { # NAME LIMIT COMMAND...
  local name="$1" limit="$2"
  shift 2
  times "$@" > times.txt
  local wall cpu
  wall="$(cut -d' ' -f1 times.txt | sort -g | awk '{ t[NR] = $1 * 1000 } END { printf "median %.1f ms, %.1f to %.1f", t[int((NR + 1) / 2)], t[1], t[NR] }')"
  cpu="$(cut -d' ' -f2 times.txt | sort -g | awk '{ t[NR] = $1 * 1000 } END { printf "median %.1f ms, %.1f to %.1f", t[int((NR + 1) / 2)], t[1], t[NR] }')"
  echo "$name: wall $wall; processor $cpu; $runs runs; limit $limit ms wall"
  awk -v wall="$wall" -v limit="$limit" 'BEGIN { split(wall, part, " "); exit !(part[2] > limit) }' && failed=1 || true
}

load="$(cut -d' ' -f1 /proc/loadavg)"
report "tars sign" "$sign_limit" "$tars" sign data.txt --ring keys
report "tars-verify" "$verify_limit" "$verify" data.txt.dsse.json --trust keys
echo "load average $load before, $(cut -d' ' -f1 /proc/loadavg) after, $(nproc) processors"
if [ "$failed" = 1 ]; then
  if awk -v load="$load" -v n="$(nproc)" 'BEGIN { exit !(load > n / 2) }'; then
    echo "cold-start: a limit was passed, but the machine was busy: this says nothing; run it again on an idle one" >&2
    exit 4
  fi
  echo "cold-start: error: a limit was passed" >&2
  exit 1
fi
