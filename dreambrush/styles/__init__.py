"""Styles: options of a painting under one name.

A style is a small TOML file.  Its keys are ``description`` and the options of ``dreambrush paint``, with underscores.
Other options keep their defaults.  An option on the command line overrides the style.  A style may also have stages:
see :mod:`~dreambrush.styles.stages`.  Or it has the manner of a reference: see
:mod:`~dreambrush.manner.table`.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dreambrush.errors import UsageError
from dreambrush.files.toml_file import read_toml
from dreambrush.manner.manner import Manner
from dreambrush.manner.table import KEY as MANNER
from dreambrush.manner.table import read_manner
from dreambrush.styles.stages import STAGE_KEYS, brushes_of, read_stages

SUFFIX = ".toml"
OURS = Path(__file__).parent

# Each key and what its value may be; what range it has is known to the command line's options.
KEYS: dict[str, tuple[type, ...]] = {
    "brush": (list, str),
    "strokes": (int,),
    "effort": (int,),
    "hand": (int, float),
    "layers": (int,),
    "min_size": (str, int, float),
    "max_size": (str, int, float),
    "max_length": (int, float),
    "min_pressure": (int, float),
    "jitter": (int, float),
    "likeness": (int, float),
    "edges": (int, float),
    "simplify": (int, float),
    "temperature": (int, float),
    "relief": (int, float),
    "focus": (str,),
    "palette": (str,),
    "ground": (str,),
    "pigment": (bool,),
}
DESCRIPTION = "description"
STAGES = "stage"


@dataclass(frozen=True)
class Style:
    """Options of a painting under one name.

    Attributes:
        name: the name of the style.
        path: its file.
        description: a sentence for people.
        options: the options by key, as the file has them; brushes are a list, with those of all stages.
        stages: tables of the stages in their order; none for a style without stages.
        manner: of a reference; None for a style without one.
    """

    name: str
    path: Path
    description: str
    options: Mapping[str, Any]
    stages: tuple[Mapping[str, Any], ...] = ()
    manner: Manner | None = None


def user_styles() -> Path:
    """The folder of the user's own styles, beside the settings."""
    from platformdirs import user_config_dir

    return Path(user_config_dir("dreambrush")) / "styles"


def list_styles() -> list[Style]:
    """All styles, sorted by name.  A style of the user's replaces ours of the same name.

    Raises:
        UsageError: a style of the user's is broken.
    """
    return [load_style(name) for name in style_names()]


def style_names() -> list[str]:
    """The names of all styles, sorted.  None is read, so a broken one counts too."""
    return sorted(_files())


def load_style(name_or_file: str) -> Style:
    """The style of that name, or in that .toml file.

    Raises:
        UsageError: there is no such style (near matches are suggested), or it is broken.
    """
    files = _files()
    path = files.get(name_or_file)
    if path is None and name_or_file.endswith(SUFFIX):
        path = Path(name_or_file)
    if path is None:
        near = difflib.get_close_matches(name_or_file, files, n=2, cutoff=0.5)
        advice = f"Did you mean {' or '.join(near)}?" if near else f"The styles are: {', '.join(sorted(files))}."
        raise UsageError(f"There is no style named '{name_or_file}'.", advice, id="no-such-style")
    return Style(path.stem, path, *_read(path))


def _files() -> dict[str, Path]:
    """The file of each style, by its name."""
    return {path.stem: path for folder in (OURS, user_styles()) for path in sorted(folder.glob(f"*{SUFFIX}"))}


def _read(path: Path) -> tuple[str, dict[str, Any], tuple[Mapping[str, Any], ...], Manner | None]:
    if not os.path.exists(path):
        raise UsageError(
            f"The style '{path}' cannot be used: there is no such file.",
            "Check the path for typing errors.  `dreambrush styles` lists the styles that have a name.",
            id="style-unusable",
        )
    try:
        content = read_toml(path)
    except ValueError as error:
        raise _broken(path, str(error)) from None
    description = content.pop(DESCRIPTION, "")
    if not isinstance(description, str):
        raise _broken(path, "its description is not text")
    try:
        stages = read_stages(content.pop(STAGES, []))
    except ValueError as error:
        raise _broken(path, str(error), f"The keys of a stage are: {', '.join(STAGE_KEYS)}.") from None
    manner = content.pop(MANNER, None)
    if manner is not None:
        if stages:
            raise _broken(path, "it has both a [manner] and [[stage]] tables", "Take one of them out.")
        try:
            manner = read_manner(manner)
        except ValueError as error:
            raise _broken(
                path, str(error), "Learn it again: dreambrush styles --learn REFERENCE -o STYLE.toml"
            ) from None
    for key, value in content.items():
        if key not in KEYS:
            near = difflib.get_close_matches(key, KEYS, n=1)
            raise _broken(path, f"there is no key '{key[:40]}'" + (f"; did you mean '{near[0]}'?" if near else ""))
        if isinstance(value, int) and value.bit_length() > 64:  # hexadecimal ones may have any length
            raise _broken(path, f"the number of '{key}' is too large")
        right = isinstance(value, KEYS[key]) and (bool in KEYS[key]) == isinstance(value, bool)
        if not right or (isinstance(value, list) and not (value and all(isinstance(item, str) for item in value))):
            raise _broken(path, f"the value of '{key}' has the wrong type")
    if isinstance(content.get("brush"), str):
        content["brush"] = [content["brush"]]
    if stages:
        content["brush"] = list(dict.fromkeys([*content.get("brush", []), *brushes_of(stages)]))
    return description, content, stages, manner


def _broken(path: Path, why: str, advice: str = "") -> UsageError:
    return UsageError(
        f"The style '{path}' cannot be used: {why.rstrip('.')}.",
        advice or f"The keys are: {', '.join(KEYS)}.",
        id="style-unusable",
    )
