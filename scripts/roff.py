"""Text as man pages write it: roff with the man macros."""

from __future__ import annotations

import re
import textwrap

WIDTH = 78  # columns of the source
SPECIAL = {"\\": r"\e", "'": r"\(aq", "`": r"\(ga", "^": r"\(ha", "~": r"\(ti", '"': r"\(dq"}
COMPOUND = re.compile(r"[^\w-]*[^\W\d_]+(?:-[^\W\d_]+)+[^\w-]*")  # a word with real hyphens, such as block-in
OPTION = re.compile(r"(?<!\S)(-{1,2}[A-Za-z][\w-]*)(.*)", re.DOTALL)


def literal(text: str) -> str:
    """A text to be typed or copied: every character as it is, on the terminal and when pasted."""
    return "".join(SPECIAL.get(letter, letter) for letter in text).replace("-", r"\-")


def prose(text: str) -> str:
    """A running text: hyphens within words are hyphens, all others can be pasted; `such` words are bold."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return _words(text)  # a backquote that is one
    return "".join(f"\\fB{literal(part)}\\fR" if number % 2 else _words(part) for number, part in enumerate(parts))


def _words(text: str) -> str:
    return "".join(_word(part) for part in re.split(r"(\s+)", text))


def _word(word: str) -> str:
    escaped = literal(word)
    return escaped.replace(r"\-", "-") if COMPOUND.fullmatch(word) else escaped


def filled(text: str) -> list[str]:
    """Lines of a paragraph, for macros to follow: none begins as a macro does."""
    words = " ".join(prose(text).split())
    return [safe(line) for line in textwrap.wrap(words, WIDTH, break_long_words=False, break_on_hyphens=False)]


def safe(line: str) -> str:
    """A line of text that could be taken for a macro."""
    return rf"\&{line}" if line.startswith(".") else line


def option_names(names: str) -> str:
    """``-o, --output FILE`` with the names bold and what stands for a value in italics."""
    parts = []
    for part in re.split(r"(, | / )", names):
        found = OPTION.fullmatch(part)
        parts.append(rf"\fB{literal(found[1])}\fR{_value(found[2])}" if found else literal(part))
    return "".join(parts)


def _value(text: str) -> str:
    value = text.strip()
    return rf" \fI{literal(value)}\fR" if value else ""


def paragraphs(text: str) -> list[str]:
    r"""Paragraphs of a help text; one that begins with a ``\b`` line is kept as it is, line by line."""
    lines: list[str] = []
    for paragraph in re.split(r"\n\s*\n", text.strip("\n")):
        if not paragraph.strip():
            continue
        lines.append(".PP")
        lines += _kept(paragraph) if paragraph.lstrip().startswith("\b") else filled(paragraph)
    return lines


def examples(text: str) -> list[str]:
    """The epilog of a command: indented lines are commands, the others are text; its heading is left out."""
    lines: list[str] = []
    inside = False
    for line in text.replace("\b", "").splitlines():
        is_command = line.startswith("  ")
        if not line.strip() or line.strip() == "Examples:":
            continue
        if is_command and not inside:
            lines += [".PP", ".EX"] if lines else [".EX"]
        elif not is_command and inside:
            lines.append(".EE")
        if not is_command:
            lines += [".PP"] if inside else []
        inside = is_command
        lines += [safe(literal(line.strip()))] if is_command else filled(line)
    return [*lines, ".EE"] if inside else lines


def _kept(paragraph: str) -> list[str]:
    lines = [line for line in paragraph.replace("\b", "").splitlines() if line.strip()]
    return [".nf", *(safe(literal(line)) for line in lines), ".fi"]
