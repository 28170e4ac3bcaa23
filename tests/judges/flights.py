"""An independent computation of the flights matrix, cell by cell: no SQL, no code of the project's.

Usage: flights.py FOLDER MATRIX.parquet COLUMNS [ORIGIN [OLDER_THAN]]

FOLDER holds airlines.csv, airports.csv, planes.csv, weather.csv and flights.csv or flights.csv.gz. The matrix has the keys
carrier, flight, time_hour and the comma-separated COLUMNS, named `feature` or `alias__feature`, of the flights from ORIGIN
(of all where it is empty) whose plane is more than OLDER_THAN years old. Weather is the newest row that is at least an
hour and at most three hours older than the flight; of rows at one time the greatest, column by column in the matrix's
order, where no value is less than any. A plane's age is the UTC year of the flight less the plane's year; none where the
year is unknown, below 1 or after the flight's. Prints one JSON object.
"""

import bisect
import csv
import gzip
import json
import os
import sys
from datetime import datetime, timedelta, timezone

import polars as pl

DELAY = timedelta(hours=1)
TTL = timedelta(hours=3)
WHOLE = {"year", "seats", "engines", "alt", "tz", "wind_dir"}
TEXT = {"name", "manufacturer", "model", "tzone"}
# Whose column each short name is, in the matrix without aliases.
SHORT = {"year": "planes", "age": "planes", "seats": "planes", "name": "airlines"}


def rows_of(folder, name):
    path = os.path.join(folder, name + ".csv")
    if os.path.exists(path):
        stream = open(path, encoding="utf-8", newline="")
    else:
        stream = gzip.open(path + ".gz", "rt", encoding="utf-8", newline="")
    with stream:
        yield from csv.DictReader(stream)


def age(plane, time):
    year = value(plane, "year")
    return time.year - year if year is not None and 1 <= year <= time.year else None


def value(row, feature):
    text = row[feature]
    if text in ("NA", ""):
        return None
    if feature in TEXT:
        return text
    return int(text) if feature in WHOLE else float(text)


def instant(text):
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)


def by_key(folder, name, key):
    found = {}
    for row in rows_of(folder, name):
        found[row[key]] = row
    return found


def observations(folder):
    """By airport: the times in order, and the rows at each."""
    found = {}
    for row in rows_of(folder, "weather"):
        found.setdefault(row["origin"], {}).setdefault(instant(row["time_hour"]), []).append(row)
    return {airport: (sorted(at), at) for airport, at in found.items()}


def newest(weather, airport, time):
    """The rows at the newest time that is visible at `time`."""
    if airport not in weather:
        return []
    times, at = weather[airport]
    place = bisect.bisect_right(times, time - DELAY) - 1
    if place < 0 or times[place] < time - TTL:
        return []
    return at[times[place]]


def greatest(rows, features):
    def order(row):
        return tuple((v is not None, v if v is not None else 0) for v in (value(row, f) for f in features))

    return max(rows, key=order) if rows else None


def main():
    folder, path = sys.argv[1], sys.argv[2]
    origin = sys.argv[4] if len(sys.argv) > 4 and sys.argv[4] else None
    older_than = int(sys.argv[5]) if len(sys.argv) > 5 else None
    airlines = by_key(folder, "airlines", "carrier")
    airports = by_key(folder, "airports", "faa")
    planes = by_key(folder, "planes", "tailnum")
    weather = observations(folder)

    matrix = pl.read_parquet(path)
    keys = ["carrier", "flight", "time_hour"]
    columns = []
    for name in sys.argv[3].split(","):
        alias, _, feature = name.rpartition("__")
        columns.append((name, alias or SHORT.get(name, "weather"), feature))
    aliases = {alias: [f for _, a, f in columns if a == alias] for _, alias, _ in columns}

    expected, matched, ties = {}, dict.fromkeys(aliases, 0), dict.fromkeys(aliases, 0)
    for flight in rows_of(folder, "flights"):
        if origin is not None and flight["origin"] != origin:
            continue
        time = instant(flight["time_hour"])
        found = {}
        for alias, features in aliases.items():
            if alias.startswith("weather"):
                rows = newest(weather, flight["dest" if alias == "weather_dest" else "origin"], time)
                ties[alias] += len(rows) > 1
                found[alias] = greatest(rows, features)
            elif alias == "planes":
                found[alias] = planes.get(flight["tailnum"])
            elif alias == "airlines":
                found[alias] = airlines.get(flight["carrier"])
            else:
                found[alias] = airports.get(flight["dest" if alias == "airport_dest" else "origin"])
            matched[alias] += found[alias] is not None
        if older_than is not None:
            years = None if found["planes"] is None else age(found["planes"], time)
            if years is None or years <= older_than:
                continue
        cells = [
            None if found[a] is None else age(found[a], time) if f == "age" else value(found[a], f)
            for _, a, f in columns
        ]
        key = (flight["carrier"], int(flight["flight"]), time.replace(tzinfo=None))
        if key in expected:
            raise SystemExit(f"the key {key} is not unique")
        expected[key] = cells

    wrong, seen, nulls = [], set(), 0
    names = [name for name, _, _ in columns]
    for row in matrix.select(keys + names).iter_rows():
        key = (row[0], row[1], row[2].replace(tzinfo=None))
        seen.add(key)
        for name, want, have in zip(names, expected.get(key, ["no such flight"] * len(names)), row[3:]):
            nulls += have is None
            # Text is text, a number is the same number: no tolerance.
            if want != have or (want is None) != (have is None):
                wrong.append([str(key), name, str(want), str(have)])
    print(
        json.dumps(
            {
                "rows": matrix.height,
                "expectedRows": len(expected),
                "distinct": len(seen),
                "columns": names,
                "cells": matrix.height * len(names),
                "nulls": nulls,
                "matched": matched,
                "ties": ties,
                "wrong": len(wrong),
                "examples": wrong[:5],
            }
        )
    )


main()
