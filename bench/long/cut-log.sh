#!/usr/bin/env bash
# Cuts an audit log at every byte of its last 64 KiB and verifies what is left each time. Takes minutes.
set -euo pipefail
cd "$(dirname "$0")/../.."
TARS_CUT_STEP=1 dotnet run --project test/Tars.Sealing.Tests -- -class '*DamagedLogTests'
