#!/usr/bin/env bash
# Files sealed here and opened in Python, and the other way round, at full count: interop-sealed.sh [FILES]. TARS_TEST_SEED repeats a run.
set -euo pipefail
cd "$(dirname "$0")/../.."
export TARS_INTEROP_COUNT="${1:-1000}"
exec dotnet run -c Release --project test/Tars.Sealing.Tests -- -class '*PythonInteropTests'
