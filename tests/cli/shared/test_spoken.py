from __future__ import annotations

import shlex

import click
from click.testing import CliRunner

from dreambrush.cli.shared.spoken import spoken


@click.command()
@click.argument("files", nargs=-1)
@click.option("--brush", multiple=True)
@click.option("-n", "--number", type=int, default=3)
@click.option("--place", type=lambda text: tuple(map(int, text.split(","))))
@click.option("--fast/--slow", default=False)
@click.option("--page", is_flag=False, flag_value="beside", default=None)
@click.option("-q", "--quiet", is_flag=True)
def paint(**_given: object) -> None:
    click.echo(spoken(click.get_current_context()), nl=False)


def said(*words: str) -> list[str]:
    return shlex.split(CliRunner().invoke(paint, words, prog_name="paint", catch_exceptions=False).output)


def test_only_what_was_typed_is_said() -> None:
    assert said() == ["paint"]
    assert said("-n", "3", "it's.png", "b c.png") == ["paint", "it's.png", "b c.png", "--number", "3"]


def test_options_of_all_kinds_come_back() -> None:
    words = ["a", "--brush", "oil", "--brush", "ink", "--number", "7", "--place", "1,2", "--slow", "--quiet"]
    assert said(*words) == ["paint", *words]
    assert said("a", "--page") == ["paint", "a", "--page"]
    assert said("a", "--page", "p.html") == ["paint", "a", "--page", "p.html"]
