"""Answers scored a second on one core once their scale is known, and scales built a second."""

import time
from itertools import cycle, islice

from service.app.lexicon_files import load
from service.survey.model import Alternative, Answer, QuestionItem
from service.survey.questions.editions import Edition, choose
from service.survey.scoring.scorer import Scorer

ANSWERS = 200_000
SCALES = 200
LISTS = (
    ("Mycket missnöjd", "Ganska missnöjd", "Varken nöjd eller missnöjd", "Ganska nöjd", "Mycket nöjd", "Vet ej"),
    ("Strongly agree", "Agree", "Neither agree nor disagree", "Disagree", "Strongly disagree"),
    tuple(str(n) for n in range(11)),
    ("1 = sehr unzufrieden", "2 = eher unzufrieden", "3 = eher zufrieden", "4 = sehr zufrieden"),
)


def main():
    scorer = Scorer(load())
    start = time.perf_counter()
    for alternatives in islice(cycle(LISTS), SCALES):
        scorer.explain(alternatives)
    print(f"scales built: {SCALES / (time.perf_counter() - start):,.0f} a second")
    for alternatives in LISTS:
        listed = tuple(Alternative(at, text, None) for at, text in enumerate(alternatives, 1))
        item = QuestionItem(31, "RADIOBUTTON", "", 1, "", None, listed)
        editions = [Edition(item, scorer.scale(item, survey_id=1), "")]
        start = time.perf_counter()
        for text in islice(cycle(alternatives), ANSWERS):
            choose(Answer(1, 31, item.type, "", text, None), editions)
        print(f"{alternatives[0]!r}: {ANSWERS / (time.perf_counter() - start):,.0f} answers a second")
        start = time.perf_counter()
        for text in islice(cycle([f" {t.upper()} " for t in alternatives]), ANSWERS // 10):
            choose(Answer(1, 31, item.type, "", text, None), editions)
        print(f"    spelled otherwise: {ANSWERS / 10 / (time.perf_counter() - start):,.0f} answers a second")


if __name__ == "__main__":
    main()
