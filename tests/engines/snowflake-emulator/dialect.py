"""What Snowflake's SQL means, where the emulator's engine takes it otherwise or not at all: rewritten in the syntax tree."""
import fakesnow.cursor as fcur
from sqlglot import exp
from sqlglot import parse_one

CONTEXT = {
    "CURRENT_WAREHOUSE": "FAKE_WH",
    "CURRENT_ROLE": "SYSADMIN",
    "CURRENT_ACCOUNT": "FAKESNOW",
    "CURRENT_REGION": "AWS_LOCAL",
}

_engines_transform = fcur.FakeSnowflakeCursor._transform
_engines_implicit_cast = fcur.transforms.numeric_agg_implicit_cast


def install():
    """From now on every statement of the emulator's engine is rewritten first."""
    fcur.FakeSnowflakeCursor._transform = _transform
    # fakesnow adds everything up as DOUBLE, for the sake of text; Snowflake's sums of numbers are exact
    fcur.transforms.numeric_agg_implicit_cast = lambda e: e if isinstance(e, exp.Sum) else _engines_implicit_cast(e)


def _transform(self, expression, params):
    expression = expression.transform(_without_inner_orders, copy=False)
    for division in [*expression.find_all(exp.Div)]:
        _checked_division(division)
    expression = expression.transform(_compat, copy=False)
    return _engines_transform(self, expression.transform(_asof, copy=False), params)


def _asof(e):
    if isinstance(e, exp.Join) and (mc := e.args.get("match_condition")) is not None:
        mc = mc.this if isinstance(mc, exp.Paren) else mc
        on = e.args.get("on")
        using = e.args.get("using")
        e.set("match_condition", None)
        if using:  # duckdb: ON needed when we add an inequality
            lt = e.find_ancestor(exp.Select).args["from_"].this.alias_or_name
            rt = e.this.alias_or_name
            for u in using:
                c = exp.EQ(this=exp.column(u.name, table=lt), expression=exp.column(u.name, table=rt))
                on = exp.and_(on, c) if on else c
            e.set("using", None)
        e.set("on", exp.and_(on, mc) if on else mc)
        e.set("method", "ASOF")
        e.set("side", "LEFT")
        e.set("kind", None)
    return e


def _checked_division(e):
    """Snowflake raises 100051 on x/0, DuckDB returns NULL: made an error, so that tests cannot pass by accident."""
    divisor = e.expression
    constant = isinstance(divisor, exp.Literal) and float(divisor.this or 0) != 0
    if constant or divisor.find(exp.Window):
        return
    failing = exp.Anonymous(this="ERROR", expressions=[exp.Literal.string("Division by zero")])
    is_zero = exp.EQ(this=divisor.copy(), expression=exp.Literal.number(0))
    e.set("expression", exp.Paren(this=exp.Case().when(is_zero, failing).else_(divisor.copy())))


def _compat(e):
    if isinstance(e, exp.Div):
        return e
    name = e.name.upper() if isinstance(e, exp.Anonymous) else e.sql_name() if isinstance(e, exp.Func) else None
    if name in CONTEXT:
        return exp.Literal.string(CONTEXT[name])
    if name in ("TRY_TO_TIMESTAMP", "TRY_TO_TIMESTAMP_NTZ") and len(e.expressions) == 1:
        return exp.TryCast(this=e.expressions[0], to=exp.DataType.build("TIMESTAMP"))
    if name == "HASH":  # DuckDB HASH is UBIGINT, Snowflake HASH is a signed 64-bit NUMBER
        wide = exp.cast(e, "HUGEINT", dialect="duckdb", copy=False)
        middle = exp.Literal.number("9223372036854775808")
        return exp.cast(exp.Sub(this=wide, expression=middle), "BIGINT", dialect="duckdb")
    if name == "WIDTH_BUCKET":
        x, lo, hi, k = [a.sql(dialect="snowflake") for a in (e.expressions or list(e.args.values()))]
        bucket = f"cast(floor(({x}-{lo})*{k}/({hi}-{lo})) as int)+1"
        return parse_one(f"case when {x} < {lo} then 0 when {x} >= {hi} then {k}+1 else {bucket} end", read="duckdb")
    return e


def _without_inner_orders(e):
    # the service keeps no order of a query in a FROM clause, unless a limit needs it
    if isinstance(e, exp.Subquery) and isinstance(e.parent, (exp.From, exp.Join)) and isinstance(q := e.this, exp.Select):
        if q.args.get("order") and not any(q.args.get(k) for k in ("limit", "offset", "fetch", "distinct")):
            q.set("order", None)
    return e
