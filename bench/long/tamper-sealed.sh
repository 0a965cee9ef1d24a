#!/usr/bin/env bash
# Flips every bit of a sealed file of 40 KiB, one at a time. TARS_TEST_SEED repeats a run.
set -euo pipefail
cd "$(dirname "$0")/../.."
export TARS_SEAL_FLIPS=all
exec dotnet run -c Release --project test/Tars.Sealing.Tests -- -class '*TamperingTests'
