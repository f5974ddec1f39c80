"""The face of the product: pages, components, errors and the rules every HTTP answer keeps."""

from oppspot.web.flashes import Flash, Undo
from oppspot.web.rendering import redirect, render
from oppspot.web.setup import setup

__all__ = ["Flash", "Undo", "redirect", "render", "setup"]
