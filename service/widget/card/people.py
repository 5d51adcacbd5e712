"""Whom to call: a person's name or ID, the link to them in the CRM, and who is dissatisfied. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from service.widget.card import figures
from service.widget.card.links import link
from service.widget.texts import Texts, moment_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Person:
    """A person as the card names them. `url` is their page in the CRM."""

    name: str
    url: str | None


@dataclass(frozen=True, slots=True)
class Low:
    """A dissatisfied person: who, how bad, and since when."""

    person: Person
    said: str
    answered_at: datetime
    ago: str | None


def person_of(entry: Mapping[str, Any], customer_id: str, template: str | None, texts: Texts) -> Person:
    """The person of a summary's entry: by name, else by contact ID, else by Netigate's respondent number."""
    url = link(template, {**entry, "customer_id": customer_id})
    if entry.get("contact_name"):
        return Person(entry["contact_name"], url)
    known = "respondent" if entry.get("contact_id") is None else "contact"
    return Person(texts.say(known, id=entry[f"{known}_id"]).unescape(), url)


def low_of(summary: Mapping[str, Any], template: str | None, texts: Texts, now: datetime) -> tuple[Low, ...]:
    """The dissatisfied people of a summary, in its order."""
    found = []
    for entry in summary.get("low", ()):
        at = moment_of(entry["answered_at"])
        person = person_of(entry, summary["customer_id"], template, texts)
        said = figures.words(entry["band"], entry["score"], entry["kind"], texts)
        found.append(Low(person, said, at, texts.ago((now - at).total_seconds())))
    return tuple(found)
