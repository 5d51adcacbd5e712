"""Every read of the contract with the generated client; what was answered goes to the standard output as JSON."""

from __future__ import annotations

import json
import sys

from generated_client import AuthenticatedClient
from generated_client.api.changes import get_changes
from generated_client.api.customers import (
    get_customers,
    get_customers_id_results,
    get_customers_id_results_latest,
    get_customers_id_satisfaction,
    get_customers_satisfaction,
)
from generated_client.api.operations import get_healthz
from generated_client.api.respondents import get_respondents_id_results, get_respondents_id_results_latest
from generated_client.api.scoring import get_surveys, get_surveys_id_scales, get_unmapped, post_explain
from generated_client.models import Band, ChangeKind, ExplainQuery, Problem

LOW = [Band.VERY_DISSATISFIED, Band.DISSATISFIED]


def main(url: str, key: str) -> None:
    client = AuthenticatedClient(base_url=url, token=key)
    summary = get_customers_id_satisfaction.sync("C-1001", client=client)
    batch = get_customers_satisfaction.sync(client=client, id=["C-1001", "nobody"])
    page = get_customers_id_results.sync("C-1001", client=client, limit=1)
    latest = get_customers_id_results_latest.sync("C-1001", client=client)
    theirs = get_respondents_id_results.sync("501", client=client)
    newest = get_respondents_id_results_latest.sync("501", client=client)
    standing = get_customers.sync(client=client, band=LOW, limit=2)
    changes = get_changes.sync(client=client, kind=[ChangeKind.CROSSED_BELOW], since="2020-01-01T00:00:00Z")
    surveys = get_surveys.sync(client=client)
    scales = get_surveys_id_scales.sync(4711, client=client)
    unmapped = get_unmapped.sync(client=client)
    asked = ExplainQuery(alternatives=["Nöjd", "Missnöjd"], question="Är du nöjd?")
    explained = post_explain.sync(client=client, body=asked)
    health = get_healthz.sync(client=client)
    refused = get_changes.sync(client=client, cursor="x")
    assert isinstance(refused, Problem)
    told = {
        "band": summary.band,
        "low": summary.band in LOW,
        "batch": [one.answered for one in batch.customers],
        "page": [len(page.results), page.has_more],
        "latest": latest.latest.answers[0].kind,
        "theirs": theirs.results[0].customer_id,
        "newest": newest.latest.answer_set_id,
        "standing": all(one.band in LOW for one in standing.customers),
        "changes": all(change.kind is ChangeKind.CROSSED_BELOW for change in changes.changes),
        "surveys": [survey.id for survey in surveys.surveys],
        "scales": len(scales.items) > 0,
        "unmapped": isinstance(unmapped.wordings, list),
        "explained": [step.score for step in explained.steps],
        "health": health.status,
        "refused": refused.type_,
    }
    print(json.dumps(told))  # noqa: T201


main(*sys.argv[1:])
