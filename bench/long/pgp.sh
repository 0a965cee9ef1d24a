#!/usr/bin/env bash
# OpenPGP messages against the real gpg, at full count: pgp.sh [CASES]. TARS_TEST_SEED repeats a run.
set -euo pipefail
cd "$(dirname "$0")/../.."
export TARS_PGP_COUNT="${1:-200}"
exec dotnet run -c Release --project test/Tars.Sealing.OpenPgp.Tests -- -class '*GpgAgreementTests'
