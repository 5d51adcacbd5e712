"""How a command ends that cannot do what it was asked: one sentence, and status 2."""

from __future__ import annotations

import pytest

from service.commands.refusal import refusing
from service.options.settings import SettingsError
from service.survey.errors import DamagedValueError, StoreAwayError, StorePasswordError, StoreRefusedError


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (StoreAwayError("TimeoutError"), "The store cannot be reached.\n"),
        (StorePasswordError("wrong password"), "The store refuses the password.\n"),
        (StoreRefusedError("memory"), "The store refused it (memory).\n"),
        (DamagedValueError("key"), "A stored value cannot be read: run netigate-results repair.\n"),
        (SettingsError("Name one of two."), "Name one of two.\n"),
    ],
)
def test_what_the_store_says_becomes_a_sentence(capsys, error, said):
    with pytest.raises(SystemExit) as end, refusing():
        raise error
    assert (end.value.code, capsys.readouterr().err) == (2, said)
