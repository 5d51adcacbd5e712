"""What an administrator pastes or uploads: it parses, it is complete, its addresses exist."""

from __future__ import annotations

import json
import re
import runpy
import shutil
import subprocess
import xml.etree.ElementTree as ET
from urllib.parse import urlsplit

import pytest

from service.crm import salesforce, zendesk
from service.crm.pipedrive import route as pipedrive
from service.widget.tokens import AUDIENCE

from .examples import EXAMPLES, HOSTS, NODE, ROOT, STATIC, files, needs_node


def test_every_host_has_its_files_and_its_page():
    assert sorted(path.name for path in EXAMPLES.iterdir() if path.is_dir()) == HOSTS
    assert sorted(path.stem for path in (ROOT / "docs" / "crm").glob("*.md")) == HOSTS


@pytest.mark.parametrize("host", HOSTS)
def test_every_page_names_every_file_to_paste_or_upload(host):
    page = (ROOT / "docs" / "crm" / f"{host}.md").read_text("utf-8")
    named = set(re.findall(r"`([\w./*-]+)`", page))
    for path in (EXAMPLES / host).rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            shown = path.relative_to(EXAMPLES / host)
            folders = {f"{parent.as_posix()}/" for parent in shown.parents if parent.name}
            pattern = re.sub(r"\.(\w+)(\.\w+)$", r".*\2", shown.as_posix())
            assert {shown.as_posix(), pattern} & named or folders & named, shown


@pytest.mark.parametrize("path", files("*.json"), ids=lambda path: str(path.relative_to(EXAMPLES)))
def test_json_parses(path):
    assert json.loads(path.read_text("utf-8"))


@pytest.mark.parametrize(
    "path", files("*.xml", "*.page", "*.resx", "*.svg"), ids=lambda path: str(path.relative_to(EXAMPLES))
)
def test_xml_parses(path):
    text = path.read_text("utf-8").replace("<apex:page ", '<apex:page xmlns:apex="urn:apex" ')
    assert ET.fromstring(text.encode()) is not None


@needs_node
@pytest.mark.parametrize("path", [*files("*.js"), *sorted(STATIC.glob("*.js"))], ids=lambda path: path.name)
def test_javascript_parses(path, tmp_path):
    module = re.search(r"^export ", path.read_text("utf-8"), re.MULTILINE)
    copy = tmp_path / ("file.mjs" if module else "file.cjs")
    shutil.copy(path, copy)
    done = subprocess.run([NODE, "--check", copy], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("path", files("*.py"), ids=lambda path: str(path.relative_to(EXAMPLES)))
def test_python_parses(path):
    compile(path.read_text("utf-8"), path.name, "exec")


@pytest.mark.parametrize("path", files("CardToken.cs", "server.js", "card_token.py"), ids=lambda path: path.name)
def test_every_minting_file_names_our_audience(path):
    assert f'"{AUDIENCE}"' in path.read_text("utf-8")


def test_uploaded_addresses_are_routes_of_ours():
    manifest = json.loads((EXAMPLES / "zendesk" / "manifest.json").read_text("utf-8"))
    assert manifest["signedUrls"] is True
    places = manifest["location"]["support"].values()
    assert {urlsplit(place["url"]).path for place in places} == {zendesk.PATH}
    canvases = files("*.connectedApp-meta.xml", "*.ecaCanvas-meta.xml")
    assert len(canvases) == 2
    for path in canvases:
        assert f"<canvasUrl>https://results.example.com{salesforce.PATH}</canvasUrl>" in path.read_text("utf-8")
    assert pipedrive.PATH in (ROOT / "docs" / "crm" / "pipedrive.md").read_text("utf-8")


def test_the_words_of_every_host_are_the_cards_as_the_script_writes_them():
    written = runpy.run_path(str(ROOT / "scripts" / "host_words.py"))["written"]()
    assert [path.name for path, text in written.items() if path.read_text("utf-8") != text] == [], "run `make docs`"
    assert {path.relative_to(EXAMPLES).parts[0] for path in written} == set(HOSTS) - {"salesforce", "zendesk"}


def test_freshworks_exports_what_its_manifest_declares_and_helpers_stand_after_that():
    manifest = json.loads((EXAMPLES / "freshworks" / "manifest.json").read_text("utf-8"))["modules"]["common"]
    code = (EXAMPLES / "freshworks" / "server" / "server.js").read_text("utf-8")
    before, exported, after = re.fullmatch(
        r"(.*?)^exports = \{\n(.*?)^\};\n(.*)", code, re.DOTALL | re.MULTILINE
    ).groups()
    assert re.findall(r"^  (\w+)\b", exported, re.MULTILINE) == list(manifest["functions"])
    assert "function" not in before.replace("helper functions", "")
    assert "function mintToken" in after
    assert set(re.findall(r'invokeTemplate\("(\w+)"', code)) == set(manifest["requests"])
    requests = json.loads((EXAMPLES / "freshworks" / "config" / "requests.json").read_text("utf-8"))
    assert set(requests) == set(manifest["requests"])
    page = (ROOT / "docs" / "crm" / "freshworks.md").read_text("utf-8")
    assert page.index("`fdk validate`") < page.index("`fdk run`") < page.index("`fdk pack`")


def test_the_two_copies_of_the_minting_file_are_one():
    copies = files("card_token.py")
    assert len(copies) == 2
    assert len({path.read_text("utf-8") for path in copies}) == 1


@pytest.mark.parametrize(
    "path",
    [
        *files("NetigateSatisfaction.page", "Satisfaction.css"),
        EXAMPLES / "freshworks" / "app" / "styles" / "style.css",
        EXAMPLES / "freshworks" / "app" / "scripts" / "app.js",
        STATIC / "zendesk.css",
    ],
    ids=lambda path: path.name,
)
def test_a_fixed_height_is_the_one_that_the_cards_page_names(path):
    wanted = re.search(r'height="(\d+)"', (ROOT / "docs" / "widget.md").read_text("utf-8"))[1]
    assert re.findall(r"\bheight\W+(\d+)px", path.read_text("utf-8")) == [wanted]
