"""Files from strangers that cost far more than their size, say what no number is, or hold what no text is.

Each test makes its own small file of a kind that once ended in a traceback, without end, or with gigabytes taken.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from dreambrush.cli import ending, run
from dreambrush.dream.dream import Dream
from dreambrush.errors import ExitCode, ModelError, OutputError, PictureError, StrokesError, UsageError
from dreambrush.files.json_text import MOST_VALUES, read_json, whole_characters
from dreambrush.models.catalogue import read_card
from dreambrush.mypaint.layer import Layer
from dreambrush.mypaint.ora.document import read_document
from dreambrush.mypaint.ora.layer_facts import facts_of_all
from dreambrush.mypaint.ora.openraster import write_openraster
from dreambrush.mypaint.strokemap import RecordedStroke, decode, encode
from dreambrush.pictures.colour_profiles import ToSrgb
from dreambrush.pictures.palette import parse_palette
from dreambrush.pictures.picture_sets import open_picture_set
from dreambrush.pictures.reading import load_picture
from dreambrush.recipe import Recipe
from tests.fuzz.base import Base, make, packed

SETTINGS = "data/mypaint-settings.json"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Base:
    return make(tmp_path_factory.mktemp("sound") / "files")


@pytest.fixture
def record(base: Base) -> dict[str, Any]:
    """A recipe, to be spoilt."""
    found: dict[str, Any] = json.loads(base.painting[SETTINGS])["dreambrush"]["paintings"][0]
    return found


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    yield


def save(base: Base, record: Any, **members: bytes) -> None:
    """A painting with that recipe."""
    settings = {**base.settings, "dreambrush": {"paintings": [record]}}
    Path("x.ora").write_bytes(packed({**base.painting, SETTINGS: json.dumps(settings).encode(), **members}))


# JSON


def test_json_that_takes_far_more_memory_than_its_text() -> None:
    assert read_json(b'{"a": [1, NaN]}')["a"][0] == 1
    with pytest.raises(ValueError, match="more than 5,000,000 values"):
        read_json("[" + "[]," * (MOST_VALUES // 2) + "[]]")
    with pytest.raises(ValueError, match="too deeply"):
        read_json("[" * 100_000 + "]" * 100_000)


def test_halves_of_characters_are_replaced() -> None:
    assert whole_characters("a\ud800b\udfff") == "a\ufffdb\ufffd" and whole_characters("\U0001f600é") == "\U0001f600é"


# Recipes and strokes


def test_a_recipe_with_halves_of_characters(
    base: Base, record: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    record["version"] = record["names"][0] = "\ud800"
    record["layers"] = ["A\udfff\n\x1b[31m", *record["layers"][1:]]
    record["options"]["palette"] = "\ud801"
    save(base, record)
    assert run(["inspect", "x.ora"]) == 0 and run(["replay", "x.ora", "-o", "out.ora", "-q"]) == 0
    out = capsys.readouterr().out
    assert "A\ufffd\\n\\x1b[31m" in out and "\x1b" not in out
    assert run(["inspect", "x.ora", "--strokes", "s.json"]) == 0 and "A\ufffd" in Path("s.json").read_text(
        encoding="utf-8"
    )


@pytest.mark.parametrize("value", [float("nan"), float("inf"), [[[]] * 200], "x" * 70_000])
def test_a_recipe_whose_options_are_none(
    base: Base, record: dict[str, Any], value: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    record["options"]["hand"] = value
    save(base, record)
    assert run(["replay", "x.ora", "-o", "out.ora"]) == ExitCode.BAD_STROKES
    capsys.readouterr()
    assert run(["inspect", "x.ora", "--json"]) == 0
    told = json.loads(capsys.readouterr().out, parse_constant=lambda word: pytest.fail(f"{word} is no JSON"))
    assert "recipe" in told["recipe_problem"] and not os.path.exists("out.ora")


def test_a_few_bytes_that_claim_a_million_strokes(record: dict[str, Any]) -> None:
    import base64

    record["strokes"] = base64.b64encode(zlib.compress(bytes(56 * 900_000), 9)).decode()
    assert len(record["strokes"]) < 80_000
    with pytest.raises(StrokesError, match="far more than it could hold"):
        Recipe.from_json(record)


@pytest.mark.parametrize("size", [[1 << 20, 1 << 20], [70_000, 1], [20_000, 6000]])
def test_a_recipe_of_more_pixels_than_there_is_memory_for(
    base: Base, record: dict[str, Any], size: list[int], capsys: pytest.CaptureFixture[str]
) -> None:
    record["size"], record["digests"] = size, ["0" * 32] * len(record["digests"])
    save(base, record)
    assert run(["inspect", "x.ora", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [told["paintings"][0][side] for side in ("width", "height")] == size
    if size != [70_000, 1]:
        assert told["changes"]["layers"][0]["pixels"] is None  # it cannot be told
    assert run(["replay", "x.ora", "-o", "out.png"]) == ExitCode.USAGE


@pytest.mark.parametrize("dabs", [1e6, 4.0])
def test_a_recipe_that_takes_hours_to_paint_is_still_told(
    base: Base,
    record: dict[str, Any],
    dabs: float,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What has changed since is then not looked into."""
    monkeypatch.setattr("dreambrush.replay.edits.LONGEST", -1.0)
    for brush in record["brushes"]:
        brush["settings"]["dabs_per_actual_radius"]["base_value"] = dabs
    record["digests"] = ["0" * 32] * len(record["digests"])
    save(base, record)
    assert run(["inspect", "x.ora", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["paintings"][0]["strokes"] == 42 and {each["pixels"] for each in told["changes"]["layers"]} <= {None, 0}


def test_recipes_without_number(base: Base, record: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    settings = {"dreambrush": {"paintings": [record] * 1001}}
    Path("x.ora").write_bytes(packed({**base.painting, SETTINGS: json.dumps(settings).encode()}))
    assert run(["replay", "x.ora", "-o", "out.png"]) == ExitCode.BAD_STROKES
    assert "more than 1,000" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("key", "value"), [("layers", ["a"] * 1001), ("brushes", ["oil"] * 1001), ("version", 10**4000)]
)
def test_strokes_with_more_names_than_anyone_needs(
    base: Base, key: str, value: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("x.json").write_text(json.dumps({**base.strokes, key: value}))
    assert run(["replay", "x.json", "-o", "out.png"]) == ExitCode.BAD_STROKES
    assert len(capsys.readouterr().err) < 500


@pytest.mark.slow
def test_layers_without_strokes_take_no_memory(base: Base) -> None:
    strokes = {**base.strokes, "size": [1024, 1024], "layers": ["l"] * 200, "strokes": base.strokes["strokes"][:1]}
    strokes["strokes"][0][13] = 0
    Path("x.json").write_text(json.dumps(strokes))
    assert peak_of("replay", "x.json", "-o", "out.png")[0] < 500  # 200 layers of 4 MB


def test_many_large_layers_with_strokes_are_refused(base: Base, capsys: pytest.CaptureFixture[str]) -> None:
    strokes = {**base.strokes, "size": [1024, 1024], "layers": ["l"] * 300}
    first = base.strokes["strokes"][0]
    strokes["strokes"] = [[*first[:13], layer] for layer in range(300)]
    Path("x.json").write_text(json.dumps(strokes))
    assert run(["replay", "x.json", "-o", "out.png"]) == ExitCode.USAGE
    assert "300 layers" in capsys.readouterr().err
    assert run(["replay", "x.json", "-o", "small.png", "--size", "64", "-q"]) == 0


# Stroke maps


def mask_map(strokes: int) -> bytes:
    """A stroke map of that many strokes with one tile each."""
    return encode([RecordedStroke.pack("{}", {(number % 3, 0): b"\1" * 4096}) for number in range(strokes)])


def shared_map(layers: int, *, apart: int = 0) -> bytes:
    """An .ora whose layers all name the same stroke map."""
    png = packed_png()
    rows = "".join(f'<layer src="a.png" x="{64 * apart * row}" mypaint_strokemap_v2="m.dat"/>' for row in range(layers))
    xml = f'<image w="300" h="48"><stack>{rows}</stack></image>'.encode()
    members = {"mimetype": b"image/openraster", "stack.xml": xml, "a.png": png, "m.dat": mask_map(500)}
    return packed(members)


def packed_png() -> bytes:
    from dreambrush.mypaint.ora.png import encode_png

    return encode_png(np.full((4, 4, 4), 200, np.uint8))


def test_a_stroke_map_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[bytes] = []

    def counting(data: bytes) -> list[RecordedStroke]:
        calls.append(data)
        return decode(data)

    monkeypatch.setattr("dreambrush.mypaint.ora.layer_facts.decode", counting)
    Path("x.ora").write_bytes(shared_map(200))
    with read_document("x.ora") as document:
        facts = facts_of_all(document.layers(), 300, 48)
    assert len(calls) == 1 and {fact.strokes for fact in facts.values()} == {500}
    Path("x.ora").write_bytes(shared_map(3, apart=1))
    with read_document("x.ora") as document:
        first, *others = facts_of_all(document.layers(), 300, 48).values()
    assert first.strokes == 500 and not first.problems
    assert all(fact.strokes is None and fact.records == 500 and "another layer" in fact.problems[0] for fact in others)


def test_a_stroke_map_that_unpacks_to_far_more(capsys: pytest.CaptureFixture[str]) -> None:
    one = b"s" + bytes([0, 0, 0, 0]) + bytes([0, 0, 0, 0])
    bomb = mask_map(1)[:-1] + one * 2_000_000 + b"}"
    xml = b'<image w="64" h="48"><stack><layer src="a.png" mypaint_strokemap_v2="m.dat"/></stack></image>'
    members = {"mimetype": b"image/openraster", "stack.xml": xml, "a.png": packed_png(), "m.dat": bomb}
    Path("x.ora").write_bytes(packed(members, 8))
    assert os.path.getsize("x.ora") < 100_000
    assert run(["inspect", "x.ora", "--json"]) == 0
    (layer,) = json.loads(capsys.readouterr().out)["layers"]
    assert layer["strokes"] is None and "more than" in layer["problems"][0]


# The archive and its list of layers


def test_members_that_lie_in_one_another(base: Base, capsys: pytest.CaptureFixture[str]) -> None:
    data = bytearray(packed(base.painting))
    entry = data.rindex(b"mergedimage.png") - 46
    data[entry + 20 : entry + 28] = (len(data) * 2).to_bytes(4, "little") * 2
    Path("x.ora").write_bytes(data)
    assert run(["inspect", "x.ora"]) == ExitCode.BAD_ORA
    assert "members that overlap" in capsys.readouterr().err


def test_offsets_that_are_none_where_no_layer_is(base: Base) -> None:
    """The background's place, and what is within a layer, is looked at by the writer only."""
    from dreambrush.mypaint.ora.insertion import insert_layers

    for x in ("nan", "1e999", "left"):
        xml = base.painting["stack.xml"].replace(b'name="background" x="0"', f'name="background" x="{x}"'.encode())
        assert xml != base.painting["stack.xml"]
        Path("x.ora").write_bytes(packed({**base.painting, "stack.xml": xml}))
        pixels = np.zeros((32, 48, 4), np.uint8)
        insert_layers("x.ora", f"{x}.ora", [Layer("new", pixels)], "group", record=dict)
        with read_document(f"{x}.ora") as document:
            assert document.background is not None


def test_a_work_whose_recipe_has_numbers_that_are_none(base: Base, record: dict[str, Any]) -> None:
    """That is found out after hours of painting; the painting must be saved all the same."""
    from dreambrush.mypaint.ora.insertion import insert_layers

    record["options"] = {"hand": float("nan"), "until": float("-inf"), "effort": 3}
    save(base, record)
    insert_layers("x.ora", "y.ora", [Layer("new", np.zeros((32, 48, 4), np.uint8))], "group", record=dict)
    with read_document("y.ora") as document:
        options = document.settings["dreambrush"]["paintings"][0]["options"]
    assert options == {"hand": None, "until": None, "effort": 3}


def test_pictures_that_many_layers_share_and_groups_that_change_everything(capsys: pytest.CaptureFixture[str]) -> None:
    big = packed_big_png(10_000, 10_000)
    members = {"mimetype": b"image/openraster", "a.png": big}
    group = '<stack isolation="isolate">'
    for inside in ('<layer src="a.png"/>' * 60, f"{group}</stack>" * 60, group * 60 + "</stack>" * 60):
        xml = f'<image w="10000" h="10000"><stack>{inside}</stack></image>'.encode()
        Path("x.ora").write_bytes(packed({**members, "stack.xml": xml}))
        end = ending(["render", "x.ora", "out.png"])
        assert end.error is not None and end.error.id == "too-much-to-render"
        assert "Merge some of them" in capsys.readouterr().err and not os.path.exists("out.png")


def packed_big_png(width: int, height: int, depth: int = 8, colour: int = 0) -> bytes:
    """A PNG that is little more than its header."""
    from tests.mypaint.hostile_files import chunk

    bits = depth * {0: 1, 2: 3, 6: 4}[colour]
    packer = zlib.compressobj(9)
    row = bytes(1 + width * bits // 8)
    rows = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([depth, colour, 0, 0, 0])
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_a_work_that_is_wider_than_any_canvas(base: Base, capsys: pytest.CaptureFixture[str]) -> None:
    members = {"mimetype": b"image/openraster", "a.png": packed_png()}
    members["stack.xml"] = b'<image w="40000" h="16"><stack><layer src="a.png"/></stack></image>'
    Path("x.ora").write_bytes(packed(members))
    words = ["paint", str(base.folder / "photo.png"), "--onto", "x.ora", "-o", "o.ora", "--strokes", "1"]
    assert run(words) == ExitCode.BAD_ORA
    assert "up to 32768" in capsys.readouterr().err


def test_settings_that_can_be_read_but_not_written_again(base: Base) -> None:
    """Reading and writing count how deeply JSON nests in ways of their own."""
    from dreambrush.mypaint.ora.insertion import insert_layers

    layer = Layer("new", np.zeros((32, 48, 4), np.uint8))
    for depth in range(880, 1000, 3):
        data = b'{"a": ' + b"[" * depth + b"]" * depth + b"}"
        Path("x.ora").write_bytes(packed({**base.painting, SETTINGS: data}))
        insert_layers("x.ora", "y.ora", [layer], "group", record=dict, overwrite=True)
        with read_document("y.ora") as document:
            assert "dreambrush" in document.settings


def test_a_member_that_claims_more_than_32_bits_is_not_copied(base: Base) -> None:
    """Nobody reads it, so what it claims is only found out where it is copied."""
    import struct

    from dreambrush.errors import OpenrasterError
    from dreambrush.mypaint.ora.insertion import insert_layers

    data = bytearray(packed({**base.painting, "data/other": b"x"}))
    entry = data.rindex(b"data/other") - 46
    zip64 = struct.pack("<HHQ", 1, 8, 1 << 40)
    struct.pack_into("<I", data, entry + 24, 0xFFFFFFFF)
    struct.pack_into("<H", data, entry + 30, len(zip64))
    at = entry + 46 + len(b"data/other")
    data[at:at] = zip64
    (size,) = struct.unpack_from("<I", data, data.rindex(b"PK\5\6") + 12)
    struct.pack_into("<I", data, data.rindex(b"PK\5\6") + 12, size + len(zip64))
    Path("x.ora").write_bytes(data)
    with pytest.raises(OpenrasterError, match="damaged or incomplete"):
        insert_layers("x.ora", "y.ora", [Layer("new", np.zeros((32, 48, 4), np.uint8))], "group", record=dict)
    assert not os.path.exists("y.ora")


# Unfinished paintings

UNFINISHED = "data/dreambrush-unfinished"


def resumed(base: Base, change: Callable[[Any, Any, dict[str, Any]], None]) -> int:
    """The exit code of going on with a painting whose call, state and arrays were changed."""
    import io

    head, _, state = base.unfinished[UNFINISHED].partition(b"\n")
    call, file = json.loads(head), io.BytesIO(state)
    record = json.loads(np.load(file).tobytes())
    arrays = {name: np.load(file) for name in record["arrays"]}
    change(call, record, arrays)
    out = io.BytesIO()
    for array in (np.frombuffer(json.dumps(record).encode(), np.uint8), *arrays.values()):
        np.save(out, array)
    member = json.dumps(call).encode() + b"\n" + out.getvalue()
    Path("photo.png").write_bytes((base.folder / "photo.png").read_bytes())
    Path("x.ora").write_bytes(packed({**base.unfinished, UNFINISHED: member}))
    return run(["paint", "--resume", "x.ora", "photo.png", "-q"])


CHANGES: dict[str, Callable[[Any, Any, dict[str, Any]], None]] = {
    "strokes are a text": lambda call, _, arrays: call["settings"].update(strokes="many"),
    "strokes are true": lambda call, _, arrays: call["settings"].update(strokes=True),
    "pigment is a number": lambda call, _, arrays: call["settings"].update(pigment=1),
    "hand is NaN": lambda call, _, arrays: call["settings"].update(hand=float("nan")),
    "a setting too much": lambda call, _, arrays: call["settings"].update(x=1),
    "the picture has a zero": lambda call, _, arrays: call.update(target="a\0"),
    "digests are a list": lambda call, _, arrays: call.update(digests=["x"]),
    "the size is a list": lambda call, _, arrays: call.update(size=[1]),
    "an even increment": lambda _, record, arrays: record["rng"]["state"].update(inc=0),
    "a huge state": lambda _, record, arrays: record["rng"]["state"].update(state=1 << 200),
    "no state": lambda _, record, arrays: record["rng"].pop("state"),
    "minus a billion swaps": lambda _, record, arrays: record["step"].update(swapped=-(10**9)),
    "paused is a text": lambda _, record, arrays: record["step"].update(paused="x"),
    "a name that is none": lambda _, record, arrays: record.update(layers=[None]),
    "time is NaN": lambda _, record, arrays: record.update(laid_layers=[{"name": "x"}]),
    "another brush": lambda _, __, arrays: arrays["sketch.brush"].__setitem__(0, 99),
    "a layer that is not there": lambda _, __, arrays: arrays["layer"].__setitem__(-1, 99),
    "strokes that are none": lambda _, __, arrays: arrays["sketch.strokes"].__setitem__((0, 0), np.inf),
    "earned nothing": lambda _, __, arrays: arrays["earned"].fill(0),
    "a canvas of whole numbers": lambda _, __, arrays: arrays.update(canvas=arrays["canvas"].astype(np.int32)),
    "candidates of another size": lambda _, __, arrays: arrays["candidates.size"].fill(999),
}


@pytest.mark.parametrize("name", CHANGES)
def test_an_unfinished_painting_that_was_changed(base: Base, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert resumed(base, CHANGES[name]) == ExitCode.BAD_STROKES
    assert capsys.readouterr().err.count("\n") == 2


def test_an_unfinished_painting_that_was_not(base: Base) -> None:
    assert resumed(base, lambda *_: None) == 0


# What comes beside pictures


@pytest.mark.parametrize("digits", ["0" * 5000 + "255", "9" * 5000, "\u0661"])
def test_a_palette_of_thousands_of_digits(digits: str) -> None:
    Path("x.gpl").write_text(f"GIMP Palette\n{digits} 1 1\n", encoding="utf-8")
    if digits.endswith("255"):
        assert parse_palette("x.gpl").colours[0].tolist() == [1, *[np.float32(1 / 255)] * 2]
        return
    with pytest.raises(UsageError, match="no colour in its line"):
        parse_palette("x.gpl")
    with pytest.raises(UsageError, match="must ask for 1 to 256 colours"):
        parse_palette(f"auto:{digits}")


def test_a_style_with_a_number_of_thousands_of_digits(base: Base, capsys: pytest.CaptureFixture[str]) -> None:
    Path("x.toml").write_text(f"strokes = 0x{'f' * 4000}\n")
    assert run(["paint", str(base.folder / "photo.png"), "--style", "x.toml"]) == ExitCode.USAGE
    assert "is too large" in capsys.readouterr().err


@pytest.mark.parametrize("reach", [10**400, float("nan"), 1e308, [], "oil", None])
def test_a_card_with_a_reach_that_is_none(tmp_path: Path, base: Base, reach: Any) -> None:
    card = {**json.loads((base.folder / "card.json").read_text()), "reach": reach}
    (tmp_path / "card.json").write_text(json.dumps(card))
    with pytest.raises(ModelError, match="no usable reach"):
        Dream(tmp_path)


def test_a_pipe_is_not_waited_for(tmp_path: Path, base: Base) -> None:
    """Nobody writes into these pipes: whoever opens one waits for ever."""
    for name in ("q.ora", "card.json", "dream.onnx", "x.npy", "order.conf"):
        os.mkfifo(name)
    photo = str(base.folder / "photo.png")
    assert peak_of("paint", photo, "-o", "q.ora", "--strokes", "1")[1] == ExitCode.OUTPUT
    with pytest.raises(ModelError):
        read_card(Path())
    with pytest.raises(PictureError):
        open_picture_set(Path("x.npy"))


def network(operator: str = "Sigmoid", scale: float = 1.0) -> bytes:
    """A network with the names of a dream's, that loops, or answers with what is no paint."""
    from onnx import TensorProto, helper

    strokes = helper.make_tensor_value_info("strokes", TensorProto.FLOAT, [None, 9])
    points = helper.make_tensor_value_info("points", TensorProto.FLOAT, [None, None, 2])
    outputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in ("mean", "variance")]
    nodes = [
        helper.make_node("ReduceSum", ["points", "axis"], ["sum"], keepdims=0),
        helper.make_node("Mul", ["sum", "scale"], ["scaled"]),
        helper.make_node(operator, ["scaled"], ["mean"]),
        helper.make_node("Sigmoid", ["sum"], ["variance"]),
    ]
    constants = [
        helper.make_tensor("axis", TensorProto.INT64, [1], [2]),
        helper.make_tensor("scale", TensorProto.FLOAT, [1], [scale]),
    ]
    if operator == "Loop":
        body = helper.make_graph([], "body", [], [])
        nodes[2] = helper.make_node("Loop", ["", ""], ["mean"], body=body)
    graph = helper.make_graph(nodes, "g", [strokes, points], outputs, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)
    return bytes(model.SerializeToString())


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        (network("Loop"), "operator 'Loop'"),
        (network("Identity", 1e6), "more paint"),
        (network("Transpose"), "other arrays"),
    ],
    ids=["loops", "too much", "another shape"],
)
def test_dreams_that_loop_or_answer_with_nonsense(tmp_path: Path, base: Base, model: bytes, reason: str) -> None:
    (tmp_path / "card.json").write_bytes((base.folder / "card.json").read_bytes())
    (tmp_path / "dream.onnx").write_bytes(model)
    with pytest.raises(ModelError, match=reason):
        Dream(tmp_path, threads=1)(np.ones((2, 9), np.float32), np.ones((2, 3, 2), np.float32))


def test_a_dream_of_no_numbers_dreams_of_nothing(tmp_path: Path, base: Base) -> None:
    (tmp_path / "card.json").write_bytes((base.folder / "card.json").read_bytes())
    (tmp_path / "dream.onnx").write_bytes(network("Identity", float("nan")))
    mean, _ = Dream(tmp_path, threads=1)(np.ones((2, 9), np.float32), np.ones((2, 3, 2), np.float32))
    assert (mean == 0).all()


# Pictures


def test_a_picture_that_has_no_palette() -> None:
    from tests.mypaint.hostile_files import chunk

    header = (9).to_bytes(4, "big") + (7).to_bytes(4, "big") + bytes([1, 3, 0, 0, 0])
    rows = zlib.compress(bytes(3 * 7))
    parts = [chunk(b"IHDR", header), chunk(b"IDAT", rows), chunk(b"IEND", b"")]
    Path("x.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(parts))
    with pytest.raises(PictureError, match="its colours are missing"):
        load_picture("x.png")


def test_arrays_that_unpack_to_far_more_or_have_a_header_that_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dreambrush.pictures.picture_sets.LARGEST_ARRAY", 1 << 20)
    np.savez_compressed("x.npz", x=np.zeros((1025, 32, 32), np.uint8))
    assert os.path.getsize("x.npz") < 1 << 16
    with pytest.raises(PictureError, match="more than 1 MiB"):
        open_picture_set(Path("x.npz"))
    import zipfile

    with zipfile.ZipFile("y.npz", "w") as archive:
        archive.writestr("y.txt", b"no array")
    with pytest.raises(PictureError, match="which is not a set of pictures"):
        open_picture_set(Path("y.npz"))


def test_means_of_boxes_are_as_light_as_the_filter() -> None:
    """A picture that is far larger than wanted is reduced in another way, to the same colours."""
    from dreambrush.pictures import reading as pictures

    rng = np.random.default_rng(5)
    Image.fromarray(rng.integers(0, 256, (301, 400, 4), np.uint8)).resize((800, 602)).save("x.png")
    usual = load_picture("x.png", 20, keep_alpha=True)
    with Image.open("x.png") as image:
        image.load()
        far = pictures._far_smaller(image, ToSrgb(image), 20, 15, 4)
    assert usual.shape == far.shape
    np.testing.assert_allclose(far, usual, atol=0.02)
    assert abs(float(far.mean() - usual.mean())) < 0.001


# What is written


def test_nothing_is_written_of_a_file_that_is_then_refused(base: Base, record: dict[str, Any]) -> None:
    save(base, record, **{"data/background-05-tile.png": base.painting["data/background-05-tile.png"][:60]})
    assert run(["inspect", "x.ora", "--strokes", "o.json", "--svg", "o.svg"]) == ExitCode.BAD_ORA
    assert os.listdir() == ["x.ora"]


@pytest.mark.parametrize("largest", [100, 3000, 15_000])
def test_brushes_are_installed_all_or_none_on_a_full_disk(tmp_path: Path, largest: int) -> None:
    user = tmp_path / "data" / "mypaint" / "brushes"
    code, _ = in_a_child(("brushes", "--install"), largest_file=largest)
    assert code == ExitCode.OUTPUT and not user.parent.exists()
    assert run(["brushes", "--install"]) == 0
    (user / "dreambrush" / "oil.myb").unlink()
    order = (user / "order.conf").read_bytes()
    kept = sorted(path.name for path in user.rglob("*"))
    code, _ = in_a_child(("brushes", "--install"), largest_file=100)
    assert code == ExitCode.OUTPUT and sorted(path.name for path in user.rglob("*")) == kept
    assert (user / "order.conf").read_bytes() == order


def test_files_are_put_back_where_a_later_one_cannot_take_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    from dreambrush.files import output

    Path("a").write_bytes(b"old")
    give_name, named = output._give_name, list[Path]()

    def fails_at_the_last(temporary: Path, target: Path, *, overwrite: bool) -> None:
        if len(named) == 2:
            raise OSError(28, "No space left on device")
        named.append(target)
        give_name(temporary, target, overwrite=overwrite)

    monkeypatch.setattr(output, "_give_name", fails_at_the_last)
    with pytest.raises(OutputError, match="No space left"):
        output.write_together({Path("b"): b"1", Path("a"): b"2", Path("c"): b"3"}, overwrite=True)
    assert os.listdir() == ["a"] and Path("a").read_bytes() == b"old" and len(named) == 2


# Limits of memory and time, in processes of their own


def in_a_child(words: tuple[str, ...], largest_file: int | None = None) -> tuple[int, int]:
    """Exit code of a command, and the most memory that it took, in MB."""
    code = (
        "import resource, signal, sys\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        f"size = {largest_file}\n"
        "size is None or resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))\n"
        "from dreambrush.cli import run\n"
        "code = run(sys.argv[1:])\n"
        # Not ru_maxrss, which begins with what the parent had.
        "print(int(open('/proc/self/status').read().split('VmHWM:')[1].split()[0]) // 1024, file=sys.__stdout__)\n"
        "sys.exit(code)\n"
    )
    done = subprocess.run([sys.executable, "-B", "-c", code, *words], capture_output=True, text=True, timeout=120)
    assert done.stdout.strip(), done.stderr
    return done.returncode, int(done.stdout.split()[-1])


def peak_of(*words: str) -> tuple[int, int]:
    """The most memory that a command took, in MB, and its exit code."""
    code, megabytes = in_a_child(words)
    return megabytes, code


def hungry_settings() -> bytes:
    return b'{"dreambrush": [' + b"[]," * 20_000_000 + b"[]]}"


HUNGRY: dict[str, Callable[[Base], tuple[str, ...]]] = {}


def hungry(function: Callable[[Base], tuple[str, ...]]) -> Callable[[Base], tuple[str, ...]]:
    HUNGRY[function.__name__] = function
    return function


@hungry
def settings_of_empty_lists(base: Base) -> tuple[str, ...]:
    Path("x.ora").write_bytes(packed({**base.painting, SETTINGS: hungry_settings()}, 8))
    return "inspect", "x.ora"


@hungry
def strokes_of_empty_lists(base: Base) -> tuple[str, ...]:
    Path("x.json").write_bytes(b'{"strokes": [' + b"[]," * 20_000_000 + b"[]]}")
    return "replay", "x.json", "-o", "out.png"


@hungry
def a_deep_picture(base: Base) -> tuple[str, ...]:
    Path("x.png").write_bytes(packed_big_png(13_300, 13_300, 16))
    return "paint", "x.png", "--size", "64", "--strokes", "1", "-o", "out.ora"


@hungry
def a_very_wide_picture(base: Base) -> tuple[str, ...]:
    Path("x.png").write_bytes(packed_big_png(1_000_000, 150, 8, 2))
    return "paint", "x.png", "--size", "64", "--strokes", "1", "-o", "out.ora"


@hungry
def a_large_jpeg(base: Base) -> tuple[str, ...]:
    Image.new("L", (12_000, 9_000), 90).convert("RGB").save("x.jpg")
    return "paint", "x.jpg", "--size", "64", "--strokes", "1", "-o", "out.ora"


@hungry
def a_large_webp(base: Base) -> tuple[str, ...]:
    Image.new("RGB", (16_000, 11_000), (9, 90, 200)).save("x.webp", lossless=True, quality=0, method=0)
    return "paint", "x.webp", "--size", "64", "--strokes", "1", "-o", "out.ora"


@pytest.mark.slow
@pytest.mark.parametrize("name", HUNGRY)
def test_no_more_than_a_gigabyte_is_taken(base: Base, name: str) -> None:
    words = HUNGRY[name](base)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    code, megabytes = in_a_child(words)
    now = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert code in (0, *(each for each in ExitCode if each != ExitCode.UNEXPECTED)) and megabytes < 1000
    assert now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime < 40  # seconds; 40 were taken, and more


def parse_json_strokes(changes: dict[str, Any]) -> None:
    from dreambrush.strokes import Strokes

    document = {
        "format": "dreambrush strokes",
        "version": 1,
        "size": [9, 9],
        "brushes": [],
        "layers": [],
        "strokes": [],
    }
    Strokes.from_json(json.dumps({**document, **changes}))


def test_what_write_openraster_makes_is_still_read(tmp_path: Path) -> None:
    """The limits are far from what dreambrush writes itself: 600 layers with strokes of their own."""
    pixels = np.zeros((8, 8, 4), np.uint8)
    layers = [
        Layer(str(number), pixels, strokes=[RecordedStroke.pack("{}", {(0, 0): bytes(4096)})]) for number in range(600)
    ]
    write_openraster(tmp_path / "x.ora", layers, np.full(3, 9, np.uint8), settings={})
    with read_document(tmp_path / "x.ora") as document:
        facts = facts_of_all(document.layers(), 8, 8)
    assert len(facts) == 600 and all(fact.strokes == 1 and not fact.problems for fact in facts.values())
