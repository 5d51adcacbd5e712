"""Looks at each survey: how its items would be scored, what is not understood, and which label carries the ID."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from service.commands.check import findings
from service.commands.check.labels import Candidate, candidates, not_added, propose
from service.commands.check.proofs import prove
from service.survey.errors import NotFoundError, RejectedError, UpstreamError
from service.survey.identity import label_items
from service.survey.model import Reason
from service.survey.questions.codebook import codebook

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from service.commands.check.proofs import Patience
    from service.commands.check.report import Report
    from service.ports import Upstream
    from service.survey.model import AnswerSet, QuestionItem, Survey
    from service.survey.questions.codebook import Codebook
    from service.survey.scoring.scorer import Scale, Scorer

SHOWN: Final = 60  # characters of a question
ADD_IT: Final = (
    "In Netigate, add it to the survey as a background question (survey, Background data, Add to survey); answers "
    "given from then on carry it."
)
_NOT_UNDERSTOOD: Final = frozenset({Reason.UNMAPPED, Reason.AMBIGUOUS})


@dataclass(frozen=True, slots=True)
class Examined:
    """What was found about one survey. `pages`: how many its answers have, None where they could not be read."""

    survey: Survey
    pages: int | None
    customer: Candidate | None  # the label that is set, or proposed
    contact: Candidate | None


def examine(
    report: Report,
    upstream: Upstream,
    survey_id: int,
    scorer: Scorer,
    patience: Patience,
    *,
    customer: str | None,
    contact: str | None,
    name: str | None = None,
) -> Examined | None:
    """Look at one survey; None where Netigate does not give it. `customer`, `contact`, `name`: labels that are set."""
    try:
        survey = upstream.survey(survey_id)
    except UpstreamError as error:
        _tell_unread(report, survey_id, error)
        return None
    report.title(f"Survey {survey.id} {survey.name!r} ({survey.language or 'language unknown'})")
    labels = _labels(report, upstream, survey)
    how = codebook(survey, scorer, customer_label=customer or "", contact_label=contact, labels=labels)
    _show_items(report, how)
    sets, pages = _answers(report, upstream, how, patience)
    found = candidates(survey, labels, sets)
    for one in found:
        report.note(f"background label {one.name!r} (id {one.label_id}): {_shares(one)}")
    if name:
        _find_name(report, survey, labels, name)
    return Examined(
        survey, pages,
        _find(report, survey, labels, found, customer, contact=False),
        _find(report, survey, labels, found, contact, contact=True),
    )  # fmt: skip


def _labels(report: Report, upstream: Upstream, survey: Survey) -> dict[int, str]:
    try:
        return upstream.labels(survey.id)
    except UpstreamError:
        report.note("the names of background labels cannot be read; the items' own texts are used")
        return {}


def _tell_unread(report: Report, survey_id: int, error: UpstreamError) -> None:
    """Report why Netigate does not give a survey, or its answers."""
    finding = findings.UNREAD
    if isinstance(error, NotFoundError):
        finding = findings.GONE
    elif isinstance(error, RejectedError):
        finding = findings.REFUSED
    findings.tell_failure(report, finding, survey=survey_id, status=error.status, cause=error.cause or error.status)


def _answers(
    report: Report, upstream: Upstream, how: Codebook, patience: Patience
) -> tuple[tuple[AnswerSet, ...], int | None]:
    try:
        seen = prove(report, upstream, how, patience)
    except UpstreamError as error:
        _tell_unread(report, how.survey.id, error)
        return (), None
    report.good(f"answers read: {seen.total} pages, {len(seen.sets)} answer sets looked at")
    if seen.sets and all(one.anonymous for one in seen.sets.values()):
        report.note("all of them are anonymous: an open link never tells who answered, so nothing could be served")
    return tuple(seen.sets.values()), seen.total


def _show_items(report: Report, how: Codebook) -> None:
    puzzling = []
    for item in how.items.values():
        scale = how.scales[item.id]
        report.plain(f"{item.id} {_short(item)} [{item.type}]: {_how(scale)}")
        if any(step.score is not None for step in scale.steps):
            report.plain("   " + " · ".join(f"{step.text or '(blank)'} {_points(step.score)}" for step in scale.steps))
        puzzling += [
            f"{item.id}: {step.text!r} ({step.reason})" for step in scale.steps if step.reason in _NOT_UNDERSTOOD
        ]
    if puzzling:
        report.note("not understood, so without a score; SCORING_FILE can give one (docs/scoring.md):")
        for line in puzzling:
            report.plain(line)


def _short(item: QuestionItem) -> str:
    text = " ".join(f"{item.question} {item.text}".split())
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def _how(scale: Scale) -> str:
    if scale.kind is None:
        return f"no score ({scale.reason})"
    return ", ".join(
        [str(scale.kind), f"{scale.points} points", str(scale.direction or "no direction"), f"by {scale.method}"]
    )


def _points(score: float | None) -> str:
    return "–" if score is None else f"{round(score, 1):g}"


def _shares(one: Candidate) -> str:
    if not one.sets:
        return "no finished answers yet"
    told = f"in {one.filled} of {one.sets} finished sets, {one.distinct} different"
    return f"{told}; holds e-mail addresses, which are no customer IDs" if one.mails else told


def _find(
    report: Report, survey: Survey, labels: Mapping[int, str], found: Sequence[Candidate], wanted: str | None,
    *, contact: bool,
) -> Candidate | None:  # fmt: skip
    """Find the label that is set, or else propose one, for this survey."""
    what, option = ("contact", "NETIGATE_CONTACT_LABEL") if contact else ("customer", "NETIGATE_CUSTOMER_LABEL")
    if wanted is None:
        proposed = propose(found, contact=contact)
        if proposed:
            report.good(f"{what} label proposed: {proposed.name!r}")
        elif not contact:
            _missing(report, survey, labels)
        return proposed
    fed = {item.background_label for item in label_items(survey, wanted, labels)}
    matching = next((one for one in found if one.label_id in fed), None)
    if matching:
        report.good(f"{what} label found: {wanted!r}")
        if matching.groups:
            report.note(f"{wanted!r} holds few values for so many answers: does it name a {what}, or a group of them?")
        return matching
    if wanted in labels.values():
        report.bad(f"the {what} label {wanted!r} exists but was not added to the survey", ADD_IT)
        return None
    report.bad(f"the {what} label {wanted!r} is not in the survey", f"Check {option}. {ADD_IT}")
    proposed = propose(found, contact=contact)
    if proposed:
        report.note(f"{proposed.name!r} is in the survey and looks like it")
    return proposed


def _find_name(report: Report, survey: Survey, labels: Mapping[int, str], wanted: str) -> None:
    """Check the label of contacts' names that is set. None is ever proposed: names are kept only on request."""
    if label_items(survey, wanted, labels):
        report.good(f"contact name label found: {wanted!r}")
    else:
        report.bad(
            f"the contact name label {wanted!r} is not in the survey", f"Check NETIGATE_CONTACT_NAME_LABEL. {ADD_IT}"
        )


def _missing(report: Report, survey: Survey, labels: Mapping[int, str]) -> None:
    findings.tell(report, findings.NO_CUSTOMER)
    waiting = not_added(labels, survey)
    if waiting:
        named = ", ".join(repr(name) for name in waiting[:5])
        report.plain(f"The account also has {named}. {ADD_IT}")
