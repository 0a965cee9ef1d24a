#!/usr/bin/env bash
# Two readers during reloads, half of them invalid, at full count: reload-settings.sh [RELOADS]. TARS_TEST_SEED repeats a run.
set -euo pipefail
cd "$(dirname "$0")/../.."
export TARS_RELOAD_COUNT="${1:-10000}"
exec dotnet run -c Release --project test/Tars.Configuration.Tests -- -class '*ReloadRaceTests' -showLiveOutput
