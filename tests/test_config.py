"""Settings come from the right place, and files that are no good are refused with a word on what to do."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreambrush import config
from dreambrush.config import (
    Setting,
    combine,
    setting_of,
    settings_beside,
    settings_of_environment,
    settings_of_file,
    user_file,
)
from dreambrush.errors import UsageError

KEYS = ("style", "brush", "strokes", "min_size", "palette", "focus", "pigment")
LEVELS = ("flag", "environment", "target", "user")

some_keys = st.sets(st.sampled_from(KEYS[1:]))


@given(st.tuples(*[some_keys] * 4), some_keys, st.sets(st.sampled_from(range(4))))
def test_what_counts_most(given_keys: tuple[set[str], ...], of_style: set[str], naming: set[int]) -> None:
    """Told once more in other words: one asks for each key level by level."""
    layers = [
        {key: Setting("value", level, f"{level} {key}") for key in (keys | {"style"} if number in naming else keys)}
        for number, (level, keys) in enumerate(zip(LEVELS, given_keys, strict=True))
    ]
    asked = []

    def style(setting: Setting) -> dict[str, Setting]:
        asked.append(setting)
        return {key: Setting("value", "style", f"style {key}") for key in of_style}

    found = combine(layers, style)
    for key in KEYS[1:]:
        places = []
        for number, level in enumerate(LEVELS):
            places += [level] if key in given_keys[number] else []
            places += ["style"] if naming and number == min(naming) and key in of_style else []
        assert (found[key].level if key in found else None) == (places[0] if places else None)
    assert [setting.level for setting in asked] == ([LEVELS[min(naming)]] if naming else [])


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def words(path: Path) -> dict[str, Any]:
    return {key: setting.value for key, setting in settings_of_file(path, "user", KEYS, ("output",)).items()}


def test_a_file(tmp_path: Path) -> None:
    path = write(
        tmp_path / "dreambrush.toml",
        '\ufeffstrokes = 500\nmin_size = 0.5\npigment = true\nbrush = ["oil", "mine/wet.myb"]\nfocus = "mask.png"\n',
    )
    assert words(path) == {
        "strokes": "500",
        "min_size": "0.5",
        "pigment": True,
        "brush": ["oil", str(tmp_path / "mine/wet.myb")],
        "focus": str(tmp_path / "mask.png"),
    }
    assert settings_of_file(path, "user", KEYS)["strokes"] == Setting("500", "user", str(path))
    assert words(tmp_path / "nothing.toml") == words(write(tmp_path / "empty.toml", "")) == {}
    assert words(path / "dreambrush.toml") == {}  # beside no folder


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("palette", "#123,#456", "#123,#456"),
        ("palette", "auto:8", "auto:8"),
        ("palette", "my/sea.GPL", "album/my/sea.GPL"),
        ("palette", "/usr/sea.gpl", "/usr/sea.gpl"),
        ("brush", "oil", "oil"),
        ("brush", "./dream", "album/dream"),
        ("brush", "../wet.myb", "album/../wet.myb"),
        ("style", "poster", "poster"),
        ("style", "mine.toml", "album/mine.toml"),
        ("focus", "auto", "auto"),
        ("focus", "face", "album/face"),
        ("focus", "~/face.png", os.path.expanduser("~/face.png")),
        ("strokes", "a.myb", "a.myb"),
    ],
)
def test_files_are_relative_to_the_folder_of_the_settings(key: str, value: str, expected: str) -> None:
    assert setting_of(key, value, "target", "album/dreambrush.toml", Path("album")).value == expected


BROKEN = [
    (b"strokes = ", "it is not TOML (Invalid value (at", "Correct the file"),
    (b"strokes = 1\nstrokes = 2", "it is not TOML (", "Correct the file"),
    (b"strokes = " + b"9" * 5000, "it is not TOML (", "Correct the file"),
    (b"a = " + b"[" * 9000, "it is not TOML (", "Correct the file"),
    (b'palette = "\xff"', "it is not UTF-8 text", "Correct the file"),
    (b"#" * 70_000, "it is larger than 64 KiB", "Correct the file"),
    (b"\0\0\0\0", "it is not TOML (", "Correct the file"),
    (b"stroks = 1", "sets 'stroks', but there is no such setting.", "Did you mean strokes?"),
    (b"min-size = 1", "sets 'min-size', but there is no such setting.", "Did you mean min_size?"),
    (b'"a\\nb" = 1', r"sets 'a\nb', but there is no such setting.", "The keys are: style, brush, strokes"),
    (b"[paint]\nstrokes = 1", "sets 'paint', but there is no such setting.", "without a table around them"),
    (b'output = "x.ora"', "sets 'output', but only the command line can set that.", "Give --output there."),
    (b"strokes = {a = 1}", "'strokes' in '", "see 'dreambrush paint --help-all'"),
    (b"strokes = 2026-11-23", "cannot be used: it must be text, a number", "Correct it there"),
    (b"strokes = 0x" + b"f" * 5000, "cannot be used: the number is too large.", "Correct it there"),
    (b"brush = []", "cannot be used: the list is empty.", "Correct it there"),
    (b'brush = ["oil", true]', "cannot be used: it must be text", "Correct it there"),
    (b'brush = [["oil"]]', "cannot be used: it must be text", "Correct it there"),
    (b'focus = "a\\u0000b"', "cannot be used: it has the character NUL", "Correct it there"),
]


@pytest.mark.parametrize(("content", "message", "advice"), BROKEN, ids=range(len(BROKEN)))
def test_files_that_are_no_good(tmp_path: Path, content: bytes, message: str, advice: str) -> None:
    path = tmp_path / "dreambrush.toml"
    path.write_bytes(content)
    with pytest.raises(UsageError) as caught:
        words(path)
    assert message in caught.value.message and str(path) in caught.value.message
    assert advice in caught.value.advice
    assert "\n" not in str(caught.value)


@given(st.binary(max_size=60) | st.sampled_from([content for content, *_ in BROKEN]))
def test_any_file_gives_settings_or_says_what_is_wrong(tmp_path_factory: Any, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_bytes(content)
    try:
        assert words(path).keys() <= set(KEYS)
    except UsageError as error:
        assert str(path) in error.message and error.advice


def test_what_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "dreambrush.toml").mkdir()
    os.mkfifo(tmp_path / "pipe.toml")
    for name, why in (("dreambrush.toml", "it is a folder"), ("pipe.toml", "it is not a regular file")):
        with pytest.raises(UsageError, match=why):
            words(tmp_path / name)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read(tmp_path: Path) -> None:
    path = write(tmp_path / "dreambrush.toml", "strokes = 1")
    path.chmod(0)
    with pytest.raises(UsageError, match="Permission denied"):
        words(path)


def test_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(config.PREFIX)]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("DREAMBRUSH_TRACEBACK", "1")
    monkeypatch.setenv("DREAMBRUSH_STROKES", "500")
    monkeypatch.setenv("DREAMBRUSH_BRUSH", "oil, ink")
    monkeypatch.setenv("DREAMBRUSH_PALETTE", "")
    monkeypatch.setenv("DREAMBRUSH_HOUSE", "red")
    assert settings_of_environment(KEYS, ["brush"]) == {
        "strokes": Setting("500", "environment", "DREAMBRUSH_STROKES"),
        "brush": Setting(["oil", "ink"], "environment", "DREAMBRUSH_BRUSH"),
    }
    monkeypatch.setenv("DREAMBRUSH_STROKS", "")
    assert len(settings_of_environment(KEYS, ["brush"])) == 2
    monkeypatch.setenv("DREAMBRUSH_STROKS", "5")
    with pytest.raises(
        UsageError, match=r"DREAMBRUSH_STROKS is no setting of dreambrush. Did you mean DREAMBRUSH_STROKES\?"
    ):
        settings_of_environment(KEYS, ["brush"])


def test_the_file_beside_the_targets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(Path("a/dreambrush.toml"), "strokes = 1")
    write(Path("dreambrush.toml"), "strokes = 2")
    for name in ("a/one.png", "a/two.png", "b/three.png", "here.png"):
        write(Path(name), "")

    def found(*targets: str) -> list[str]:
        layer = settings_beside(map(Path, targets), KEYS, ())
        return [f"{setting.place}: {setting.value}" for setting in layer.values()]

    assert found("a/one.png", "a/two.png", str(tmp_path / "a" / "one.png")) == ["a/dreambrush.toml: 1"]
    assert found("a") == found("a/*.png") == found("a/none.png") == ["a/dreambrush.toml: 1"]
    assert found("-") == found("here.png") == found("-", "here.png") == ["dreambrush.toml: 2"]
    assert found("b") == found("b/three.png") == found("nowhere/x.png") == found("x" * 300 + "/x.png") == []
    for targets in (("a/one.png", "here.png"), ("b/three.png", "a/one.png"), ("*/*.png",)):
        with pytest.raises(
            UsageError, match=r"folders with different dreambrush.toml files, .* Paint one folder after"
        ):
            found(*targets)
    write(Path("b/dreambrush.toml"), "strokes = 0x1")
    assert found("*/*.png") == ["a/dreambrush.toml: 1"]


def test_where_the_users_file_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    expected = tmp_path / "dreambrush" / "config.toml"
    assert (user_file() == expected) if sys.platform == "linux" else (user_file().parent.name == "dreambrush")
