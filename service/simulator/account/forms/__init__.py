"""The three surveys as their authors wrote them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from service.simulator.account.forms.de import FORM as GERMAN_FORM
from service.simulator.account.forms.en import FORM as ENGLISH_FORM
from service.simulator.account.forms.sv import FORM as SWEDISH_FORM

if TYPE_CHECKING:
    from service.simulator.account.forms.shapes import Form

FORMS: Final[tuple[Form, ...]] = (SWEDISH_FORM, GERMAN_FORM, ENGLISH_FORM)
