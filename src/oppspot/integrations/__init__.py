"""Outside systems, one folder a vendor; each stands behind a port of the feature that needs it."""
