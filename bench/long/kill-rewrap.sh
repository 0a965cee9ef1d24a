#!/usr/bin/env bash
# Kills the rewrapping of 2,000 files at random moments, at full count: kill-rewrap.sh [KILLS]. TARS_TEST_SEED repeats a run.
set -euo pipefail
cd "$(dirname "$0")/../.."
export TARS_KILL_COUNT="${1:-200}"
exec dotnet run -c Release --project test/Tars.Sealing.Tests -- -class '*RewrapKillTests'
