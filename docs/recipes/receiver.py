"""A receiver of signed alerts: verifies each, and acts on each change once. Needs flask and standardwebhooks.

WEBHOOK_SECRET=whsec_… flask --app docs/recipes/receiver.py run --port 9000
"""

import os

from flask import Flask, Response, request
from standardwebhooks import Webhook, WebhookVerificationError

app = Flask(__name__)
webhook = Webhook(os.environ["WEBHOOK_SECRET"])
seen = set()  # in a database of yours, so that it outlives this process


@app.post("/")
def receive() -> Response:
    """Answer 2xx only when it was handled: everything else is sent again."""
    try:
        event = webhook.verify(request.get_data(), dict(request.headers))
    except WebhookVerificationError:
        return Response(status=401)
    if request.headers["webhook-id"] not in seen:
        data = event["data"]
        print(event["type"], data.get("customer_id"), data.get("score"), sep="\t", flush=True)
        seen.add(request.headers["webhook-id"])
    return Response(status=204)
