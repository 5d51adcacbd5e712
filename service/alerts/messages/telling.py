"""What a message for people says: a change or many, in one language, as plain text for each destination to dress."""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from service.survey.changes import ChangeKind
from service.survey.model import Band
from service.survey.summary import iso
from service.widget.texts import load_texts, moment_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from service.widget.texts import Texts

Change = dict[str, Any]

NAME, WORDS, COMMENTS = 200, 600, 2000  # longest of a name, of a question or an answer, of all comments together
MOST_COMMENTS: Final = 10
LISTED: Final = 10  # changes that a digest names


@dataclass(frozen=True, slots=True)
class Fact:
    """One line: what it is, its value, and where a click on it leads."""

    label: str
    value: str
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Telling:
    """A message. `title` is ours alone; everything else may hold what customers and operators wrote."""

    id: str
    title: str
    summary: str  # for a notification: all in one line
    facts: tuple[Fact, ...]
    question: str | None = None
    quotes: tuple[str, ...] = ()  # the customer's own words, the answer first
    lead: str | None = None  # a sentence of ours before the facts
    tail: str | None = None


def languages() -> dict[str, Speech]:
    """Every language that alerts are written in, by its code."""
    words: dict[str, dict[str, str]] = json.loads(Path(__file__).with_name("words.json").read_text("utf-8"))
    return {lang: Speech(texts, words[lang]) for lang, texts in load_texts().items()}


def shorten(text: str, most: int) -> str:
    """One line without control characters, at most so many UTF-16 units, as Slack and Teams count."""
    plain = " ".join("".join(" " if unicodedata.category(c) in {"Cc", "Cs"} else c for c in text).split())
    if units(plain) <= most:
        return plain
    cut = plain[: most - 1]
    while units(cut) > most - 1:
        cut = cut[:-1]
    return cut + "…"


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


@dataclass(frozen=True, slots=True)
class Speech:
    """Writes messages in one language, with the card's words for bands, numbers and dates."""

    texts: Texts
    words: Mapping[str, str]

    def change(self, change: Change, now: datetime, link: Callable[[Change], str | None]) -> Telling:
        """One change."""
        words, facts = self.words, [Fact(self.words["customer"], shorten(change["customer_id"], NAME) or "–")]
        contact = shorten(change.get("contact_name") or change["contact_id"] or "", NAME)
        if contact:
            address = link(change) or ""
            # A CRM's own scheme opens in neither Slack nor Teams.
            facts.append(Fact(words["contact"], contact, address if _is_web(address) else None))
        facts.append(Fact(words["score"], self._score(change)))
        if change["low_respondents"] > 1:
            facts.append(Fact(words["low"], self.texts.number(change["low_respondents"])))
        facts.append(Fact(words["survey"], shorten(change["survey"]["name"], NAME) or "–"))
        facts.append(Fact(words["answered"], self._age(change["answered_at"], now)))
        answer = shorten(change["answer"] or "", WORDS)
        quotes = [*([answer] if answer else []), *_comments(change.get("comments") or ())]
        title = words[change["kind"]]
        return Telling(
            change["id"], title, f"{title}: {facts[0].value}, {self._score(change)}", tuple(facts),
            shorten(change["question"] or "", WORDS) or None, tuple(quotes),
        )  # fmt: skip

    def digest(self, identifier: str, changes: Sequence[Change]) -> Telling:
        """Many changes, the lowest of them by name."""
        title = self.words["digest"].format(n=self.texts.number(len(changes)))
        kinds = Counter(change["kind"] for change in changes)
        lowest = worst(changes)
        facts = [Fact(self.words[kind], self.texts.number(count)) for kind, count in kinds.most_common()]
        facts += [Fact(shorten(change["customer_id"], NAME) or "–", self._score(change)) for change in lowest]
        more = len(changes) - len(lowest)
        tail = self.words["more"].format(n=self.texts.number(more)) if more else None
        return Telling(identifier, title, title, tuple(facts), lead=self.words["together"], tail=tail)

    def sample(self, identifier: str, now: datetime) -> Telling:
        """A message that tells of nobody, in the form of one that does."""
        card = self.texts.words
        change = {
            "id": identifier, "kind": ChangeKind.CROSSED_BELOW, "customer_id": "C-0000", "contact_id": None,
            "survey": {"name": "netigate-results"}, "score": 0.0, "previous_score": 100.0,
            "band": Band.VERY_DISSATISFIED, "low_respondents": 1, "answered_at": iso(now),
            "question": card["title"], "answer": card[f"band.{Band.VERY_DISSATISFIED}"],
        }  # fmt: skip
        test = self.words["test"]
        return replace(self.change(change, now, lambda _change: None), title=test, summary=test)

    def _score(self, change: Change) -> str:
        number = self.texts.number
        before = "" if change["previous_score"] is None else f"{number(change['previous_score'])} → "
        band = change["band"]
        return f"{before}{number(change['score'])}" + (f" · {self.texts.words[f'band.{band}']}" if band else "")

    def _age(self, answered_at: str, now: datetime) -> str:
        moment = moment_of(answered_at)
        ago = self.texts.ago((now - moment).total_seconds()) or self.words["now"]
        return f"{ago} ({self.texts.date(moment)})"


def worst(changes: Sequence[Change]) -> list[Change]:
    """Those that a digest names: each customer's newest, lowest score first, the newest first among equals."""
    newest = {change["customer_id"]: change for change in changes}  # the feed's order: later ones replace
    by_age = sorted(newest.values(), key=lambda change: str(change["answered_at"]), reverse=True)
    return sorted(by_age, key=lambda change: float(change["score"]))[:LISTED]


def _comments(comments: Sequence[str]) -> list[str]:
    told, left = [], COMMENTS
    for comment in comments[:MOST_COMMENTS]:
        if left > 1 and (short := shorten(comment, left)):
            told.append(short)
            left -= units(short)
    return told


def _is_web(address: str) -> bool:
    return address.startswith("https://")
