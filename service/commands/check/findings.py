"""What is odd about an account, or wrong: one table of findings, each with what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from service.commands.check.report import Report


@dataclass(frozen=True, slots=True)
class Finding:
    """`says` is a template for the details of one account; `do` is advice. Neither ever holds an answer's text."""

    says: str
    do: str


_READ_AGAIN: Final = "Nothing here: the service compares with the list and fetches what is missing one by one"
_OVERRIDE: Final = "Name its scale in SCORING_FILE (docs/scoring.md), or leave it unscored"

FILTER: Final = Finding(
    "updated= does not bring the answer set that was updated last",
    "Nothing here: the service lists the survey at each interval instead. Ask Netigate's support what it compares.",
)
TOO_FEW: Final = Finding(
    "paging brings {brought} of {listed} answer sets that the list without answers names",
    f"{_READ_AGAIN}; the first time takes longer.",
)
TWICE: Final = Finding(
    "pages bring {count} answer sets more than once, so the order of pages is not steady",
    f"{_READ_AGAIN}; more than a few mean that others are left out meanwhile.",
)
NO_TOTAL: Final = Finding(
    "TotalPages is lower than the pages there are", "Nothing here: pages are read until one is empty."
)
NOT_LISTED: Final = Finding(
    "the list without answers cannot be read in time ({cause})",
    "Nothing here: the service reads it in windows of time. Deletions are noticed later; watch the reconcile's age.",
)
UNREADABLE: Final = Finding(
    "{count} answer sets cannot be read",
    "They are left out and counted (netigate_results_answer_sets_unreadable in /metrics): show them to Netigate's "
    "support.",
)
FAR_AHEAD: Final = Finding(
    "{count} answer sets are dated more than a day ahead",
    "Correct their dates in Netigate; until then they count from when they were updated, or first seen.",
)
NO_ALTERNATIVE: Final = Finding(
    "item {item}: {count} answers name none of its alternatives",
    "They have no score. Was the question reworded or translated after they came? Put the old wording back, or "
    "name it in SCORING_FILE (docs/scoring.md).",
)
UNKNOWN_ITEM: Final = Finding(
    "item {item}: {count} answer sets answer it, but the question tree does not have it, or not readably",
    "They are not shown. Was the question removed, or is an alternative of it without a text or a whole weight? Put "
    "that right in Netigate if its answers still matter.",
)
ANOTHERS_WEIGHT: Final = Finding(
    "item {item}: {count} answers have the text of one alternative and the weight of another, or two where one can be",
    "They have no score (ambiguous). Were weights turned round after they came? Correct the weights in Netigate.",
)
NOT_UNDERSTOOD: Final = Finding(
    "item {item}: {count} of its alternatives are not understood", f"{_OVERRIDE}; the wordings stand above."
)
RANKING: Final = Finding("item {item} asks for an order, so it has no score", f"{_OVERRIDE}, if it is none.")
TURNED: Final = Finding(
    "item {item}: its weights run against its wordings; the wordings decide",
    "Correct the weights in Netigate, or name the item in SCORING_FILE (docs/scoring.md).",
)
NO_ALTERNATIVES: Final = Finding(
    "item {item}: alternatives are missing from the question tree",
    "Run the check again; if it stays so, look at the question in Netigate. Its answers have no score until then.",
)
NO_CUSTOMER: Final = Finding(
    "no item carries a customer's ID, so none of its answers belongs to a customer",
    "In Netigate, add the background label to the survey, or take the survey out of NETIGATE_SURVEYS.",
)
PARTLY: Final = Finding(
    "only {count} of {pages} pages were looked at", "Nothing: the service looks at all. What is said here is of those."
)

REFUSED: Final = Finding(
    "survey {survey}: Netigate refuses it ({status}) though it accepts the key",
    "Give the key's user access to it in Netigate, or take it out of NETIGATE_SURVEYS; the others go on meanwhile.",
)
GONE: Final = Finding(
    "survey {survey}: Netigate does not know it (404)",
    "Take it out of NETIGATE_SURVEYS. If it was deleted, what is stored of it is removed after GONE_DAYS.",
)
UNREAD: Final = Finding("survey {survey}: cannot be read ({cause})", "Try again later.")


def tell(report: Report, finding: Finding, **details: object) -> None:
    """Report something to look at; the service works all the same."""
    report.odd(finding.says.format(**details), finding.do)


def tell_failure(report: Report, finding: Finding, **details: object) -> None:
    """Report something that must be put right."""
    report.bad(finding.says.format(**details), finding.do)
