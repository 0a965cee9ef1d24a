"""The last days of a T.A.R.S. server, one a line: week.py URL, with the key in TARS_API_KEY. Python 3.9 or later, nothing to install."""
import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request


def get(server, path):
    """A document; asked again while the server says that it is busy."""
    request = urllib.request.Request(server.rstrip("/") + path, headers={"X-API-Key": os.environ["TARS_API_KEY"], "Accept": "application/json"})
    for attempt in range(5):
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            if error.code in (429, 503) and attempt < 4:
                time.sleep(int(error.headers.get("Retry-After") or 2 ** attempt))
                continue
            sys.exit(f"week: error: {error.code}: {json.load(error)['detail']}")
        except urllib.error.URLError as error:
            sys.exit(f"week: error: {server}: {error.reason}")


def days(server):
    """Every day, page after page."""
    cursor = None
    while True:
        page = get(server, "/api/daily?limit=7" + (f"&cursor={urllib.parse.quote(cursor)}" if cursor else ""))
        yield from page["summaries"]
        cursor = page["next_cursor"]
        if cursor is None:
            return


for day in days(sys.argv[1]):
    state = day["measurement"]["availability"]
    # Without a number there is a reason, and never a zero.
    print(day["date"], f"{day['availability']:g} {state['unit']}" if state["state"] == "measured" else f"not measured: {state['reason']}")
