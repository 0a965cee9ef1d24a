#!/usr/bin/env bash
# Tries a dictionary of addresses on a log, an old copy of it and the folder of subjects after an erasure: audit-dictionary.sh [ADDRESSES].
set -euo pipefail
cd "$(dirname "$0")/../.."
export TARS_DICTIONARY="${1:-1000000}"
exec dotnet run -c Release --project test/Tars.Compliance.Tests -- -method '*DictionaryOfAddresses*' -showLiveOutput
