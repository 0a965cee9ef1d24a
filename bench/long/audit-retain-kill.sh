#!/usr/bin/env bash
# Kills `tars audit retain` at each of its stages, COUNT times, and ends what was begun: audit-retain-kill.sh [COUNT].
set -euo pipefail
cd "$(dirname "$0")/../.."
export TARS_KILL_COUNT="${1:-50}"
exec dotnet run -c Release --project test/Tars.Cli.Tests -- -method '*Retain_Killed*'
