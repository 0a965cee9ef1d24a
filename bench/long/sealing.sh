#!/usr/bin/env bash
# Mutations of signed artefacts and kills of a key ring's writer, at full count: sealing.sh [MUTATIONS [KILLS]]. TARS_TEST_SEED repeats a run.
set -euo pipefail
cd "$(dirname "$0")/../.."
export TARS_MUTATION_COUNT="${1:-1000}" TARS_KILL_COUNT="${2:-200}"
dotnet run -c Release --project test/Tars.Sealing.Tests -- -class '*MutationTests'
exec dotnet run -c Release --no-build --project test/Tars.Sealing.Tests -- -class '*InterruptionTests'
