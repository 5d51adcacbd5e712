"""The files of the card: small, without a door for scripts, and legible in both themes."""

import re
import runpy
from itertools import pairwise
from pathlib import Path

import pytest

from service.widget.assets import load_assets
from service.widget.chart import HEIGHT, MOST_DOTS, PAD, WIDTH

KIT = load_assets()
ROOT = Path(__file__).parents[3]
SCRIPT = runpy.run_path(str(ROOT / "scripts" / "embed.py"))
SOURCES = ROOT / "service" / "widget" / "source"
EMBED = "".join(path.read_text("utf-8") for path in sorted(SOURCES.glob("*.js")))
CSS = KIT.files["card.css"].body.decode()


def test_embed_js_was_built_from_its_sources():
    assert KIT.files["embed.js"].body.decode().startswith(SCRIPT["first_line"]())


def test_embed_js_is_at_most_12_kb():
    assert len(KIT.files["embed.js"].body) <= 12_000


@pytest.mark.parametrize("name", ["embed.js", "page.js", "gallery.js"])
def test_no_script_makes_markup_or_code_of_text(name):
    script = KIT.files[name].body.decode()
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\b|new Function|localStorage|cookie", script
    )


def test_the_component_draws_its_chart_in_the_servers_size():
    assert f"const [W, H, PAD, DOTS] = [{WIDTH}, {HEIGHT}, {PAD}, {MOST_DOTS}]" in EMBED


def test_the_component_says_only_what_there_are_texts_for():
    said = set(re.findall(r'\bt\.say\("([\w.]+)"', EMBED))
    assert len(said) > 8
    words = list(KIT.texts["en"].words)
    # A key that ends in a dot is the first half of one.
    assert [
        key for key in said if not any(word == key or (key[-1] == "." and word.startswith(key)) for word in words)
    ] == []


def channel(value):
    share = value / 255
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4


def luminance(colour):
    red, green, blue = (channel(int(colour[index : index + 2], 16)) for index in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def palettes():
    """The colours of each band and theme, as the style sheet sets them."""
    blocks = re.findall(r'\.card(?:\[data-band="(\w+)"\])? \{(.*?)\n\}', CSS, re.DOTALL)
    base, *bands = [
        (name, dict(re.findall(r"--([\w-]+): light-dark\((#\w{6}, #\w{6})\)", block))) for name, block in blocks
    ]
    for name, own in [("neutral", {}), *bands]:
        for theme in (0, 1):
            yield f"{name}-{theme}", {key: value.split(", ")[theme] for key, value in (base[1] | own).items()}


TEXT, SHAPE = 4.5, 3.0  # WCAG 1.4.3 and 1.4.11
PAIRS = [
    ("text", "ground", TEXT), ("soft", "ground", TEXT), ("soft", "faint", TEXT), ("text", "faint", TEXT),
    ("tone-text", "tone-ground", TEXT), ("warn-text", "warn-ground", TEXT), ("tone", "tone-ground", SHAPE),
    ("tone", "ground", SHAPE), ("focus", "ground", SHAPE), ("focus", "faint", SHAPE), ("soft", "low-zone", SHAPE),
]  # fmt: skip


def test_every_band_has_a_palette_in_both_themes():
    assert len(dict(palettes())) == 10


@pytest.mark.parametrize(("name", "palette"), list(palettes()))
def test_every_pair_of_colours_is_legible(name, palette):
    faint = [
        (f, g, contrast(palette[f], palette[g])) for f, g, least in PAIRS if contrast(palette[f], palette[g]) < least
    ]
    assert faint == []


def test_contrast_is_measured_as_wcag_does():
    assert round(contrast("#000000", "#ffffff"), 1) == 21.0
    assert round(contrast("#767676", "#ffffff"), 2) == 4.54


def test_the_bands_differ_in_lightness_or_hue_from_their_neighbours():
    tones = [palette["tone"] for name, palette in palettes() if name.endswith("-0")]
    assert all(one != other for one, other in pairwise(tones))


def test_a_new_release_has_new_addresses():
    versions = [asset.version for asset in [*KIT.files.values(), *KIT.bundles.values()]]
    assert len(set(versions)) == len(versions)
    assert all(re.fullmatch(r"[0-9a-f]{12}", version) for version in versions)
