"""Settings: options of painting that need not be typed each time, and which of them wins.

Settings come from several levels.  The first one that sets an option wins: the command line, the environment
(``DREAMBRUSH_STROKES``), ``dreambrush.toml`` beside the target, the user's ``config.toml``.  A style ranks just below
the level that names it.  Values are words here, as on a command line.  The options know which values they take.
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
NOT_OURS = ("TRACEBACK", "KERNEL")  # variables that are not settings
STYLE = "style"
# Values with these endings or beginnings name files.  Those of PICTURES always do, but for these words.
ENDINGS = {"brush": ".myb", "palette": ".gpl", STYLE: ".toml"}
BEGINNINGS = ("./", "../", "~/")
PICTURES: dict[str, tuple[str, ...]] = {"focus": ("auto", "none"), "flow": ("none",)}

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
        """The words for this setting in an error."""
        return self.place if self.level in ("flag", "environment") else f"'{key}' in '{self.place}'"

    def wrong(self, key: str, why: str, advice: str = "") -> UsageError:
        """The error for an unusable value."""
        how = "Correct or unset it" if self.level == "environment" else "Correct it there"
        return UsageError(
            f"{self.named(key)} cannot be used: {why.rstrip('.')}.",
            advice or f"{how}; see 'dreambrush paint --help-all'.",
            id="setting-unusable",
        )


Settings = Mapping[str, Setting]


def user_file() -> Path:
    """The file of the user's own settings.  It may not exist."""
    from platformdirs import user_config_dir

    return Path(user_config_dir("dreambrush")) / USER_FILE


def combine(levels: Sequence[Settings], of_style: Callable[[Setting], Settings]) -> dict[str, Setting]:
    """For each key, the setting that wins.

    Args:
        levels: the settings of each level, the winning one first.
        of_style: returns the settings of a style, which rank just below the level that names it.
    """
    naming = next((number for number, level in enumerate(levels) if STYLE in level), None)
    if naming is not None:
        levels = [*levels[: naming + 1], of_style(levels[naming][STYLE]), *levels[naming + 1 :]]
    return {key: setting for level in reversed(levels) for key, setting in level.items()}


def settings_of_environment(keys: Collection[str], lists: Collection[str]) -> dict[str, Setting]:
    """Settings of variables such as ``DREAMBRUSH_STROKES``.  An empty variable sets nothing.

    Args:
        keys: the options that can be set.
        lists: the options that take several values.  A variable separates them by commas.

    Raises:
        UsageError: a variable looks like a misspelt one of ours.  Other variables are ignored.
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
        targets: files, folders, patterns, or - for standard input, which belongs to the current folder.
        keys: the options that can be set.
        only_flags: the options that only the command line can set.

    Raises:
        UsageError: a file is broken, or the targets' folders have different files.
    """
    found: list[tuple[Path, dict[str, Setting]]] = []
    for folder in _folders(targets):
        found.append((folder, settings_of_file(folder / FILE, "target", keys, only_flags)))
        values = [{key: setting.value for key, setting in level.items()} for _, level in found]
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
    """Settings of a TOML file.  A missing file sets nothing.

    Args:
        path: the file.  Names of files in it are relative to its folder.
        level: the level that the settings get.
        keys: the options that can be set.
        only_flags: the options that only the command line can set.

    Raises:
        UsageError: the file cannot be read, is not TOML, or has an unknown key or a value of the wrong type.
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
    """The setting for a value of TOML.  Names of files become relative to the folder.

    Raises:
        UsageError: no option takes a value of this type.
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
    """The reason why a value cannot be a setting; empty if it can."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return "it must be text, a number, true, false or a list of texts"
    if isinstance(value, int) and value.bit_length() > 64:
        return "the number is too large"
    return "it has the character NUL in it" if isinstance(value, str) and "\0" in value else ""


def _beside(folder: Path, key: str, word: str) -> str:
    """The word.  The name of a file becomes relative to the folder."""
    if key in PICTURES:
        is_file = word not in PICTURES[key]
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
