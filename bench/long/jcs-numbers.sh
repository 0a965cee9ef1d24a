#!/usr/bin/env bash
# The published series of numbers in canonical JSON, at full count: jcs-numbers.sh [LINES].
set -euo pipefail
cd "$(dirname "$0")/../.."
export TARS_JCS_NUMBERS="${1:-1000000}"
exec dotnet run -c Release --project test/Tars.Sealing.Tests -- -class '*NumberSeriesTests'
