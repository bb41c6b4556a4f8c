#!/usr/bin/env bash
# prometheus_client 0.26.0 (Prometheus client for Python) answers a request for OpenMetrics 2.0 with the content type of 2.0 and a body of 1.0:
#   Accept: application/openmetrics-text;version=2.0.0  ->  Content-Type: application/openmetrics-text; version=2.0.0; ...
#   # TYPE requests counter, and below it requests_total 1.0; # TYPE latency summary with latency_count and latency_sum
# In 2.0 samples are named as their family and summaries have composite values, so a scraper that believes the header reads other metrics.
# A library that does not know a version would be expected to answer with the newest that it does know.
# Seen on 2026-11-28 with Python 3. Fails when the behaviour changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/v"
"$work/v/bin/pip" install --quiet --disable-pip-version-check prometheus-client==0.26.0
"$work/v/bin/python" - <<'PY'
import sys
from prometheus_client import CollectorRegistry, Counter, Summary
from prometheus_client.exposition import choose_encoder

registry = CollectorRegistry()
Counter("requests", "Requests.", registry=registry).inc()
Summary("latency", "Latency.", registry=registry).observe(1)
encoder, content_type = choose_encoder("application/openmetrics-text;version=2.0.0;escaping=allow-utf-8;q=0.7")
body = encoder(registry).decode()
print(content_type)
print(body)
says_two = "version=2.0.0" in content_type
has_one = "# TYPE requests counter\nrequests_total 1.0" in body and "latency_count 1.0" in body
if not (says_two and has_one):
    print("changed: a content type of 2.0 with a body of 1.0 is expected here", file=sys.stderr)
    sys.exit(1)
PY
