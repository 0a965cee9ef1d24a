#!/usr/bin/env bash
# Kills `tars kpi --store` at random moments, COUNT times, and looks for reports that were acknowledged and are not there, or are there by half: publish-kill.sh [COUNT].
set -euo pipefail
cd "$(dirname "$0")/../.."
export TARS_KILL_COUNT="${1:-300}"
exec dotnet run -c Release --project test/Tars.Cli.Tests -- -method '*KeptReportTests.Command_Killed*' -diagnostics -showLiveOutput
