"""Names that tests and people may rely on. All of it is invented."""

from __future__ import annotations

from typing import Final

BASE_PATH: Final = "/api/v1.2"
DEMO_KEY: Final = "00000000-0000-4000-8000-000000000000"
"""The API key that is accepted unless another is chosen."""

SWEDISH: Final = 4711
GERMAN: Final = 4712
ENGLISH: Final = 4713

CUSTOMER_LABEL: Final = "CRM-ID"
CONTACT_LABEL: Final = "Kontakt-ID"
REGION_LABEL: Final = "Region"
CUSTOMER_LABEL_ID: Final = 901
CONTACT_LABEL_ID: Final = 902
REGION_LABEL_ID: Final = 903
LABEL_DOCUMENT_ID: Final = 700

# Recognisable strings: none of them may ever be found in what the service stores, answers or logs.
PASSWORD_MARKER: Final = "leak-password-6b1f"  # noqa: S105  (a marker, not a password)
SURVEY_URL_MARKER: Final = "leak-survey-url-6b1f"
EMAIL_MARKER: Final = "leak-email-6b1f"
ANONYMOUS_MARKER: Final = "leak-anonymous-6b1f"
"""Ends the comment of each anonymous set."""
UNFINISHED_MARKER: Final = "leak-unfinished-6b1f"
"""Ends the comment of each unfinished set."""

FIRST_CUSTOMER: Final = 1001
STORY_CUSTOMER: Final = "C-1001"
"""The customer of the README: never touched by live changes."""
STORY_RESPONDENT: Final = 501
STORY_CONTACT: Final = "P-77"
STORY_OLDER_SET: Final = 8001
STORY_NEWEST_SET: Final = 9001
FIRST_SET: Final = 10001
FIRST_RESPONDENT: Final = 1001
