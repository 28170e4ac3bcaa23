"""The types in which the service unloads Parquet: whole numbers as the smallest decimal that holds a column, no zoned timestamps."""
import pyarrow as pa
import pyarrow.compute as pc
import snowflake.connector.errors as sferr


def as_unloaded(table):
    for field in table.schema:
        if pa.types.is_timestamp(field.type) and field.type.tz:
            raise sferr.ProgrammingError(
                msg="Error encountered when unloading to PARQUET: TIMESTAMP_TZ and LTZ types are not supported.",
                errno=100064,
                sqlstate="22000",
            )
    columns = [_smallest(table.column(index)) for index in range(table.num_columns)]
    return pa.table(columns, names=table.column_names)


def _smallest(column):
    if not pa.types.is_integer(column.type):
        return column
    limits = pc.min_max(column)
    digits = max(len(str(abs(limits[end].as_py() or 0))) for end in ("min", "max"))
    # The cast asks for room for every value that the integer's type could hold.
    return column.cast(pa.decimal128(38, 0)).cast(pa.decimal128(digits, 0))
