# Exporters of Python libraries: each on its own path or port, called as its documentation shows.
import asyncio
import socket
import sys
import threading
import time
from wsgiref.simple_server import WSGIRequestHandler, make_server

import prometheus_client as pc
from prometheus_client import exposition, openmetrics


def port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        pass


def serve_wsgi(app):
    server = make_server("127.0.0.1", 0, app, handler_class=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_port


def serve_asgi(app):
    import uvicorn

    at = port()
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=at, log_level="error"))
    threading.Thread(target=server.run, daemon=True).start()
    while not server.started:
        time.sleep(0.05)
    return at


def get(at, path):
    import urllib.error
    import urllib.request

    try:
        urllib.request.urlopen(f"http://127.0.0.1:{at}{path}").read()
    except urllib.error.HTTPError:
        pass


def tell(name, at, path="/metrics"):
    print(f"{name} http://127.0.0.1:{at}{path}", flush=True)


def registry(utf8):
    r = pc.CollectorRegistry()
    pc.ProcessCollector(registry=r)
    pc.PlatformCollector(registry=r)
    pc.GCCollector(registry=r)
    c = pc.Counter("http_requests", 'Requests\\by "path"\nand code.', ["path", "code"], registry=r)
    c.labels('/a "b"\\c\n', "200").inc(3, exemplar={"trace_id": "abc123"})
    h = pc.Histogram("request_duration_seconds", "Durations.", ["path"], registry=r)
    for i in range(20):
        h.labels("/").observe(i / 20, {"trace_id": str(i)})
    pc.Summary("response_size_bytes", "Sizes.", registry=r).observe(120)
    pc.Gauge("queue_length", "Waiting.", registry=r).set(-2.5)
    pc.Info("build", "Build.", registry=r).info({"version": "1.2.3"})
    pc.Enum("state", "State.", states=["up", "down"], registry=r).state("down")
    if utf8:
        pc.Counter("http.server.requests", "Dots.", ["http.method"], registry=r).labels("GET").inc(2)
    return r


def client():
    tell("prometheus_client-wsgi", serve_wsgi(pc.make_wsgi_app(registry(False))))
    tell("prometheus_client-wsgi-utf8", serve_wsgi(pc.make_wsgi_app(registry(True))))
    tell("prometheus_client-asgi", serve_asgi(pc.make_asgi_app(registry(False))))
    server, _ = pc.start_http_server(0, "127.0.0.1", registry=registry(False))
    tell("prometheus_client-http_server", server.server_port)


def starlette():
    from starlette.applications import Starlette
    from starlette.responses import PlainTextResponse
    from starlette.routing import Route
    from starlette_exporter import PrometheusMiddleware, handle_metrics, handle_openmetrics

    app = Starlette(routes=[Route("/hello/{name}", lambda _: PlainTextResponse("hi"))])
    app.add_middleware(PrometheusMiddleware, app_name="hello", prefix="hello", group_paths=True, labels={"server_name": "a"})
    app.add_route("/metrics", handle_metrics)
    app.add_route("/openmetrics", handle_openmetrics)
    at = serve_asgi(app)
    get(at, "/hello/x")
    tell("starlette_exporter", at)
    tell("starlette_exporter-openmetrics", at, "/openmetrics")


def fastapi():
    from fastapi import FastAPI
    from prometheus_fastapi_instrumentator import Instrumentator

    app = FastAPI()
    app.get("/hello")(lambda: "hi")
    Instrumentator().instrument(app).expose(app)
    at = serve_asgi(app)
    get(at, "/hello")
    get(at, "/none")
    tell("prometheus-fastapi-instrumentator", at)


def flask():
    from flask import Flask
    from prometheus_flask_exporter import PrometheusMetrics

    app = Flask("app")
    metrics = PrometheusMetrics(app, registry=pc.CollectorRegistry())
    metrics.info("app_info", "Application info", version="1.0.3")
    app.route("/hello")(lambda: "hi")
    at = serve_wsgi(app)
    get(at, "/hello")
    tell("prometheus-flask-exporter", at)


def django():
    from django.conf import settings
    from django.core.wsgi import get_wsgi_application
    from django.http import HttpResponse
    from django.urls import include, path

    settings.configure(
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=__name__,
        SECRET_KEY="x",
        INSTALLED_APPS=["django_prometheus"],
        MIDDLEWARE=["django_prometheus.middleware.PrometheusBeforeMiddleware", "django_prometheus.middleware.PrometheusAfterMiddleware"],
    )
    globals()["urlpatterns"] = [path("hello", lambda _: HttpResponse("hi")), path("", include("django_prometheus.urls"))]
    at = serve_wsgi(get_wsgi_application())
    get(at, "/hello")
    tell("django-prometheus", at)


def opentelemetry():
    from opentelemetry.exporter.prometheus import PrometheusMetricReader
    from opentelemetry.sdk.metrics import MeterProvider

    meter = MeterProvider(metric_readers=[PrometheusMetricReader()]).get_meter("example.com/meter")
    meter.create_counter("http.server.requests", unit="{request}", description="Requests.").add(3, {"http.method": "GET"})
    meter.create_histogram("http.server.duration", unit="ms").record(12.5, {"http.method": "GET"})
    meter.create_up_down_counter("queue.size", unit="By").add(-4)
    tell("opentelemetry-python", serve_wsgi(pc.make_wsgi_app()))


def aio():
    import aioprometheus

    c = aioprometheus.Counter("requests_total", "Requests.")
    c.inc({"path": '/a "b"', "code": 200})
    aioprometheus.Gauge("queue_length", "Waiting.").set({"q": "x"}, 2.5)
    aioprometheus.Summary("response_size_bytes", "Sizes.").observe({"path": "/"}, 120)
    aioprometheus.Histogram("request_duration_seconds", "Durations.").observe({"path": "/"}, 0.3)
    from aioprometheus.asgi.starlette import metrics
    from starlette.applications import Starlette

    app = Starlette()
    app.add_route("/metrics", metrics)
    tell("aioprometheus", serve_asgi(app))


def prometheus_async():
    from prometheus_async.aio import web

    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()
    server = asyncio.run_coroutine_threadsafe(web.start_http_server(addr="127.0.0.1", port=0), loop).result()
    tell("prometheus-async", server.port)


for exporter in (client, starlette, fastapi, flask, django, opentelemetry, aio, prometheus_async):
    try:
        exporter()
    except Exception as error:  # one library less, and said
        print(f"{exporter.__name__}: {error!r}", file=sys.stderr, flush=True)
print("READY", flush=True)
threading.Event().wait()
