"""Opens an .ora file, which is a zip archive, without trusting it.

Nothing is ever unpacked to the disk, and nothing is inflated beyond a limit.  A member's declared size is only a claim,
so reading stops at the claim or at the limit.  Some archives are refused as a whole: those that programs may read
differently (two members of one name), and those that no painting program writes (encrypted, exotic compression).
"""

from __future__ import annotations

import os
import stat
import struct
import zipfile
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from dreambrush.errors import OpenrasterError

MIMETYPE = "image/openraster"
MEMBER_COUNT_LIMIT = 20_000
MEMBER_LIMIT = 1 << 30  # bytes of one member, inflated
DIRECTORY_LIMIT = 8 << 20  # bytes of the list of members: some hundred thousand of them
AGAIN = "Open it in the program that made it and save it again, or go back to an earlier copy."

_CHUNK = 1 << 20
_ENCRYPTED = 0x1 | 0x40 | 0x2000  # the flags of weak, strong and central directory encryption
_NAME_LIMIT = 1024


class OraArchive:
    """An .ora file, opened for reading.

    Args:
        path: the file.  It stays open until :meth:`close` or the end of a ``with`` block.

    Attributes:
        path: the file.
        members: all members in the order of the archive's directory.

    Raises:
        OpenrasterError: the file does not exist, cannot be read, or is no .ora that can be trusted.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._file = _open(self.path)
        try:
            self._zip = _open_zip(self._file, self.path)
            self.members = tuple(self._zip.infolist())
            self._by_name = {_usual_name(member): member for member in self.members}
            self._check_members()
            self._check_mimetype()
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> OraArchive:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Closes the file.  What was read stays valid."""
        self._zip.close()
        self._file.close()

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def read(self, name: str, limit: int = MEMBER_LIMIT) -> bytes:
        """Reads all bytes of a member.

        Args:
            name: the member's name, as stack.xml writes it.
            limit: the most bytes to accept.  No more are inflated.

        Raises:
            OpenrasterError: there is no such member, it is larger or damaged, or its name is absurd.
        """
        member = self.find(name)
        if member.file_size > limit:
            raise self.broken(
                f"declares {member.file_size:,} bytes for “{name}”, more than the {limit:,} accepted",
                id="ora-too-large",
            )
        return self._inflate(member, member.file_size)

    def read_start(self, name: str, count: int) -> bytes:
        """Reads the first ``count`` bytes of a member, or all if there are fewer.  Errors are those of :meth:`read`."""
        member = self.find(name)
        return self._inflate(member, min(count, member.file_size))

    def broken(self, what: str, *, id: str = "ora-damaged") -> OpenrasterError:
        """Makes an error that says what is wrong with this file: "FILE {what}."  ``id`` is the kind of error."""
        return OpenrasterError(f"The file '{self.path}' {what}.", AGAIN, id=id)

    def find(self, name: str) -> zipfile.ZipInfo:
        """Finds a member by its name in stack.xml; raises OpenrasterError if there is none or the name is absurd."""
        if not _is_plausible(name):
            raise self.broken(f"refers to a member by an impossible name ({name[:60]!r})", id="ora-not-trusted")
        if name not in self:
            raise self.broken(f"refers to “{name}”, which is not in it")
        return self._by_name[name]

    def _inflate(self, member: zipfile.ZipInfo, count: int) -> bytes:
        data = bytearray()
        try:
            with self._zip.open(member) as stream:
                while len(data) < count and (chunk := stream.read(min(_CHUNK, count - len(data)))):
                    data += chunk
                if count == member.file_size:
                    stream.read(1)  # the end of the member, where its checksum is compared
        except MemoryError:
            raise self.broken(
                f"holds “{member.filename}”, for which there is not enough memory", id="ora-needs-more-memory"
            ) from None
        except Exception as error:  # zipfile and zlib raise almost anything when the bytes are wrong
            raise self.broken(f"is damaged or incomplete at “{member.filename}” ({_reason(error)})") from error
        if len(data) < count:
            raise self.broken(f"is damaged or incomplete at “{member.filename}”")
        return bytes(data)

    def _check_members(self) -> None:
        if len(self.members) > MEMBER_COUNT_LIMIT:
            count = len(self.members)
            raise self.broken(
                f"has {count:,} members, more than the {MEMBER_COUNT_LIMIT:,} accepted", id="ora-too-large"
            )
        if sum(member.compress_size for member in self.members) > os.fstat(self._file.fileno()).st_size:
            raise OpenrasterError(
                f"The file '{self.path}' has members that overlap, or lie beyond its end.",
                AGAIN,
                id="ora-not-trusted",
            )
        seen = set()
        for member in self.members:
            name = _usual_name(member)
            if member.flag_bits & _ENCRYPTED:
                raise OpenrasterError(
                    f"The file '{self.path}' is encrypted.",
                    "Save it again without a password.",
                    id="ora-encrypted",
                )
            if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise self.broken(
                    f"compresses “{name[:60]}” in a way that OpenRaster does not know", id="ora-not-trusted"
                )
            if name in seen:
                raise self.broken(f"has two members of the name “{name[:60]}”", id="ora-not-trusted")
            seen.add(name)

    def _check_mimetype(self) -> None:
        declared = self.read_start("mimetype", 100) if "mimetype" in self else b""
        if declared.strip() != MIMETYPE.encode():
            said = f" but {declared.decode('ascii', 'replace')[:60]!r}" if declared else ""
            raise OpenrasterError(
                f"The file '{self.path}' does not say that it is OpenRaster ({MIMETYPE}){said}.",
                "Export it as OpenRaster (.ora) from the program that made it.",
                id="not-openraster",
            )


class _Bounded:
    """A file that refuses to read more than a limit at once, as a hostile directory of members may demand."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.seek, self.tell, self.seekable, self.close = file.seek, file.tell, file.seekable, file.close

    def read(self, size: int = -1) -> bytes:
        if size is None or size < 0:
            size = os.fstat(self._file.fileno()).st_size - self._file.tell()
        if size > DIRECTORY_LIMIT:
            raise zipfile.BadZipFile("its list of members is too long")
        return self._file.read(size)


def _open(path: Path) -> BinaryIO:
    try:
        kind = path.stat().st_mode  # first, for opening a pipe would wait for its other end
        if stat.S_ISDIR(kind):
            raise OpenrasterError(
                f"'{path}' is a folder, not an .ora file.", "Name the file inside it.", id="ora-is-a-folder"
            )
        if not stat.S_ISREG(kind):
            raise OpenrasterError(
                f"'{path}' is not a regular file.", "Save the picture to a file first.", id="ora-not-a-file"
            )
        return open(path, "rb")
    except (FileNotFoundError, NotADirectoryError):
        raise OpenrasterError(
            f"There is no file at '{path}'.", "Check the path for typing errors.", id="no-such-file"
        ) from None
    except (OSError, ValueError) as error:  # a ValueError is a name with a zero byte
        reason = getattr(error, "strerror", error)
        raise OpenrasterError(
            f"The file '{path}' cannot be read ({reason}).", "Check its name and its permissions.", id="ora-unreadable"
        ) from None


def _open_zip(file: BinaryIO, path: Path) -> zipfile.ZipFile:
    try:
        start = file.read(4)
        file.seek(0)
        return zipfile.ZipFile(_Bounded(file))
    except Exception as error:  # zipfile raises almost anything when the bytes are wrong
        if start in (b"PK\3\4", b"PK\5\6"):
            raise OpenrasterError(
                f"The file '{path}' is damaged or incomplete ({_reason(error)}).", AGAIN, id="ora-damaged"
            ) from error
        raise OpenrasterError(
            f"The file '{path}' is not OpenRaster: it is not a zip archive.",
            "Export it as OpenRaster (.ora) from the program that made it.",
            id="not-openraster",
        ) from None


def _usual_name(member: zipfile.ZipInfo) -> str:
    """A member's name.  Old programs wrote UTF-8 without saying so, and zipfile reads that as code page 437."""
    if member.flag_bits & 0x800:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return member.filename


def _is_plausible(name: str) -> bool:
    """Whether a name can be that of a member: relative, within the archive, printable."""
    parts = name.split("/")
    return name.isprintable() and 0 < len(name) <= _NAME_LIMIT and "\\" not in name and not {"", ".", ".."} & {*parts}


def _reason(error: Exception) -> str:
    """The library's own words on one line, without a full stop."""
    if isinstance(error, struct.error):
        return "its list of members is cut short"
    return " ".join(str(error).split()).rstrip(".") or type(error).__name__
