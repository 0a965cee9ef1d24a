#!/usr/bin/env bash
# Two processes with eight threads each append to one audit log: audit-processes.sh [EVENTS].
set -euo pipefail
cd "$(dirname "$0")/../.."
export TARS_APPEND_COUNT="${1:-1000000}"
exec dotnet run -c Release --project test/Tars.Compliance.Tests -- -method '*Append_TwoProcessesWithEightThreadsEach*' -showLiveOutput
