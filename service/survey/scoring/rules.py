"""Which rule decided over a list: one name for every way to a score and to none."""

from __future__ import annotations

from enum import StrEnum


class Rule(StrEnum):
    """What `explain` tells. docs/scoring.md says what each means."""

    # A score.
    WORDS_IN_ORDER = "words_in_order"
    WORDS_SORTED = "words_sorted"
    NUMBERS_BETWEEN_WORDS = "numbers_between_words"
    BARE_NUMBERS = "bare_numbers"
    NUMBERS_DECLARED = "numbers_declared"
    SCHOOL_GRADES = "school_grades"
    NOUN_TELLS_LEVELS = "noun_tells_levels"
    WEIGHTS = "weights"
    WEIGHTS_BY_WORDS = "weights_by_words"
    OVERRIDE = "override"
    # No score.
    NO_ALTERNATIVES = "no_alternatives"
    TICKS = "ticks"
    TOO_MANY = "too_many_alternatives"
    NO_GOOD_END = "no_good_end"
    NO_NUMBER_SCALE = "no_number_scale"
    LEVELS_OF_NOTHING_KNOWN = "levels_of_nothing_known"
    DEGREES_OF_NOTHING_KNOWN = "degrees_of_nothing_known"
    REASONS = "list_of_reasons"
    DISAPPOINTMENT = "disappointment"
    NEGATIVE_STATEMENT = "negative_statement"
    IMPORTANCE_OR_FREQUENCY = "importance_or_frequency"
    UNKNOWN_END = "unknown_end"
    UNKNOWN_WORDS = "unknown_words"
    WORDS_OUT_OF_ORDER = "words_out_of_order"
    LANGUAGES_DISAGREE = "languages_disagree"
    EQUAL_WEIGHTS = "equal_weights"
    CONTRADICTION = "contradiction"
