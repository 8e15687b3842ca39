"""MyPaint's ``order.conf``: which brush is in which group, in which order.  Changed by the line, kept by the byte.

The file is a list of lines: "Group: NAME" begins a group, every other line is a brush of it, "#" begins a comment.
Brushes before the first group, and those that MyPaint finds in no group, are in the group "lost&found"; those of a
group that the artist deleted go to "deleted" (gui/brushmanager.py of MyPaint 2.0.1, _parse_order_conf).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

HEADER = "Group: "
LOST, DELETED, FAVOURITES = "lost&found", "deleted", "favorites"


def lists_brushes(content: bytes) -> bool:
    """Whether there is anything in the file; MyPaint starts from its stock order where there is not."""
    return any(True for _ in _entries(content.splitlines()))


def homeless(content: bytes, names: Sequence[str]) -> list[str]:
    """Those of the brushes that are in no group of the artist's."""
    at_home = {name for _, home, name in _entries(content.splitlines()) if home not in (LOST, DELETED)}
    return [name for name in names if name not in at_home]


def with_brushes(content: bytes, group: str, names: Sequence[str]) -> bytes:
    """The file with brushes added to a group, which is made at the end if there is none.

    A brush that the artist has in any group of theirs is left there, and where all are, so is the whole file.

    Args:
        content: of the file.
        group: its name.
        names: of the brushes, as MyPaint calls them.
    """
    missing = homeless(content, names)
    if not missing:
        return content
    lines = without_brushes(content, "", missing).splitlines(keepends=True)
    ends = [number + 1 for number, home, _ in _entries(lines) if home == group]
    new = missing if ends else [HEADER + group, *missing]
    return _inserted(lines, ends[-1] if ends else len(lines), [name.encode() for name in new])


def without_brushes(content: bytes, group: str, names: Collection[str]) -> bytes:
    """The file without brushes, and without groups that this leaves empty: what :func:`with_brushes` added is undone.

    Args:
        content: of the file.
        group: that the brushes were added to; it goes, too, if it is empty already.
        names: of the brushes, as MyPaint calls them.
    """
    lines = content.splitlines(keepends=True)
    entries = list(_entries(lines))
    gone = {number for number, _, name in entries if name in names}
    emptied = {group, *(home for number, home, _ in entries if number in gone)}
    emptied -= {home for number, home, name in entries if name and number not in gone}
    gone |= {number for number, home, _ in entries if home in emptied}
    kept = [line for number, line in enumerate(lines) if number not in gone]
    if kept and len(lines) - 1 in gone and not _line_end(lines[-1]):
        kept[-1] = kept[-1].rstrip(b"\r\n")  # the file did not end with a line end before, either
    return b"".join(kept)


def without_empty_groups(content: bytes) -> bytes:
    """The file without groups that have no brushes, as MyPaint keeps none but "favorites" of those in its own file."""
    lines = content.splitlines(keepends=True)
    entries = list(_entries(lines))
    filled = {FAVOURITES, *(home for _, home, name in entries if name)}
    empty = {number for number, home, _ in entries if home not in filled}
    return b"".join(line for number, line in enumerate(lines) if number not in empty)


def _entries(lines: Sequence[bytes]) -> Iterator[tuple[int, str, str]]:
    """Number, group and name of every line that counts; the name of a line that begins a group is empty."""
    group = LOST
    for number, line in enumerate(lines):
        text = line.decode("utf-8", "surrogateescape").strip()
        if text.startswith(HEADER):
            group = text.removeprefix(HEADER)
            yield number, group, ""
        elif text and not text.startswith("#"):
            yield number, group, text


def _inserted(lines: Sequence[bytes], place: int, new: Sequence[bytes]) -> bytes:
    before, after = list(lines[:place]), lines[place:]
    end = next((_line_end(line) for line in lines if _line_end(line)), b"\n")
    added = [line + end for line in new]
    if before and not _line_end(before[-1]):  # a file without a line end at its end remains one
        before[-1] += end
        added[-1] = new[-1]
    return b"".join([*before, *added, *after])


def _line_end(line: bytes) -> bytes:
    return line[len(line.rstrip(b"\r\n")) :]
