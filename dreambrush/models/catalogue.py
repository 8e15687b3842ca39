"""Trained brushes: find them by name, and read the cards that describe their dreams.

A dream's folder holds ``dream.onnx`` (what painting runs), ``dream.safetensors`` (the weights, for training on) and
``card.json`` (brush, command, seed, data, errors, versions), and perhaps ``controller.onnx``, which proposes strokes.
Models that dreambrush 0.1 trained may also have another controller's ``policy.onnx`` and ``policy.safetensors``, which
nothing reads.  Nothing here imports torch.

A folder may come from a stranger.  Nothing in it can run code: JSON and safetensors are data, pickles are never read,
and :mod:`~dreambrush.models.networks` says why ONNX is safe.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from dreambrush.errors import BrushError, ModelError
from dreambrush.files.json_text import read_json
from dreambrush.models.brush_names import find_name, known_brushes, near_names
from dreambrush.models.networks import RETRAIN
from dreambrush.mypaint.brushes.folders import GROUP, SUFFIX, bare_name, data_home, name_in_mypaint, stock_folder

DREAM_FILE, WEIGHTS_FILE, CARD_FILE = "dream.onnx", "dream.safetensors", "card.json"
COLOUR_FILE, COLOUR_WEIGHTS_FILE = "colour.onnx", "colour.safetensors"  # of brushes that change their colour
WET_FILE, WET_WEIGHTS_FILE = "wet.onnx", "wet.safetensors"  # of brushes that pick up paint or take it away
WET_GRADIENT_FILE = "wet_gradient.onnx"
CONTROLLER_FILE = "controller.onnx"
POLICY_FILE, POLICY_WEIGHTS_FILE = "policy.onnx", "policy.safetensors"
LARGEST_CARD = 1 << 20  # bytes
CARD_FORMAT, CARD_VERSION = "dreambrush dream", 1


@dataclass(frozen=True)
class BrushFile:
    """A brush that can be named on the command line.

    Attributes:
        name: name that users type: bare for ours and for loose files, "group/name" for those in MyPaint's folders.
        path: its .myb file.
        dream: the folder of its dream, or None when it has none yet.
        called: what MyPaint calls the brush, for a copy of its file; None for a file at its own place.
    """

    name: str
    path: Path
    dream: Path | None
    called: str | None = None

    @property
    def origin(self) -> Literal["ours", "user", "stock"]:
        """Where the brush comes from: dreambrush, the user, or MyPaint."""
        if self._is_ours:
            return "ours"
        stock = stock_folder()
        return "stock" if stock is not None and self.path.absolute().is_relative_to(stock) else "user"

    @property
    def group(self) -> str:
        """The folder that the brush is in, for MyPaint: "dreambrush", "classic"; "" if it is in none."""
        return GROUP if self._is_ours else self.name.rpartition("/")[0]

    @property
    def mypaint_name(self) -> str:
        """What MyPaint calls the brush: "dreambrush/oil" for ours, "classic/charcoal" for a stock one.

        For a file that is in none of MyPaint's folders it is the brush that the file itself names as its parent, or
        "".  It is what ``parent_brush_name`` of a stroke map says: MyPaint shows that brush's icon and name.

        Raises:
            BrushError: a loose file is not a MyPaint brush.
        """
        from dreambrush.mypaint.engine.myb import read_myb

        if self.called is not None:
            return self.called
        if self._is_ours:
            return f"{GROUP}/{self.path.stem}"
        known = name_in_mypaint(self.path) or (self.name if "/" in self.name else None)
        return read_myb(self.path).parent_name if known is None else known

    @property
    def _is_ours(self) -> bool:
        return self.path.parent == shipped_folder("brushes")

    def dream_folder(self) -> Path:
        """The folder of its dream.

        Raises:
            ModelError: it has none.
        """
        if self.dream is None:
            raise ModelError(
                f"dreambrush has not learned the brush '{self.name}' yet.",
                f"Teach it with: dreambrush train '{self.name if '/' in self.name else self.path}'",
                id="brush-has-no-dream",
            )
        return self.dream


def shipped_folder(kind: str) -> Path:
    """Where ``brushes`` or ``pretrained`` lie: inside the installed package, or beside it in a source checkout."""
    package = Path(__file__).resolve().parents[1]
    inside = package / kind
    return inside if inside.is_dir() else package.parent / kind


def user_dreams() -> Path:
    """Where dreams that the user trains are kept (the XDG data folder), each under the full name of its brush."""
    return data_home() / "dreambrush" / "dreams"


def list_brushes(*, stock: bool = False) -> list[BrushFile]:
    """The brushes that come with dreambrush, then the user's, each sorted by name.

    Args:
        stock: whether brushes that come with MyPaint follow them.  Those with a dream are listed in any case.
    """
    files = [BrushFile(name, path, _dream_folder(name, path)) for name, path in _brush_paths().items()]
    return [brush for brush in files if stock or brush.dream is not None or brush.origin != "stock"]


def _brush_paths() -> dict[str, Path]:
    return known_brushes(shipped_folder("brushes"), user_dreams())


def find_brush(name_or_file: str) -> BrushFile:
    """The brush of that name, in that .myb file, or in that folder of a dream.

    A name is ours ("oil", "dreambrush/oil"), or that of a brush in MyPaint's folders ("classic/charcoal"), or only the
    last part of that; then ours come before the user's, and those before the stock ones.

    Raises:
        BrushError: there is none; near matches are suggested.
        ModelError: a folder has a dream, but of a brush that is not there.
    """
    brushes = _brush_paths()
    name = find_name(name_or_file, brushes)
    if name is not None:
        return BrushFile(name, brushes[name], _dream_folder(name, brushes[name]))
    path = Path(name_or_file)
    if os.path.isfile(path / CARD_FILE):  # Path.is_file() raises an error where a name is too long
        return _brush_of(path)
    if path.suffix == SUFFIX:
        if not os.path.isfile(path):
            raise BrushError(
                f"There is no brush file {path}.",
                "Check the path, or name one of: " + _names(brushes),
                id="no-such-brush-file",
            )
        name = name_in_mypaint(path) or path.stem
        return BrushFile(name, path, _dream_folder(name, path))
    near = near_names(name_or_file, brushes)
    advice = f"Did you mean {' or '.join(near)}?" if near else f"The brushes are: {_names(brushes)}"
    raise BrushError(f"There is no brush named {name_or_file!r}.", advice, id="no-such-brush")


def _brush_of(folder: Path) -> BrushFile:
    """The brush whose dream is in a folder, such as one that ``train -o`` made."""
    name = str(read_card(folder).get("brush"))
    known = _brush_paths().get(name)
    for path in (*sorted(folder.glob("*" + SUFFIX)), *([known] if known else [])):
        if _is_of(folder, path):
            return BrushFile(name if bare_name(name) == path.stem else path.stem, path, folder)
    raise ModelError(
        f"The folder {folder} has a dream, but not the brush that it belongs to.",
        "Name the .myb file instead.",
        id="dream-of-another-brush",
    )


def _names(brushes: dict[str, Path]) -> str:
    """Names of our brushes and the user's; the stock ones are too many for a message."""
    few = [name for name, path in brushes.items() if BrushFile(name, path, None).origin != "stock"]
    more = "; for MyPaint's own: dreambrush brushes --all" if len(few) < len(brushes) else "."
    return ", ".join(few) + more


def _dream_folder(name: str, brush: Path) -> Path | None:
    """The folder of the newest dream that was trained on just this brush: the user's before ours.

    A dream may have been trained when the brush was a loose file of the same name, without its group.
    """
    bare = bare_name(name)
    for folder in (user_dreams() / name, user_dreams() / bare, shipped_folder("pretrained") / bare):
        if any((folder / file).is_file() for file in (DREAM_FILE, WEIGHTS_FILE)) and _is_of(folder, brush):
            return folder
    return None


def needs_export(folder: Path) -> bool:
    """Whether a dream's weights have yet to be made into what painting runs: there is none, or it is of older weights.

    Told by what the card says of the weights that were exported; times of files mean nothing after a copy.
    """
    if not (folder / WEIGHTS_FILE).is_file():
        return False
    if not (folder / DREAM_FILE).is_file():
        return True
    exported = read_card(folder).get("weights")
    return exported is not None and exported != fingerprint(folder / WEIGHTS_FILE)


def model_leftovers(made: Collection[str]) -> list[str]:
    """Files that an older model may have left in a folder, and that a new one has no use for.

    Args:
        made: names of the new model's files.
    """
    not_in_all = COLOUR_FILE, COLOUR_WEIGHTS_FILE, WET_FILE, WET_WEIGHTS_FILE, WET_GRADIENT_FILE
    return [name for name in (*not_in_all, CONTROLLER_FILE, POLICY_FILE, POLICY_WEIGHTS_FILE) if name not in made]


def fingerprint(file: Path) -> str:
    """Tells the bytes of a file from others: 16 digits of their SHA-256."""
    return digest_of(file.read_bytes())


def digest_of(data: bytes) -> str:
    """16 digits of the SHA-256 of some bytes."""
    return hashlib.sha256(data).hexdigest()[:16]


def _is_of(folder: Path, brush: Path) -> bool:
    from dreambrush.mypaint.engine.myb import read_myb

    try:
        return bool(read_card(folder)["brush_digest"] == read_myb(brush).digest())
    except (BrushError, ModelError, KeyError):
        return False


def read_card(folder: Path) -> dict[str, Any]:
    """The card of a dream: plain data, of which only format and version are checked.

    Raises:
        ModelError: it is missing, broken, or of another version.
    """
    path = folder / CARD_FILE
    try:
        if not path.is_file() or path.stat().st_size > LARGEST_CARD:  # a pipe would be waited for
            raise ValueError
        card = read_json(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise ModelError(
            f"The dream {folder} has no readable card ({CARD_FILE}).", RETRAIN, id="dream-card-unreadable"
        ) from None
    if not isinstance(card, dict) or (card.get("format"), card.get("version")) != (CARD_FORMAT, CARD_VERSION):
        raise ModelError(
            f"The dream {folder} is not of version {CARD_VERSION}.", RETRAIN, id="dream-of-another-version"
        )
    return card
