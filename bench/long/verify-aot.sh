#!/usr/bin/env bash
# Publishes tars-verify as native code and measures it: size below 12 MB, no socket among its imports, processor time of a cold start on a
# signed report below 25 ms, with one key and with a folder of trusted keys. Needs clang, zlib1g-dev, openssl, python3. verify-aot.sh [RUNS]
set -euo pipefail
cd "$(dirname "$0")/../.."
runs="${1:-21}"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
dotnet publish src/Tars.Verify -c Release -o "$work/bin" >&2
program="$work/bin/tars-verify"
files="$(find "$work/bin" -type f | wc -l)"
[ "$files" = 1 ] || { echo "verify-aot: error: $files files were published; one is expected" >&2; exit 1; }
size="$(stat -c %s "$program")"
[ "$size" -lt 12000000 ] || { echo "verify-aot: error: $size bytes; fewer than 12000000 are expected" >&2; exit 1; }
if nm -D --undefined-only "$program" | grep -E ' (socket|connect|bind|listen|accept4?|getaddrinfo|sendto|recvfrom)(@|$)'; then
  echo "verify-aot: error: it imports network functions" >&2; exit 1
fi

# An envelope made with openssl alone, signed by an RSA-4096 and a P-256 key.
cd "$work"
mkdir reports trusted
printf '{}\n' > reports/kpi.json
openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:4096 -out rsa.pem
openssl ecparam -name prime256v1 -genkey -noout -out ec.pem
digest="$(sha256sum reports/kpi.json | cut -c1-64)"
printf '{"_type":"https://in-toto.io/Statement/v1","predicate":{},"predicateType":"urn:example","subject":[{"digest":{"sha256":"%s"},"name":"kpi.json"}]}' "$digest" > statement.json
{ printf 'DSSEv1 28 application/vnd.in-toto+json %s ' "$(stat -c %s statement.json)"; cat statement.json; } > signed.bin
openssl dgst -sha256 -sign rsa.pem -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32 -out rsa.bin signed.bin
openssl dgst -sha256 -sign ec.pem -out ec.bin signed.bin
for key in rsa ec; do openssl pkey -in "$key.pem" -pubout -out "trusted/$key.pub"; done
signature() { printf '{"keyid":"%s","sig":"%s"}' "$(openssl pkey -pubin -in "trusted/$1.pub" -outform DER | sha256sum | cut -c1-64)" "$(base64 -w0 "$1.bin")"; }
printf '{"payload":"%s","payloadType":"application/vnd.in-toto+json","signatures":[%s,%s]}\n' "$(base64 -w0 statement.json)" "$(signature rsa)" "$(signature ec)" > reports/kpi.dsse.json

# Median of the processor time in milliseconds, on stdout.
median() {
  /usr/bin/env python3 - "$runs" "$program" "$@" <<'PYTHON'
import os, statistics, sys
null = os.open(os.devnull, os.O_WRONLY)
times = []
for _ in range(int(sys.argv[1])):
    child = os.posix_spawn(sys.argv[2], sys.argv[2:], os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, null, 1)])
    _, status, used = os.wait4(child, 0)
    if status != 0:
        sys.exit("verify-aot: error: the report was not verified")
    times.append(1000 * (used.ru_utime + used.ru_stime))
print(f"{statistics.median(times):.1f}")
PYTHON
}

echo "tars-verify: $size bytes"
for trust in "--key trusted/ec.pub" "--trust trusted"; do
  # shellcheck disable=SC2086 # an option and its value
  time="$(median reports $trust)"
  echo "tars-verify $trust: cold start on a report, median of $runs: $time ms of processor time"
  awk -v time="$time" 'BEGIN { exit !(time < 25) }' || { echo "verify-aot: error: less than 25 ms are expected" >&2; exit 1; }
done
