#!/usr/bin/env bash
# Kills `tars kpi --store` at random moments, COUNT times, and looks for reports that were acknowledged and are not there, or are there by half: publish-kill.sh [COUNT].
# TARS_KILL_STORE=servers does so on PostgreSQL and S3 and kills the server under publishers, too, COUNT/10 times; the default, embedded, on SQLite and a folder.
set -euo pipefail
cd "$(dirname "$0")/../.."
export TARS_KILL_COUNT="${1:-300}" TARS_KILL_STORE="${TARS_KILL_STORE:-embedded}"
dotnet run -c Release --project test/Tars.Cli.Tests -- -method '*KeptReportKillTests.Command_Killed*' -diagnostics -showLiveOutput
if [ "$TARS_KILL_STORE" = servers ]; then
    TARS_KILL_COUNT=$(((TARS_KILL_COUNT + 9) / 10)) dotnet run -c Release --project test/Tars.Application.Tests -- -method '*PublicationCrashTests.P*' -diagnostics -showLiveOutput
fi
