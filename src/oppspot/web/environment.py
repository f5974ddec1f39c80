"""The Jinja environment: where templates live, what every template can name, and `ui`, the components."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

import oppspot
from oppspot.web import formats, page_scope
from oppspot.web.assets import Assets
from oppspot.web.filters import FILTERS
from oppspot.web.waterfalls import waterfall

COMPONENTS: Final = "web/components/"
PACKAGE: Final = Path(oppspot.__file__).parent


class Components:
    """Every public macro in templates/web/components, as one namespace: `{{ ui.button("Save") }}`."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._file_of: dict[str, str] = {}

    def index(self) -> None:
        """Find out which file each macro is in; two macros of one name are a mistake."""
        for file in self._environment.list_templates(filter_func=lambda name: name.startswith(COMPONENTS)):
            for name in self._macros(file):
                if self._file_of.setdefault(name, file) != file:
                    raise ValueError(f"two components are called {name}: {self._file_of[name]}, {file}")

    def _macros(self, file: str) -> list[str]:
        module = self._environment.get_template(file).module
        return [name for name, value in vars(module).items() if callable(value) and not name.startswith("_")]

    def __getattr__(self, name: str) -> Callable[..., str]:
        file = self._file_of.get(name)
        if file is None:
            raise AttributeError(name)
        macro: Callable[..., str] = getattr(self._environment.get_template(file).module, name)
        return macro


def template_folders(package: Path = PACKAGE) -> list[Path]:
    """Return each feature's template folder."""
    return sorted(folder for folder in package.glob("*/templates") if folder.is_dir())


def build_environment(assets: Assets, *, reload: bool) -> Environment:
    """Return the environment all pages render in. An unknown name in a template is an error, not an empty string."""
    environment = Environment(
        loader=FileSystemLoader(template_folders()),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=reload,
    )
    environment.filters.update(FILTERS)
    components = Components(environment)
    shared: dict[str, Any] = {
        "ui": components,
        "asset": assets.url,
        "icon_address": assets.icon,
        "address_with": page_scope.address_with,
        "waterfall": waterfall,
        "unknown": lambda: formats.UNKNOWN,
    }
    environment.globals.update(shared)
    components.index()
    return environment
