#!/usr/bin/env bash
# Three replicas as processes on a PostgreSQL, across both clock changes, killed, cut off and stalled: schedules-replicas.sh [HOURS of the clock around each]. TARS_TEST_SEED repeats a run.
set -euo pipefail
cd "$(dirname "$0")/../.."
export TARS_REPLICA_HOURS="${1:-48}"
exec dotnet run -c Release --project test/Tars.Application.Tests -- -method '*FireEachPlannedRunOnce*' -showLiveOutput
