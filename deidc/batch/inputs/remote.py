"""Read and write objects at URLs through fsspec, an optional package that is loaded when a URL is named."""

from __future__ import annotations

import inspect
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from attrs import field, frozen

from deidc.guarded import guarded

# One letter before the colon is a drive of Windows.
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.:-]+://")
_LOCAL = re.compile(r"(?:file|local)://")
_MAGIC = re.compile(r"[*?\[]")


class RemoteTrouble(Exception):
    """A URL cannot be used, or an object not be reached; says nothing of what is in it."""


class NotThere(RemoteTrouble):
    """Nothing is at the URL."""


def is_url(name: str) -> bool:
    """Whether a name is a URL and no path: it has a scheme of two letters or more."""
    return _URL.match(name) is not None


def local_path(url: str) -> Path | None:
    """Return the path of a `file://` URL, which is a local file like any other; None for other URLs."""
    found = _LOCAL.match(url)
    return Path(url[found.end() :]) if found else None


@frozen
class RemoteObject:
    """An object, a folder of objects, or a place for one: a file system of fsspec's, and a path in it."""

    filesystem: Any = field(repr=False)  # fsspec has no types
    path: str

    @classmethod
    def at(cls, url: str) -> RemoteObject:
        """Return what is at a URL; nothing is fetched. Raises RemoteTrouble."""
        scheme = url.partition("://")[0]
        if "::" in url:
            raise RemoteTrouble("chained URLs are not supported")
        try:
            import fsspec
        except ImportError:
            raise RemoteTrouble("URLs need the extra `remote`: pip install 'deidc[remote]'") from None
        try:
            with guarded(ImportError) as guard:
                # A listing that is remembered would be wrong while the run itself writes.
                filesystem, path = fsspec.core.url_to_fs(url, use_listings_cache=False)
        except ImportError:
            raise RemoteTrouble(
                f"{scheme}:// needs a package that is not installed; the extra `remote` has that for s3://"
            ) from None
        if guard.kind:
            raise RemoteTrouble(f"the URL cannot be used ({guard.kind})")
        return cls(filesystem, path.rstrip("/") or path)

    @property
    def url(self) -> str:
        """The URL of the object."""
        return str(self.filesystem.unstrip_protocol(self.path))

    @property
    def name(self) -> str:
        """The last part of its path."""
        return self.path.rstrip("/").rpartition("/")[2]

    def below(self, place: str) -> RemoteObject:
        """Return the place for an object below this one."""
        return RemoteObject(self.filesystem, f"{self.path.rstrip('/')}/{place}")

    def is_pattern(self) -> bool:
        """Whether the path has wildcards."""
        return _MAGIC.search(self.path) is not None

    def matching(self) -> Iterator[RemoteObject]:
        """Yield what fits the pattern in the path, sorted. Raises RemoteTrouble."""
        for path in sorted(self._asked(self.filesystem.glob, self.path)):
            yield RemoteObject(self.filesystem, path)

    def is_folder(self) -> bool:
        """Whether this is a folder or a prefix. Raises NotThere or RemoteTrouble."""
        return bool(self._asked(self.filesystem.info, self.path)["type"] == "directory")

    def entries(self) -> Iterator[tuple[RemoteObject, bool]]:
        """Yield what is in a folder, sorted, and whether it is a folder itself. Raises RemoteTrouble."""
        found = self._asked(self.filesystem.ls, self.path, detail=True)
        # Some stores have an object for the folder itself.
        entries = sorted((one["name"].rstrip("/"), one["type"] == "directory") for one in found)
        for path, is_folder in entries:
            if path.strip("/") != self.path.strip("/"):
                yield RemoteObject(self.filesystem, path), is_folder

    def exists(self) -> bool:
        """Whether something is there. Raises RemoteTrouble."""
        return bool(self._asked(self.filesystem.exists, self.path))

    def size(self) -> int:
        """Return how many bytes the object has. Raises NotThere or RemoteTrouble."""
        info = self._asked(self.filesystem.info, self.path)
        if info["type"] == "directory":
            raise RemoteTrouble("it is a folder")
        return int(info["size"]) if info.get("size") is not None else len(self.fetch(0, None))

    def fetch(self, start: int, end: int | None) -> bytes:
        """Return bytes of the object. Raises NotThere or RemoteTrouble."""
        whole = start == 0 and end is None
        arguments = {} if whole else {"start": start, "end": end}
        return bytes(self._asked(self.filesystem.cat_file, self.path, **arguments))

    def put(self, data: bytes, *, overwrite: bool) -> None:
        """Store an object whole. Raises FileExistsError if there is one and it is not to be replaced; RemoteTrouble.

        A store that can refuse to replace does the check itself. With any other, a process may write between the
        check and the write.
        """
        exclusive = not overwrite and self._can_refuse()
        if not overwrite and self.exists():
            raise FileExistsError
        arguments = {"mode": "create"} if exclusive else {}
        self._asked(self.filesystem.pipe_file, self.path, data, **arguments)

    def _can_refuse(self) -> bool:
        put = getattr(self.filesystem, "_pipe_file", None) or self.filesystem.pipe_file
        return "mode" in inspect.signature(put).parameters

    def _asked(self, question: Callable[..., Any], *arguments: object, **options: object) -> Any:  # noqa: ANN401  # no types
        try:
            return question(*arguments, **options)
        except FileExistsError:
            raise
        except FileNotFoundError:
            raise NotThere("it does not exist") from None
        # Drivers raise what the libraries below them do; the text has names, and may have keys.
        except Exception as failure:  # noqa: BLE001
            number = failure.errno if isinstance(failure, OSError) else None
            raise RemoteTrouble(os.strerror(number) if number else type(failure).__name__) from None
