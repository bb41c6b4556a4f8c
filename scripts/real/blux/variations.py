"""Running BLUX modules on several frameworks and servers, written from the FastAPI fixture: `variations.py FOLDER` makes them, `EXPECTED` says what must fail."""
import json
import os
import shutil
import sys

BASE = os.path.join(os.path.dirname(__file__), "../../../fixtures/modules/blux/fastapi")
OUT = sys.argv[1]


class M:
    """One copy of the fixture, with edits; it takes the port of PORT."""

    def __init__(self, name):
        self.folder = os.path.join(OUT, name)
        shutil.copytree(BASE, self.folder, ignore=shutil.ignore_patterns("__pycache__"))
        self.e("api", "port=8000", 'port=int(os.environ.get("PORT", 8000))')
        self.e("api", "import asyncio\n", "import asyncio\nimport os\nimport time\n")

    def path(self, file):
        return os.path.join(self.folder, "src/river_gauge", f"{file}.py")

    def e(self, file, old, new):
        """Replaces a text that must be there."""
        with open(self.path(file), encoding="utf-8") as source:
            text = source.read()
        assert old in text, (self.folder, file, old)
        return self.w(file, text.replace(old, new))

    def w(self, file, text):
        with open(self.path(file), "w", encoding="utf-8") as target:
            target.write(text)
        return self

    def man(self, *provided):
        """Names the provided APIs in the manifest."""
        path = os.path.join(self.folder, "manifests/module.manifest.json")
        with open(path, encoding="utf-8") as source:
            manifest = json.load(source)
        manifest["integration"]["apis"]["provided"] = list(provided)
        with open(path, "w", encoding="utf-8") as target:
            json.dump(manifest, target, indent=2)
        return self


def prefix(m,pre):
    m.e('api','"/v1/analyze"',f'"{pre}/v1/analyze"').e('api','"/v1/tasks/{task_id}"',f'"{pre}/v1/tasks/{{task_id}}"')
    m.e('core','"analyze": "/v1/analyze", "tasks": "/v1/tasks/{task_id}"',f'"analyze": "{pre}/v1/analyze", "tasks": "{pre}/v1/tasks/{{task_id}}"'); return m
# Ids that must fail, and no others. v14: one failure that names the redirect; the others wait for it. v16: what hangs does not end either.
EXPECTED = {
    "v01-prefixed": [],
    "v02-hypercorn": [],
    "v03-granian": [],
    "v04-starlette-slash": ["tasks/submit"],
    "v05-starlette": [],
    "v06-aiohttp": [],
    "v07-accepted": ["tasks/submit-code"],
    "v08-blocking-tasks": ["health/fast-under-load"],
    "v09-blocking-handler": ["health/fast-under-load"],
    "v10-threads": [],
    "v11-slow": [],
    "v12-fixed": [],
    "v13-bearer": [],
    "v14-https": ["health/own-answers"],
    "v15-mounted": [],
    "v16-hangs": ["health/fast-under-load", "health/still-answers", "lifecycle/sigterm-exits"],
    "v17-login": ["security/auth-required", "security/bad-token"],
    "v18-unserved": ["manifest/provided-apis-served"],
}

SERVE = 'uvicorn.run(create_api(), host="0.0.0.0", port=int(os.environ.get("PORT", 8000)))'
# 01 prefix + description below it
prefix(M('v01-prefixed'),'/api').man('/api/v1/analyze','/api/v1/tasks/{task_id}').e('api','version=module.settings.module_version,','version=module.settings.module_version, openapi_url="/api/v1/openapi.json",')
# 02 hypercorn, root_path, integer ids
m=M('v02-hypercorn').man('/v1/analyze','/v1/series/{series_id}/day/{day}')
m.e('api',SERVE,'''import hypercorn.asyncio
    import hypercorn.config
    config = hypercorn.config.Config()
    config.bind = [f"0.0.0.0:{os.environ.get('PORT', 8000)}"]
    asyncio.run(hypercorn.asyncio.serve(create_api(), config))''')
m.e('api','lifespan=life)','lifespan=life, root_path="/gate")').e('api','    return app\n','''    @app.get("/v1/series/{series_id}/day/{day}", dependencies=[Depends(caller)])
    async def series(series_id: int, day: __import__("datetime").date):
        raise HTTPException(404)

    return app
''')
# 03 granian
m=M('v03-granian'); m.e('api',SERVE,'''from granian import Granian
    from granian.constants import Interfaces
    Granian("src.river_gauge.api:create_api", factory=True, address="0.0.0.0", port=int(os.environ.get("PORT", 8000)), interface=Interfaces.ASGI).serve()''')
# 04 starlette with a slash
STAR='''"""Starlette."""
import asyncio, os, json, uvicorn
from contextlib import asynccontextmanager
from types import SimpleNamespace
from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route
from .config import load
from .core import Module

module = None

async def health(_):
    s = module.settings
    return JSONResponse({"status": module.status, "module": s.module_name, "version": s.module_version, "active_tasks": module.active, "queue_size": module.waiting})

async def capabilities(_):
    return JSONResponse(module.capabilities())

async def metrics(_):
    return PlainTextResponse(f"# TYPE blux_tasks_done_total counter\\nblux_tasks_done_total {module.done}\\n")

async def known(request):
    if not module.settings.enable_authentication:
        return True
    value = request.headers.get("authorization", "")
    token = value[7:] if value.lower().startswith("bearer ") else ""
    answer = token and await module.peer(module.settings.blux_reg_host, "/v1/identities/validate", {"token": token})
    return bool(answer) and answer.get("valid") is True

def refuse(status, detail):
    return JSONResponse({"detail": detail}, status)

async def analyze(request):
    if not await known(request):
        return refuse(401, "no valid token")
    try:
        body = json.loads(await request.body())
    except ValueError:
        return refuse(422, "no JSON")
    if not isinstance(body, dict) or not isinstance(body.get("analysis_type"), str):
        return refuse(422, "analysis_type is missing")
    if not isinstance(body.get("data"), (dict, type(None))) or body["analysis_type"] not in ("statistical", "pattern", "trend"):
        return refuse(422, "data or analysis_type is wrong")
    if body.get("data") is None and body.get("data_reference") is None:
        return refuse(422, "data or data_reference is needed")
    return JSONResponse(module.submit(SimpleNamespace(analysis_type=body["analysis_type"], data=body.get("data"))))

async def task(request):
    if not await known(request):
        return refuse(401, "no valid token")
    found = module.tasks.get(request.path_params["task_id"])
    return refuse(404, "Not Found") if found is None else JSONResponse(found)

async def wrong(request, error):
    return refuse(error.status_code, error.detail)

@asynccontextmanager
async def life(_):
    begun = asyncio.ensure_future(module.begin())
    yield
    begun.cancel()

if __name__ == "__main__":
    module = Module(load())
    routes = [Route("/health", health), Route("/capabilities", capabilities), Route("/metrics", metrics), Route("/v1/analyze%s", analyze, methods=["POST"]), Route("/v1/tasks/{task_id}", task)]
    app = Starlette(routes=routes, lifespan=life, exception_handlers={404: wrong, 405: wrong})
    uvicorn.run(app, host="0.0.0.0", port=int(os.environ.get("PORT", 8000)))
'''
M('v04-starlette-slash').w('api',STAR.replace('%s','/',1))
M('v05-starlette').w('api',STAR.replace('%s','',1)).man('/v1/analyze','/v1/tasks/{id}')
# 06 aiohttp
AIO='''"""aiohttp."""
import asyncio, json, os
from types import SimpleNamespace
from aiohttp import web
from .config import load
from .core import Module

module = Module(load())

def refuse(status, detail):
    return web.json_response({"detail": detail}, status=status)

@web.middleware
async def guard(request, handler):
    if request.path.startswith("/v1/") and module.settings.enable_authentication:
        value = request.headers.get("authorization", "")
        token = value[7:] if value.lower().startswith("bearer ") else ""
        answer = token and await module.peer(module.settings.blux_reg_host, "/v1/identities/validate", {"token": token})
        if not answer or answer.get("valid") is not True:
            return refuse(401, "no valid token")
    try:
        return await handler(request)
    except web.HTTPException as error:
        return refuse(error.status, error.reason)

async def health(_):
    s = module.settings
    return web.json_response({"status": module.status, "module": s.module_name, "version": s.module_version, "active_tasks": module.active, "queue_size": module.waiting})

async def capabilities(_):
    return web.json_response(module.capabilities())

async def metrics(_):
    return web.Response(text=f"# TYPE blux_tasks_done_total counter\\nblux_tasks_done_total {module.done}\\n")

async def analyze(request):
    try:
        body = json.loads(await request.text())
    except ValueError:
        return refuse(422, "no JSON")
    if not isinstance(body, dict) or not isinstance(body.get("analysis_type"), str):
        return refuse(422, "analysis_type is missing")
    if not isinstance(body.get("data"), (dict, type(None))) or body["analysis_type"] not in ("statistical", "pattern", "trend"):
        return refuse(422, "data or analysis_type is wrong")
    if body.get("data") is None and body.get("data_reference") is None:
        return refuse(422, "data or data_reference is needed")
    return web.json_response(module.submit(SimpleNamespace(analysis_type=body["analysis_type"], data=body.get("data"))))

async def task(request):
    found = module.tasks.get(request.match_info["id"])
    if found is None:
        raise web.HTTPNotFound()
    return web.json_response(found)

async def sets(request):
    raise web.HTTPNotFound()

async def begin(app):
    app["b"] = asyncio.ensure_future(module.begin())

if __name__ == "__main__":
    app = web.Application(middlewares=[guard], client_max_size=16_000_000)
    app.add_routes([web.get("/health", health), web.get("/capabilities", capabilities), web.get("/metrics", metrics), web.post("/v1/analyze", analyze), web.get("/v1/tasks/{id}", task), web.get("/v1/sets/{set_id}", sets)])
    app.on_startup.append(begin)
    web.run_app(app, host="0.0.0.0", port=int(os.environ.get("PORT", 8000)), print=None)
'''
M('v06-aiohttp').w('api',AIO).man('/v1/analyze','/v1/sets/{set_id}')
# 07: 202
M('v07-accepted').e('api','@app.post("/v1/analyze", ','@app.post("/v1/analyze", status_code=202, ')
# 08 blocking tasks on the loop
M('v08-blocking-tasks').e('core','result = await asyncio.to_thread(analyse, submission)','time.sleep(0.4)\n                result = analyse(submission)')
# 09 inline, blocking handler
M('v09-blocking-handler').e('api','        return module.submit(submission)','        time.sleep(0.4)\n        return module.submit(submission)')
# 10 work in threads
M('v10-threads').e('core','def analyse(submission):\n','def analyse(submission):\n    time.sleep(0.4)\n')
# 11 slow start
M('v11-slow').e('api','def create_api() -> FastAPI:\n','def create_api() -> FastAPI:\n    time.sleep(13)\n')
# 12 fixed port
m=M('v12-fixed'); m.e('api','port=int(os.environ.get("PORT", 8000))','port=8000')
# 13 HTTPBearer, capabilities closed
m=M('v13-bearer')
m.e('api','async def caller(authorization: str = Header("")):','async def caller(given=Depends(__import__("fastapi.security", fromlist=["x"]).HTTPBearer(auto_error=False))):')
m.e('api','token = authorization[7:] if authorization.lower().startswith("bearer ") else ""','token = given.credentials if given else ""').e('api','@app.get("/capabilities")','@app.get("/capabilities", dependencies=[Depends(caller)])')
# 14 https redirect
M('v14-https').e('api','    return app\n','    app.add_middleware(__import__("starlette.middleware.httpsredirect", fromlist=["x"]).HTTPSRedirectMiddleware)\n    return app\n')
# 15 mounted sub app
m=M('v15-mounted').man('/api/v1/analyze')
m.e('api','    @app.post("/v1/analyze"','    sub = FastAPI()\n    app.mount("/api", sub)\n\n    @sub.post("/v1/analyze"').e('api','    @app.get("/v1/tasks/{task_id}"','    @sub.get("/v1/tasks/{task_id}"')
m.e('core','"analyze": "/v1/analyze", "tasks": "/v1/tasks/{task_id}"','"analyze": "/api/v1/analyze", "tasks": "/api/v1/tasks/{task_id}"')
# 16 hangs after the load
m=M('v16-hangs').e('api','    async def health():\n','    async def health():\n        if len(module.tasks) > 70 and not module.running:\n            await asyncio.sleep(1000)\n')
# 17 login page
m=M('v17-login').e('api','raise HTTPException(401, "no valid token")','raise HTTPException(303, "log in", {"Location": "/login"})').e('api','    return app\n','''    @app.get("/login", response_class=PlainTextResponse)
    async def login():
        return "please log in"

    return app
''')
# 18 unserved provided api with a description
M('v18-unserved').man('/v1/analyze','/v1/transform','/v1/nothing/{id}')

with open(os.path.join(OUT, "expected.json"), "w", encoding="utf-8") as file:
    json.dump(EXPECTED, file)
