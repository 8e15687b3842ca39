"""MyPaint's ``order.conf``: which brush is in which group, and in which order.  Changes keep all other bytes.

The file is a list of lines. "Group: NAME" begins a group, every other line is a brush of it, and "#" begins a comment.
Brushes before the first group, and brushes in no group, are in the group "lost&found".  Brushes of a group that the
artist deleted go to "deleted" (gui/brushmanager.py of MyPaint 2.0.1, _parse_order_conf).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

HEADER = "Group: "
LOST, DELETED, FAVOURITES = "lost&found", "deleted", "favorites"


def lists_brushes(content: bytes) -> bool:
    """Whether the file lists anything.  If not, MyPaint starts from its stock order."""
    return any(True for _ in _entries(content.splitlines()))


def homeless(content: bytes, names: Sequence[str]) -> list[str]:
    """The brushes that are in no group of the artist's."""
    at_home = {name for _, home, name in _entries(content.splitlines()) if home not in (LOST, DELETED)}
    return [name for name in names if name not in at_home]


def with_brushes(content: bytes, group: str, names: Sequence[str]) -> bytes:
    """Adds brushes to a group, which is made at the end of the file if there is none.

    A brush that is in one of the artist's groups stays there.  If all are, the file stays as it is.

    Args:
        content: of the file.
        group: name of the group.
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
    """Removes brushes, and the groups that this leaves empty.  It undoes what :func:`with_brushes` added.

    Args:
        content: of the file.
        group: the group to which the brushes were added.  It goes too if it is empty already.
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
    """Removes groups without brushes.  MyPaint itself keeps only "favorites" of these."""
    lines = content.splitlines(keepends=True)
    entries = list(_entries(lines))
    filled = {FAVOURITES, *(home for _, home, name in entries if name)}
    empty = {number for number, home, _ in entries if home not in filled}
    return b"".join(line for number, line in enumerate(lines) if number not in empty)


def _entries(lines: Sequence[bytes]) -> Iterator[tuple[int, str, str]]:
    """Number, group and name of every line that counts.  A line that begins a group has an empty name."""
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
