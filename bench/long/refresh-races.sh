#!/usr/bin/env bash
# Races of refresh tokens at full count, over SQLite and PostgreSQL: refresh-races.sh [CLIENTS].
set -euo pipefail
cd "$(dirname "$0")/../.."
export TARS_REFRESH_CLIENTS="${1:-10000}" TARS_REQUIRE_SERVERS=1
exec dotnet run -c Release --project test/Tars.Server.Tests -- -class '*RefreshRaceTests' -showLiveOutput
