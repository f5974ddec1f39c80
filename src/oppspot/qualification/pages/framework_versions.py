"""The versions of each framework: what each changed, and how a former one is published again."""

from typing import Final

from fastapi import Request
from pydantic import TypeAdapter, ValidationError

from oppspot.core.errors import NotFound
from oppspot.qualification.framework import Name
from oppspot.qualification.services.frameworks import versioned_framework
from oppspot.versions import VersionedKind, version_pages

_NAME: Final = TypeAdapter(Name)


def _kind(request: Request) -> VersionedKind:
    try:
        return versioned_framework(_NAME.validate_python(request.path_params["name"]))
    except ValidationError:
        raise NotFound("There is no such framework.") from None


router = version_pages(
    "/qualification/frameworks/{name}/versions", _kind, read="qualification.read", write="qualification.write"
)
