"""Help is complete, and quick because it imports nothing heavy."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
import pytest

from dreambrush import __version__
from dreambrush.cli import COMMANDS, dreambrush, run
from dreambrush.cli.shared.configured import ConfiguredCommand
from dreambrush.cli.shared.options import HELP_NAMES

HEAVY = {"PIL", "cma", "cffi", "numpy", "onnx", "onnxruntime", "rich", "torch"}
# With its settings, for click keeps the help option of a command in the form in which it was first asked for.
CONTEXT = click.Context(dreambrush, info_name="dreambrush", **dreambrush.context_settings)


def imported_by(code: str) -> set[str]:
    """Top-level modules in sys.modules after running some code in a fresh interpreter."""
    script = f"import sys\ntry:\n    {code}\nexcept SystemExit: pass\nprint('\\n', *sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return {name.partition(".")[0] for name in done.stdout.splitlines()[-1].split()}


@pytest.mark.parametrize(
    "code",
    [
        "import dreambrush",
        "import dreambrush.cli; dreambrush.cli.run([])",
        "import dreambrush.cli; dreambrush.cli.run(['--help'])",
        *(f"import dreambrush.cli; dreambrush.cli.run(['{name}', '--help'])" for name in COMMANDS),
        "import dreambrush.cli; dreambrush.cli.run(['paint', '--help-all'])",
    ],
)
def test_nothing_heavy_is_imported(code: str) -> None:
    assert imported_by(code) & HEAVY == set()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_has_help_and_every_command_an_introduction(name: str) -> None:
    command = dreambrush.get_command(CONTEXT, name)
    assert command is not None and command.help and command.name == name
    summary = command.get_short_help_str(limit=68)
    assert summary and not summary.endswith("...")
    for option in command.params:
        if isinstance(option, click.Option):
            assert option.help and option.help.rstrip().endswith((".", "]")), f"{name} {option.opts} lacks help"


def test_every_command_module_is_listed() -> None:
    folder = Path(sys.modules["dreambrush.cli"].__file__ or "").parent
    files = [path.relative_to(folder) for path in folder.rglob("*.py") if "@click.command" in path.read_text()]
    assert sorted(".".join(file.with_suffix("").parts) for file in files) == sorted(COMMANDS.values())


def test_alone_it_shows_how_to_begin(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([]) == 0
    alone = capsys.readouterr().out
    lines = alone.splitlines()
    assert len(lines) <= 24 and max(map(len, lines)) <= 79
    for wanted in (
        "dreambrush paint photo.jpg",
        "dreambrush try photo.jpg",
        "dreambrush paint --sample",
        "MyPaint",
        "press W",
        "dreambrush doctor",
    ):
        assert wanted in alone
    shown = [line.split() for line in lines if line.startswith("  dreambrush ")]
    assert len(shown) == 5
    for _, name, *words in shown:
        command = dreambrush.get_command(CONTEXT, name)
        assert command is not None
        command.make_parser(click.Context(command, parent=CONTEXT)).parse_args(
            words
        )  # which knows every option that is shown


def test_a_command_outside_of_the_group_has_the_same_help_option() -> None:
    command = ConfiguredCommand("alone")
    option = command.get_help_option(command.make_context("alone", [], default_map={}))
    assert option is not None and option.opts == HELP_NAMES == CONTEXT.help_option_names


def test_its_help_is_whole(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    told = capsys.readouterr().out
    assert "Examples:" in told and "dreambrush paint photo.jpg" in told
    assert all(f"\n  {name} " in told for name in COMMANDS)


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"dreambrush {__version__}\n"


def test_lazy_names_are_the_real_things() -> None:
    import dreambrush as package
    from dreambrush.strokes import Strokes

    assert package.Strokes is Strokes
    for name in package.__all__:
        assert getattr(package, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'easel'"):
        package.easel  # noqa: B018
