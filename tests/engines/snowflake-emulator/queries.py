"""How the service runs statements: each in the background under its query id, which is known at once.

A request that waits (or asks for a result) is held for some seconds, then told to come back. A statement sent again with the
same request id is the same query. Queries outlive the session that began them.
"""
import asyncio
import contextvars
import gzip
import json
import re
import time
import uuid

import snowflake.connector.errors as sferr
from starlette.requests import Request
from starlette.responses import JSONResponse

# How long a request is held while its query runs; the service's own is 45.
HOLD_SECONDS = 45.0

# Results beyond these are gone, as the service's are after a day.
KEPT_RESULTS = 1000
FINISHED: list[str] = []
GONE = {
    "data": {"errorCode": "000707", "sqlState": "02000", "internalError": False},
    "code": "000707",
    "message": "Data is not available.",
    "success": False,
}

QUERIES: "dict[str, Query]" = {}
BY_REQUEST: dict[str, str] = {}
CURRENT: contextvars.ContextVar = contextvars.ContextVar("query", default=None)

WAIT = re.compile(r"SYSTEM\$WAIT\s*\(\s*([\d.]+)\s*\)", re.I)
NO_ROWS = re.compile(r"\)\s*LIMIT\s+0\s*$", re.I)
CANCEL = re.compile(r"^\s*SELECT\s+SYSTEM\$CANCEL_QUERY\s*\(\s*'([^']+)'\s*\)\s*;?\s*$", re.I)
TIMEOUT = re.compile(r"^\s*ALTER\s+SESSION\s+SET\b.*\bSTATEMENT_TIMEOUT_IN_SECONDS\s*=\s*(\d+)", re.I | re.S)


class Query:
    def __init__(self, connection, session, request_id, sent):
        self.id = str(uuid.uuid4())
        self.connection, self.session, self.request_id = connection, session, request_id
        self.sql, self.parameters = sent["sqlText"], sent.get("parameters") or {}
        self.status, self.ended_by = "QUEUED", None
        self.payload = None
        self.done = asyncio.Event()

    def end(self, code):
        """Ends it from outside, with the service's code for why."""
        if self.done.is_set():
            return
        self.ended_by = self.ended_by or code
        if self.status == "RUNNING":
            self.connection._duck_conn.interrupt()

    def record(self):
        return {
            "id": self.id,
            "session": self.session,
            "requestId": self.request_id,
            "sqlText": self.sql,
            "parameters": self.parameters,
            "status": self.status,
        }


async def begin(request, connection, execute):
    """Answers a statement's request. `execute` runs it to its end and gives the service's whole answer as a dict."""
    body = await request.body()
    sent = json.loads(gzip.decompress(body) if request.headers.get("Content-Encoding") == "gzip" else body)
    request_id = request.query_params.get("requestId") or str(uuid.uuid4())
    query = QUERIES.get(BY_REQUEST.get(request_id, ""))
    if query is None:
        session = id(connection)
        query = Query(connection, session, request_id, sent)
        QUERIES[query.id] = query
        BY_REQUEST[request_id] = query.id
        if cancels := CANCEL.match(query.sql):
            if other := QUERIES.get(cancels[1]):
                other.end("000604")
        # Kept on the query: a task that nobody holds may be collected.
        query.task = asyncio.create_task(_run(query, request, execute))
    if sent.get("asyncExec"):
        return JSONResponse(_in_progress(query, "333334"))
    return await _answer(query)


async def result(request):
    query = QUERIES.get(request.path_params["sfqid"])
    if query is None:
        return _failure("000709", "02000", "Statement not found", request.path_params["sfqid"])
    return await _answer(query)


def status(request):
    query = QUERIES.get(request.path_params["sfqid"])
    queries = []
    if query is not None:
        failure = (query.payload or {}) if query.status == "FAILED_WITH_ERROR" else {}
        queries = [{**query.record(), "errorCode": failure.get("code"), "errorMessage": failure.get("message")}]
    return JSONResponse({"data": {"queries": queries}, "code": None, "message": None, "success": True})


async def abort(request):
    """By the query's id in the path, or by the request's id in the body."""
    query_id = request.path_params.get("sfqid")
    if query_id is None:
        body = await request.body()
        sent = json.loads((gzip.decompress(body) if request.headers.get("Content-Encoding") == "gzip" else body) or b"{}")
        query_id = BY_REQUEST.get(sent.get("requestId"), "")
    if query := QUERIES.get(query_id):
        query.end("000604")
    return JSONResponse({"data": None, "code": None, "message": None, "success": True})


def record(request):
    """Not of the service: every statement that was handed over, in order, for tests to look at."""
    return JSONResponse([query.record() for query in QUERIES.values()])


def waited(command):
    """The statement with its SYSTEM$WAIT done, which ends early when its query is ended."""
    query = CURRENT.get()
    # Of which no row is asked for is not run.
    for seconds in [] if NO_ROWS.search(command) else WAIT.findall(command):
        until = time.monotonic() + float(seconds)
        while time.monotonic() < until:
            if query is not None and query.ended_by:
                raise sferr.ProgrammingError(msg="SQL execution canceled", errno=604, sqlstate="57014")
            time.sleep(0.02)
    return without_system(command)


def without_system(command):
    """What the parser of the emulator's engine does not know, in words that it does."""
    command = CANCEL.sub("SELECT 'query ended' AS \"SYSTEM$CANCEL_QUERY\"", command)
    return WAIT.sub(lambda found: f"'waited {found[1]} seconds'", command)


async def _run(query, request, execute):
    connection = query.connection
    # One at a time: the engine's connection knows no two statements at once.
    if not hasattr(connection, "turn"):
        connection.turn = asyncio.Lock()
    async with connection.turn:
        timer = None
        try:
            if query.ended_by:
                raise sferr.ProgrammingError(msg="SQL execution canceled", errno=604, sqlstate="57014")
            query.status = "RUNNING"
            CURRENT.set(query)
            if found := TIMEOUT.match(query.sql):
                connection.statement_timeout = int(found[1])
            limit = query.parameters.get("STATEMENT_TIMEOUT_IN_SECONDS") or getattr(connection, "statement_timeout", 0)
            if limit:
                timer = asyncio.get_running_loop().call_later(float(limit), query.end, "000630")
            payload = await execute(request)
        except Exception as error:  # noqa: BLE001: whatever it was is the query's failure
            payload = {"success": False, "code": "000603", "message": f"{type(error).__name__}: {error}", "data": {}}
        finally:
            if timer:
                timer.cancel()
    if not payload.get("success") and query.ended_by:
        payload = _ended(query)
    if isinstance(payload.get("data"), dict):
        payload["data"]["queryId"] = query.id
    query.payload = payload
    query.status = "SUCCESS" if payload.get("success") else "FAILED_WITH_ERROR"
    query.done.set()
    FINISHED.append(query.id)
    while len(FINISHED) > KEPT_RESULTS:
        QUERIES[FINISHED.pop(0)].payload = GONE


async def _answer(query):
    try:
        await asyncio.wait_for(query.done.wait(), HOLD_SECONDS)
    except asyncio.TimeoutError:
        return JSONResponse(_in_progress(query, "333333"))
    return JSONResponse(query.payload)


def _in_progress(query, code):
    data = {
        "queryId": query.id,
        "getResultUrl": f"/queries/{query.id}/result",
        "queryAbortsAfterSecs": 300,
        "progressDesc": None,
    }
    return {"data": data, "code": code, "message": "Query execution in progress.", "success": True}


def _ended(query):
    timed_out = query.ended_by == "000630"
    message = (
        "Statement reached its statement or warehouse timeout and was canceled."
        if timed_out
        else "SQL execution canceled"
    )
    return {
        "data": {"errorCode": query.ended_by, "sqlState": "57014", "internalError": False},
        "code": query.ended_by,
        "message": message,
        "success": False,
    }


def _failure(code, state, message, query_id):
    data = {"errorCode": code, "sqlState": state, "queryId": query_id, "internalError": False}
    return JSONResponse({"data": data, "code": code, "message": message, "success": False})
