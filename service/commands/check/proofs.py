"""Tests on the account what the documentation leaves open: paging, `updated=`, and whether answers fit the tree."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from service.commands.check import findings
from service.commands.check.findings import tell
from service.survey.errors import NotFoundError, UpstreamError
from service.survey.model import Reason
from service.survey.questions.answers import read_answers, unrecognised
from service.survey.questions.ranking import is_ranking
from service.sweeping.paging import EndlessPagesError, pages
from service.sweeping.reconciling.filter_proof import is_brought, newest
from service.sweeping.set_filing import FUTURE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from service.commands.check.report import Report
    from service.ports import AnswerPage, Clock, Upstream
    from service.survey.model import AnswerSet, QuestionItem
    from service.survey.questions.codebook import Codebook
    from service.survey.scoring.scorer import Scale

SECONDS: Final = 90.0  # for all surveys: no further page is asked for after this
MOST_PAGES: Final = 50  # of one survey
CLOSED: Final = ("RADIO", "DROPDOWN", "MATRIX", "CHECKBOX")  # types that have alternatives


@dataclass(slots=True)
class Patience:
    """How long the check goes on reading pages. Times are monotonic seconds."""

    clock: Clock
    until: float

    @classmethod
    def of(cls, clock: Clock) -> Patience:
        return cls(clock, clock.monotonic() + SECONDS)

    @property
    def ended(self) -> bool:
        return self.clock.monotonic() >= self.until


@dataclass(slots=True)
class Seen:
    """What the pages of one survey brought. `whole`: all of them were read."""

    sets: dict[int, AnswerSet] = field(default_factory=dict)
    pages: int = 0
    total: int = 0
    twice: int = 0
    set_aside: int = 0
    counted: bool = True
    whole: bool = False

    def add(self, page: AnswerPage) -> None:
        ids = {one.id for one in page.answer_sets}
        self.twice += len(page.answer_sets) - len(ids - self.sets.keys())
        self.sets |= {one.id: one for one in page.answer_sets}
        self.set_aside += page.set_aside
        self.pages, self.total = self.pages + 1, page.total_pages
        self.counted = self.counted and page.counted


def prove(report: Report, upstream: Upstream, how: Codebook, patience: Patience) -> Seen:
    """Report what is odd about a survey's lists, pages and answers. Raises UpstreamError if no page can be read."""
    survey = how.survey.id
    limit = patience.clock.now() + FUTURE
    listed = _list(report, upstream, survey)
    seen = _read(report, upstream, survey, patience)
    if seen.set_aside:
        tell(report, findings.UNREADABLE, count=seen.set_aside)
    if not seen.counted:
        tell(report, findings.NO_TOTAL)
    if seen.twice:
        tell(report, findings.TWICE, count=seen.twice)
    if listed is not None:
        _prove_paging(report, upstream, survey, listed, seen)
        _prove_filter(report, upstream, survey, newest(listed.values(), limit))
    dated = ((one.completed, one.updated) for one in seen.sets.values())
    ahead = sum(any(moment is not None and moment > limit for moment in both) for both in dated)
    if ahead:
        tell(report, findings.FAR_AHEAD, count=ahead)
    tell_tree(report, how)
    tell_answers(report, how, seen.sets)
    return seen


def _list(report: Report, upstream: Upstream, survey_id: int) -> Mapping[int, AnswerSet] | None:
    """The list without answers; None where it cannot be read. Read before the pages, else new sets seem missing."""
    try:
        page = upstream.answer_list(survey_id)
    except UpstreamError as error:
        tell(report, findings.NOT_LISTED, cause=error.cause or error.status)
        return None
    return {one.id: one for one in page.answer_sets}


def _read(report: Report, upstream: Upstream, survey_id: int, patience: Patience) -> Seen:
    seen = Seen()
    try:
        for page in pages(upstream, survey_id, 1, None, lambda: False):
            seen.add(page)
            if seen.pages >= MOST_PAGES or patience.ended:
                break
        # `whole` may be wrong here: _prove_paging asks for a missing set by itself before it reports any.
        seen.whole = seen.pages >= seen.total
    except EndlessPagesError:
        seen.whole = True
    except UpstreamError:
        if not seen.pages:
            raise
    if not seen.whole:
        tell(report, findings.PARTLY, count=seen.pages, pages=seen.total)
    return seen


def _prove_paging(
    report: Report, upstream: Upstream, survey_id: int, listed: Mapping[int, AnswerSet], seen: Seen
) -> None:
    missing = [number for number in listed if number not in seen.sets]
    if not seen.whole or len(missing) <= seen.set_aside:
        return  # no more than the sets that could not be read
    try:
        upstream.answer_set(survey_id, missing[0])
    except NotFoundError:
        if len(missing) == 1:
            return  # deleted while we read
    except UpstreamError:
        pass
    tell(report, findings.TOO_FEW, brought=len(listed) - len(missing), listed=len(listed))


def _prove_filter(report: Report, upstream: Upstream, survey_id: int, known: AnswerSet | None) -> None:
    try:
        brought = is_brought(upstream, survey_id, known) if known else None
    except UpstreamError:
        return
    if brought is False:
        tell(report, findings.FILTER)


def tell_tree(report: Report, how: Codebook) -> None:
    """Report what is odd about the question tree."""
    for number, item in how.items.items():
        scale = how.scales[number]
        if scale.excluded:
            continue
        for finding, is_so in _TREE:
            if is_so(item, scale):
                tell(report, finding, item=number, count=sum(map(_is_puzzling, scale.steps)))
                break


def _is_puzzling(step: object) -> bool:
    return getattr(step, "reason", None) in {Reason.UNMAPPED, Reason.AMBIGUOUS}


def _is_empty(item: QuestionItem, scale: Scale) -> bool:
    return not scale.steps and any(word in item.type.upper() for word in CLOSED)


def _is_turned(_item: QuestionItem, scale: Scale) -> bool:
    """Whether a higher weight always means a lower score."""
    weighed = [(step.weight, step.score) for step in scale.steps if step.weight is not None and step.score is not None]
    ordered = [score for _, score in sorted(weighed)]
    return len(ordered) > 1 and ordered[0] > ordered[-1] and ordered == sorted(ordered, reverse=True)


_TREE: Final[tuple[tuple[findings.Finding, Callable[[QuestionItem, Scale], bool]], ...]] = (
    (findings.NO_ALTERNATIVES, _is_empty),
    (findings.RANKING, lambda item, _scale: is_ranking(item)),
    (findings.TURNED, _is_turned),
    (findings.NOT_UNDERSTOOD, lambda _item, scale: any(map(_is_puzzling, scale.steps))),
)


def tell_answers(report: Report, how: Codebook, sets: Mapping[int, AnswerSet]) -> None:
    """Report how many answers do not fit the tree, by item; never their text."""
    found: dict[findings.Finding, Counter[int]] = {}
    for answer_set in sets.values():
        for number, finding in _misfits(how, answer_set):
            found.setdefault(finding, Counter())[number] += 1
    for finding, items in found.items():
        for number, count in sorted(items.items()):
            tell(report, finding, item=number, count=count)


def _misfits(how: Codebook, answer_set: AnswerSet) -> list[tuple[int, findings.Finding]]:
    misfits = [(item, findings.UNKNOWN_ITEM) for item in how.strange(answer_set)]
    for answer in read_answers(answer_set, how):
        scale = how.scales.get(answer.question_item_id)
        if unrecognised(answer):
            misfits.append((answer.question_item_id, findings.NO_ALTERNATIVE))
        elif answer.reason is Reason.AMBIGUOUS and scale is not None and scale.reason is None:
            misfits.append((answer.question_item_id, findings.ANOTHERS_WEIGHT))
    return misfits
