"""Dynamics 365: the plug-in compiled by Mono's compiler and run, the code component built by pcf-scripts and run."""

from __future__ import annotations

import json
import shutil
import xml.etree.ElementTree as ET
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from service.widget.tokens import verify
from tests.unit.crm.conftest import WIDGET_SECRET

from .conftest import EXAMPLES, HERE, needs, needs_program, run
from .examples import ODD_ID, node

PLUGIN = EXAMPLES / "dynamics365" / "plugin"
PCF = EXAMPLES / "dynamics365" / "pcf"


@pytest.fixture
def plugin(tmp_path):
    sources = [HERE / "xrm.cs", *sorted(PLUGIN.glob("*.cs"))]
    done = run("mcs", "-warnaserror", "-warn:4", f"-out:{tmp_path / 'plugin.exe'}", *sources, cwd=tmp_path)
    assert done.returncode == 0, done.stderr

    def execute(value=ODD_ID, may_read="yes", column="accountnumber", unsecure="", secret=WIDGET_SECRET):
        return run("mono", tmp_path / "plugin.exe", column, value, may_read, unsecure, secret, cwd=tmp_path)

    return execute


@needs_program("mcs", "mono")
@pytest.mark.parametrize("customer", ["C-1001", ODD_ID, 'say "hi"\\', "tab\there"])
def test_the_plugins_token_opens_the_card_of_the_account_that_the_caller_may_read(plugin, customer):
    customer_id, token, seconds = plugin(customer).stdout.splitlines()
    claims = verify(token, WIDGET_SECRET, now=datetime.now(UTC))
    assert claims.customer_id == customer_id == customer
    assert (claims.scopes, seconds) == ({"results"}, "900")


@needs_program("mcs", "mono")
def test_the_plugin_makes_no_token_for_anybody_or_anything_else(plugin):
    refused = plugin(may_read="no")
    assert refused.returncode != 0
    assert "no privilege" in refused.stderr
    assert plugin(value="").stdout.splitlines() == ["", "", "900"]
    assert "32 bytes" in plugin(secret="short").stderr
    assert plugin(column="new_number", unsecure=" new_number ").stdout.splitlines()[0] == ODD_ID


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pcf") / "control"
    shutil.copytree(PCF, folder)
    (folder / "node_modules").symlink_to(HERE / "node_modules")
    done = run("node", "node_modules/pcf-scripts/bin/pcf-scripts.js", "build", cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Succeeded" in done.stdout
    return folder / "out" / "controls" / "Satisfaction"


CONTROL = (HERE / "form.mjs").read_text("utf-8")
CARD = {"CustomerId": ODD_ID, "Token": "a.b.c", "ExpiresIn": 900}
ID = "aaaa0000-0000-0000-0000-000000000001"


@needs("pcf-scripts")
class TestTheCodeComponent:
    def control(self, built, **more):
        values = {
            "bundle": str(built / "bundle.js"),
            "answers": [CARD, CARD],
            "language": 1053,
            "records": [f"{{{ID.upper()}}}"],
        }
        return node(CONTROL, **(values | more))

    def test_is_built_with_its_manifest_and_the_words_of_nine_languages(self, built):
        manifest = ET.parse(built / "ControlManifest.xml")
        assert manifest.find("control").get("constructor") == "Satisfaction"
        named = {resource.get("path") for resource in manifest.iter("resx")}
        assert named == {f"strings/{path.name}" for path in (built / "strings").glob("*.resx")}
        assert len(named) == 9

    def test_shows_the_card_of_the_record_once_and_renews_it_before_its_end(self, built):
        seen = self.control(built)
        assert seen["asked"] == [["POST", "/api/data/v9.2/new_NetigateCardToken", ID]]
        address = urlsplit(seen["log"][0]["src"])
        assert address.path == "/widget/customers/M%C3%BCller%20%26%20S%C3%B6hne%20GmbH%2F7"
        assert parse_qs(address.query) == {"token": ["a.b.c"], "lang": ["sv"]}
        assert (seen["log"][0]["hidden"], seen["timers"]) == (False, [840_000])

    @pytest.mark.parametrize(
        ("lcid", "language"), [(1031, "de"), (3079, "de"), (2068, "no"), (1044, "no"), (1041, "en")]
    )
    def test_speaks_the_users_language(self, built, lcid, language):
        src = self.control(built, language=lcid)["log"][0]["src"]
        assert parse_qs(urlsplit(src).query)["lang"] == [language]

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"answers": [None]}, "[unavailable]"),
            ({"answers": [CARD | {"CustomerId": ""}]}, "[no_customer]"),
            ({"records": [""]}, "[save_first]"),
        ],
    )
    def test_says_what_is_wrong(self, built, change, message):
        seen = self.control(built, **change)["log"][0]
        assert (seen["message"], seen["hidden"], seen["src"]) == (message, True, None)

    def test_asks_again_for_another_record_and_after_a_failure(self, built):
        assert len(self.control(built, records=[ID, ID.replace("1", "2")], answers=[CARD] * 3)["asked"]) == 2
        assert self.control(built, answers=[None])["timers"] == [30_000]

    def test_is_as_high_as_its_card_and_asks_again_when_its_token_has_ended(self, built):
        said = {"after": 900, "data": {"source": "netigate-satisfaction", "event": "token-expired"}}
        size = {"after": 0, "data": {"source": "netigate-satisfaction", "event": "size", "height": 512}}
        seen = self.control(built, messages=[size, said])
        assert (len(seen["asked"]), seen["height"], seen["deaf"]) == (2, "512px", True)
        for other in (said | {"after": 1}, said | {"source": "another window"}, said | {"data": None}):
            assert len(self.control(built, messages=[other])["asked"]) == 1


def test_the_manifest_names_every_file_of_words():
    manifest = ET.parse(PCF / "Satisfaction" / "ControlManifest.Input.xml")
    named = {resource.get("path") for resource in manifest.iter("resx")}
    assert named == {f"strings/{path.name}" for path in (PCF / "Satisfaction" / "strings").glob("*.resx")}
    keys = {
        path: {data.get("name") for data in ET.parse(path).iter("data")}
        for path in (PCF / "Satisfaction" / "strings").glob("*.resx")
    }
    assert len({frozenset(names) for names in keys.values()}) == 1
    source = (PCF / "Satisfaction" / "index.ts").read_text("utf-8")
    for word in ("title", "no_customer", "unavailable", "save_first"):
        assert f'"{word}"' in source
        assert all(word in names for names in keys.values())
    versions = json.loads((PCF / "package.json").read_text("utf-8"))["devDependencies"]
    ours = json.loads((HERE / "package.json").read_text("utf-8"))["devDependencies"]
    assert versions == {name: ours[name] for name in versions}
