"""Tables and columns of real programs' databases, taken out of their published packages into build/schemas."""

import gzip
import re
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
BUILD = HERE.parents[1] / "build" / "schemas"
Schema = dict[str, list[tuple[str, str]]]
"""By table its columns in order, each with its declared type in small letters."""

DEBIAN = {
    "roundcube": ("roundcube-core", "usr/share/roundcube/SQL/sqlite.initial.sql"),
    "request_tracker": ("request-tracker5", "usr/share/request-tracker5/etc/schema.SQLite"),
    "ejabberd": ("ejabberd", "usr/share/ejabberd/sql/lite.sql"),
    "mediawiki": ("mediawiki", "usr/share/mediawiki/maintenance/tables-generated.sql"),
    "wordpress": ("wordpress", "usr/share/wordpress/wp-admin/includes/schema.php"),
    "cacti": ("cacti", "usr/share/cacti/conf_templates/cacti.sql"),
    "tt_rss": ("tt-rss", "usr/share/tt-rss/schema/ttrss_schema_mysql.sql"),
    "zabbix": ("zabbix-server-mysql", "usr/share/zabbix-server-mysql/schema.sql.gz"),
}
"""Package and file of programs that Debian carries."""
SYNAPSE = ("matrix-synapse==1.140.0", "synapse/storage/schema/main/full_schemas/72/full.sql.sqlite")
DJANGO = {"machina": "django-machina==1.3.1", "oscar": "django-oscar==4.2.1"}
"""Applications whose schema only their own migrations make: a forum and a shop."""
_CREATE = re.compile(
    r"create\s+table\s+(?:if\s+not\s+exists\s+)?[`\"\[]?(?:\$wpdb->|/\*_\*/)?([\w$]+)[`\"\]]?\s*\(", re.I
)
_NO_COLUMN = re.compile(r"(?:PRIMARY|KEY|UNIQUE|CONSTRAINT|INDEX|FULLTEXT|FOREIGN|CHECK)\b", re.I)


def schemas() -> Iterator[tuple[str, Schema]]:
    """(program, its schema); a package that cannot be had raises CalledProcessError."""
    BUILD.mkdir(parents=True, exist_ok=True)
    for name, (package, file) in DEBIAN.items():
        yield name, created(_text(_unpacked(package) / file))
    yield "synapse", created(_text(_wheel(SYNAPSE[0]) / SYNAPSE[1]))
    for name, package in DJANGO.items():
        yield name, _migrated(name, package)


def _unpacked(package: str) -> Path:
    place = BUILD / package
    if not place.exists():
        subprocess.run(["apt-get", "download", "-q", package], cwd=BUILD, check=True, stdout=subprocess.DEVNULL)
        (found,) = BUILD.glob(f"{package}_*.deb")
        subprocess.run(["dpkg-deb", "-x", found, place], check=True)
    return place


def _wheel(package: str) -> Path:
    place = BUILD / package.partition("==")[0]
    if not place.exists():
        pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", BUILD / "wheels", package]
        subprocess.run(pip, check=True)
        (found,) = (BUILD / "wheels").glob("matrix_synapse-*.whl")
        with zipfile.ZipFile(found) as whole:
            whole.extract(SYNAPSE[1], place)
    return place


def _migrated(name: str, package: str) -> Schema:
    """The schema that an application's migrations make, in an environment of its own."""
    file, environment = BUILD / f"{name}.db", BUILD / f"{name}-env"
    if not file.exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", environment], check=True)
        python = environment / "bin" / "python"
        subprocess.run([python, "-m", "pip", "-q", "--disable-pip-version-check", "install", package], check=True)
        subprocess.run([python, HERE / "migrate.py", name, file.with_suffix(".part")], check=True)
        shutil.move(file.with_suffix(".part"), file)
    with sqlite3.connect(file) as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        return {
            table: [(row[1], row[2].lower()) for row in connection.execute(f'PRAGMA table_info("{table}")')]
            for table in names
            if not table.startswith("sqlite_")
        }


def _text(path: Path) -> str:
    data = path.read_bytes()
    return (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8", "replace")


def created(text: str) -> Schema:
    """Tables and columns of the CREATE TABLE statements in a text."""
    text = re.sub(
        r"/\*(?!_\*/).*?\*/", " ", re.sub(r"(?m)(?:^|,)\s*(?:--|#).*$", lambda m: m[0][:1].strip(), text), flags=re.S
    )
    return {found[1]: list(_columns(text, found.end())) for found in _CREATE.finditer(text)}


def _columns(text: str, at: int) -> Iterator[tuple[str, str]]:
    for part in _parts(text, at):
        words = part.split()
        if len(words) > 1 and not _NO_COLUMN.match(words[0]):
            yield words[0].strip('`"[]'), words[1].lower()


def _parts(text: str, at: int) -> list[str]:
    """What stands between commas up to the bracket that closes the one before `at`."""
    parts, depth, quote = [""], 1, ""
    for c in text[at:]:
        if quote:
            quote = "" if c == quote else quote
        elif c in "'\"`":
            quote = c
        else:
            depth += (c == "(") - (c == ")")
            if not depth:
                break
            if c == "," and depth == 1:
                parts.append("")
                continue
        parts[-1] += c
    return parts
