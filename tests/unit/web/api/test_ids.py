"""IDs are opaque: of any alphabet, trimmed and composed, case kept."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.support.fakes import make_set

IDS = ["C-1", "Müller & Söhne GmbH/7", "/a", "a/", "a//b", "results", "a/results", "a/results/latest", "satisfaction",
       "a?b#c", "50%", "a+b", "..", ".", "a\nb", "客户", "'\"<>\\", "a b", "1" * 200]  # fmt: skip


@pytest.mark.parametrize("customer", IDS)
@pytest.mark.parametrize("tail", ["satisfaction", "results", "results/latest"])
def test_an_id_is_never_an_error_for_its_alphabet(web, customer, tail):
    web.house.file(make_set(1, customer=customer))
    reply = web.get(f"/v1/customers/{quote(customer, safe='')}/{tail}")
    assert reply.status_code == 200
    found = reply.json if tail == "satisfaction" else (reply.json.get("results") or [reply.json.get("latest")])[0]
    assert found["customer_id"] == customer


@pytest.mark.parametrize("customer", IDS)
def test_ids_in_the_query_are_the_same(web, customer):
    web.house.file(make_set(1, customer=customer))
    reply = web.get(f"/v1/customers/satisfaction?id={quote(customer, safe='')}&id=nobody")
    assert [found["answered"] for found in reply.json["customers"]] == [1, 0]
    assert reply.json["customers"][0]["customer_id"] == customer


@pytest.mark.parametrize(("written", "customer"), [(" C-1 ", "C-1"), ("u\u0308", "ü"), ("%09C-1%0A", "C-1")])
def test_ids_are_trimmed_and_composed(web, written, customer):
    web.house.file(make_set(1, customer=customer))
    path = written if "%" in written else quote(written)
    assert web.get(f"/v1/customers/{path}/satisfaction").json["answered"] == 1


def test_case_counts(web):
    web.house.file(make_set(1, customer="abc"))
    assert web.get("/v1/customers/ABC/satisfaction").json["answered"] == 0
