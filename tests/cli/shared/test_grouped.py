"""``dreambrush paint --help`` shows what matters most, ``--help-all`` shows every option in its group."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click
import pytest

from dreambrush.cli.paint.command import paint
from dreambrush.cli.paint.options import ESSENTIALS, GROUPS
from dreambrush.errors import ExitCode

if TYPE_CHECKING:
    from tests.cli.conftest import Command

HELPING = {"-h", "--help-all"}


def names(options: list[click.Option]) -> set[str]:
    return {option.opts[0] for option in options}


def named(told: str) -> list[str]:
    """The first names of the options in a help text, in their order."""
    return re.findall(r"^  (-[\w-]+)", told, re.MULTILINE)


def test_the_short_help_is_of_the_essential_options(command: Command) -> None:
    told = command("paint", "--help").stdout
    options = [each for each in paint.params if isinstance(each, click.Option)]
    assert len(options) > 35 and len(told.splitlines()) <= 70
    essential = names([option for option in options if option.name in ESSENTIALS])
    assert len(essential) == len(ESSENTIALS) == 12
    assert set(named(told)) == essential | HELPING
    left = len(options) - 1 - len(essential)  # --help-all is none of them
    assert f"There are {left} more options: dreambrush paint --help-all" in told


def test_the_long_help_has_each_option_once_in_its_group(command: Command) -> None:
    told = command("paint", "photo.png", "--help-all").stdout
    parts = re.split(r"^(\S.*):$", told, flags=re.MULTILINE)
    groups = {title: set(named(text)) for title, text in zip(parts[1::2], parts[2::2], strict=True)}
    assert list(groups) == [*GROUPS, "Help"]
    assert groups.pop("Help") == HELPING
    assert groups == {group.title: names(list(group.options)) for group in paint.option_groups}
    assert sorted(named(told)) == sorted({option.opts[0] for option in paint.params[1:]} | {"-h"})


@pytest.mark.parametrize("words", [("--jitter", "9"), ("--jiter", "0"), ("--effort", "9")])
def test_an_error_points_to_the_help_that_has_the_option(command: Command, words: tuple[str, str]) -> None:
    outcome = command("paint", "photo.png", *words)
    assert outcome.code == ExitCode.USAGE and "See 'dreambrush paint --help-all'." in outcome.stderr


def test_small_commands_have_one_help(command: Command) -> None:
    outcome = command("render", "--help-all")
    assert outcome.code == ExitCode.USAGE and "See 'dreambrush render --help'." in outcome.stderr
