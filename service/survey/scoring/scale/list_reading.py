"""A whole list of alternatives read in the language that understands most of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from service.survey.scoring.label.label import Label, Sort
from service.survey.scoring.label.understanding import understand
from service.survey.scoring.language.text import Text, read, unhumped
from service.survey.scoring.scale.placing import MOST, frame_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

    from service.survey.scoring.language.lexicons import Lexicon, Lexicons

_HINT: Final = 1.05  # how much more the survey's own language counts
_FALLBACK: Final = "en"


@dataclass(frozen=True, slots=True)
class ListReading:
    """Labels in the order given. `lexicon` is None where no language's words decide (numbers, signs)."""

    texts: tuple[Text, ...]
    labels: tuple[Label, ...]
    lexicon: Lexicon | None
    framed: bool = False  # labels share words that nobody understood
    rivals: tuple[tuple[Label, ...], ...] = ()  # the list as read by other languages that understand as much


def read_list(alternatives: Sequence[str], lexicons: Lexicons, hint: str | None = None) -> ListReading:
    """Read all labels in one language; labels that it does not know are tried in English."""
    texts = _starred([read(raw) for raw in alternatives])
    if len(texts) > MOST:
        return ListReading(texts, tuple(Label(Sort.UNKNOWN, left=text.words) for text in texts), None)
    hinted = lexicons.named(hint)
    told = lexicons.likely(word for text in texts for word in text.words)
    fallback = lexicons.named(_FALLBACK)
    likely = told or ([fallback] if fallback else list(lexicons.languages[:1]))
    readings = [(x, [understand(x.spelled(text), x) for text in texts]) for x in likely]
    worth = {x.code: sum(label.covered for label in labels) * (_HINT if x is hinted else 1) for x, labels in readings}
    best = max(worth.values(), default=0.0)
    leaders = [(x, labels) for x, labels in readings if worth[x.code] >= best - 1e-9]
    if not leaders:
        return ListReading(texts, tuple(Label(Sort.UNKNOWN, left=text.words) for text in texts), None)
    lexicon, labels = next(((x, found) for x, found in leaders if x is hinted), leaders[0])
    labels, framed = _again([lexicon.spelled(text) for text in texts], labels, lexicon)
    if fallback is not None and fallback is not lexicon:
        labels = [_other(text, label, fallback) for text, label in zip(texts, labels, strict=True)]
    labels = [_run_together(raw, label, lexicon) for raw, label in zip(alternatives, labels, strict=True)]
    known = bool(told) and best > 0 and len(leaders) < max(2, len(lexicons.languages))
    rivals = tuple(tuple(found) for x, found in leaders if x is not lexicon) if known and lexicon is not hinted else ()
    return ListReading(texts, tuple(labels), lexicon if known else None, framed, rivals)


def _starred(texts: list[Text]) -> tuple[Text, ...]:
    """Where stars are repeated they count, and numbers beside them only number the list."""
    if all(text.stars <= 1 for text in texts):
        return tuple(texts)
    return tuple(replace(text, number=(text.stars, text.stars)) if text.stars else text for text in texts)


def _run_together(raw: str, label: Label, lexicon: Lexicon) -> Label:
    if label.sort is not Sort.UNKNOWN or len(label.left) != 1 or (apart := unhumped(raw)) == raw:
        return label
    return understand(read(apart), lexicon)


def _again(texts: Sequence[Text], labels: list[Label], lexicon: Lexicon) -> tuple[list[Label], bool]:
    """Second look: slips of one letter, and words that most labels share."""
    counts = Counter(word for text in texts for word in set(text.words))
    repeated = {word for word, n in counts.items() if n > 1}  # nobody slips twice in the same way: another word
    mended = [
        understand(_mended(text, lexicon, repeated), lexicon) if label.left else label
        for text, label in zip(texts, labels, strict=True)
    ]
    frame = frame_of(mended)
    if frame:
        mended = [
            understand(_mended(text, lexicon, repeated), lexicon, frame=frame) if label.left else label
            for text, label in zip(texts, mended, strict=True)
        ]
    return mended, bool(frame)


def _mended(text: Text, lexicon: Lexicon, repeated: AbstractSet[str]) -> Text:
    phrases = lexicon.labels

    def mend(word: str) -> str:
        return word if word in repeated or phrases.knows(word) else phrases.nearest(word) or word

    return replace(text, segments=tuple(tuple(map(mend, segment)) for segment in text.segments))


def _other(text: Text, label: Label, fallback: Lexicon) -> Label:
    if label.sort is not Sort.UNKNOWN or not text.segments:
        return label
    second = understand(text, fallback)
    return second if second.sort is not Sort.UNKNOWN and not second.left else label
