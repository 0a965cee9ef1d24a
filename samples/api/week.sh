#!/bin/sh
# The last 100 days of a T.A.R.S. server as CSV: week.sh URL, with the key in TARS_API_KEY. curl waits as Retry-After says.
set -eu
printf 'header = "X-API-Key: %s"\n' "$TARS_API_KEY" |
  curl --silent --show-error --fail-with-body --retry 4 --config - --header 'Accept: text/csv' "${1%/}/api/daily?limit=100"
