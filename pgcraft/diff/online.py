"""Changes of tables that go on being read and written meanwhile: in steps that are committed one by one.

https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES. A step that has run may run again, so
that a revision that failed half way can be started anew.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from zlib import crc32

from pgcraft.catalog.definitions import NOT_VALID, Column, Constraint, Index, Table, Trigger
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId
from pgcraft.diff.actions import Action, Verb
from pgcraft.identifiers import quote_body, quote_literal, quote_name, quote_names, quote_qualified
from pgcraft.render.dispatch import render_create
from pgcraft.render.statement import HazardType

ONLINE = "pgcraft_online"
"""The option of ``context.configure`` that asks for it."""

Rewrites = Callable[[Column], bool]
"""Whether every row is written anew where such a column is added."""

_PAGES = 1000
"""How many pages of a table are filled and committed at a time."""

_LOCKING = frozenset({HazardType.HEAVY_LOCK, HazardType.TABLE_SCAN, HazardType.TABLE_REWRITE})


def go_online(actions: Iterable[Action], current: Catalog, wanted: Catalog, rewrites: Rewrites) -> Iterator[Action]:
    """Return actions that lock out nobody for long, wherever there is a way, both ways."""
    found = _Online(current, wanted, rewrites)
    return map(found.change, actions)


class _Online:
    def __init__(self, current: Catalog, wanted: Catalog, rewrites: Rewrites) -> None:
        self._current = current
        self._wanted = wanted
        self._rewrites = rewrites
        triggers = (item for item in current.of_kind(Kind.TRIGGER))
        self._updating = {item.id.relation for item in triggers if "update" in item.defined_as(Trigger).events}

    def change(self, action: Action) -> Action:
        """Return what does the same while others read and write."""
        if not self._is_in_use(action.id):
            return action
        up = self._find_steps(action, self._wanted, is_coming=action.verb is Verb.CREATE)
        down = self._find_steps(_turn(action), self._current, is_coming=action.verb is Verb.DROP)
        if up is None and down is None:
            return action
        hazards = action.hazards if up is None else (each for each in action.hazards if each.type not in _LOCKING)
        return action._replace(up=up or action.up, down=down or action.down, hazards=tuple(hazards))

    def _is_in_use(self, part: ObjectId) -> bool:
        """Whether rows of its table may be there: it is neither made nor dropped, and holds rows itself."""
        found = (catalog.find(part.table) for catalog in (self._current, self._wanted))
        return all(table is not None and table.defined_as(Table).partition_by is None for table in found)

    def _find_steps(self, action: Action, catalog: Catalog, *, is_coming: bool) -> tuple[str, ...] | None:
        """Return the steps of an action that leads to a catalog; None where they are what it is already."""
        item = catalog.find(action.id)
        if item is None or not action.up:
            return _drop_beside(action) if action.id.kind is Kind.INDEX and action.up else None
        match item.definition:
            case Index() if is_coming:
                return (_drop_index(item.id), *_build_beside(action.up))
            case Index() if action.verb is Verb.DROP:
                return _drop_beside(action)
            case Constraint() if is_coming:
                return _add_constraint(item, action.up[1:])
            case Column() if is_coming:
                return self._add_column(item)
            case Column() if action.verb is Verb.ALTER and "type" not in action.facts:
                steps = tuple(step for sql in action.up for step in _set_not_null(item.id, sql))
                return steps if steps != action.up else None
            case _:
                return None

    def _add_column(self, item: CatalogObject) -> tuple[str, ...] | None:
        column = item.defined_as(Column)
        is_filled = column.default is not None and not column.is_serial and column.generated is None
        if not is_filled or item.id.relation in self._updating or not self._rewrites(column):
            return None
        table = self._current.by_id[item.id.table].defined_as(Table)
        if table.force_row_security:
            return None
        bare = replace(item, definition=replace(column, nullable=True, default=None))
        add, *comments = render_create(bare)
        name = quote_name(item.id.name)
        relation = quote_qualified(*item.id.relation)
        return (
            add.replace(" ADD COLUMN ", " ADD COLUMN IF NOT EXISTS ", 1),
            f"ALTER TABLE {relation} ALTER COLUMN {name} SET DEFAULT {column.default}",
            _fill(relation, name),
            *(() if column.nullable else _prove_not_null(item.id)),
            *comments,
        )


def _turn(action: Action) -> Action:
    return action._replace(verb=action.verb.reverse, up=action.down, down=action.up)


def _build_beside(statements: tuple[str, ...]) -> Iterator[str]:
    """Return the statements that make an index, built beside the writers."""
    for sql in statements:
        head, index, rest = sql.partition("INDEX ")
        yield f"{head}INDEX CONCURRENTLY {rest}" if index and head in ("CREATE ", "CREATE UNIQUE ") else sql


def _drop_index(index: ObjectId) -> str:
    return f"DROP INDEX CONCURRENTLY IF EXISTS {quote_qualified(index.schema, index.name)}"


def _drop_beside(action: Action) -> tuple[str, ...]:
    return (_drop_index(action.id),)


def _add_constraint(item: CatalogObject, comments: tuple[str, ...]) -> tuple[str, ...] | None:
    constraint = item.defined_as(Constraint)
    if constraint.text.endswith(NOT_VALID):
        return None
    if constraint.type in ("check", "foreign key"):
        return (*_validate(item.id, constraint.text), *comments)
    if constraint.type in ("unique", "primary key"):
        steps = _use_index(item, constraint)
        return (*steps, *comments) if steps else None
    return None


def _validate(constraint: ObjectId, text: str) -> tuple[str, str]:
    """Return the steps of a constraint: for new rows, which takes a moment, and then for those that are there."""
    table, name = quote_qualified(*constraint.relation), quote_name(constraint.name)
    return (
        f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}, ADD CONSTRAINT {name} {text}{NOT_VALID}",
        f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}",
    )


def _use_index(item: CatalogObject, constraint: Constraint) -> tuple[str, ...]:
    """Return the steps of a key over an index that is built beside the writers; none where no index says all of it."""
    columns = f"({quote_names(constraint.columns)})"
    kind, found, rest = constraint.text.partition(columns)
    word = kind.strip().removesuffix(" NULLS NOT DISTINCT")
    included, deferred = _split_included(rest)
    if not found or word not in ("UNIQUE", "PRIMARY KEY") or (deferred and not deferred.startswith("DEFERRABLE")):
        return ()
    table, name = quote_qualified(*item.id.relation), quote_name(item.id.name)
    nulls = " NULLS NOT DISTINCT" if "NULLS NOT DISTINCT" in kind else ""
    return (
        f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}",
        _drop_index(item.id),
        f"CREATE UNIQUE INDEX CONCURRENTLY {name} ON {table} {columns}{included}{nulls}",
        f"ALTER TABLE {table} ADD CONSTRAINT {name} {word} USING INDEX {name}{' ' if deferred else ''}{deferred}",
    )


def _split_included(rest: str) -> tuple[str, str]:
    """Return `` INCLUDE (…)`` of what follows the columns of a key, and what follows that."""
    text = rest.strip()
    if not text.startswith("INCLUDE ("):
        return "", text
    included, _, after = text.partition(")")
    return f" {included})", after.strip()


def _set_not_null(column: ObjectId, sql: str) -> tuple[str, ...]:
    """Return the steps of a statement that makes a column NOT NULL; every other one as it is."""
    is_not_null = sql == f"{_alter(column)} SET NOT NULL"
    return _prove_not_null(column) if is_not_null else (sql,)


def _prove_not_null(column: ObjectId) -> tuple[str, ...]:
    """Return the steps that make a column NOT NULL: a check shows that it is, so that no row is read for it."""
    check = ObjectId(
        Kind.CONSTRAINT, column.schema, f"pgcraft_{crc32(column.name.encode()):08x}_not_null", column.parent
    )
    return (
        *_validate(check, f"CHECK ({quote_name(column.name)} IS NOT NULL)"),
        f"{_alter(column)} SET NOT NULL",
        f"ALTER TABLE {quote_qualified(*column.relation)} DROP CONSTRAINT {quote_name(check.name)}",
    )


def _alter(column: ObjectId) -> str:
    return f"ALTER TABLE {quote_qualified(*column.relation)} ALTER COLUMN {quote_name(column.name)}"


def _fill(relation: str, column: str) -> str:
    """Return what gives a new column its default in the rows that are there, some pages at a time.

    Rows that are written meanwhile may get to pages that are behind; the last statement finds them.
    """
    update = f"UPDATE {relation} SET {column} = DEFAULT WHERE {column} IS NULL"
    size = f"pg_relation_size({quote_literal(relation)}) / current_setting('block_size')::bigint"
    body = f"""
DECLARE
  page bigint := 0;
BEGIN
  WHILE page < {size} LOOP
    {update}
      AND ctid >= format('(%s,0)', page)::tid AND ctid < format('(%s,0)', page + {_PAGES})::tid;
    COMMIT;
    page := page + {_PAGES};
  END LOOP;
  {update};
END
"""
    return f"DO {quote_body(body)}"
