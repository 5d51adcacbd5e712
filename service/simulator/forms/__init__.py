"""The three surveys as their authors wrote them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from service.simulator.forms.de import FORM as GERMAN_FORM
from service.simulator.forms.en import FORM as ENGLISH_FORM
from service.simulator.forms.sv import FORM as SWEDISH_FORM

if TYPE_CHECKING:
    from service.simulator.forms.shapes import Form

FORMS: Final[tuple[Form, ...]] = (SWEDISH_FORM, GERMAN_FORM, ENGLISH_FORM)
