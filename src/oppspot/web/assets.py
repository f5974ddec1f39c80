"""Static files, from memory, under one content hash: browsers keep them for ever and never mix releases."""

import gzip
import mimetypes
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Final

from anyio import to_thread
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

STATIC: Final = Path(__file__).parent / "static"
MOUNT: Final = "/static"
ICON_NAMES: Final = frozenset((Path(__file__).parent / "icons.txt").read_text(encoding="utf-8").split())
VENDORED: Final = ("vendor/htmx.min.js", "vendor/tabler.min.css", "vendor/icons.svg", "vendor/sortable.min.js")
SERVED: Final = frozenset({".css", ".js", ".svg", ".png", ".ico", ".woff2"})
_FOR_EVER: Final = "public, max-age=31536000, immutable"
_TEXT: Final = frozenset({".css", ".js", ".svg"})
_GZIP_LEVEL: Final = 7


@dataclass
class Asset:
    name: str
    content: bytes

    @cached_property
    def zipped(self) -> bytes:
        return gzip.compress(self.content, _GZIP_LEVEL, mtime=0)

    @property
    def is_text(self) -> bool:
        return Path(self.name).suffix in _TEXT

    @property
    def media_type(self) -> str:
        return mimetypes.guess_type(self.name)[0] or "application/octet-stream"


class Assets:
    """An ASGI application for `/static/HASH/NAME`; any other hash is answered too, but not to be kept."""

    def __init__(self, folder: Path = STATIC) -> None:
        paths = sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix in SERVED)
        self._assets = {name: Asset(name, p.read_bytes()) for p in paths for name in [p.relative_to(folder).as_posix()]}
        self.version = self._hash()

    def _hash(self) -> str:
        digest = sha256()
        for name, asset in self._assets.items():
            digest.update(f"{name}\0{len(asset.content)}\0".encode())
            digest.update(asset.content)
        return digest.hexdigest()[:12]

    def url(self, name: str) -> str:
        """Return the address of a file; KeyError when there is no such file."""
        if name not in self._assets and name not in VENDORED:
            raise KeyError(name)
        return f"{MOUNT}/{self.version}/{name}"

    def icon(self, name: str) -> str:
        """Return the address of a drawing in the sprite; KeyError when icons.txt does not name it."""
        if name not in ICON_NAMES:
            raise KeyError(f"icons.txt does not name {name}")
        return f"{self.url('vendor/icons.svg')}#tabler-{name}"

    def missing(self) -> tuple[str, ...]:
        """Return the vendored files that the build step has not put in place."""
        return tuple(name for name in VENDORED if name not in self._assets)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a GET or HEAD for one file."""
        if scope["type"] == "http":
            response = await self._response(scope)
            await response(scope, receive, send)

    async def _response(self, scope: Scope) -> Response:
        if scope["method"] not in ("GET", "HEAD"):
            return PlainTextResponse("Method Not Allowed", 405, {"allow": "GET, HEAD"})
        relative = scope["path"].removeprefix(scope.get("root_path", "")).removeprefix(MOUNT).lstrip("/")
        version, _, name = relative.partition("/")
        asset = self._assets.get(name)
        if asset is None:
            return PlainTextResponse("Not Found", 404)
        headers = {"cache-control": _FOR_EVER if version == self.version else "no-cache"}
        return await _encoded(asset, headers, Headers(scope=scope))


async def _encoded(asset: Asset, headers: dict[str, str], wanted: Headers) -> Response:
    content = asset.content
    if asset.is_text:
        headers["vary"] = "accept-encoding"
        if "gzip" in wanted.get("accept-encoding", ""):
            headers["content-encoding"] = "gzip"
            content = await to_thread.run_sync(lambda: asset.zipped)
    return Response(content, media_type=asset.media_type, headers=headers)
