#!/usr/bin/env bash
# Cuts an audit log at every byte of its last 64 KiB and opens it: audit-cut.sh [STEP].
set -euo pipefail
cd "$(dirname "$0")/../.."
export TARS_CUT_STEP="${1:-1}"
# Nothing here is about what a disk does: a folder in memory spares it some hundred thousand flushes.
[ -d /dev/shm ] && export TMPDIR=/dev/shm
exec dotnet run -c Release --project test/Tars.Compliance.Tests -- -method '*Open_CutAtAnyByte*' -showLiveOutput
