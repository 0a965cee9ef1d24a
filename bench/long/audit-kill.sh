#!/usr/bin/env bash
# Kills a process that appends to an audit log at random moments, at full count: audit-kill.sh [KILLS]. TARS_TEST_SEED repeats a run.
set -euo pipefail
cd "$(dirname "$0")/../.."
export TARS_KILL_COUNT="${1:-1000}"
exec dotnet run -c Release --project test/Tars.Compliance.Tests -- -method '*Kill_AtRandomMomentsUnderLoad*' -showLiveOutput
