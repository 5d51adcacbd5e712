"""HubSpot's card and Lime CRM's component against the published types of what they are written for."""

from __future__ import annotations

import json
import shutil

import pytest

from .conftest import EXAMPLES, HERE, needs, type_check

HUBSPOT = EXAMPLES / "hubspot" / "src" / "app" / "cards"
LIME = EXAMPLES / "limecrm" / "frontend"
JSX = {"jsx": "react-jsx", "module": "esnext", "moduleResolution": "bundler", "allowJs": True, "checkJs": True}
# As a package that lime-project has made: without strict null checks, since Stencil sets properties from outside.
STENCIL = {
    "jsx": "react", "jsxFactory": "h", "module": "esnext", "moduleResolution": "node", "experimentalDecorators": True,
    "strict": True, "strictPropertyInitialization": False, "strictNullChecks": False, "noUnusedLocals": True,
}  # fmt: skip


@needs("@hubspot/ui-extensions")
@needs("typescript")
@pytest.mark.parametrize("broken", [None, ('variant="warning"', 'variant="nonsense"')])
def test_hubspots_card_uses_its_components_as_they_are(workshop, broken):
    for path in HUBSPOT.glob("*.js*"):
        shutil.copy(path, workshop)
    card = workshop / "SatisfactionCard.jsx"
    if broken:
        card.write_text(card.read_text("utf-8").replace(*broken), "utf-8")
    done = type_check(workshop, JSX, ["*.jsx"])
    assert (done.returncode == 0) is (broken is None), done.stdout


@needs("@hubspot/ui-extensions")
def test_hubspots_sdk_is_pinned_to_the_release_that_was_checked():
    wanted = json.loads((HUBSPOT / "package.json").read_text("utf-8"))["dependencies"]
    checked = json.loads((HERE / "node_modules" / "@hubspot" / "ui-extensions" / "package.json").read_text("utf-8"))
    assert wanted["@hubspot/ui-extensions"] == checked["version"]
    assert wanted["react"] == checked["dependencies"]["react"]


@needs("@stencil/core")
@needs("typescript")
@pytest.mark.parametrize("broken", [None, ("customer={this.card.customer_id}", "customer={7}")])
def test_limes_component_is_stencil_that_compiles(workshop, broken):
    for path in [*LIME.glob("*.ts*"), *(HERE / "types").glob("*.d.ts")]:
        shutil.copy(path, workshop)
    component = workshop / "satisfaction.tsx"
    if broken:
        component.write_text(component.read_text("utf-8").replace(*broken), "utf-8")
    done = type_check(workshop, STENCIL, ["*.ts", "*.tsx"])
    assert (done.returncode == 0) is (broken is None), done.stdout
