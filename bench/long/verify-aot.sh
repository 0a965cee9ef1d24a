#!/usr/bin/env bash
# Publishes tars-verify as native code and measures it: size below 12 MB, no socket among its imports, cold start on a signed report.
# Needs clang, zlib1g-dev, openssl, jq. verify-aot.sh [RUNS]
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

# An envelope made with openssl alone.
cd "$work"
mkdir reports
printf '{}\n' > reports/kpi.json
openssl ecparam -name prime256v1 -genkey -noout -out key.pem
openssl pkey -in key.pem -pubout -out key.pub
id="$(openssl pkey -pubin -in key.pub -outform DER | sha256sum | cut -c1-64)"
digest="$(sha256sum reports/kpi.json | cut -c1-64)"
printf '{"_type":"https://in-toto.io/Statement/v1","predicate":{},"predicateType":"urn:example","subject":[{"digest":{"sha256":"%s"},"name":"kpi.json"}]}' "$digest" > statement.json
{ printf 'DSSEv1 28 application/vnd.in-toto+json %s ' "$(stat -c %s statement.json)"; cat statement.json; } > signed.bin
openssl dgst -sha256 -sign key.pem -out sig.bin signed.bin
printf '{"payload":"%s","payloadType":"application/vnd.in-toto+json","signatures":[{"keyid":"%s","sig":"%s"}]}\n' "$(base64 -w0 statement.json)" "$id" "$(base64 -w0 sig.bin)" > reports/kpi.dsse.json
"$program" reports --key key.pub >&2
times="$(for _ in $(seq "$runs"); do s="$(date +%s%N)"; "$program" reports --key key.pub > /dev/null; e="$(date +%s%N)"; echo $(( (e - s) / 10000 )); done | sort -n)"
median="$(sed -n "$(( (runs + 1) / 2 ))p" <<< "$times")"
echo "tars-verify: $size bytes; cold start on a report, median of $runs: $(( median / 100 )).$(printf %02d $(( median % 100 ))) ms"
