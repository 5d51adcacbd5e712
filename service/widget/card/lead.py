"""Which answer leads a card, why there is no score, and how one came about. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from service.widget.texts import Texts


def lead_of(latest: dict[str, Any]) -> dict[str, Any] | None:
    """Pick the answer to show with the score: of its kind, nearest to it; else a closed one, unscored ones first."""
    answers: list[dict[str, Any]] = latest["answers"]
    if latest["score_basis"]:
        of_kind = [a for a in answers if a["kind"] == latest["score_basis"]["kind"] and a["score"] is not None]
        if of_kind:
            return min(of_kind, key=lambda answer: abs(answer["score"] - latest["score"]))
    closed = [answer for answer in answers if not answer.get("comment")]
    return next(iter([a for a in closed if a["score"] is None] + closed + answers), None)


def reason_of(lead: dict[str, Any] | None) -> str:
    """Say why a result led by this answer has no score, as a text's key."""
    if lead is None or lead.get("comment"):
        return "reason.free_text"
    return f"reason.{lead['reason'] or 'no_headline'}"


def why(latest: dict[str, Any], lead: dict[str, Any] | None, texts: Texts) -> list[str]:
    """Explain the score: kind and number of answers, method, scale and its direction."""
    basis = latest["score_basis"]
    if not basis or not lead:
        return []
    kind = texts.say(f"kind.{basis['kind']}")
    lines = [texts.say("basis_one" if basis["items"] == 1 else "basis_other", kind=kind, n=basis["items"])]
    if lead["method"]:
        lines.append(texts.say(f"method.{lead['method']}"))
    if lead["scale"]:
        steps = texts.say("steps", n=lead["scale"]["points"])
        direction = lead["scale"]["direction"]
        lines.append(steps + ", " + texts.say(f"direction.{direction}") if direction else steps)
    return [str(line) for line in lines]
