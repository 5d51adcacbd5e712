"""Invented summaries for the gallery: one per state that the card can show. Nobody in them exists."""

from __future__ import annotations

from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any

from service.survey.summary import iso

DAY = 24 * 60  # minutes
SURVEY = {"id": 4711, "name": "Kundnöjdhet"}
FRESH_MINUTES, STALE_MINUTES = 2, 95

LONG_QUESTION = (
    "Hur nöjd eller missnöjd är du, allt sammantaget, med hur vi har hanterat leveransen, installationen och "
    "uppföljningen av din senaste beställning?"
)
BAND_OF = ("very_dissatisfied", "dissatisfied", "neutral", "satisfied", "very_satisfied")


def _answer(question: str, answer: str, score: float | None, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    band = None if score is None else BAND_OF[min(4, int(score // 20))]
    return (
        {
            "question_item_id": 31,
            "question": question,
            "kind": "satisfaction",
            "answer": answer,
            "score": score,
            "band": band,
            "scale": {"points": 5, "direction": "ascending"},
            "method": "wording",
            "language": "sv",
            "reason": None,
        }
        | ({} if score is None else {"step": int(score // 25) + 1})
        | more
    )


def _comment(text: str, language: str = "sv") -> dict[str, Any]:
    none: dict[str, Any] = {"kind": None, "method": None, "scale": None}
    question = {"sv": "Vad kan vi göra bättre?", "en": "What could we do better?"}[language]
    return _answer(question, text, None, reason="free_text", comment=True, language=language, **none)


def _nps(answer: str, score: float, band: str, nps: str) -> dict[str, Any]:
    more = {
        "scale": {"points": 11, "direction": "ascending"},
        "method": "weight",
        "kind": "nps",
        "band": band,
        "nps": nps,
        "step": int(answer),
    }
    return _answer("Hur troligt är det att du rekommenderar oss?", answer, score, **more)


NAMES = {"P-77": "Anna Berg", "P-12": "Jörg Müller-Lüdenscheidt", "P-5": "Aino Virtanen", "P-9": "Lars Holm"}
# Per state: answers, who, and the history of (minutes ago, score), newest first.
ANSWERED: dict[str, tuple[list[dict[str, Any]], str | None, list[tuple[int, float | None]]]] = {
    "very_dissatisfied": (
        [
            _answer("Hur nöjd är du med oss?", "Mycket missnöjd", 0.0),
            _comment("Tre leveranser i rad har kommit för sent, och ingen har ringt upp trots löfte."),
            _nps("3", 30.0, "very_dissatisfied", "detractor"),
            _answer("Hur upplevde du vår support?", "Dålig", 25.0, kind="quality"),
            _answer(
                "Vilken avdelning hade du kontakt med?", "Order", None, reason="not_a_scale", kind=None, method=None
            ),
        ],
        "P-77",
        [(6 * DAY, 0.0), (82 * DAY, 75.0), (190 * DAY, 75.0), (300 * DAY, 100.0)],
    ),
    "dissatisfied": (
        [_answer("Wie zufrieden sind Sie mit unserem Service?", "Eher unzufrieden", 25.0, language="de")],
        "P-12",
        [(DAY, 25.0), (120 * DAY, 25.0)],
    ),
    "neutral": (
        [
            _answer("How satisfied are you with us?", "Neither satisfied nor dissatisfied", 50.0, language="en"),
            _comment("Support is great, billing is a mess.", "en"),
        ],
        "P-31",
        [(40, 50.0), (90 * DAY, 25.0), (200 * DAY, 0.0)],
    ),
    "satisfied": (
        [_answer("Hur nöjd är du med vår leverans?", "Ganska nöjd", 75.0), _nps("8", 80.0, "neutral", "passive")],
        None,
        [(3 * DAY, 75.0), (60 * DAY, 66.7), (150 * DAY, 33.3)],
    ),
    "very_satisfied": ([_nps("10", 100.0, "very_satisfied", "promoter")], "P-5", [(21 * DAY, 100.0)]),
    "detractor": ([_nps("6", 60.0, "dissatisfied", "detractor")], "P-5", [(DAY, 60.0), (100 * DAY, 90.0)]),
    "old": (
        [
            _answer(LONG_QUESTION, "Missnöjd", 25.0),
            _comment("Vi väntar fortfarande på besked om reklamationen."),
        ],
        "P-77",
        [(400 * DAY, 25.0)],
    ),
    "no_score": (
        [_answer("Hur nöjd är du med oss?", "Vet ej", None, reason="no_opinion", method=None)],
        "P-44",
        [(2 * DAY, None), (70 * DAY, 75.0), (210 * DAY, 50.0)],
    ),
}
STATES = (*ANSWERED, "stale", "never", "starting", "unavailable", "expired", "invalid")


def demo_summary(state: str, now: datetime) -> dict[str, Any] | None:
    """Make the summary of a state, as old as it would be at `now`; None where the state has none."""
    if state in ANSWERED or state == "stale":
        return _answered(state, now)
    if state in {"never", "starting"}:
        nothing: dict[str, Any] = {"score": None, "band": None, "trend": None, "latest": None, "last_answered_at": None}
        return nothing | {
            "customer_id": "C-1",
            "answered": 0,
            "low_respondents": 0,
            "history": [],
            "freshness": freshness(now, None if state == "starting" else FRESH_MINUTES),
        }
    return None


def _answered(state: str, now: datetime) -> dict[str, Any]:
    answers, contact, past = deepcopy(ANSWERED["very_dissatisfied" if state == "stale" else state])
    who: dict[str, Any] = {"respondent_id": 501} | ({"contact_id": contact} if contact else {})
    name = {"contact_name": NAMES[contact]} if contact in NAMES else {}
    kind = answers[0]["kind"] or "satisfaction"
    history = [
        {"answered_at": iso(now - timedelta(minutes=ago)), "score": score, "survey_id": SURVEY["id"], "kind": kind}
        | who
        for ago, score in past
    ]
    scored = [score for _, score in past if score is not None]
    lead = answers[0]
    latest = {
        "answer_set_id": 9001,
        "survey": dict(SURVEY),
        "respondent_id": 501,
        "contact_id": contact,
        **name,
        "answered_at": history[0]["answered_at"],
        "updated_at": history[0]["answered_at"],
        "score": lead["score"],
        "band": lead["band"],
        "score_basis": None if lead["score"] is None else {"kind": lead["kind"], "items": 1},
        "answers": answers,
    }
    band = lead["band"] or BAND_OF[min(4, int(scored[0] // 20))]
    low = _low(state, now, who | name, history[0] | {"band": band})
    return {
        "customer_id": "C-1",
        "freshness": freshness(now, STALE_MINUTES if state == "stale" else FRESH_MINUTES),
        "score": scored[0],
        "band": band,
        "trend": _trend(scored, who | name),
        "answered": len(history),
        "last_answered_at": history[0]["answered_at"],
        "low_respondents": len(low),
        **({"low": low} if low else {}),
        "latest": latest,
        "history": history,
    }


def _trend(scored: list[float], who: dict[str, Any]) -> dict[str, Any] | None:
    if len(scored) < 2:  # noqa: PLR2004
        return None
    return {"previous": scored[1], "change": round(scored[0] - scored[1], 1), **who}


def _low(state: str, now: datetime, who: dict[str, Any], newest: dict[str, Any]) -> list[dict[str, Any]]:
    """Who is dissatisfied: the person who answered, if the band is low; in two states also a colleague."""
    colleague = {
        "respondent_id": 502,
        "contact_id": "P-9",
        "contact_name": NAMES["P-9"],
        "score": 25.0,
        "band": "dissatisfied",
        "kind": "satisfaction",
        "answered_at": iso(now - timedelta(days=1)),
        "survey_id": SURVEY["id"],
    }
    fields = ("score", "band", "kind", "answered_at", "survey_id")
    own = who | {name: newest[name] for name in fields}
    return ([own] if newest["band"] in BAND_OF[:2] else []) + (
        [colleague] if state in {"very_dissatisfied", "stale"} else []
    )


def freshness(now: datetime, minutes: int | None) -> dict[str, Any]:
    """Make the freshness of a summary that is `minutes` old; None: never read yet."""
    if minutes is None:
        return {"state": "stale", "as_of": None, "age_seconds": None, "refresh_after_seconds": 5}
    as_of = now - timedelta(minutes=minutes)
    state = "stale" if minutes == STALE_MINUTES else "fresh"
    return {"state": state, "as_of": iso(as_of), "age_seconds": minutes * 60, "refresh_after_seconds": 60}
