"""The way of one statement: what the emulator's engine does not know is done here, the rest is handed to it.

Its server parses and classifies a statement before it is run, so that its parser is kept from what it cannot read.
"""
import re

import duckdb
import fakesnow.cursor as fcur
import fakesnow.server as fs
import snowflake.connector.errors as sferr
from fakesnow.dialect import parse_one as parse_snowflake
from sqlglot import exp
from sqlglot import parse_one

import queries
from load_parquet import LOAD, load_parquet, loaded_rows
from unload import S3, UNLOAD, unload

EXPLAIN = re.compile(r"^\s*EXPLAIN\s+(?:USING\s+(?P<using>TEXT|JSON|TABULAR)\s+)?(?P<sql>.+)$", re.I | re.S)

_engines_execute = fcur.FakeSnowflakeCursor.execute
_cursors_parse = fcur.parse_one
_servers_parse = fs.parse_one


def install():
    """From now on every statement goes this way."""
    fcur.FakeSnowflakeCursor.execute = _execute
    fcur.parse_one = lambda sql, *a, **k: _cursors_parse(_readable(sql), *a, **k)
    fs.parse_one = _classified


def _execute(self, command, params=None, *a, **kw):
    command = queries.waited(command)
    give = lambda sql: _on_engine(self, sql, None, server=kw.get("server"))  # noqa: E731
    if found := EXPLAIN.match(command):
        return give(_explained(self, found))
    if (loaded := load_parquet(self, command, S3)) is not None:
        return give(loaded_rows(loaded))
    if found := UNLOAD.match(command):
        return give(unload(self, found, lambda select: _on_engine(self, select, params, *a, **kw)))
    return _on_engine(self, command, params, *a, **kw)


def _on_engine(self, *a, **kw):
    try:
        return _engines_execute(self, *a, **kw)
    except sferr.ProgrammingError as e:
        if e.errno == 2043 and "Referenced column" in str(e.msg):
            message = f"SQL compilation error: invalid identifier\n{e.msg}"
            raise sferr.ProgrammingError(msg=message, errno=904, sqlstate="42000") from e
        raise
    except duckdb.Error as e:  # fakesnow would answer 500 'Unhandled exception' without the cause
        if "Division by zero" in str(e):
            raise sferr.ProgrammingError(msg="Division by zero", errno=100051, sqlstate="22012") from e
        raise sferr.ProgrammingError(msg=str(e), errno=603, sqlstate="XX000") from e


def _explained(self, found):
    """Planned with DuckDB, which so validates names and types; what it says is DuckDB's plan, not Snowflake's."""
    params = None if "?" not in found["sql"] else []
    sql = self._transform(parse_snowflake(found["sql"]), params).sql(dialect="duckdb")
    explain = "EXPLAIN (FORMAT json) " if (found["using"] or "").upper() == "JSON" else "EXPLAIN "
    try:
        rows = self._duck_conn.execute(explain + sql).fetchall()
    except duckdb.Error as e:
        raise sferr.ProgrammingError(msg=str(e), errno=2003, sqlstate="42S02") from e
    text = exp.Literal.string("\n".join(row[-1] for row in rows)).sql(dialect="snowflake")
    return f'select {text} as "content"'


def _classified(sql, *a, **k):
    sql = _readable(sql)
    if UNLOAD.match(sql) or EXPLAIN.match(sql) or LOAD.match(sql):
        return parse_one("select 1", read="snowflake")
    return _servers_parse(sql, *a, **k)


def _readable(sql):
    # sqlglot reads ?:: as one token
    return queries.without_system(re.sub(r"\?::", "? ::", sql))
