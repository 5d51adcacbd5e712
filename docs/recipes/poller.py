"""Print each change once. Keeps its place in a file; after a crash it goes on from there. Needs requests."""

import os
import pathlib
import sys

import requests

url = os.environ["NETIGATE_RESULTS_URL"] + "/v1/changes"
headers = {"Authorization": "Bearer " + os.environ["NETIGATE_RESULTS_KEY"]}
place = pathlib.Path(os.environ.get("CURSOR_FILE", "cursor"))
while True:
    cursor = place.read_text() if place.exists() else None
    reply = requests.get(url, headers=headers, params={"cursor": cursor, "limit": 500}, timeout=30)
    if reply.status_code == 410:  # older than what is kept: start over, and tell somebody
        sys.exit("changes may have been missed: look at /v1/customers, then remove " + str(place))
    reply.raise_for_status()
    page = reply.json()
    for change in page["changes"]:
        print(
            change["id"], change["kind"], change["customer_id"], change["score"], change["answer"], sep="\t", flush=True
        )
    place.with_suffix(".new").write_text(page["cursor"])  # only after everything was handled
    place.with_suffix(".new").replace(place)  # in one step, so that a crash leaves the old place or the new one
    if not page["changes"]:
        break
