"""Every error has an id that docs/errors.md lists, under the right exit code and with the words that users see."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from dreambrush import errors
from dreambrush.cli.shared.errors import KINDS_OF_CLICK
from dreambrush.errors import DreambrushError, ExitCode
from scripts.make_errors import PAGE, kinds, page, read_catalogue

ADVICE = "; mend docs/errors.toml, then run: python scripts/make_errors.py"
SOURCES = Path(errors.__file__).parent
CATALOGUE = read_catalogue()
KINDS = {kind.id: kind for kind in kinds(CATALOGUE)}
CLASSES: dict[str, type[DreambrushError]] = {
    name: found
    for name, found in vars(errors).items()
    if isinstance(found, type) and issubclass(found, DreambrushError)
}
# How click's errors begin; most of their words are in no source of ours.
OF_CLICK = ("No such ", "Missing ", "Invalid value", "The command takes no", "... needs a value")
HOLE = "\0"  # what varies in a message


@cache
def trees() -> dict[str, ast.Module]:
    return {str(path.relative_to(SOURCES)): ast.parse(path.read_text()) for path in sorted(SOURCES.rglob("*.py"))}


def calls() -> Iterator[tuple[str, str, ast.Call]]:
    """Where, the name that is called, and the call."""
    for name, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
                called = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
                yield f"{name}:{node.lineno}", called, node


def id_of(call: ast.Call) -> ast.expr | None:
    return next((keyword.value for keyword in call.keywords if keyword.arg == "id"), None)


def words(node: ast.AST) -> str | None:
    """A text with a hole for each thing that is put in; None if it is no literal."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(words(part) or HOLE for part in node.values)
    return None


def pattern(text: str) -> re.Pattern[str]:
    """A message or what the page shows of one, without quotes; what varies can be anything."""
    plain = re.sub("['“”]", "", text).replace("...", HOLE)
    return re.compile(".*".join(re.escape(part) for part in plain.split(HOLE)), re.DOTALL)


def alike(shown: str, message: str) -> bool:
    """Whether the page shows this message, or one that it can become."""
    plain_shown, plain_message = (re.sub("['“”]", "", text) for text in (shown, message))
    holes = re.compile(rf"{pattern(message).pattern}\Z", re.DOTALL)
    return bool(pattern(shown).search(plain_message) or holes.match(plain_shown + "."))


def test_the_page_is_what_the_catalogue_makes() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(CATALOGUE), f"docs/errors.md is out of date{ADVICE}"
    assert [code["code"] for code in CATALOGUE["code"]] == [code.value for code in ExitCode]


def test_ids_are_stable_names() -> None:
    listed = [kind.id for kind in kinds(CATALOGUE)]
    assert len(listed) == len(set(listed))
    for kind in KINDS.values():
        assert re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", kind.id), kind.id
        assert kind.shown and re.fullmatch(r"[A-Z`].*\.", kind.do, re.DOTALL), f"{kind.id}{ADVICE}"


def test_every_error_that_is_made_has_an_id_of_the_catalogue() -> None:
    made = 0
    for where, called, call in calls():
        id = id_of(call)
        if called in CLASSES:
            made += 1
            assert id is not None, f"{where}: {called} without an id, as in {called}(message, advice, id=...)"
            passed_on = isinstance(id, ast.Name | ast.Attribute) and ast.unparse(id).split(".")[-1] == "id"
            assert words(id) or passed_on, f"{where}: an id that is no literal"
        if isinstance(id, ast.Constant):
            assert id.value in KINDS, f"{where}: {id.value!r} is in no catalogue{ADVICE}"
            if called in CLASSES:
                assert KINDS[str(id.value)].code == CLASSES[called].exit_code, (
                    f"{where}: {id.value} is of another code{ADVICE}"
                )
    assert made > 150
    for tree in trees().values():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                names, defaults = node.args.kwonlyargs, node.args.kw_defaults
                for name, default in zip(names, defaults, strict=True):
                    if name.arg == "id" and isinstance(default, ast.Constant) and default.value:
                        assert default.value in KINDS, f"{node.name}: {default.value!r} is in no catalogue{ADVICE}"
    assert set(KINDS_OF_CLICK.values()) <= set(KINDS)


def test_every_id_of_the_catalogue_is_that_of_an_error() -> None:
    texts = {words(node) for tree in trees().values() for node in ast.walk(tree)}
    assert set(KINDS) <= texts, f"no error has the ids {sorted(set(KINDS) - texts)}{ADVICE}"


def test_the_page_shows_every_message_that_stands_in_an_error() -> None:
    for where, called, call in calls():
        id = id_of(call)
        message = words(call.args[0]) if call.args else None
        if called in CLASSES and message is not None and isinstance(id, ast.Constant):
            shown = KINDS[str(id.value)].shown
            assert any(alike(each, message) for each in shown), f"{where}: {message!r} is not in {shown}{ADVICE}"


def test_nothing_is_shown_that_no_source_says() -> None:
    for shown in (each for kind in KINDS.values() for each in kind.shown):
        if not shown.startswith(OF_CLICK):
            longest = max(re.sub("['“”]", "", shown).split("..."), key=len)
            end = " ".join(longest.split()[-3:])  # what comes before may be of another literal
            assert any(end in text for text in texts_without_quotes()), f"nothing says {shown!r}{ADVICE}"


@cache
def texts_without_quotes() -> tuple[str, ...]:
    found = (words(node) for tree in trees().values() for node in ast.walk(tree))
    return tuple({re.sub("['“”]", "", text) for text in found if text})


def test_an_error_keeps_its_id() -> None:
    error = errors.PictureError("There is no picture.", "Paint one.", id="no-such-picture")
    assert (error.id, error.exit_code, str(error)) == ("no-such-picture", 3, "There is no picture. Paint one.")
    assert isinstance(error, DreambrushError)
