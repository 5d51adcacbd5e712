"""Post low scores to a Slack or Teams incoming webhook, each once. Keeps its place in a file. Needs requests."""

import os
import pathlib

import requests

api = os.environ["NETIGATE_RESULTS_URL"] + "/v1/changes"
headers = {"Authorization": "Bearer " + os.environ["NETIGATE_RESULTS_KEY"]}
place = pathlib.Path(os.environ.get("CURSOR_FILE", "relay-cursor"))
wanted = {"kind": ["first_low", "crossed_below", "dropped"], "limit": 20}
while True:
    if not place.exists():  # the first time: only what comes from now on
        reply = requests.get(api, headers=headers, params={"since": "now"}, timeout=30)
    else:
        reply = requests.get(api, headers=headers, params={**wanted, "cursor": place.read_text()}, timeout=30)
    reply.raise_for_status()
    page = reply.json()
    for change in page["changes"]:
        before = "" if change["previous_score"] is None else f" (was {change['previous_score']:g})"
        text = f"{change['customer_id']}: “{change['answer']}”, {change['score']:g} of 100{before}"
        # Slack and Teams both take {"text": …}; an error here leaves the place, so the message is tried again.
        requests.post(os.environ["WEBHOOK_URL"], json={"text": text}, timeout=30).raise_for_status()
    place.with_suffix(".new").write_text(page["cursor"])
    place.with_suffix(".new").replace(place)
    if not page["changes"]:
        break
