"""Salesforce's metadata against Salesforce's own library, and each file's fields against its published types."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET

import pytest

from .conftest import EXAMPLES, needs, run, type_check

ROOT = EXAMPLES / "salesforce"
NEW = ROOT / "force-app" / "main" / "default"
APP = "Netigate_results"
NAMESPACE = "{http://soap.sforce.com/2006/04/metadata}"
METADATA = sorted(path for path in NEW.rglob("*-meta.xml") if "pages" not in path.parts)
# What the types ask for and a file may leave out: lists of which there are none.
EMPTY_LISTS = ("canvasOptions", "customAttributes", "trustedIpRanges")

CONVERT = """
const { ComponentSet, MetadataConverter } = require("@salesforce/source-deploy-retrieve");
const [root, out] = process.argv.slice(2);
const told = (set) => set.getSourceComponents().toArray().map((one) => [one.type.name, one.fullName]).sort();
(async () => {
  const source = ComponentSet.fromSource([`${root}/force-app`]);
  source.sourceApiVersion = "66.0";
  const folder = { type: "directory", outputDirectory: out, genUniqueDir: false };
  await new MetadataConverter().convert(source, "metadata", folder);
  const manifest = { manifestPath: `${root}/package.xml`, resolveSourcePaths: [`${root}/force-app`] };
  const old = ComponentSet.fromSource([`${root}/connected-app`]);
  console.log(JSON.stringify({
    source: told(source), manifest: told(await ComponentSet.fromManifest(manifest)), old: told(old),
  }));
})();
"""


@needs("@salesforce/source-deploy-retrieve")
def test_source_deploy_retrieve_takes_every_file_for_what_it_is_and_packs_it(workshop):
    script = workshop / "convert.cjs"
    script.write_text(CONVERT, "utf-8")
    done = run("node", script, ROOT, workshop / "out", cwd=workshop)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["source"] == [
        ["ApexPage", "NetigateSatisfaction"],
        ["ExternalClientApplication", APP],
        ["ExtlClntAppCanvasSettings", f"{APP}_canvas"],
        ["ExtlClntAppConfigurablePolicies", f"{APP}_plcy"],
        ["ExtlClntAppGlobalOauthSettings", f"{APP}_glbloauth"],
        ["ExtlClntAppOauthConfigurablePolicies", f"{APP}_oauthplcy"],
        ["ExtlClntAppOauthSettings", f"{APP}_oauth"],
    ]
    assert told["manifest"] == told["source"]
    assert told["old"] == [["ConnectedApp", APP]]
    packed = {path.relative_to(workshop / "out").as_posix() for path in (workshop / "out").rglob("*") if path.is_file()}
    assert "extlClntAppCanvasSettings/Netigate_results_canvas.ecaCanvas" in packed
    version = ET.parse(workshop / "out" / "package.xml").findtext(f"{NAMESPACE}version")
    assert version == "66.0"


def fields_of(path):
    """A metadata file as JavaScript would hold it: what repeats is a list, true and false are no text."""
    fields = {}
    for element in ET.parse(path).getroot():
        name, text = element.tag.removeprefix(NAMESPACE), element.text
        value = {"true": True, "false": False}.get(text, text)
        if name == "canvasLocationOptions":
            fields.setdefault(name, []).append(value)
        else:
            assert name not in fields, f"{name} twice"
            fields[name] = value
    return fields


@needs("@salesforce/types")
@needs("typescript")
@pytest.mark.parametrize("break_it", [False, True])
def test_every_field_is_one_that_salesforces_types_know(workshop, break_it):
    lists = " | ".join(f'"{name}"' for name in EMPTY_LISTS)
    lines = [f"type WithoutLists<T> = Omit<T, {lists}> & Partial<T>;\n"]
    for number, path in enumerate(METADATA):
        kind = ET.parse(path).getroot().tag.removeprefix(NAMESPACE)
        fields = fields_of(path) | ({"noSuchField": "x"} if break_it and number == 0 else {})
        lines.append(
            f'import type {{ {kind} as T{number} }} from "@salesforce/types/metadata";\n'
            f"export const file{number}: WithoutLists<T{number}> = {json.dumps(fields)};\n"
        )
    (workshop / "check.ts").write_text("\n".join(lines), "utf-8")
    done = type_check(workshop, {"strict": True, "module": "nodenext", "moduleResolution": "nodenext"}, ["check.ts"])
    if break_it:
        assert "noSuchField" in done.stdout
    else:
        assert done.returncode == 0, done.stdout


def test_every_part_belongs_to_the_one_app():
    assert (NEW / "externalClientApps" / f"{APP}.eca-meta.xml").is_file()
    parts = [path for path in METADATA if "externalClientApps" not in path.parts]
    assert len(parts) == 5
    assert {fields_of(path)["externalClientApplication"] for path in parts} == {APP}
    page = (NEW / "pages" / "NetigateSatisfaction.page").read_text("utf-8")
    assert re.findall(r'developerName="(\w+)"', page) == [APP]


def test_no_file_holds_a_key_or_a_secret():
    for path in METADATA:
        assert not {"consumerKey", "consumerSecret"} & set(fields_of(path))
