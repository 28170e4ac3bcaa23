"""COPY INTO <location>: writes a query's rows to a stage, s3://… or file://… as Parquet, CSV or JSON."""
import json
import os
import re

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pcsv
import pyarrow.parquet as pq
import snowflake.connector.errors as sferr
from fakesnow.transforms import stage as fstage
from pyarrow import fs as pafs

from unload_types import as_unloaded

# Keyword arguments of pyarrow.fs.S3FileSystem: where s3://… leads.
S3: dict = {}

UNLOAD = re.compile(r"^\s*COPY\s+INTO\s+(?P<loc>@[^\s]+|'[^']+')\s+FROM\s+(?P<rest>.+)$", re.I | re.S)
NO_PARENTHESES = re.compile(r"'[^']*'|\"[^\"]*\"|--[^\n]*|/\*.*?\*/", re.S)
EXTENSIONS = {"CSV": ".csv", "JSON": ".json"}


def unload(cursor, found, run):
    """
    @param found what UNLOAD matched
    @param run runs the query whose rows are unloaded
    @returns a statement that gives the result: rows_unloaded, input_bytes, output_bytes
    """
    select, partition, options = _read(found["rest"].strip().rstrip(";"))
    kind = (_option(options, "TYPE", "CSV") or "CSV").upper()
    single, overwrite, header = (_option(options, name, "FALSE").upper() == "TRUE" for name in ("SINGLE", "OVERWRITE", "HEADER"))
    compression = _option(options, "COMPRESSION", "SNAPPY" if kind == "PARQUET" else "NONE").lower()
    if compression in ("auto", "true"):
        compression = "snappy"
    run(select)
    table = cursor._arrow_table
    if not header and kind == "PARQUET":  # Snowflake names columns _COL_0.. unless HEADER = TRUE
        before = ["__part"] if partition else []
        table = table.rename_columns(before + [f"_COL_{i}" for i in range(table.num_columns - len(before))])
    filesystem, target = _resolve(cursor, found["loc"])
    rows = size = 0
    for folder, part in _parts(table) if partition else [("", table)]:
        if part.num_rows == 0 and not single:
            continue
        if folder and not single and not target.endswith("/"):
            target += "/"
        query_id = (cursor._sfqid or "") + "_" if partition else ""
        path = target if single else _name(target + folder, query_id, kind, compression)
        body = _encoded(part, kind, compression, header)
        _write(filesystem, path, body, overwrite, found["loc"])
        rows += part.num_rows
        size += len(body)
    return f'select {rows} as "rows_unloaded", {table.nbytes} as "input_bytes", {size} as "output_bytes"'


def _read(rest):
    """-> (the query, the expression of PARTITION BY or None, what comes after)"""
    if rest.startswith("("):
        select, options = _balanced(rest)
    else:
        name, _, options = rest.partition(" ")
        select = f"select * from {name}"
    found = re.search(r"PARTITION\s+BY\s*(?=\()", options, re.I)
    if not found:
        return select, None, options
    partition, tail = _balanced(options[found.end() :])
    return f'select {partition} as "__part", t.* from ({select}) t', partition, options[: found.start()] + tail


def _parts(table):
    for key in table.column("__part").unique().to_pylist():
        mask = pc.is_null(table["__part"]) if key is None else pc.equal(table["__part"], key)
        yield f"{'__NULL__' if key is None else key}/", table.filter(mask).drop_columns(["__part"])


def _name(place, query_id, kind, compression):
    extension = EXTENSIONS.get(kind) or (f".{compression}.parquet" if compression != "none" else ".parquet")
    return f"{place}{'data_' + query_id if place.endswith('/') else '_'}0_0_0{extension}"


def _encoded(table, kind, compression, header):
    if kind == "JSON":
        return "".join(json.dumps(row, default=str) + "\n" for row in table.to_pylist()).encode()
    out = pa.BufferOutputStream()
    if kind == "PARQUET":
        pq.write_table(as_unloaded(table), out, compression=compression if compression != "none" else "NONE")
    else:
        pcsv.write_csv(table, out, pcsv.WriteOptions(include_header=header))
    return out.getvalue().to_pybytes()


def _write(filesystem, path, body, overwrite, location):
    there = os.path.exists(path) if filesystem is None else filesystem.get_file_info(path).type != pafs.FileType.NotFound
    if there and not overwrite:
        message = f"Files already existing at the unload destination: {location}. Use overwrite option to force unloading."
        raise sferr.ProgrammingError(msg=message, errno=1030, sqlstate="22000")
    if filesystem is None:
        os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") if filesystem is None else filesystem.open_output_stream(path) as file:
        file.write(body)


def _balanced(text):
    """-> (what stands in the parentheses that it begins with, what comes after)"""
    depth, at = 0, 0
    while at < len(text):
        if skipped := NO_PARENTHESES.match(text, at):
            at = skipped.end()
            continue
        if text[at] == "(":
            depth += 1
        elif text[at] == ")":
            depth -= 1
            if depth == 0:
                return text[1:at], text[at + 1 :]
        at += 1
    raise sferr.ProgrammingError(msg="SQL compilation error:\nsyntax error in COPY INTO", errno=1003, sqlstate="42000")


def _option(text, name, default=None):
    found = re.search(rf"\b{name}\s*=\s*('([^']*)'|[\w.]+)", text, re.I)
    return default if not found else (found.group(2) if found.group(2) is not None else found.group(1))


def _resolve(cursor, location):
    """-> (file system or None for this machine's own, directory or the beginning of names)"""
    location = location.strip("'")
    if location.startswith("@"):
        var, _, path = location[1:].partition("/")
        catalog, schema, name = fstage.parts_from_var(var, cursor._conn.database, cursor._conn.schema)
        row = cursor._duck_conn.execute(
            "select url from _fs_global._fs_information_schema._fs_stages where database_name=? and schema_name=? and name=?",
            [catalog, schema, name],
        ).fetchone()
        if row is None and not name.startswith("%"):
            raise fstage.not_found_error(f"{catalog}.{schema}.{name}")
        if not (row and row[0]):
            return None, fstage.internal_dir(f"{catalog}.{schema}.{name}", path)
        location = row[0].rstrip("/") + "/" + path
    if location.startswith("s3://"):
        return pafs.S3FileSystem(**S3), location[5:]
    if location.startswith("file://"):
        return None, location[7:]
    message = f"SQL compilation error:\ninvalid URL prefix found in: '{location}'"
    raise sferr.ProgrammingError(msg=message, errno=1011, sqlstate="42601")
