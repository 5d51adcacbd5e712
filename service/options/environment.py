"""The texts of options in the environment, and in files that hold secrets in its place."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from environs import Env, FileAwareEnv

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

FILE_SUFFIX = "_FILE"  # NAME_FILE names a file that holds the secret NAME


def written(names: Iterable[str], secrets: Collection[str]) -> tuple[dict[str, str], list[str]]:
    """The text of each name, empty where it is unset, and a sentence for each file that cannot be used.

    A secret's file overrides its variable, and is read at every call, so that a reload takes its present content. An
    empty variable counts as unset: compose files write unset ones so.
    """
    plain, from_files = Env(), FileAwareEnv(file_suffix=FILE_SUFFIX, strip_whitespace=True)
    texts: dict[str, str] = {}
    wrong: list[str] = []
    for name in names:
        file = f"{name}{FILE_SUFFIX}"
        try:
            texts[name] = (from_files if name in secrets else plain).str(name, "").strip()
        except (ValueError, OSError):
            texts[name] = ""
            wrong.append(f"{file} must name a file that can be read")
        else:
            if name in secrets and os.environ.get(file) and not texts[name]:
                wrong.append(f"{file} names a file that is empty")
    return texts, wrong
