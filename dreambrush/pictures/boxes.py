"""The boxes of HEIF and AVIF files (ISO/IEC 14496-12 and 23008-12), as far as colours go."""

from __future__ import annotations

from collections.abc import Iterator
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
    with open(path, "rb") as file:
        data = b""
        for _ in range(64):  # boxes before "meta"
            head = file.read(8)
            size = int.from_bytes(head[:4], "big")
            if head[4:8] == b"meta":
                data = file.read(min(max(size - 8, 0), LARGEST_META))
                break
            if len(head) < 8 or size < 8:
                return None
            file.seek(size - 8, 1)
    meta = dict(_boxes(data, 4))
    item = _primary(meta.get(b"pitm", b""))
    properties = dict(_boxes(meta.get(b"iprp", b""), 0))
    kept = list(_boxes(properties.get(b"ipco", b""), 0))
    for index in _associated(properties.get(b"ipma", b""), item):
        kind, body = kept[index - 1] if 0 < index <= len(kept) else (b"", b"")
        if kind == b"colr" and body[:4] == b"nclx" and len(body) >= 8:
            return int.from_bytes(body[4:6], "big"), int.from_bytes(body[6:8], "big")
    return None


def _boxes(data: bytes, at: int) -> Iterator[tuple[bytes, bytes]]:
    """Kind and content of boxes that lie one after another."""
    while at + 8 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        size = len(data) - at if size == 0 else size
        if size < 8:
            return
        yield data[at + 4 : at + 8], data[at + 8 : at + size]
        at += size


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
