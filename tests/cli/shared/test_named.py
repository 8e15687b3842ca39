from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dreambrush.cli.shared.named import brush_named, style_named
from dreambrush.errors import BrushError, ExitCode, UsageError
from dreambrush.styles import user_styles

if TYPE_CHECKING:
    from tests.cli.conftest import Command


@pytest.fixture(autouse=True)
def own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Styles whose names the tests know: two that we add, and none called as a brush is but pastel."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    shipped = tmp_path / "shipped"
    for folder in (user_styles(), shipped):
        folder.mkdir(parents=True)
    for name in ("knife-work", "poster", "pastel"):
        (shipped / f"{name}.toml").write_text('brush = "oil"\n')
    (user_styles() / "my-fog.toml").write_text('brush = "oil"\n')
    monkeypatch.setattr("dreambrush.styles.OURS", shipped)


@pytest.mark.parametrize(
    ("word", "advice"),
    [
        ("bristle", "bristle is a brush, so write --brush bristle"),
        ("knife", "knife is a brush, so write --brush knife; or did you mean --style knife-work?"),
        ("set:studio", "set:studio is a set of brushes, so write --brush set:studio"),
        ("drawing", "set:drawing is a set of brushes, so write --brush set:drawing"),
        ("bristles", "Did you mean --brush bristle?"),
        ("Pastels", "Did you mean --style pastel or --brush pastel?"),
        ("knife-werk", "Did you mean knife-work?"),
        ("qqqq", "The styles are: knife-work, my-fog, pastel, poster."),
    ],
)
def test_a_brush_where_a_style_is_meant(word: str, advice: str) -> None:
    with pytest.raises(UsageError) as caught:
        style_named(word)
    assert caught.value.message == f"There is no style named '{word}'." and caught.value.id == "no-such-style"
    assert caught.value.advice == advice


@pytest.mark.parametrize(
    ("word", "advice"),
    [
        ("poster", "poster is a style, so write --style poster"),
        ("My-Fog", "my-fog is a style, so write --style my-fog"),
        ("fog", "Did you mean --style my-fog?"),
        ("pastels", "Did you mean --brush pastel or --style pastel?"),
        ("studio", "set:studio is a set of brushes, so write --brush set:studio"),
        ("bristel", "Did you mean bristle?"),
    ],
)
def test_a_style_where_a_brush_is_meant(word: str, advice: str) -> None:
    with pytest.raises(BrushError) as caught:
        brush_named(word)
    assert caught.value.message == f"There is no brush named '{word}'." and caught.value.id == "no-such-brush"
    assert caught.value.advice == advice


def test_the_command_line_and_settings_give_the_hint(command: Command) -> None:
    outcome = command("paint", "photo.png", "--style", "bristle")
    assert outcome.code == ExitCode.USAGE and outcome.stderr.endswith(
        "\nbristle is a brush, so write --brush bristle\n"
    )
    outcome = command("paint", "photo.png", "--brush", "poster")
    assert outcome.code == ExitCode.BRUSH and outcome.stderr.endswith("\nposter is a style, so write --style poster\n")
    Path("dreambrush.toml").write_text('style = "bristle"\n')
    outcome = command("paint", "photo.png")
    assert outcome.code == ExitCode.USAGE and "so write --brush bristle" in outcome.stderr


def test_what_is_there_is_found() -> None:
    assert style_named("my-fog").options == {"brush": ["oil"]} and brush_named("pastel").name == "pastel"
