"""Writes a zip archive, most of whose members are copied unchanged from another one.

Python's zipfile can only pack a member again.  That changes its bytes, its date, or how it says that its name is UTF-8.
This module copies the compressed bytes, the header before them, and their entry in the directory.  Only their place in
the file changes.  Source: PKWARE, APPNOTE.TXT 6.3.10, sections 4.3 and 4.5.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from typing import BinaryIO

from dreambrush.errors import OutputError

_LOCAL = struct.Struct("<4s5H3I2H")  # what stands before a member's bytes: section 4.3.7
_ENTRY = struct.Struct("<4s4B4H3I5H2I")  # a member's entry in the directory: 4.3.12
_END = struct.Struct("<4s4H2IH")  # 4.3.16
_VERSION = 20  # of the format: folders and deflation
_DESCRIBED_BEHIND = 0x8  # a flag: checksum and sizes are repeated behind the bytes
_UTF8 = 0x800  # a flag
_ZIP64 = 1  # the kind of extra field that holds what does not fit into 32 bits
_DATE = 1 << 5 | 1  # 1980-01-01
_CHUNK = 1 << 20


class ZipCopy:
    """An archive in the making.

    Args:
        file: an empty file, open for writing.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._entries: list[bytes] = []
        self._end = 0  # of the last member

    def copy(self, source: BinaryIO, member: zipfile.ZipInfo) -> None:
        """Copies a member of another archive.

        Args:
            source: the other archive, open for reading.
            member: the member as zipfile read it there.

        Raises:
            zipfile.BadZipFile: the source is damaged at this member.
        """
        name = member.orig_filename.encode("utf-8" if member.flag_bits & _UTF8 else "cp437")
        source.seek(member.header_offset)
        header = source.read(_LOCAL.size)
        if len(header) < _LOCAL.size or not header.startswith(b"PK\3\4"):
            raise zipfile.BadZipFile("a member is not where it should be")
        name_size, extra_size = _LOCAL.unpack(header)[-2:]
        header += source.read(name_size + extra_size)
        if header[_LOCAL.size : _LOCAL.size + name_size] != name:
            raise zipfile.BadZipFile("a member has two names")
        start = self._begin_member()
        self._write(header)
        missing = member.compress_size
        while missing:
            chunk = source.read(min(_CHUNK, missing))
            if not chunk:
                raise zipfile.BadZipFile("a member is incomplete")
            self._write(chunk)
            missing -= len(chunk)
        if member.flag_bits & _DESCRIBED_BEHIND:
            self._write(_descriptor(source.read(24), member))
        year, month, day, hour, minute, second = member.date_time
        extra = _without_zip64(member.extra)
        self._entries.append(
            _ENTRY.pack(
                b"PK\1\2",
                *(member.create_version, member.create_system, member.extract_version, member.reserved),
                *(member.flag_bits, member.compress_type),
                *(hour << 11 | minute << 5 | second // 2, (year - 1980) << 9 | month << 5 | day),
                *(member.CRC, member.compress_size, member.file_size),
                *(len(name), len(extra), len(member.comment), member.volume),
                *(member.internal_attr, member.external_attr, start),
            )
            + name
            + extra
            + member.comment
        )

    def add(self, name: str, data: bytes) -> None:
        """Adds a member as MyPaint writes it: stored, of mode 0644, dated 1980-01-01.

        Args:
            name: name of the member.
            data: its content, less than 4 GiB.
        """
        packed = name.encode()
        about = (
            0 if name.isascii() else _UTF8,
            zipfile.ZIP_STORED,
            0,
            _DATE,
            zlib.crc32(data),
            len(data),
            len(data),
            len(packed),
        )
        start = self._begin_member()
        self._write(_LOCAL.pack(b"PK\3\4", _VERSION, *about, 0) + packed)
        self._write(data)
        unix = (_VERSION, 3, _VERSION, 0)
        self._entries.append(_ENTRY.pack(b"PK\1\2", *unix, *about, 0, 0, 0, 0, 0o644 << 16, start) + packed)

    def write_directory(self, comment: bytes = b"") -> None:
        """Makes the file a whole archive.  Members added later replace the directory, until it is written again.

        Args:
            comment: comment of the archive, at most 65,535 bytes.
        """
        directory = b"".join(self._entries)
        self._check_size(self._end + len(directory))
        count = len(self._entries)
        self._file.seek(self._end)
        self._file.truncate()
        self._file.write(directory)
        self._file.write(_END.pack(b"PK\5\6", 0, 0, count, count, len(directory), self._end, len(comment)) + comment)
        self._file.flush()

    def _begin_member(self) -> int:
        self._file.seek(self._end)
        return self._end

    def _write(self, data: bytes) -> None:
        self._check_size(self._end + len(data))
        self._file.write(data)
        self._end += len(data)

    def _check_size(self, size: int) -> None:
        if size >= 0xFFFFFFFF:
            raise OutputError(
                "The new file would be larger than 4 GiB.", "Merge some of its layers first.", id="output-too-large"
            )


def _descriptor(behind: bytes, member: zipfile.ZipInfo) -> bytes:
    """The record that repeats checksum and sizes after a member's bytes.  It has four forms (section 4.3.9)."""
    for form in ("<II", "<QQ"):
        if max(member.compress_size, member.file_size) >> 32 and form == "<II":
            continue
        repeated = struct.pack("<I", member.CRC) + struct.pack(form, member.compress_size, member.file_size)
        for descriptor in (b"PK\7\10" + repeated, repeated):
            if behind.startswith(descriptor):
                return descriptor
    return b""  # no reader that goes by the directory misses it


def _without_zip64(extra: bytes) -> bytes:
    """An entry's extra fields, without the one that tells the member's place in a huge archive."""
    kept = b""
    while len(extra) >= 4:
        kind, size = struct.unpack_from("<2H", extra)
        if kind != _ZIP64:
            kept += extra[: 4 + size]
        extra = extra[4 + size :]
    return kept + extra
