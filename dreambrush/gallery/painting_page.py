"""The page of an .ora: its strokes, layers and recipe, and what the artist has changed since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from dreambrush.gallery.embedded import picture_address
from dreambrush.gallery.markup import facts as fact_list
from dreambrush.gallery.markup import listed, name, paragraph, said, section, table
from dreambrush.gallery.page import make_page
from dreambrush.gallery.painting_pictures import Pictures, pictures_of
from dreambrush.mypaint.ora.document import Document
from dreambrush.mypaint.ora.layer_facts import facts_of_all
from dreambrush.recipe import Recipe

NO_STROKES = "dreambrush did not paint in this file, or another program has saved it without the recipe."
NORMAL, PIGMENT = "svg:src-over", "mypaint:spectral-wgm"


def painting_page(
    document: Document, recipes: Sequence[Recipe], report: Mapping[str, Any], changes: Iterable[str], command: str
) -> str:
    """The text of the page.  The same file gives the same text, except for the command.

    Args:
        document: document that is open.
        recipes: its recipes, the oldest first; may be none.
        report: what ``inspect --json`` reports of it (docs/report.md).
        changes: what was changed since, in lines; none if there is no recipe.
        command: command that makes the page.
    """
    pictures = pictures_of(
        document,
        recipes,
        facts_of_all(document.layers(), document.width, document.height),
        changed=report["changed"],
    )
    title = Path(report["file"]).stem or "A painting"
    body = [
        _picture_alone(pictures, title),
        _changes(changes) if recipes else "",
        section("Layers", _tree(report["layers"]), _paper(report["paper"])),
        *(_recipe(painting, number, len(recipes)) for number, painting in enumerate(report["paintings"], 1)),
        section("This file", fact_list([("file", name(Path(report["file"]).name)), *_size(report)]))
        if not recipes
        else "",
        section("This page", fact_list([("made with", f"<code>{said(command)}</code>")])),
    ]
    kind = "A painting, stroke by stroke" if recipes else "A picture in layers"
    return make_page(title, kind=kind, lead=_lead(report, pictures), body="\n".join(body), works=pictures.works)


def _lead(report: Mapping[str, Any], pictures: Pictures) -> str:
    sentences = []
    for painting in report["paintings"]:
        brushes = listed([brush["name"] for brush in painting["brushes"] if brush["strokes"]])
        ground = f"on {'paper' if painting['grain'] else 'a ground'} of {painting['ground']}"
        where = ground if painting["ground"] else "onto other work"
        sentences.append(
            f"{painting['strokes']:,} strokes of {brushes or 'no brush'}, "
            f"{where}, {painting['width']} by {painting['height']} pixels. "
            f"A machine painted them: dreambrush {painting['version']}, seed {painting['seed']}."
        )
    if not report["paintings"]:
        sentences.append(report["recipe_problem"] or NO_STROKES)
        sentences.append("So there are no strokes to show. The layers are listed below.")
    if report["unfinished"]:
        sentences.append("The painting is not finished.")
    sentences += pictures.left_out
    if pictures.problem:
        sentences.append(f"The picture itself is missing here. {pictures.problem}")
    return "".join(map(paragraph, sentences))


def _picture_alone(pictures: Pictures, title: str) -> str:
    """The picture of a file without strokes of ours."""
    if pictures.works or pictures.now is None:
        return ""
    return f'<figure class="alone"><img alt="{said(title)}" src="{picture_address(pictures.now)}"></figure>'


def _tree(nodes: Sequence[Mapping[str, Any]]) -> str:
    """Layers and groups, the topmost first."""
    items = []
    for node in nodes:
        told = ["group"] if "layers" in node else ["empty"] if (node["width"], node["height"]) == (1, 1) else []
        if node.get("strokes"):
            told.append(f"{node['strokes']:,} stroke{'' if node['strokes'] == 1 else 's'}")
        if node["mode"] != NORMAL:
            told.append("Pigment" if node["mode"] == PIGMENT else node["mode"].removeprefix("svg:"))
        if node["opacity"] != 1:
            told.append(f"opacity {100 * node['opacity']:.3g} %")
        told += [word for word, so in (("hidden", not node["visible"]), ("locked", node["locked"])) if so]
        told += node.get("problems", [])
        inner = _tree(node["layers"]) if node.get("layers") else ""
        items.append(f'<li>{name(node["name"])} <span class="told">{said(", ".join(told))}</span>{inner}</li>')
    return f'<ul class="tree">{"".join(items)}</ul>'


def _paper(paper: Mapping[str, Any] | None) -> str:
    if paper is None:
        return paragraph("Below them there is no paper.")
    look = f"paper of {paper['colour']}" if paper["colour"] else "paper with a pattern"
    return paragraph(f"Below them lies {look}{'' if paper['visible'] else ', hidden'}.")


def _recipe(painting: Mapping[str, Any], number: int, count: int) -> str:
    rows = [
        ("painted by", said(f"dreambrush {painting['version']}")),
        ("seed", said(painting["seed"])),
        ("options", f"<code>{said(' '.join(painting['changed_options']) or 'the defaults')}</code>"),
        ("colours mix", "as pigment" if painting["pigment"] else "as light of a screen"),
    ]
    if painting["relief"]:
        rows.append(("relief of the paint", said(f"{painting['relief']:g}")))
    if painting["made_with"]:
        rows.append(("made with", said(", ".join(f"{key} {value}" for key, value in painting["made_with"].items()))))
    brushes = [[name(brush["name"]), f"{brush['strokes']:,}"] for brush in painting["brushes"]]
    layers = [[name(layer["name"]), f"{layer['strokes']:,}"] for layer in painting["layers"]]
    return section(
        "How it was painted" if count == 1 else f"How painting {number} was painted",
        fact_list(rows),
        '<div class="pair">',
        table("Strokes by brush", ["brush", "strokes"], brushes, numbers=1),
        table("Strokes by layer, the lowest first", ["layer", "strokes"], layers, numbers=1),
        "</div>",
    )


def _changes(lines: Iterable[str]) -> str:
    first, *rest = list(lines) or ["It cannot be told whether it was changed."]
    items = "".join(f"<li>{said(line.strip())}</li>" for line in rest)
    return section("Since then", paragraph(first), f'<ul class="words">{items}</ul>' if items else "")


def _size(report: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [("size", said(f"{report['width']} by {report['height']} pixels"))]
