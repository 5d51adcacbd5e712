"""The answers of one set, each read by the edition of its question under which it was given."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from service.survey.model import Reason
from service.survey.questions.editions import Choice, choose, plain, standing
from service.survey.results import ScoredAnswer
from service.survey.scoring.verdicts import step_of

if TYPE_CHECKING:
    from service.survey.model import Answer, AnswerSet
    from service.survey.questions.codebook import Codebook
    from service.survey.questions.editions import Edition

MULTIPLE_CHOICE = "CHECKBOX"  # searched for inside the type, since weighted ones have a longer name


def read_answers(answer_set: AnswerSet, how: Codebook) -> list[ScoredAnswer]:
    """A set's answers, without background items, items unknown to every tree, and items the operator left out."""
    answered = None if answer_set.completed is None else int(answer_set.completed.timestamp() * 1000)
    rows = [row for row in dict.fromkeys(map(_bare, answer_set.answers)) if row.question_item_id in how.editions]
    contested = _contested(rows, how, answered)
    found = (_read(row, how, answered, contested=_place(row) in contested) for row in rows)
    return [answer for answer in found if answer is not None]


def is_comment(answer: Answer, how: Codebook) -> bool:
    """Whether an answer is somebody's free text."""
    if answer.question_item_id not in how.editions:
        return False
    found = _read(answer, how, None)
    return found is not None and found.comment


def unrecognised(answer: ScoredAnswer) -> bool:
    """Whether an answer to a scale names none of its alternatives, so that nobody knows what it says."""
    return answer.comment and answer.reason is Reason.UNMAPPED


def _bare(answer: Answer) -> Answer:
    """An answer without its own id, so that a repeated row counts once."""
    return replace(answer, id=0)


def _place(answer: Answer) -> tuple[int, str]:
    """Where one answer is expected: an item, or one statement of a matrix."""
    return answer.question_item_id, plain(answer.question_text)


def _contested(rows: list[Answer], how: Codebook, answered: int | None) -> set[tuple[int, str]]:
    """Places where two different alternatives were chosen though only one may be."""
    seen: dict[tuple[int, str], Answer] = {}
    contested = set()
    for row in rows:
        editions = how.editions[row.question_item_id]
        if _ticks(standing(editions, answered)) or not editions[0].scale.steps:
            continue
        if choose(row, editions, answered=answered, polarity=how.polarity).step is None:
            continue  # a text beside the choice is no second choice
        if seen.setdefault(_place(row), row) is not row:
            contested.add(_place(row))
    return contested


def _ticks(edition: Edition) -> bool:
    return MULTIPLE_CHOICE in edition.item.type.upper()


def _read(answer: Answer, how: Codebook, answered: int | None, *, contested: bool = False) -> ScoredAnswer | None:
    """One answer as shown; None where there is nothing to show, or the operator left its item out."""
    editions = how.editions[answer.question_item_id]
    newest = editions[0]
    if newest.scale.excluded:
        return None
    if _ticks(standing(editions, answered)):
        return _tick(answer, editions)
    title = newest.title
    if newest.item.is_matrix:
        title = answer.question_text or title
    if not newest.scale.steps:
        if not answer.text.strip():
            return None
        shown = title or answer.question_text
        return ScoredAnswer(newest.item.id, shown, answer.text, reason=Reason.FREE_TEXT, comment=True)
    choice = choose(answer, editions, answered=answered, polarity=how.polarity)
    return _chosen(answer, choice, title or answer.question_text, contested=contested)


def _tick(answer: Answer, editions: tuple[Edition, ...]) -> ScoredAnswer | None:
    """A tick of a checkbox. Its alternative stands in QuestionText; several may be ticked, so there is no scale."""
    item = editions[0].item
    ticked = answer.text if answer.text.strip() else answer.question_text
    known = any(edition.named(ticked) for edition in editions) or (not answer.text.strip() and not item.alternatives)
    if not ticked.strip():
        return None
    if not known and plain(ticked) in {plain(item.text), plain(item.question)}:
        return None  # the first row may repeat what was asked: neither a tick nor a comment
    reason = Reason.NOT_A_SCALE if known else Reason.FREE_TEXT
    return ScoredAnswer(item.id, editions[0].title, ticked, reason=reason, comment=not known)


def _chosen(answer: Answer, choice: Choice, title: str, *, contested: bool) -> ScoredAnswer:
    scale, step, text = choice.edition.scale, choice.step, answer.text
    score, band, nps, reason = None, None, None, None
    if not choice.known:
        # On a scale it may be a wording that is not understood; beside another list it is the text of "other".
        reason = Reason.UNMAPPED if scale.method or scale.reason is Reason.UNMAPPED else Reason.FREE_TEXT
    elif contested or _doubted(choice, answer):
        reason = Reason.AMBIGUOUS
    elif step is None:
        reason = Reason.AMBIGUOUS if scale.reason is None else scale.reason
    else:
        score, band, nps, reason = step.score, step.band, step.nps, step.reason
    return ScoredAnswer(
        question_item_id=choice.edition.item.id,
        question=title,
        answer=(step.text or text) if step is not None else text,
        kind=scale.kind,
        score=score,
        band=band,
        nps=nps,
        language=scale.language,
        points=scale.points,
        direction=scale.direction,
        method=scale.method,
        reason=reason,
        comment=not choice.known and bool(text.strip()),
        step=step_of(scale, score),
    )


def _doubted(choice: Choice, answer: Answer) -> bool:
    """Whether a matrix's statement is one whose high answers are not surely good."""
    doubtful = choice.edition.scale.doubtful
    if not choice.edition.item.is_matrix:
        return bool(doubtful)
    return bool(doubtful) and (not answer.question_text or answer.question_text in doubtful)
