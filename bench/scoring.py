"""Answers scored a second on one core once their scale is known, and scales built a second."""

import time
from itertools import cycle, islice

from service.app.lexicon_files import load
from service.survey.scoring.scorer import Scorer, verdict

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
        scale = scorer.explain(alternatives)
        start = time.perf_counter()
        for text in islice(cycle(alternatives), ANSWERS):
            verdict(scale, text, None)
        print(f"{alternatives[0]!r}: {ANSWERS / (time.perf_counter() - start):,.0f} answers a second")
        start = time.perf_counter()
        for text in islice(cycle([f" {t.upper()} " for t in alternatives]), ANSWERS // 10):
            verdict(scale, text, None)
        print(f"    spelled otherwise: {ANSWERS / 10 / (time.perf_counter() - start):,.0f} answers a second")


if __name__ == "__main__":
    main()
