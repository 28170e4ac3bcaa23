"""Results as the Node driver reads them, which knows no Arrow: JSON row sets, the first rows inline and the rest as parts to be fetched."""
import base64
import datetime
import gzip
import json
import uuid
from collections import OrderedDict

import pyarrow as pa
import pyarrow.ipc as ipc
from starlette.responses import Response

# Rows inline, and in each part after them.
CHUNK_ROWS = 10000
CHUNKS: "OrderedDict[str, bytes]" = OrderedDict()
KEPT_CHUNKS = 5000

# Of a session or a statement: what the driver reads when it converts values.
PARAMETERS = {
    "TIMEZONE": "Etc/UTC",
    "DATE_OUTPUT_FORMAT": "YYYY-MM-DD",
    "TIME_OUTPUT_FORMAT": "HH24:MI:SS",
    "TIMESTAMP_OUTPUT_FORMAT": "YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM",
    "TIMESTAMP_NTZ_OUTPUT_FORMAT": "YYYY-MM-DD HH24:MI:SS.FF3",
    "TIMESTAMP_LTZ_OUTPUT_FORMAT": "",
    "TIMESTAMP_TZ_OUTPUT_FORMAT": "",
    "BINARY_OUTPUT_FORMAT": "HEX",
    "CLIENT_RESULT_CHUNK_SIZE": 160,
    "CLIENT_SESSION_KEEP_ALIVE": False,
}


def parameters():
    return [{"name": name, "value": value} for name, value in PARAMETERS.items()]


def to_row_set(data, base_url):
    """Changes the engine's answer in place; the parts are at `base_url`/fs_chunks/."""
    data["version"] = 1
    data["parameters"] = parameters()
    data.setdefault("finalRoleName", "SYSADMIN")
    data.setdefault("finalWarehouseName", "FAKE_WH")
    if data.get("queryResultFormat") != "arrow":
        data.setdefault("rowset", [])
        data.setdefault("returned", data.get("total", len(data["rowset"])))
        return
    rows = _rows(data.pop("rowsetBase64"), data["rowtype"])
    data["queryResultFormat"] = "json"
    data["rowset"], rest = rows[:CHUNK_ROWS], rows[CHUNK_ROWS:]
    data["total"] = data["returned"] = len(rows)
    if rest:
        parts = [rest[at : at + CHUNK_ROWS] for at in range(0, len(rest), CHUNK_ROWS)]
        data["chunks"] = [_kept(part, base_url) for part in parts]
        data["chunkHeaders"] = {"x-fake": "1"}


async def get_chunk(request):
    chunk = CHUNKS.get(request.path_params["key"])
    if chunk is None:
        return Response(status_code=404)
    return Response(chunk, headers={"Content-Encoding": "gzip"}, media_type="binary/octet-stream")


def _kept(rows, base_url):
    # no outer brackets, as Snowflake
    body = json.dumps(rows, separators=(",", ":"))[1:-1].encode()
    key = uuid.uuid4().hex
    CHUNKS[key] = packed = gzip.compress(body, 1)
    while len(CHUNKS) > KEPT_CHUNKS:
        CHUNKS.popitem(last=False)
    return {
        "url": f"{base_url}/fs_chunks/{key}",
        "rowCount": len(rows),
        "uncompressedSize": len(body),
        "compressedSize": len(packed),
    }


def _rows(arrow, rowtype):
    if not arrow:
        return []
    table = ipc.open_stream(base64.b64decode(arrow)).read_all()
    columns = [_texts(table.column(index), column["type"]) for index, column in enumerate(rowtype)]
    return [list(row) for row in zip(*columns)]


def _texts(column: pa.ChunkedArray, kind: str) -> list:
    write = WRITERS.get(kind, lambda value: value if isinstance(value, str) else str(value))
    return [None if value is None or _is_no_moment(value) else write(value) for value in column.to_pylist()]


def _is_no_moment(value):
    return isinstance(value, dict) and value.get("epoch", 0) is None


def _seconds(seconds: int, nanos: int) -> str:
    # as Snowflake writes it: the sign applies to the whole number
    total = seconds * 1_000_000_000 + nanos
    sign, total = ("-", -total) if total < 0 else ("", total)
    return f"{sign}{total // 1_000_000_000}.{total % 1_000_000_000:09d}"


def _moment(value):
    return _seconds(value["epoch"], value["fraction"])


EPOCH = datetime.date(1970, 1, 1)
WRITERS = {
    "boolean": lambda value: "1" if value else "0",
    "date": lambda value: str((value - EPOCH).days),
    "time": lambda nanos: _seconds(0, nanos),
    "timestamp_ntz": _moment,
    "timestamp_ltz": _moment,
    "timestamp_tz": lambda value: f'{_moment(value)} {value["timezone"]}',
    "binary": lambda value: bytes(value).hex().upper(),
    "real": lambda value: "NaN" if value != value else repr(float(value)),
}
