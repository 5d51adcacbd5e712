"""Names of labels over many reads, any of which may be refused."""

from __future__ import annotations

import pytest

from service.survey.errors import (
    UnavailableError,
)

from .saying import HTML, failed, ok

REFUSALS = [failed(400), failed(401), failed(403), failed(404), ok("?")]


@pytest.mark.parametrize("refusal", REFUSALS, ids=str)
@pytest.mark.parametrize(
    ("refused", "left"),
    [
        ("/surveys/611/sendouts", {8803, 8804}),
        ("/surveys/611/sendouts/52/labels", {8803, 8804}),
        ("/surveys/611/sendouts/51/labels", {8801, 8802, 8803, 8804}),
        ("/bgdata/bgdocuments", {8801, 8802}),
        ("/bgdata/bgdocuments/91/labels", {8801, 8802, 8803}),
    ],
)
def test_a_refused_read_of_labels_is_skipped(make, everything, refused, refusal, left):
    client, _ = make(everything | {refused: refusal})
    assert client.labels(611).keys() == left


@pytest.mark.parametrize("refusal", REFUSALS, ids=str)
def test_labels_refused_altogether(make, refusal):
    client, _ = make({"/surveys/611/sendouts": refusal, "/bgdata/bgdocuments": refusal})
    assert client.labels(611) == {}


@pytest.mark.parametrize("page", [HTML, failed(500)])
def test_a_page_may_be_one_reads_way_to_refuse(make, everything, page):
    client, _ = make(everything | {"/bgdata/bgdocuments": page})
    assert client.labels(611).keys() == {8801, 8802}


@pytest.mark.parametrize("page", [HTML, failed(500)])
def test_nothing_but_pages_is_an_upstream_that_is_away(make, page):
    client, _ = make({"/surveys/611/sendouts": page, "/bgdata/bgdocuments": page})
    with pytest.raises(UnavailableError):
        client.labels(611)


@pytest.mark.parametrize("silence", ["timeout", failed(429), failed(503, Retry_After="1")], ids=str)
def test_silence_is_no_refusal(make, everything, silence):
    client, _ = make(everything | {"/bgdata/bgdocuments": silence})
    with pytest.raises(UnavailableError):
        client.labels(611)


def test_only_the_newest_sendouts_are_asked(make):
    sendouts = [{"SendoutId": number} for number in range(1, 200)]
    client, transport = make({"/surveys/611/sendouts": ok(sendouts)})
    assert client.labels(611) == {}
    assert len(transport.asked) == 52
    assert transport.asked[1] == "/surveys/611/sendouts/199/labels"
