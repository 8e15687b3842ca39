"""The report of ``dreambrush inspect``, as plain data for JSON and in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dreambrush.cli.inspect.pixel import pixel_lines
from dreambrush.cli.shared.outputs import UNFINISHED
from dreambrush.cli.shared.recipes import advice, is_lost
from dreambrush.errors import StrokesError

if TYPE_CHECKING:
    from dreambrush.mypaint.ora.document import Background, Document
    from dreambrush.mypaint.ora.layer_facts import LayerFacts
    from dreambrush.mypaint.ora.layer_tree import Group, PaintLayer
    from dreambrush.recipe import Recipe

EOTFS = {
    1.0: "colours mix alike in MyPaint and in other programs (eotf 1.0)",
    2.2: "colours mix as light does (eotf 2.2), in MyPaint 2 only",
}
TILE_SIZE = 64  # MyPaint saves whole tiles; without a word of that, a layer seems larger than its picture
UNTOLD = "; the file does not say, so MyPaint assumes it"


def report_of(
    file: Path, document: Document, at: tuple[int, int] | None = None, settings: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The JSON object of one file; docs/report.md explains it.

    Args:
        file: as the user named it.
        document: document that is open.
        at: x and y of the pixel whose strokes are asked for.
        settings: settings that have the recipes; by default those of the document.

    Raises:
        OpenrasterError: the pixels of a painted layer, or of the paper, cannot be read.
        UsageError: the pixel lies outside of the picture.
    """
    from dreambrush.mypaint.ora.layer_facts import facts_of_all
    from dreambrush.recipe import recipes_of
    from dreambrush.replay.edits import find_edits
    from dreambrush.replay.strokes_at import strokes_at

    facts = facts_of_all(document.layers(), document.width, document.height)
    recipes: list[Recipe] = []
    problem = None
    try:
        recipes = recipes_of(document.settings if settings is None else settings)
    except StrokesError as error:
        problem = error.message
    picked = None if at is None else strokes_at(document, recipes, facts, *at)  # before what may take long
    changes = find_edits(document, recipes, facts) if recipes else None
    return {
        "file": str(file),
        "width": document.width,
        "height": document.height,
        "eotf": document.eotf,
        "working_eotf": document.working_eotf,
        "resolution": document.resolution and list(document.resolution),
        "paper": document.background and _paper(document.background),
        "layers": [_node(child, facts) for child in document.root.children],
        "unfinished": UNFINISHED in document.archive,
        "paintings": [_painting(recipe) for recipe in recipes],
        "recipe_problem": problem,
        "recipe_lost": not recipes and is_lost(document),
        "changed": None if changes is None else changes.changed,
        "changes": None
        if changes is None
        else {**asdict(changes), "layers": [asdict(each) for each in changes.layers]},
        "at": None
        if at is None or picked is None
        else {"x": at[0], "y": at[1], "layers": [asdict(each) for each in picked]},
    }


def _paper(background: Background) -> dict[str, Any]:
    tile = background.tile()
    plain = bool((tile == tile[:1, :1]).all())
    colour = "#" + bytes(tile[0, 0, :3]).hex() if plain else None
    return {"width": tile.shape[1], "height": tile.shape[0], "colour": colour, "visible": background.visible}


def _node(node: PaintLayer | Group, facts: Mapping[PaintLayer, LayerFacts]) -> dict[str, Any]:
    from dreambrush.mypaint.ora.layer_tree import Group
    from dreambrush.painter.see.backdrop import number_of

    common = {
        "number": number_of(node),
        "name": node.name,
        "mode": node.composite_op,
        "opacity": node.opacity,
        "visible": node.visible,
        "locked": node.locked,
        "selected": node.selected,
    }
    if isinstance(node, Group):
        return {**common, "pass_through": node.pass_through, "layers": [_node(child, facts) for child in node.children]}
    fact = facts[node]
    width, height = fact.size or (None, None)
    place = {"x": node.x, "y": node.y, "width": width, "height": height}
    return {**common, **place, "strokes": fact.strokes, "problems": list(fact.problems)}


def _painting(recipe: Recipe) -> dict[str, Any]:
    strokes = recipe.strokes
    laid = zip(strokes.brushes, recipe.names, range(len(strokes.brushes)), strict=True)
    return {
        "version": recipe.version,
        "seed": recipe.seed,
        "pigment": recipe.pigment,
        "flattened": recipe.flattened,
        "ground": None if recipe.ground is None else "#" + bytes(recipe.ground).hex(),
        "grain": recipe.grain,
        "transparent": recipe.alpha is not None,
        "width": strokes.size[0],
        "height": strokes.size[1],
        "strokes": len(strokes),
        "brushes": [
            {"name": name, "mypaint_name": known, "strokes": int((strokes.brush == index).sum())}
            for name, known, index in laid
        ],
        "layers": [
            {"name": name, "strokes": int((strokes.layer == index).sum())} for index, name in enumerate(strokes.layers)
        ],
        "relief": None if recipe.relief is None else recipe.relief.strength,
        "made_with": dict(recipe.made_with),
        "options": dict(recipe.options),
        "changed_options": changed_options(recipe.options, strokes.brushes),
    }


def changed_options(options: Mapping[str, Any], brushes: Sequence[str]) -> list[str]:
    """The options of a recipe as words for the command line, without those that have their default."""
    from dreambrush.cli.paint.command import paint
    from dreambrush.cli.paint.settings import LIKES_NOTHING, lies_thick, liked_by

    # Of what the hand likes, files hold what was painted; older ones hold nothing where nothing was.
    thick = lies_thick(brushes, options.get("style"))
    liked = liked_by(options.get("hand", 0.0), options.get("palette"), thick)
    words = []
    for option in paint.params:
        name = option.name or ""
        value = options.get(name)
        if value is None and options:
            value = LIKES_NOTHING.get(name)
        if name == "seed" or value is None or value == liked.get(name, option.default):
            continue
        if not isinstance(value, bool):
            words += [option.opts[-1], f"{value:g}" if isinstance(value, float) else str(value)]
        elif value or option.secondary_opts:
            words.append((option.opts if value else option.secondary_opts)[-1])
    return words


def summary(report: dict[str, Any]) -> Iterator[str]:
    """The lines of a report, or only those of a pixel if one was asked for.

    Control characters in names are escaped, because the file may come from a stranger.
    """
    for line in _lines(report) if report["at"] is None else pixel_lines(report):
        yield "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in line)


def _lines(report: dict[str, Any]) -> Iterator[str]:
    declared = "" if report["eotf"] is not None else UNTOLD
    eotf = EOTFS.get(report["working_eotf"], f"colours mix at eotf {report['working_eotf']:g}")
    resolution = report["resolution"]
    inch = "" if resolution is None else f", {' x '.join(str(each) for each in dict.fromkeys(resolution))} ppi"
    yield f"{report['file']}: {report['width']} x {report['height']} pixels{inch}."
    yield f"  {eotf[0].upper()}{eotf[1:]}{declared}."
    yield ""
    yield "Layers, the topmost first:"
    yield from _tree(report["layers"], "  ")
    yield f"  {_paper_words(report['paper'])}"
    yield ""
    if report["recipe_problem"]:
        yield report["recipe_problem"]
    for number, painting in enumerate(report["paintings"], 1):
        yield from _painting_words(painting, number if len(report["paintings"]) > 1 else None)
    if report["unfinished"]:
        yield f"Not finished.  Finish it with: dreambrush paint --resume '{report['file']}'"
    if report["changes"] is not None:
        yield from change_lines(report["changes"], report["changed"])
    elif report["recipe_lost"]:
        yield "Another program has saved this painting without its recipe."
        yield advice(Path(report["file"]))
    elif not report["recipe_problem"]:
        yield "Not painted by dreambrush, or saved by another program without the recipe."


def _tree(nodes: Sequence[dict[str, Any]], indent: str) -> Iterator[str]:
    width = max((len(node["name"]) for node in nodes), default=0)
    digits = max((len(node["number"]) for node in nodes), default=0)
    for node in nodes:
        words = []
        if "layers" in node:
            words.append("group, passed through" if node["pass_through"] else "group")
        elif (node["width"], node["height"]) == (1, 1):
            words.append("empty")
        elif node["width"] is not None:
            place = [node[key] for key in ("width", "height", "x", "y")]
            tiles = "" if any(number % TILE_SIZE for number in place) else " in tiles,"
            words.append(f"{place[0]} x {place[1]}{tiles} at {place[2]}, {place[3]}")
        if node.get("strokes"):
            words.append(_counted(node["strokes"], "stroke"))
        if node["mode"] != "svg:src-over":
            words.append(_mode(node["mode"]))
        if node["opacity"] != 1:
            words.append(f"opacity {_percent(node['opacity'])}")
        words += [word for word, told in (("hidden", not node["visible"]), ("locked", node["locked"])) if told]
        words += node.get("problems", [])
        name = node["name"] or "(no name)"
        yield f"{indent}{node['number']:{digits}}  {name:{width}}  {', '.join(words)}"
        yield from _tree(node.get("layers", []), indent + "  ")


def _paper_words(paper: dict[str, Any] | None) -> str:
    if paper is None:
        return "no paper: MyPaint shows its own"
    look = f"paper {paper['colour']}" if paper["colour"] else f"paper, a tile of {paper['width']} x {paper['height']}"
    return look if paper["visible"] else f"{look}, hidden"


def _painting_words(painting: dict[str, Any], number: int | None) -> Iterator[str]:
    which = "" if number is None else f"{number}. "
    yield f"{which}Painted by dreambrush {painting['version']}, seed {painting['seed']}, " + (
        f"on {'paper' if painting['grain'] else 'a ground'} of {painting['ground']}."
        if painting["ground"]
        else "onto other work."
    )
    brushes = ", ".join(f"{brush['name']} {brush['strokes']}" for brush in painting["brushes"])
    layers = ", ".join(f"{layer['name']} {layer['strokes']}" for layer in painting["layers"])
    yield f"  {_counted(painting['strokes'], 'stroke')}; by brush: {brushes}; by layer: {layers}."
    yield f"  Options: {' '.join(painting['changed_options']) or 'the defaults'}."


def change_lines(changes: dict[str, Any], changed: bool | None) -> Iterator[str]:
    """What was changed, in lines; the arguments are those of a report."""
    if changed is False:
        yield "Unchanged since then."
        return
    yield "Changed since then:" if changed else "It may have been changed since then:"
    if changes["size"] is not None:
        yield f"  the size is now {changes['size'][0]} x {changes['size'][1]}"
    if changes["paper"]:
        yield "  the paper has changed"
    for layer in changes["layers"]:
        words = list(_layer_words(layer))
        if words:
            yield f"  “{layer['name']}” {', '.join(words)}"
    if changes["reordered"]:
        yield "  the order of the layers has changed"
    if changes["added"]:
        yield f"  added: {', '.join(f'“{name}”' for name in changes['added'])}"


def _layer_words(layer: dict[str, Any]) -> Iterator[str]:
    if layer["removed"]:
        yield "was removed"
        return
    if layer["renamed"] is not None:
        yield f"is now called “{layer['renamed']}”"
    if layer["hidden"]:
        yield "is hidden"
    if layer["opacity"] is not None:
        yield f"has an opacity of {_percent(layer['opacity'])}"
    if layer["composite_op"] is not None:
        yield f"has the mode {_mode(layer['composite_op'])}"
    if layer["pixels"] is None:
        yield "may have been painted on: MyPaint's engine here is another than the one that painted it"
    elif layer["pixels"]:
        yield f"was painted on: {_counted(layer['pixels'], 'pixel')} differ{'s' if layer['pixels'] == 1 else ''}"
    if layer["strokes"]:
        yield f"has {_counted(layer['strokes'], 'new stroke')}"


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _mode(composite_op: str) -> str:
    known = {"svg:src-over": "Normal", "mypaint:spectral-wgm": "Pigment"}
    return known.get(composite_op, composite_op.removeprefix("svg:"))


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"
