// The last days of a T.A.R.S. server, one a line: node week.mjs URL, with the key in TARS_API_KEY. Node 18 or later, nothing to install.
const server = process.argv[2].replace(/\/$/, "");

// A document; asked again while the server says that it is busy.
async function get(path) {
  for (let attempt = 0; ; attempt++) {
    const answer = await fetch(server + path, { headers: { "X-API-Key": process.env.TARS_API_KEY, Accept: "application/json" } });
    if ([429, 503].includes(answer.status) && attempt < 4) {
      await new Promise((resolve) => setTimeout(resolve, 1000 * (Number(answer.headers.get("Retry-After")) || 2 ** attempt)));
      continue;
    }
    const document = await answer.json();
    if (!answer.ok) throw new Error(`${answer.status}: ${document.detail}`);
    return document;
  }
}

let cursor = null;
do {
  const page = await get("/api/daily?limit=7" + (cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`));
  for (const day of page.summaries) {
    const state = day.measurement.availability;
    // Without a number there is a reason, and never a zero.
    console.log(day.date, state.state === "measured" ? `${day.availability} ${state.unit}` : `not measured: ${state.reason}`);
  }
  cursor = page.next_cursor;
} while (cursor !== null);
