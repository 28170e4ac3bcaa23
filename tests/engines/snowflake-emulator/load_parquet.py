"""COPY INTO <table> FROM 's3://…' of Parquet files, matched by column names, as Snowflake does it.

fakesnow's own way needs DuckDB's httpfs extension, and takes every column's name for upper case. Here the objects are brought
by pyarrow, one INSERT … BY NAME per file, in one transaction unless the session has one.
"""
import os
import re
import tempfile

import pyarrow.fs as pafs
import snowflake.connector.errors as sferr

LOAD = re.compile(
    r"^\s*COPY\s+INTO\s+(?P<table>[^\s'@]+(?:\s*\.\s*[^\s'@]+)*)\s+FROM\s+'(?P<url>s3://[^']+)'(?P<options>.*)$",
    re.I | re.S,
)


def load_parquet(cursor, command, s3):
    """The result's rows: file, status, rows_parsed, rows_loaded, errors_seen. None where the command is another one."""
    found = LOAD.match(command)
    if not found:
        return None
    options = found["options"]
    if not re.search(r"TYPE\s*=\s*PARQUET", options, re.I):
        return None
    if not re.search(r"MATCH_BY_COLUMN_NAME\s*=\s*CASE_SENSITIVE", options, re.I):
        raise sferr.ProgrammingError(msg="PARQUET files load by column names here", errno=2019, sqlstate="0A000")
    duck = cursor._duck_conn
    target = _qualified(cursor, found["table"])
    try:
        columns = {row[0]: row[1] for row in duck.execute(f"DESCRIBE {target}").fetchall()}
    except Exception as error:
        raise sferr.ProgrammingError(
            msg=f"SQL compilation error:\nTable '{found['table']}' does not exist or not authorized.",
            errno=2003,
            sqlstate="42S02",
        ) from error
    rows = []
    for path, local in _bring(found["url"], s3):
        try:
            there = [row[0] for row in duck.execute(f"DESCRIBE SELECT * FROM read_parquet('{local}')").fetchall()]
            shared = [_quote(name) for name in columns if name in there]
            loaded = duck.execute(
                f"INSERT INTO {target} ({', '.join(shared)}) SELECT {', '.join(shared)} FROM read_parquet('{local}')"
            ).fetchall()[0][0]
            rows.append((f"s3://{path}", "LOADED", loaded, loaded, 0))
        finally:
            os.remove(local)
    return rows


def loaded_rows(rows):
    """As a statement that gives them, in the columns of Snowflake's own answer."""
    if not rows:
        return "select 'Copy executed with 0 files processed.' as \"status\""
    names = ["file", "status", "rows_parsed", "rows_loaded", "errors_seen"]
    text = lambda value: "'" + value.replace("'", "''") + "'" if isinstance(value, str) else str(value)
    selects = [", ".join(f'{text(value)} as "{name}"' for name, value in zip(names, row)) for row in rows]
    return " union all ".join(f"select {one}" for one in selects)


def _bring(url, s3):
    files = pafs.S3FileSystem(**s3)
    prefix = url[len("s3://"):]
    found = files.get_file_info(pafs.FileSelector(prefix.rsplit("/", 1)[0], recursive=True, allow_not_found=True))
    for info in sorted(found, key=lambda one: one.path):
        # The location is the beginning of the names, as Snowflake takes it.
        if info.type != pafs.FileType.File or not info.path.startswith(prefix):
            continue
        handle, local = tempfile.mkstemp(suffix=".parquet")
        with os.fdopen(handle, "wb") as out, files.open_input_stream(info.path) as body:
            while chunk := body.read(1 << 20):
                out.write(chunk)
        yield info.path, local


def _qualified(cursor, name):
    parts = [part.strip() for part in re.findall(r'"(?:[^"]|"")+"|[^.\s]+', name)]
    known = [part if part.startswith('"') else _quote(part.upper()) for part in parts]
    missing = [_quote(str(cursor._conn.database)), _quote(str(cursor._conn.schema))][: 3 - len(known)]
    return ".".join([*missing, *known])


def _quote(name):
    return '"' + name.replace('"', '""') + '"'
