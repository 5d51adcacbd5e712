"""Any number of customers, filed only through the service's own code."""

from __future__ import annotations

import argparse
import random
import sys
import time
from datetime import UTC, datetime, timedelta

from bench.processes import OPTIONS_OF_OURS, SURVEY, environment
from service.app import lexicon_files as lexicons
from service.clock import SystemClock
from service.options.option_table import SWEDISH_SERVER
from service.store.connection.clients import connect
from service.store.keys import Keys, account_name
from service.store.redis_store import redis_store
from service.store.survey_state import Catalogue, SurveyState
from service.survey.model import Alternative, Answer, AnswerSet, QuestionItem, Survey
from service.survey.questions.codebook import codebook
from service.survey.scoring.scorer import Scorer
from service.sweeping.change_feed import ChangeFeed, ChangeOptions
from service.sweeping.set_filing import filing_of
from tests.harness.processes import start

BATCH = 200
SATISFACTION, RECOMMEND, SUPPORT, CUSTOMER, CONTACT = 31, 32, 33, 34, 35
WORDS = ("Mycket missnöjd", "Missnöjd", "Varken nöjd eller missnöjd", "Nöjd", "Mycket nöjd")
SHARES = (3, 7, 20, 45, 25)  # one in ten stands low
DAYS = 300  # over which answers are spread


def customer(number: int) -> str:
    return f"C-{number:07d}"


def survey() -> Survey:
    """Three questions, and the two labels."""
    words = tuple(Alternative(order, text) for order, text in enumerate(WORDS, 1))
    points = tuple(Alternative(order, str(order - 1), order - 1) for order in range(1, 12))

    def item(number: int, question: str, scale=(), label=None, text="") -> QuestionItem:
        kind = "WEIGHTED_RADIOBUTTON" if scale is points else "RADIOBUTTON" if scale else "TEXT_FIELD"
        return QuestionItem(number, kind, text, number * 10, question, label, scale)

    items = (
        item(SATISFACTION, "Hur nöjd är du med oss som leverantör?", words),
        item(RECOMMEND, "Hur troligt är det att du skulle rekommendera oss till en kollega?", points),
        item(SUPPORT, "Hur nöjd är du med vår kundtjänst?", words),
        item(CUSTOMER, "", label=7, text="CRM-ID"),
        item(CONTACT, "", label=8, text="Kontakt-ID"),
    )
    return Survey(SURVEY, "Kundnöjdhet 2026", "swe", None, items)


def answer_set(number: int, rng: random.Random, now: datetime) -> AnswerSet:
    """What the customer of this number answered."""
    word, other = rng.choices(range(5), SHARES, k=2)
    points = min(10, max(0, word * 2 + rng.randint(0, 3)))
    at = now - timedelta(seconds=rng.randrange(DAYS * 86_400))
    given = (
        (SATISFACTION, WORDS[word], None),
        (RECOMMEND, str(points), points),
        (SUPPORT, WORDS[other], None),
        (CUSTOMER, customer(number), None),
        (CONTACT, f"P-{number % 9973}", None),
    )
    rows = tuple(
        Answer((100_000 + number) * 10 + place, item, "RADIOBUTTON", "", text, weight)
        for place, (item, text, weight) in enumerate(given)
    )
    return AnswerSet(100_000 + number, SURVEY, 5_000_000 + number, at, at, at, rows)


def keys() -> Keys:
    return Keys(account_name(SWEDISH_SERVER, OPTIONS_OF_OURS["NETIGATE_API_KEY"]))


def how(scorer: Scorer):
    return codebook(survey(), scorer, customer_label="CRM-ID", contact_label="Kontakt-ID", labels={})


def file_range(url: str, first: int, last: int) -> None:
    """File customers first … last-1."""
    clock = SystemClock()
    store = redis_store(connect(url, timeout=30, patience=30), keys(), clock)
    # No answer is older than DAYS, so every low one makes a change, as if the service had seen it when it was given.
    changes = ChangeFeed(store, ChangeOptions(backfill_days=DAYS + 1), (SURVEY,), clock)
    make = changes.maker(SurveyState(begun=store.filer.now(), settled=True))
    read, now = how(Scorer(lexicons.load())), datetime.now(UTC)
    for begin in range(first, last, BATCH):
        sets = [answer_set(n, random.Random(n), now) for n in range(begin, min(begin + BATCH, last))]
        store.filer.file(SURVEY, [filing_of(each, read) for each in sets], event=make)


def mark_swept(url: str) -> None:
    """Write the marks of a survey that was swept just now."""
    clock = SystemClock()
    store = redis_store(connect(url, timeout=30, patience=30), keys(), clock)
    now = store.filer.now()
    store.control.set_catalogue(Catalogue(survey(), {}, now))
    store.control.set_state(SURVEY, SurveyState(watermark=now, begun=now, filled=now, settled=True))
    store.control.set_swept(SURVEY, now)


def fill(url: str, customers: int, *, processes: int = 2) -> float:
    """File so many customers. Returns answer sets a second."""
    began = time.perf_counter()
    share = -(-customers // processes)
    children = [
        start([sys.executable, "-m", "bench.population", url, first, min(first + share, customers)], environment())
        for first in range(0, customers, share)
    ]
    failed = [child.wait() for child in children]
    if any(failed):
        raise RuntimeError("filing ended early")
    rate = customers / (time.perf_counter() - began)
    mark_swept(url)
    return rate


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("first", type=int)
    parser.add_argument("last", type=int)
    options = parser.parse_args()
    file_range(options.url, options.first, options.last)
