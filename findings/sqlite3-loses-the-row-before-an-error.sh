#!/usr/bin/env bash
# sqlite3 of CPython 3.11: the row before one that SQLite cannot compute is never given.
#
# A seized database may hold a row of which SQLite cannot compute a value: json_extract over text that is no JSON.
# The cursor of the standard library asks SQLite for row n+1 before it hands out row n; the error of n+1 takes n with it.
# Whoever reads until the error and keeps what came has one good row fewer than SQLite gave, and no sign of it.
# Expected by a user: rows 1 and 2, then the error of row 3. What helps: ask for the rows behind the last one seen one by
# one (LIMIT 1), or compute nothing in the query. apsw, another binding of the same library, gives row 2.
# Seen with CPython 3.11 and apsw 3.54.1.0. Exits 1 if any of this has changed.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3.11 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check apsw==3.54.1.0
"$folder/venv/bin/python" - "$folder/seized.db" <<'PY'
import sqlite3
import sys

import apsw

made = sqlite3.connect(sys.argv[1])
made.execute("CREATE TABLE log (id INTEGER PRIMARY KEY, said TEXT)")
made.executemany("INSERT INTO log (said) VALUES (?)", [('{"kind": "a"}',), ('{"kind": "b"}',), ("not json",)])
made.commit()
made.close()


def read(rows):
    got = []
    try:
        for row in rows:
            got.append(row[0])
    except Exception as error:
        return got, str(error)
    return got, ""


query = "SELECT id, json_extract(said, '$.kind') FROM log ORDER BY id"
standard = read(sqlite3.connect(sys.argv[1]).execute(query))
other = read(apsw.Connection(sys.argv[1]).execute(query))
print("CPython", sys.version.split()[0], "SQLite", sqlite3.sqlite_version, *standard)
print("apsw", apsw.apsw_version(), "SQLite", apsw.sqlite_lib_version(), *other)
sys.exit(standard != ([1], "malformed JSON") or other[0] != [1, 2] or "malformed JSON" not in other[1])
PY
