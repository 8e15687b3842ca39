"""The man pages say what --help says, are up to date, and are installed where man finds them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

from dreambrush import __version__
from dreambrush.cli import dreambrush
from dreambrush.errors import ExitCode
from scripts.make_man import MAN, exit_codes, pages
from scripts.roff import examples, filled, literal, option_names, paragraphs, prose

ADVICE = "the man pages are out of date; run: python scripts/make_man.py"
CONTEXT = click.Context(dreambrush, info_name="dreambrush", **dreambrush.context_settings)
NAMES = dreambrush.list_commands(CONTEXT)
SECTIONS = ("NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS", "FILES", "SEE ALSO")


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    return pages()


def test_pages_are_those_that_the_help_makes(made: dict[str, str]) -> None:
    assert sorted(path.name for path in MAN.iterdir()) == sorted(made), ADVICE
    for name, text in made.items():
        assert (MAN / name).read_text(encoding="utf-8") == text, f"man/{name}: {ADVICE}"


def test_every_command_is_in_the_main_page() -> None:
    text = (MAN / "dreambrush.1").read_text(encoding="utf-8")
    for name in NAMES:
        assert f"\n.BR dreambrush\\-{literal(name)} (1)\n" in text.partition(".SH COMMANDS")[2], ADVICE
    assert f'"dreambrush {__version__}"' in text


@pytest.mark.parametrize("name", NAMES)
def test_every_command_and_option_has_help_and_is_in_its_page(name: str) -> None:
    command = dreambrush.get_command(CONTEXT, name)
    assert command is not None and command.help, f"dreambrush {name} lacks help"
    assert (MAN / f"dreambrush-{name}.1").is_file(), f"dreambrush {name} has no page: {ADVICE}"
    text = (MAN / f"dreambrush-{name}.1").read_text(encoding="utf-8")
    headings = [line.removeprefix(".SH ") for line in text.splitlines() if line.startswith(".SH ")]
    assert [heading for heading in headings if heading != "EXAMPLES"] == list(SECTIONS)
    options = text.partition(".SH OPTIONS")[2].partition("\n.SH ")[0]
    for option in command.get_params(click.Context(command, info_name=name, parent=CONTEXT)):
        if isinstance(option, click.Option):
            assert option.help, f"{name} {option.opts} lacks help"
            if option.hidden:  # of an earlier version
                continue
            for word in (*option.opts, *option.secondary_opts):
                assert f"\\fB{literal(word)}\\fR" in options, f"{name} {word}: {ADVICE}"


def test_exit_codes_are_those_of_the_documents() -> None:
    assert list(exit_codes()) == sorted(code.value for code in ExitCode)
    for path in MAN.iterdir():
        text = path.read_text(encoding="utf-8").partition(".SH EXIT STATUS")[2]
        for code in ExitCode:
            assert f"\\fB{code.value}\\fR" in text, f"{path}: {ADVICE}"


def test_characters_that_mean_something_to_roff_are_escaped() -> None:
    assert literal(r"a\b 'c' `d` ~ ^ --e" + ' "f"') == r"a\eb \(aqc\(aq \(gad\(ga \(ti \(ha \-\-e \(dqf\(dq"
    assert prose("the block-in, with --no-pigment and x-1; “schön”") == (
        r"the block-in, with \-\-no\-pigment and x\-1; “schön”"
    )
    assert prose("see `a --b`.") == r"see \fBa \-\-b\fR."
    assert prose("one ` alone") == r"one \(ga alone"
    assert filled(".ora files") == [r"\&.ora files"]
    assert option_names("-o, --output OUT.ora") == r"\fB\-o\fR, \fB\-\-output\fR \fIOUT.ora\fR"
    assert option_names("--a-b / --no-a-b") == r"\fB\-\-a\-b\fR / \fB\-\-no\-a\-b\fR"
    assert paragraphs("one\ntwo\n\n\b\n.a  b\n c") == [".PP", "one two", ".PP", ".nf", r"\&.a  b", " c", ".fi"]
    assert examples("\b\nExamples:\n  a -b\n  .c\nMore:\n  d") == [
        *(".EX", r"a \-b", r"\&.c", ".EE", ".PP", "More:"),
        *(".PP", ".EX", "d", ".EE"),
    ]


@pytest.mark.skipif(shutil.which("groff") is None, reason="groff is not installed")
@pytest.mark.parametrize("path", sorted(MAN.glob("*.1")), ids=lambda path: path.name)
def test_groff_has_nothing_to_say_against_them(path: Path) -> None:
    done = subprocess.run(
        ["groff", "-man", "-ww", "-Tutf8", "-Kutf8", path], capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    assert done.stdout.startswith(f"{path.stem.upper()}(1)")


def test_they_are_installed_where_man_looks(tmp_path: Path) -> None:
    pytest.importorskip("setuptools")
    words = [sys.executable, "setup.py", "-q", "install_data", "--install-dir", str(tmp_path)]
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    subprocess.run(words, cwd=MAN.parent, check=True, capture_output=True, env=environment)
    installed = tmp_path / "share" / "man" / "man1"
    assert sorted(path.name for path in installed.iterdir()) == sorted(path.name for path in MAN.iterdir())
