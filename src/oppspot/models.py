"""Every table of the product, in one place, for migrations."""

from oppspot.accounts import models as accounts
from oppspot.calendars import models as calendars
from oppspot.core import audit, config_drafts, config_versions, events, idempotency
from oppspot.core.db import Base
from oppspot.corridor import models as corridor
from oppspot.engagement import models as engagement
from oppspot.leads import models as leads
from oppspot.qualification import models as qualification
from oppspot.routing import models as routing
from oppspot.routing.redistribution import models as redistribution
from oppspot.routing.simulating import models as simulating
from oppspot.scoring import models as scoring
from oppspot.texts import models as texts

metadata = Base.metadata

__all__ = [
    "accounts",
    "audit",
    "calendars",
    "config_drafts",
    "config_versions",
    "corridor",
    "engagement",
    "events",
    "idempotency",
    "leads",
    "metadata",
    "qualification",
    "redistribution",
    "routing",
    "scoring",
    "simulating",
    "texts",
]
