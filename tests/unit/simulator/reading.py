"""Reads of the simulator that several tests make."""

from __future__ import annotations

import re

DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def pages(simulator, survey, **query):
    first = simulator.get(f"/surveys/{survey}/answersWithData", **query).json()
    found = first["AnswerSets"]
    for page in range(2, first["TotalPages"] + 1):
        found += simulator.get(f"/surveys/{survey}/answersWithData", page=page, **query).json()["AnswerSets"]
    return found


def items(simulator, survey):
    tree = simulator.get(f"/surveys/{survey}/questions").json()
    return {item["QuestionItemId"]: item for question in tree for item in question["QuestionItems"]}
