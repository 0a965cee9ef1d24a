#!/usr/bin/env bash
# Kills reports and captures at random moments, at full count: kill-reports.sh [KILLS]. TARS_TEST_SEED repeats a run.
set -euo pipefail
cd "$(dirname "$0")/../.."
export TARS_KILL_COUNT="${1:-200}"
exec dotnet run -c Release --project test/Tars.Cli.Tests -- -class '*InterruptionTests'
