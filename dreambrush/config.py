"""Settings: options that need not be typed each time, and which of them override others.

Settings come in layers, and each overrides the next: the command line, the environment (``DREAMBRUSH_STROKES``),
``dreambrush.toml`` beside the target, the user's ``config.toml``.  A style comes just below the layer that names it.
Values are words here, as on a command line.  The options there know which values are valid.
"""

from __future__ import annotations

import difflib
import glob
import os
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dreambrush.errors import UsageError
from dreambrush.files.toml_file import read_toml

FILE = "dreambrush.toml"  # beside a target
USER_FILE = "config.toml"
PREFIX = "DREAMBRUSH_"
NOT_OURS = ("TRACEBACK",)  # variables that set something else
STYLE = "style"
# Values that are files, if they end so or begin as a path; those of FOCUS always are.
ENDINGS = {"brush": ".myb", "palette": ".gpl", STYLE: ".toml"}
BEGINNINGS = ("./", "../", "~/")
FOCUS, NO_FILES = "focus", ("auto",)

Word = str | bool | list[str]


@dataclass(frozen=True)
class Setting:
    """A value and where it comes from.

    Attributes:
        value: text as on a command line, true or false, or several texts.
        level: "flag", "environment", "target", "user" or "style".
        place: the option, variable or file that gives it.
    """

    value: Word
    level: str
    place: str

    def named(self, key: str) -> str:
        """What an error calls this setting."""
        return self.place if self.level in ("flag", "environment") else f"'{key}' in '{self.place}'"

    def wrong(self, key: str, why: str, advice: str = "") -> UsageError:
        """The error to raise for an invalid value."""
        how = "Correct or unset it" if self.level == "environment" else "Correct it there"
        return UsageError(
            f"{self.named(key)} cannot be used: {why.rstrip('.')}.",
            advice or f"{how}; see 'dreambrush paint --help-all'.",
            id="setting-unusable",
        )


Layer = Mapping[str, Setting]


def user_file() -> Path:
    """The file of the user's own settings, which need not exist."""
    from platformdirs import user_config_dir

    return Path(user_config_dir("dreambrush")) / USER_FILE


def combine(layers: Sequence[Layer], of_style: Callable[[Setting], Layer]) -> dict[str, Setting]:
    """Picks for each key the setting that overrides all others.

    Args:
        layers: settings of each layer by key, the strongest layer first.
        of_style: gives the settings of a style, which come just below the layer that names it.
    """
    naming = next((number for number, layer in enumerate(layers) if STYLE in layer), None)
    if naming is not None:
        layers = [*layers[: naming + 1], of_style(layers[naming][STYLE]), *layers[naming + 1 :]]
    return {key: setting for layer in reversed(layers) for key, setting in layer.items()}


def settings_of_environment(keys: Collection[str], lists: Collection[str]) -> dict[str, Setting]:
    """Settings from variables such as ``DREAMBRUSH_STROKES``.  An empty variable counts as not set.

    Args:
        keys: all that can be set.
        lists: the keys that take several values; a variable has commas between them.

    Raises:
        UsageError: a variable is spelt almost like one of ours.  Other variables are ignored.
    """
    found = {}
    for name, value in sorted(os.environ.items()):
        if not name.startswith(PREFIX) or not value:
            continue
        key = name.removeprefix(PREFIX).lower()
        if key in keys:
            several: Word = [word.strip() for word in value.split(",")] if key in lists else value
            found[key] = Setting(several, "environment", PREFIX + key.upper())
        elif key.upper() not in NOT_OURS and (near := difflib.get_close_matches(key, keys, n=1, cutoff=0.8)):
            raise UsageError(
                f"The environment variable {name} is no setting of dreambrush.",
                f"Did you mean {PREFIX}{near[0].upper()}?",
                id="no-such-setting",
            )
    return found


def settings_beside(targets: Iterable[Path], keys: Collection[str], only_flags: Collection[str]) -> dict[str, Setting]:
    """Settings from the ``dreambrush.toml`` beside the targets.

    Args:
        targets: files, folders, patterns, or - for standard input, which counts as a file in the current folder.
        keys: all that can be set.
        only_flags: what only the command line can say.

    Raises:
        UsageError: a file is broken, or the targets are in folders whose files differ.
    """
    found: list[tuple[Path, dict[str, Setting]]] = []
    for folder in _folders(targets):
        found.append((folder, settings_of_file(folder / FILE, "target", keys, only_flags)))
        values = [{key: setting.value for key, setting in layer.items()} for _, layer in found]
        if values[-1] != values[0]:
            raise UsageError(
                f"The pictures are in folders with different {FILE} files, such as '{found[0][0]}' and '{folder}'.",
                "Paint one folder after the other.",
                id="settings-differ",
            )
    return found[0][1] if found else {}


def settings_of_file(
    path: Path, level: str, keys: Collection[str], only_flags: Collection[str] = ()
) -> dict[str, Setting]:
    """Settings from a TOML file; none if there is no such file.

    Args:
        path: the file.  Names of files in it are relative to its folder.
        level: the level that the settings get.
        keys: all that can be set.
        only_flags: what only the command line can say.

    Raises:
        UsageError: the file cannot be read or is no TOML, or it has an unknown key or an invalid kind of value.
    """
    found = {}
    for key, value in _content(path).items():
        if key in only_flags:
            flag = "--" + key.replace("_", "-")
            raise UsageError(
                f"The file '{path}' sets '{key}', but only the command line can set that.",
                f"Give {flag} there.",
                id="setting-only-on-command-line",
            )
        if key not in keys:
            raise UsageError(
                f"The file '{path}' sets {key[:40]!r}, but there is no such setting.",
                _advice(key, value, keys),
                id="no-such-setting",
            )
        found[key] = setting_of(key, value, level, str(path), path.parent)
    return found


def _advice(key: str, value: object, keys: Collection[str]) -> str:
    if isinstance(value, dict):
        return "Write the settings without a table around them, such as: strokes = 500"
    near = difflib.get_close_matches(key, keys, n=2)
    return f"Did you mean {' or '.join(near)}?" if near else f"The keys are: {', '.join(keys)}."


def setting_of(key: str, value: Any, level: str, place: str, folder: Path | None = None) -> Setting:
    """Makes a setting of a TOML value.  Names of files become relative to the folder.

    Raises:
        UsageError: no option takes a value of this kind.
    """
    if isinstance(value, bool):
        return Setting(value, level, place)
    several = value if isinstance(value, list) else [value]
    why = next(filter(None, map(_unfit, several)), "") if several else "the list is empty"
    if why:
        raise Setting("", level, place).wrong(key, why)
    words = [str(each) if folder is None else _beside(folder, key, str(each)) for each in several]
    return Setting(words if isinstance(value, list) else words[0], level, place)


def _unfit(value: object) -> str:
    """Why a value cannot be a word on the command line; empty if it can."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return "it must be text, a number, true, false or a list of texts"
    if isinstance(value, int) and value.bit_length() > 64:
        return "the number is too large"
    return "it has the character NUL in it" if isinstance(value, str) and "\0" in value else ""


def _beside(folder: Path, key: str, word: str) -> str:
    """The word; if it names a file, relative to the folder."""
    if key == FOCUS:
        is_file = word not in NO_FILES
    else:
        is_file = key in ENDINGS and (word.lower().endswith(ENDINGS[key]) or word.startswith(BEGINNINGS))
    return str(folder / os.path.expanduser(word)) if is_file and word else word


def _folders(targets: Iterable[Path]) -> list[Path]:
    """The folders of the targets, each once."""
    found: dict[str, Path] = {}
    for target in targets:
        if os.path.isdir(target):
            folders = [target]
        elif glob.has_magic(str(target)) and not os.path.lexists(target):
            folders = [Path(match).parent for match in sorted(glob.glob(str(target)))]
        else:
            folders = [target.parent]  # that of - is the current one
        for folder in folders:
            found.setdefault(os.path.realpath(folder), folder)
    return list(found.values())


def _content(path: Path) -> dict[str, Any]:
    try:
        path.stat()
    except (OSError, ValueError):
        return {}  # no such file
    try:
        return read_toml(path)
    except ValueError as error:
        raise _broken(path, str(error)) from None


def _broken(path: Path, why: str) -> UsageError:
    return UsageError(
        f"The settings in '{path}' cannot be read: {why}.",
        "Correct the file, or remove it.",
        id="settings-unreadable",
    )
