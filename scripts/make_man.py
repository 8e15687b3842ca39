"""Writes the man pages from the same help that ``--help`` shows: ``python scripts/make_man.py``.

There is one page for ``dreambrush`` and one for each command.  The same sources give the same bytes.  What the exit
codes mean is taken from the table in docs/errors.md.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Sequence
from pathlib import Path

import click

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))


from dreambrush import __version__  # noqa: E402
from dreambrush.cli import dreambrush  # noqa: E402
from dreambrush.cli.shared.grouped import GroupedCommand  # noqa: E402
from dreambrush.errors import ExitCode  # noqa: E402
from scripts.roff import examples, filled, literal, option_names, paragraphs  # noqa: E402

MAN = ROOT / "man"
PROGRAM = "dreambrush"
ERRORS = ROOT / "docs" / "errors.md"

FILES = {
    "dreambrush.toml": "Settings for the pictures in its folder: options of dreambrush paint, with underscores, such "
    "as min_size = 4.  See docs/configuration.md.",
    "~/.config/dreambrush/config.toml": "Your own settings.  dreambrush config shows which settings apply.",
    "~/.config/dreambrush/styles": "Your own styles, for dreambrush paint --style.",
    "~/.local/share/dreambrush/dreams": "Dreams that dreambrush train has made, a folder for each brush.",
    "~/.local/share/mypaint/brushes": "Your brushes in MyPaint.  dreambrush finds them by name, and dreambrush brushes "
    "--install adds its own.",
    "/usr/share/mypaint-data/2.0/brushes": "The brushes that come with MyPaint.",
}
ENVIRONMENT = {
    "DREAMBRUSH_STROKES, DREAMBRUSH_MIN_SIZE, ...": "Options of dreambrush paint, in capitals with underscores.  They "
    "override files.  The command line overrides them.",
    "XDG_CONFIG_HOME": "Used instead of ~/.config.",
    "XDG_DATA_HOME": "Used instead of ~/.local/share.",
    "XDG_DATA_DIRS": "Used instead of /usr/local/share:/usr/share.  Colons separate the folders.",
    "DREAMBRUSH_KERNEL": "Instructions that compiled code may use: avx512, avx2 or baseline, which paint the same, or "
    "none, which leaves dreaming to onnxruntime and takes three times as long.  By default the best that there is.",
    "DREAMBRUSH_TRACEBACK": "If set to 1, errors show Python's traceback.  Add it to a bug report.",
}


def pages() -> dict[str, str]:
    """All pages by the names of their files.

    Raises:
        ValueError: docs/errors.md does not tell what an exit code means.
    """
    context = click.Context(dreambrush, info_name=PROGRAM, **dreambrush.context_settings)
    made = {f"{PROGRAM}.1": _main_page(context)}
    for name in dreambrush.list_commands(context):
        command = dreambrush.get_command(context, name)
        assert command is not None
        made[f"{PROGRAM}-{name}.1"] = _command_page(click.Context(command, info_name=name, parent=context))
    return made


def _main_page(context: click.Context) -> str:
    lines = _beginning(context)
    lines.append(".SH COMMANDS")
    for name in dreambrush.list_commands(context):
        command = dreambrush.get_command(context, name)
        assert command is not None
        summary = command.get_short_help_str(limit=1000)
        lines += [".TP", rf".BR {PROGRAM}\-{literal(name)} (1)", *filled(summary)]
    lines += _end(context)
    lines += [".SH ENVIRONMENT", *_described(ENVIRONMENT)]
    others = [f"{PROGRAM}-{name}" for name in dreambrush.list_commands(context)]
    return _page([*lines, *_see_also(["mypaint", *others])])


def _command_page(context: click.Context) -> str:
    return _page([*_beginning(context), *_end(context), *_see_also([PROGRAM, "mypaint"])])


def _beginning(context: click.Context) -> list[str]:
    """From the title to the options."""
    command, path = context.command, context.command_path
    text = inspect.cleandoc(command.help or "").partition("\f")[0]
    first, _, rest = text.partition("\n\n")
    title = path.replace(" ", "-")
    summary = " ".join(first.split()).rstrip(".")
    lines = [
        r".\" Made by scripts/make_man.py from the help of the command; do not edit.",
        f'.TH {literal(title.upper())} 1 "" "{PROGRAM} {__version__}" "User Commands"',
        ".SH NAME",
        rf"{literal(title)} \- {literal(summary[:1].lower() + summary[1:])}",
        ".SH SYNOPSIS",
        rf"\fB{literal(path)}\fR "
        + " ".join(rf"\fI{literal(piece)}\fR" for piece in command.collect_usage_pieces(context)),
        ".SH DESCRIPTION",
        *paragraphs(rest or first)[1:],
        ".SH OPTIONS",
    ]
    for title, parameters in _groups(context).items():
        lines += [f".SS {literal(title)}"] if title else []
        for parameter in parameters:
            record = parameter.get_help_record(context)
            if record is not None and record[1]:  # the description explains the arguments
                lines += [".TP", option_names(record[0]), *filled(record[1])]
    return lines


def _groups(context: click.Context) -> dict[str, Sequence[click.Parameter]]:
    """The parameters of a command by the titles of their groups; "" where it has no groups."""
    command = context.command
    if not isinstance(command, GroupedCommand):
        return {"": command.get_params(context)}
    groups = [*command.option_groups, command.get_default_option_group(context)]
    return {group.title: group.options for group in groups}


def _end(context: click.Context) -> list[str]:
    """From the examples to the files."""
    epilog = inspect.cleandoc(context.command.epilog or "")
    lines = [".SH EXAMPLES", *examples(epilog)] if epilog else []
    lines.append(".SH EXIT STATUS")
    for code, meaning in exit_codes().items():
        lines += [".TP", rf"\fB{code}\fR", *filled(meaning)]
    return [*lines, ".SH FILES", *_described(FILES)]


def _described(words: dict[str, str]) -> list[str]:
    return [line for word, what in words.items() for line in (".TP", rf"\fI{literal(word)}\fR", *filled(what))]


def _see_also(names: list[str]) -> list[str]:
    ends = [","] * (len(names) - 1) + [""]
    entries = [rf".BR {literal(name)} (1){end}" for name, end in zip(names, ends, strict=True)]
    return [".SH SEE ALSO", *entries, ".PP", *filled("The documents in docs/, above all docs/errors.md.")]


def _page(lines: list[str]) -> str:
    return "\n".join(lines) + "\n"


def exit_codes() -> dict[int, str]:
    """What each exit code means, as docs/errors.md has it.

    Raises:
        ValueError: it has not one of them, or another that there is not.
    """
    rows = re.findall(r"^\| (\d+) \| (\w+) \| (.+?) \|$", ERRORS.read_text(encoding="utf-8"), re.MULTILINE)
    known = {(int(code), name): meaning for code, name, meaning in rows}
    differing = known.keys() ^ {(code.value, code.name) for code in ExitCode}
    if differing:
        raise ValueError(f"The table in docs/errors.md and ExitCode differ in: {sorted(differing)}")
    return {code: meaning for (code, _), meaning in known.items()}


def main() -> None:
    """Writes all pages, and removes those of commands that there are no longer."""
    MAN.mkdir(exist_ok=True)
    made = pages()
    for path in MAN.glob("*.1"):
        if path.name not in made:
            path.unlink()
    for name, text in made.items():
        (MAN / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
