"""The page of ``inspect --html``, in a real browser."""

from __future__ import annotations

import base64
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

from dreambrush.arrays import Float64, Pixels
from dreambrush.gallery.painting_page import NO_STROKES
from dreambrush.mypaint.layer import Layer
from dreambrush.mypaint.ora.document import read_document
from dreambrush.mypaint.ora.openraster import write_openraster
from dreambrush.mypaint.ora.render import render_document
from dreambrush.recipe import Recipe, recipes_to_settings
from dreambrush.replay.repaint import repaint
from dreambrush.strokes import Strokes
from tests.gallery.browser import Browser
from tests.gallery.conftest import inspected
from tests.mypaint.ora_files import OraFile, noise
from tests.replay.test_edits import some_recipe

HOSTILE = "</script><img src=x onerror=\"document.title='owned'\">\u202e'&amp;"


def saved(path: Path, recipe: Recipe, *more: Layer) -> Path:
    """A painting, perhaps with more layers on top."""
    again = repaint(recipe)
    if more:
        settings = recipes_to_settings([again.recipe])
        write_openraster(path, [*again.layers, *more], again.background, settings=settings)
    else:
        again.save_openraster(path)
    return path


def two_strokes() -> Recipe:
    """A flat stroke across, and a bent one on the layer above, that touch nowhere."""
    recipe = some_recipe(n=2)
    strokes = Strokes(
        path=np.array([[[12, 20], [60, 20], [100, 20]], [[30, 70], [60, 40], [96, 76]]], np.float32),
        pressure=np.array([[0.5, 0.5], [0.2, 1.0]], np.float32),
        radius=np.array([6, 5], np.float32),
        colour=np.array([[1, 0, 0], [0, 0, 1]], np.float32),
        brush=np.array([0, 0], np.int32),
        layer=np.array([0, 1], np.int32),
        size=recipe.strokes.size,
        brushes=("oil",),
        layers=("Low", "High"),
    )
    from dreambrush.models.catalogue import find_brush
    from dreambrush.mypaint.engine.myb import read_myb

    brush = find_brush("oil")
    settings = (read_myb(brush.path),)
    return replace(recipe, strokes=strokes, brushes=settings, names=(brush.mypaint_name,), digests=("", ""))


def decoded(address: str) -> Pixels:
    """The picture in a data: address."""
    with Image.open(io.BytesIO(base64.b64decode(address.partition(",")[2]))) as image:
        return np.asarray(image)


def canvas(browser: Browser) -> Pixels:
    """What is drawn, (h, w, 4)."""
    return decoded(browser.value("document.getElementById('paint').toDataURL()"))


def stage(browser: Browser) -> dict[str, str]:
    found: dict[str, str] = browser.value("({...document.getElementById('stage').dataset})")
    return found


def slide(browser: Browser, to: int) -> Pixels:
    """Moves the slider to a number of strokes, as a hand would."""
    browser.value(
        f"(() => {{ const s = document.getElementById('strokes'); s.value = {to};"
        "s.dispatchEvent(new Event('input', {bubbles: true})); })()"
    )
    browser.settle()
    return canvas(browser)


def shown(browser: Browser) -> bool:
    """Whether a picture covers the drawing."""
    covered: bool = browser.value("!document.getElementById('shown').hidden")
    return covered


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return inspected(saved(tmp_path_factory.mktemp("page") / "painting.ora", some_recipe()))


def test_at_the_end_it_shows_the_real_picture_to_the_last_bit(browser: Browser, page: Path) -> None:
    browser.open(page)
    assert stage(browser) | {"marked": ""} == {
        "work": "0", "drawn": "30", "view": "0", "playing": "false", "marked": ""
    }  # fmt: skip
    assert shown(browser)
    with read_document(page.with_suffix(".ora")) as document:
        real = render_document(document)
    assert (decoded(browser.value("document.getElementById('shown').src")) == real).all()
    assert "Now. All strokes are laid" in browser.value("document.getElementById('caption').textContent")


def test_the_slider_at_n_draws_n_strokes_forwards_and_back(browser: Browser, page: Path) -> None:
    browser.open(page)
    ground = slide(browser, 0)
    assert (ground == (128, 120, 90, 255)).all() and stage(browser)["drawn"] == "0" and not shown(browser)
    five, twenty = slide(browser, 5), slide(browser, 20)
    assert stage(browser)["drawn"] == "20"
    assert "Drawn by the browser" in browser.value("document.getElementById('caption').textContent")
    assert "20 of 30" in browser.value("document.getElementById('count').textContent")
    assert (five != twenty).any()
    assert (slide(browser, 5) == five).all() and (slide(browser, 0) == ground).all()


def test_each_stroke_is_where_it_was_painted(browser: Browser, tmp_path: Path) -> None:
    browser.open(inspected(saved(tmp_path / "two.ora", two_strokes())))
    ground, one, two = (slide(browser, n).astype(int)[..., :3] for n in (0, 1, 1))
    browser.value("painterOf(0).lay(2); painterOf(0).show(by('paint'), 0)")
    two = canvas(browser).astype(int)[..., :3]
    first, second = ((a != b).any(-1) for a, b in ((ground, one), (one, two)))
    real = repaint(two_strokes())
    for drawn, layer in ((first, real.layers[0]), (second, real.layers[1])):
        painted = layer.pixels[..., 3] > 127
        around = np.asarray(Image.fromarray(layer.pixels[..., 3]).filter(ImageFilter.MaxFilter(7))) > 0
        assert (drawn & painted).sum() > 0.9 * painted.sum() > 0
        assert not (drawn & ~around).any()
    assert one[20, 60].tolist() == [255, 0, 0]


def test_the_drawing_is_like_the_painting(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.value("painterOf(0).lay(30); painterOf(0).show(by('paint'), 0)")
    drawn, real = canvas(browser)[..., :3] / 255.0, decoded(browser.value("by('shown').src"))[..., :3] / 255.0
    ground = np.array([128, 120, 90]) / 255

    def error(picture: Float64) -> float:
        return float(np.mean((picture - real) ** 2))

    assert error(drawn) < 0.3 * error(np.broadcast_to(ground, real.shape))


def test_a_stroke_on_a_low_layer_stays_below(browser: Browser, tmp_path: Path) -> None:
    recipe = two_strokes()
    path = np.repeat(recipe.strokes.path[:1], 2, 0)  # both in one place, the upper layer first
    strokes = replace(recipe.strokes, path=path, layer=np.array([1, 0], np.int32))
    browser.open(inspected(saved(tmp_path / "low.ora", replace(recipe, strokes=strokes))))
    upper = slide(browser, 1)
    browser.value("painterOf(0).lay(2); painterOf(0).show(by('paint'), 0)")
    assert canvas(browser)[20, 60].tolist() == upper[20, 60].tolist() == [255, 0, 0, 255]


def test_it_plays_and_pauses_by_the_keyboard(browser: Browser, page: Path) -> None:
    browser.open(page, "#stroke=5")
    assert stage(browser)["drawn"] == "5"
    browser.press("ArrowLeft")
    assert stage(browser)["drawn"] == "4"
    browser.press(" ")
    browser.until("Number(document.getElementById('stage').dataset.drawn) > 4")
    browser.press(" ")
    paused = stage(browser)
    assert paused["playing"] == "false" and browser.value("by('play').innerText").strip().endswith("Play")
    assert 4 < int(paused["drawn"]) < 30
    slide(browser, 29)
    browser.press(" ")
    browser.until("document.getElementById('stage').dataset.playing === 'false'")
    assert stage(browser)["drawn"] == "30" and shown(browser)
    reached = browser.value(
        "[...document.querySelectorAll('button:not([hidden]), input, summary')].every((each) => each.tabIndex >= 0)"
    )
    assert reached


def test_the_pointer_tells_the_stroke_under_it(browser: Browser, tmp_path: Path) -> None:
    browser.open(inspected(saved(tmp_path / "two.ora", two_strokes())))
    box = browser.value(
        "(({left, top, width, height}) => [left, top, width, height])(by('frame').getBoundingClientRect())"
    )
    width, height = two_strokes().strokes.size

    def words(x: float, y: float) -> str:
        browser.move(box[0] + box[2] * x / width, box[1] + box[3] * y / height)
        told: str = browser.value("document.getElementById('stroke').textContent")
        return told

    assert words(60, 20) == "Stroke 1 of 2: oil, #ff0000, 12 pixels wide, pressure 0.50 to 0.50, on “Low”"
    assert stage(browser)["marked"] == "0"
    assert words(62, 57).startswith("Stroke 2 of 2: oil, #0000ff, 10 pixels wide, pressure 0.20 to 1.00")
    rim = decoded(browser.value("by('over').toDataURL()"))
    assert rim[..., 3].any() and not rim[57, 62, 3]  # only its outline is marked
    words(3, 90)
    assert stage(browser)["marked"] == "-1"


def test_no_name_becomes_markup(browser: Browser, tmp_path: Path) -> None:
    recipe = two_strokes()
    strokes = replace(recipe.strokes, brushes=(HOSTILE,), layers=(HOSTILE, "{{script}}"))
    made_with = {HOSTILE: HOSTILE}
    recipe = replace(recipe, strokes=strokes, version=HOSTILE, made_with=made_with, options={"style": HOSTILE})
    hers = Layer(HOSTILE, np.full((*recipe.strokes.size[::-1], 4), 99, np.uint8))
    ora = saved(tmp_path / f"{HOSTILE.replace('/', '')}.ora", recipe, hers)
    before = {path.name for path in tmp_path.iterdir()}
    page = inspected(ora)
    assert {path.name for path in tmp_path.iterdir()} - before == {page.name}
    browser.open(page)
    assert "owned" not in browser.value("document.title").split("onerror")[0]
    assert browser.value("document.images.length") == browser.value(
        "document.querySelectorAll('img[src^=\"data:\"]').length"
    )
    assert browser.value("document.scripts.length") == 2
    names = browser.value("[...document.querySelectorAll('.tree bdi')].map((each) => each.textContent)")
    assert names[0] == HOSTILE.replace("\u202e", "\ufffd") and "{{script}}" in names
    assert "on “" in browser.value("document.getElementById('stroke').textContent")


def test_another_artist_s_file_says_that_there_are_no_strokes(browser: Browser, tmp_path: Path) -> None:
    ora = OraFile(90, 70, None)
    ora.layer(noise(1, 40, 50), name=HOSTILE, opacity=0.37)
    ora.group(name="")
    ora.save(tmp_path / "hers.ora")
    browser.open(inspected(tmp_path / "hers.ora"))
    text = browser.value("document.body.textContent")
    assert NO_STROKES in text and "no strokes to show" in text and "opacity 37 %" in text
    assert browser.value("document.getElementById('stage')") is None
    with read_document(tmp_path / "hers.ora") as document:
        real = render_document(document)
    there = decoded(browser.value("document.images[0].src"))
    assert (there[..., 3] == real[..., 3]).all() and (there == real)[real[..., 3] > 0].all()


def test_a_file_that_cannot_be_rendered_says_so(browser: Browser, tmp_path: Path) -> None:
    ora = OraFile(30, 20, None)
    ora.layer(noise(1, 20, 30), name="Odd", composite_op="krita:odd")
    ora.save(tmp_path / "odd.ora")
    browser.open(inspected(tmp_path / "odd.ora"))
    assert "The picture itself is missing here." in browser.value("document.body.textContent")
    assert browser.value("document.images.length") == 0


def test_what_the_artist_changed_is_shown(browser: Browser, tmp_path: Path) -> None:
    recipe = some_recipe()
    pixels = np.zeros((*recipe.strokes.size[::-1], 4), np.uint8)
    pixels[10:20, 30:50] = 255, 0, 0, 255
    browser.open(inspected(saved(tmp_path / "changed.ora", recipe, Layer("Hers", pixels))))
    left, now, what = (decoded(browser.value(f"by('view-0-{view}').src")).astype(int) for view in range(3))
    assert (left[..., :3] == repaint(recipe).merged()).all()
    assert (now[15, 40] == (255, 0, 0)).all() and (what[15, 40] == (255, 0, 0)).all()
    assert what[60, 60].min() > 180 and np.ptp(what[60, 60]) == 0  # faded where it is as it was
    assert "added: “Hers”" in browser.value("document.body.textContent")
    assert (decoded(browser.value("by('shown').src")) == left).all()  # the strokes lead to what was left
    browser.value("document.querySelector('#views [data-view=\"1\"]').click()")
    browser.settle()
    assert (decoded(browser.value("by('shown').src")) == now).all() and stage(browser)["view"] == "1"


def test_a_transparent_painting_is_cut_to_its_shape(browser: Browser, tmp_path: Path) -> None:
    recipe = some_recipe(shaped=True)
    browser.open(inspected(saved(tmp_path / "shaped.ora", recipe)))
    drawn = slide(browser, 20)
    assert recipe.alpha is not None
    assert (drawn[..., 3][recipe.alpha == 0] == 0).all() and (drawn[..., 3][recipe.alpha == 255] == 255).all()


def test_work_lies_under_what_was_painted_onto_it(browser: Browser, tmp_path: Path) -> None:
    first, second = (repaint(some_recipe(seed, n=n)) for seed, n in ((1, 9), (2, 12)))
    recipes = [first.recipe, replace(second.recipe, ground=None)]
    layers = [*first.layers, *second.layers]
    write_openraster(tmp_path / "onto.ora", layers, first.background, settings=recipes_to_settings(recipes))
    browser.open(inspected(tmp_path / "onto.ora"), "#work=2&stroke=0")
    assert stage(browser) == {"work": "1", "drawn": "0", "view": "strokes", "playing": "false"}
    assert (canvas(browser)[..., :3] == first.merged()).all()
    assert "onto" in browser.value("by('stroke').textContent")


def test_it_fits_a_phone_and_is_legible_in_both_schemes(browser: Browser, page: Path) -> None:
    light = []
    for dark in (False, True):
        browser.open(page, size=(390, 844), dark=dark)
        assert browser.value("document.documentElement.scrollWidth") <= 390
        assert (
            browser.value("Math.min(...[...document.querySelectorAll('#stage button')].map((b) => b.offsetHeight))")
            >= 44
        )
        ink, wall, soft = (
            browser.value(f"getComputedStyle(document.querySelector('{where}')).{what}")
            for where, what in (("body", "color"), ("body", "backgroundColor"), (".help", "color"))
        )
        light.append(luminance(wall))
        for text in (ink, soft):
            low, high = sorted((luminance(text), luminance(wall)))
            assert (high + 0.05) / (low + 0.05) >= 4.5  # WCAG 2.2, AA
    assert light[0] > 0.8 and light[1] < 0.05


def luminance(colour: str) -> float:
    """Of "rgb(r, g, b)", as WCAG has it."""
    levels = np.array([int(part) for part in colour[4:-1].split(",")]) / 255
    linear = np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def test_it_may_not_reach_a_network_nor_run_what_is_not_its_own(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.own = False
    assert browser.value("fetch('http://127.0.0.1:9/').then(() => 'reached', () => 'refused')") == "refused"
    browser.value(
        "(() => { const s = document.createElement('script'); s.textContent = 'window.ran = 1';"
        "document.body.append(s); })()"
    )
    browser.value("document.body.insertAdjacentHTML('beforeend', '<img src=\"http://127.0.0.1:9/x.png\">')")
    browser.settle()
    browser.finish()
    assert browser.value("window.ran ?? 'never'") == "never"
    assert sum("Content Security Policy" in said for said in browser.said) >= 3


def test_without_scripts_the_pictures_are_there(browser: Browser, page: Path) -> None:
    browser.ask("Emulation.setScriptExecutionDisabled", value=True)
    try:
        browser.open(page, settle=False)
        assert browser.value("document.getElementById('view-0-0').offsetHeight") > 20
        assert browser.value("document.getElementById('stage').offsetHeight") == 0
    finally:
        browser.ask("Emulation.setScriptExecutionDisabled", value=False)
