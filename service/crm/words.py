"""What a host's own panel says: the card's words for bands and states, and a panel's labels (`words.json`)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from service.crm.states import State
from service.survey.model import Band
from service.widget.texts import load_texts

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_LANGUAGE = "en"
STATE_TEXTS: Mapping[State, str] = {
    State.NEVER_ANSWERED: "state.never",
    State.NO_SCORE: "state.no_score",
    State.STARTING_UP: "state.starting",
    State.UNAVAILABLE: "state.unavailable",
}


def load_words() -> dict[str, dict[str, str]]:
    """Read the words of every language: by band, by state, and the labels of `words.json`."""
    labels: dict[str, dict[str, str]] = json.loads(Path(__file__).with_name("words.json").read_text("utf-8"))
    card = {language: texts.words for language, texts in load_texts().items()}
    return {
        language: own
        | {band: card[language][f"band.{band}"] for band in Band}
        | {state: card[language][key] for state, key in STATE_TEXTS.items()}
        | {"no_customer": card[language]["state.no_customer.text"]}
        for language, own in labels.items()
    }
