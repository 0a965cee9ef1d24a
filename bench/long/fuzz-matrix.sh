#!/usr/bin/env bash
# The matrix reader against its slow reference, at full count: fuzz-matrix.sh [MUTATIONS]. TARS_TEST_SEED repeats a run.
set -euo pipefail
cd "$(dirname "$0")/../.."
export TARS_FUZZ_COUNT="${1:-2000000}"
exec dotnet run -c Release --project test/Tars.Observability.Tests -- -class '*MatrixFuzz'
