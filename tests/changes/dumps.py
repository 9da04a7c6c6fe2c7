"""What ``pg_dump -s`` says, in a form in which two databases compare."""

import re
import subprocess
from collections.abc import Iterable

from tests.support.databases import Database
from tests.support.servers import get_binaries

_ENTRY = re.compile(r"^--\n-- Name: [^\n]*\n--\n", re.MULTILINE)
_END = re.compile(r"(\s+SET default_\w+ = [^\n]*;|\s+--\n-- PostgreSQL database dump complete\n--.*)*\s*\Z", re.DOTALL)
_CASTS = re.compile(r"\(ARRAY\[((?:'(?:[^']|'')*'::character varying(?:, )?)+)\]\)::text\[\]")
_CAST = re.compile(r"'(?:[^']|'')*'::character varying")
_NOT_NULL = re.compile(r' CONSTRAINT (?:\w+_not_null\d*|"(?:[^"]|"")+_not_null\d*") NOT NULL(,?)$', re.MULTILINE)
_TABLE = re.compile(r"^CREATE (?:UNLOGGED )?TABLE [^\n]* \($\n(.*?)^\)", re.MULTILINE | re.DOTALL)

_PRIVILEGES = ("GRANT ", "REVOKE ", "SET SESSION AUTHORIZATION ", "RESET SESSION AUTHORIZATION")

# What pg_dump leaves to pg_dumpall.
_ROLES = """
SELECT concat_ws(' ', 'ROLE', r.rolname, r.rolsuper, r.rolinherit, r.rolcreaterole, r.rolcreatedb, r.rolcanlogin,
  r.rolbypassrls, r.rolconnlimit, r.rolvaliduntil, r.rolconfig, shobj_description(r.oid, 'pg_authid'), 'IN',
  ARRAY(SELECT concat_ws(' ', m.roleid::regrole, m.admin_option)
    FROM pg_auth_members AS m WHERE m.member = r.oid ORDER BY 1))
FROM pg_roles AS r WHERE r.oid >= 16384 ORDER BY 1
"""

# What the next value of every sequence is, and the table that it goes with.
_SEQUENCES = """
SELECT s.schemaname::text, s.sequencename::text, t.relname::text, format(
  'SELECT last_value + is_called::int * %s FROM %I.%I', s.increment_by, s.schemaname, s.sequencename)
FROM pg_sequences AS s
LEFT JOIN pg_depend AS d ON d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
  AND d.objid = format('%I.%I', s.schemaname, s.sequencename)::regclass AND d.deptype IN ('a', 'i')
LEFT JOIN pg_class AS t ON t.oid = d.refobjid
"""

Counts = dict[tuple[str, str, str | None], int]
"""The next values of sequences, by their schemas, names and tables."""

Dump = tuple[str, ...]
"""The entries of a dump, sorted, without comments and settings of the session."""


def dump(database: Database) -> Dump:
    """Dump a database but for Alembic's table, and the roles of its cluster."""
    command = [str(get_binaries(database.major).bindir / "pg_dump"), "-s", "--restrict-key=test"]
    done = subprocess.run(
        [*command, "-T", "public.alembic_version", "-d", database.conninfo], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    entries = (_CASTS.sub(_cast, _END.sub("", entry).lstrip("\n")) for entry in _ENTRY.split(done.stdout)[1:])
    # PostgreSQL 18 names what no model can name, and leaves it the name when its column gets another.
    entries = (_NOT_NULL.sub(r" NOT NULL\1", entry) for entry in entries)
    entries = (_sort_privileges(entry) for entry in entries)
    return tuple(sorted((*entries, *(role for (role,) in database.rows(_ROLES)))))


def _sort_privileges(entry: str) -> str:
    """Return an entry with its grants sorted: their order says when which was made, and nothing of what holds."""
    lines = entry.splitlines()
    return "\n".join(sorted(lines)) if all(line.startswith(_PRIVILEGES) for line in lines) else entry


def count(database: Database) -> Counts:
    """Return the next values of all sequences."""
    return {tuple(found): database.value(asked) for *found, asked in database.rows(_SEQUENCES)}


def pick(dumped: Dump, schema: str, tag: str) -> Dump:
    """Return what a dump says of a case, by the names of its schema and its roles."""
    return tuple(entry for entry in dumped if tag in entry or schema in entry)


def forget_order(dumped: Dump, tags: Iterable[str]) -> Dump:
    """Return a dump without the order of columns, in what has one of the tags."""
    listed = tuple(tags)
    return tuple(_TABLE.sub(_sort, each) if any(tag in each for tag in listed) else each for each in dumped)


def find_differences(expected: Dump, actual: Dump, what: str) -> list[str]:
    """Tell what differs; a line for each entry that only one of the two has."""
    gone = [f"{what}: missing:\n{entry}" for entry in expected if entry not in actual]
    return gone + [f"{what}: too much:\n{entry}" for entry in actual if entry not in expected]


def _cast(match: "re.Match[str]") -> str:
    """Write ``IN ('a', 'b')`` as PostgreSQL does where it reads its own text of it."""
    return f"ARRAY[{_CAST.sub(lambda each: f'({each[0]})::text', match[1])}]"


def _sort(match: "re.Match[str]") -> str:
    lines = sorted(line.rstrip(",") for line in match[1].splitlines())
    return match[0].replace(match[1], "\n".join(lines) + "\n")
