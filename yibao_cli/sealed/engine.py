"""DuckDB over files that may be sealed: a file system of its own that gives it their content.

Its own reader of encrypted Parquet knows no associated data, and its spilled files are encrypted by a source
of random numbers that is not of cryptographic strength: better than plain, and said so in docs/privacy.md.
"""

from __future__ import annotations

import io
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yibao_cli.sealed.files import opener, require_whole
from yibao_cli.sealed.keys import key_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    import duckdb

    from yibao_cli.sealed.stream import Opener

_SCHEME = "sealed"


def prepare(db: duckdb.DuckDBPyConnection, scratch: Path) -> None:
    """Where `scratch` has a key, let a connection read sealed files, and encrypt what it spills there."""
    if key_of(scratch) is None:
        return
    db.execute("SET force_mbedtls_unsafe = 'true'")
    db.execute("SET temp_file_encryption = true")
    db.register_filesystem(_file_system())


def parquet_literal(paths: Iterable[Path]) -> str:
    """The list of files as read_parquet takes it: quoted, each sealed one by an address of ours.

    Raises CheckFailed for a sealed file that is not as it was written: DuckDB could not say so.
    """
    return f"[{', '.join(_quoted(_address(Path(p))) for p in paths)}]"


def _address(path: Path) -> str:
    if key_of(path) is None:
        return str(path)
    require_whole(path)
    return f"{_SCHEME}://{path.absolute()}"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


class _Shared:
    """One opened file that several threads read, each at its place: DuckDB seeks and reads in two calls."""

    def __init__(self, stream: Opener) -> None:
        self._stream = stream
        self._at: dict[int, int] = {}

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place; that of the other threads stays."""
        at = self._stream.size + offset if whence == io.SEEK_END else offset
        self._at[threading.get_ident()] = at
        return at

    def tell(self) -> int:
        """The place of this thread."""
        return self._at.get(threading.get_ident(), 0)

    def read(self, size: int) -> bytes:
        """The next bytes of this thread."""
        at = self.tell()
        found = self._stream.read_at(at, size)
        self._at[threading.get_ident()] = at + len(found)
        return found

    def close(self) -> None:
        """Let go of the file."""
        self._stream.close()


def _file_system() -> Any:
    from fsspec import AbstractFileSystem  # noqa: PLC0415 - only where there is a key

    class Sealed(AbstractFileSystem):  # type: ignore[misc] # fsspec has no types
        protocol = _SCHEME
        cachable = False

        def _open(self, path: str, mode: str = "rb", **_options: Any) -> Any:
            if mode != "rb":
                raise NotImplementedError
            return _Shared(opener(Path(_path(path))))

        def info(self, path: str, **_options: Any) -> dict[str, Any]:
            with opener(Path(_path(path))) as stream:
                return {"name": _path(path), "size": stream.size, "type": "file"}

        def modified(self, path: str) -> datetime:
            return datetime.fromtimestamp(Path(_path(path)).stat().st_mtime, UTC)

        def glob(self, path: str, **_options: Any) -> list[str]:
            return [_path(path)]

        @classmethod
        def _strip_protocol(cls, path: str) -> str:
            return _path(path)

    return Sealed()


def _path(address: str) -> str:
    return "/" + address.removeprefix(f"{_SCHEME}:").lstrip("/")
