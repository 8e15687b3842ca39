"""The boxes of HEIF and AVIF files (ISO/IEC 14496-12 and 23008-12), as far as colours go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

HEIF_BRANDS = frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"))
AVIF_BRANDS = frozenset((b"avif", b"avis"))
LARGEST_META = 16 << 20  # bytes


def brands_of(head: bytes) -> set[bytes]:
    """The brands that a file's first bytes claim; none where they are of another kind of file."""
    if head[4:8] != b"ftyp":
        return set()
    end = min(int.from_bytes(head[:4], "big"), len(head))
    return {head[8:12], *(head[at : at + 4] for at in range(16, end - 3, 4))}


def nclx_of(path: Path) -> tuple[int, int] | None:
    """Primaries and transfer characteristics that a file's main picture names by number; None where it does not."""
    meta = meta_of(path)
    for kind, body in meta.properties(meta.primary):
        if kind == b"colr" and body[:4] == b"nclx" and len(body) >= 8:
            return int.from_bytes(body[4:6], "big"), int.from_bytes(body[6:8], "big")
    return None


class Meta:
    """What the box "meta" of a file says of its items, which have numbers.

    Args:
        data: the content of the box; empty if there is none.

    Attributes:
        primary: number of the main picture.
        kinds: kind of each item, such as b"hvc1".
        places: offset and length of the pieces of each item that lies in the file.
    """

    def __init__(self, data: bytes) -> None:
        found = dict(_boxes(data, 4))
        self.primary = _primary(found.get(b"pitm", b""))
        self.kinds = dict(_kinds(found.get(b"iinf", b"")))
        self.places, self._inside = _places(found.get(b"iloc", b""))
        self._inline = found.get(b"idat", b"")
        self._references = found.get(b"iref", b"")
        properties = dict(_boxes(found.get(b"iprp", b""), 0))
        self._kept = list(_boxes(properties.get(b"ipco", b""), 0))
        self._associations = properties.get(b"ipma", b"")

    def properties(self, item: int) -> list[tuple[bytes, bytes]]:
        """Kind and content of an item's properties, in their order."""
        places = _associated(self._associations, item)
        return [self._kept[place - 1] for place in places if 0 < place <= len(self._kept)]

    def inline(self, item: int) -> bytes:
        """The bytes of an item that lies in this box itself; none if it does not."""
        return b"".join(self._inline[offset : offset + length] for offset, length in self._inside.get(item, ()))

    def derived_from(self, item: int) -> list[int]:
        """The items that an item is made of."""
        step = 4 if self._references[:1] == b"\1" else 2
        for kind, body in _boxes(self._references, 4):
            if kind == b"dimg" and int.from_bytes(body[:step], "big") == item:
                count = int.from_bytes(body[step : step + 2], "big")
                parts = (body[at : at + step] for at in range(step + 2, step + 2 + count * step, step))
                return [int.from_bytes(part, "big") for part in parts]
        return []


def meta_of(path: Path) -> Meta:
    """What a HEIF or AVIF file says of its items."""
    data = b""
    with open(path, "rb") as file:
        for _ in range(64):  # boxes before "meta"
            head = file.read(8)
            size = int.from_bytes(head[:4], "big")
            if head[4:8] == b"meta":
                data = file.read(min(max(size - 8, 0), LARGEST_META))
            if len(head) < 8 or size < 8 or data:
                break
            file.seek(size - 8, 1)
    return Meta(data)


def box(kind: bytes, body: bytes) -> bytes:
    """A complete box."""
    return (8 + len(body)).to_bytes(4, "big") + kind + body


def single_heic(properties: Iterable[bytes], data: bytes) -> bytes:
    """A HEIC file of one picture that is coded as HEVC.

    Args:
        properties: complete boxes of the picture's properties.
        data: its coded bytes.
    """
    kept = list(properties)
    used = bytes((len(kept), *range(1, len(kept) + 1)))
    full = bytes(4)  # version and flags
    coded = box(b"infe", b"\2" + bytes(3) + b"\0\1" + bytes(2) + b"hvc1" + b"\0")
    start = box(b"ftyp", b"heic" + bytes(4) + b"mif1heic")

    def meta(offset: int) -> bytes:
        where = b"\x44\0" + b"\0\1" + b"\0\1" + bytes(2) + b"\0\1"
        parts = (
            box(b"hdlr", full + bytes(4) + b"pict" + bytes(13)),
            box(b"pitm", full + b"\0\1"),
            box(b"iloc", full + where + offset.to_bytes(4, "big") + len(data).to_bytes(4, "big")),
            box(b"iinf", full + b"\0\1" + coded),
            box(b"iprp", box(b"ipco", b"".join(kept)) + box(b"ipma", full + b"\0\0\0\1" + b"\0\1" + used)),
        )
        return box(b"meta", full + b"".join(parts))

    return start + meta(len(start) + len(meta(0)) + 8) + box(b"mdat", data)


def _boxes(data: bytes, at: int) -> Iterator[tuple[bytes, bytes]]:
    """Kind and content of boxes that lie one after another."""
    while at + 8 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        size = len(data) - at if size == 0 else size
        if size < 8:
            return
        yield data[at + 4 : at + 8], data[at + 8 : at + size]
        at += size


def _kinds(body: bytes) -> Iterator[tuple[int, bytes]]:
    """Number and kind of the items."""
    for name, entry in _boxes(body, 8 if body[:1] == b"\1" else 6):
        if name == b"infe" and entry[:1] in (b"\2", b"\3"):
            step = 2 if entry[:1] == b"\2" else 4
            yield int.from_bytes(entry[4 : 4 + step], "big"), entry[6 + step : 10 + step]


Places = dict[int, tuple[tuple[int, int], ...]]


def _places(body: bytes) -> tuple[Places, Places]:
    """Offset and length of each item's pieces: of those in the file, and of those in the box "idat"."""
    inside_file: Places = {}
    inside_meta: Places = {}
    if len(body) < 8:
        return inside_file, inside_meta
    version, at = body[0], 6
    offset_size, length_size, base_size = body[4] >> 4, body[4] & 15, body[5] >> 4
    index_size = body[5] & 15 if version in (1, 2) else 0

    def number(size: int) -> int:
        nonlocal at
        at += size
        return int.from_bytes(body[at - size : at], "big")

    for _ in range(number(4 if version == 2 else 2)):
        if at >= len(body):
            break
        item = number(4 if version == 2 else 2)
        method = number(2) & 15 if version in (1, 2) else 0
        elsewhere, base = number(2), number(base_size)
        pieces = []
        for _ in range(number(2)):
            number(index_size)
            offset = number(offset_size)
            pieces.append((base + offset, number(length_size)))
        if not elsewhere and method in (0, 1):
            (inside_meta if method else inside_file)[item] = tuple(pieces)
    return inside_file, inside_meta


def _primary(body: bytes) -> int:
    return int.from_bytes(body[4:8] if body[:1] == b"\1" else body[4:6], "big")


def _associated(body: bytes, item: int) -> list[int]:
    """The properties of an item, as places in their list, counted from 1."""
    if len(body) < 8:
        return []
    wide_item, wide_place = body[0] > 0, body[3] & 1
    at = 8
    for _ in range(int.from_bytes(body[4:8], "big")):
        length = 4 if wide_item else 2
        number = int.from_bytes(body[at : at + length], "big")
        at += length
        if at >= len(body):
            return []
        count, step = body[at], 2 if wide_place else 1
        at += 1
        if number == item:
            mask = 0x7FFF if wide_place else 0x7F
            return [int.from_bytes(body[k : k + step], "big") & mask for k in range(at, at + count * step, step)]
        at += count * step
    return []
