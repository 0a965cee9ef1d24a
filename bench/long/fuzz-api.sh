#!/usr/bin/env bash
# The API against its own OpenAPI document, at full count: fuzz-api.sh [REQUESTS]. TARS_TEST_SEED repeats a run.
set -euo pipefail
cd "$(dirname "$0")/../.."
export TARS_FUZZ_REQUESTS="${1:-200000}"
exec dotnet run -c Release --project test/Tars.Server.Tests -- -class '*ApiFuzz' -showLiveOutput
