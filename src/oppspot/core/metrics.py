"""What the process counts, in Prometheus' format at /metrics."""

from typing import Final

from prometheus_client import Counter, Histogram

REQUESTS: Final = Counter("oppspot_requests_total", "Requests answered.", ["method", "status"])
REQUEST_SECONDS: Final = Histogram(
    "oppspot_request_seconds",
    "Time to answer a request.",
    ["method"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
INTAKE_BATCHES: Final = Counter(
    "oppspot_intake_batches_total", "Batches of leads from the API committed by this process."
)
INTAKE_BATCH_LEADS: Final = Histogram(
    "oppspot_intake_batch_leads",
    "Leads in a committed batch: how well concurrent requests share transactions.",
    buckets=(1, 2, 5, 10, 20, 50, 100, 200, 1000),
)
