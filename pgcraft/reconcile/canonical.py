"""The wanted objects in the form in which PostgreSQL keeps them, so that they compare with what is read from it.

PostgreSQL rewrites every expression and query that it stores. So those that differ from the live ones by their text are
made in schemas of their own inside a savepoint, read back, and rolled back: all at once, without a lock on live objects
beyond that of reading. What cannot be made there needs something that is not in the database yet, and so is a change.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from pgcraft.catalog.definitions import Column, Constraint, Index, Table, View
from pgcraft.catalog.kinds import KINDS
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId, put_in
from pgcraft.catalog.partitions import Partition
from pgcraft.catalog.redirecting import NOWHERE, QualifiedName, Redirection
from pgcraft.catalog.tokens import strip_parentheses
from pgcraft.catalog.words import list_words
from pgcraft.diff.compare import Change, Diff
from pgcraft.diff.partitions import find_root
from pgcraft.identifiers import hash_text, quote_name, quote_qualified
from pgcraft.introspect import read_texts
from pgcraft.reconcile.beside import make_schemas, make_what_can_be
from pgcraft.reconcile.plain_views import is_same_listing
from pgcraft.reconcile.toast import find_bare, is_about_toast, leave_toast
from pgcraft.render.dispatch import render_create

_SCHEMA = "pgcraft_canonical_{}"
_SET_LATER = frozenset({"default", "generated", "column_defaults"})
"""What is no part of the statement that makes what has it."""


def canonicalize(connection: Connection, wanted: Catalog, diff: Diff, redirection: Redirection = NOWHERE) -> Catalog:
    """Return the wanted catalog with SQL text in the database's form, wherever it differed and could be made.

    Args:
        connection: to the database, inside of a transaction; nothing is changed there.
        diff: of the database and the wanted catalog, text by text.
        redirection: to what stands for objects that are there under other names.

    Raises:
        PGCraftPlanError: PGC401, the role of the connection may not make a schema.
    """
    suspects = [change for change in diff.changed if _is_suspect(change)]
    clear = [change for change in suspects if _is_clear(change)]
    wanted = _adopt_queries(wanted, clear)
    settled = {change.id for change in clear}
    suspects = [change for change in suspects if change.id not in settled]
    if not suspects:
        return wanted
    once = _read_back(connection, wanted, suspects, redirection)
    differing = [change for change in suspects if _texts(once.by_id[change.id]) != _texts(change.current)]
    if not differing:
        return once
    return _adopt_second_form(_read_back(connection, once, differing, redirection), once, differing)


def _read_back(connection: Connection, wanted: Catalog, suspects: list[Change], redirection: Redirection) -> Catalog:
    """Return the catalog with the texts of the suspects as PostgreSQL writes them."""
    scratch = _Scratch(wanted, suspects)
    with connection.begin_nested() as savepoint:
        make_schemas(connection, scratch.schemas)
        make_what_can_be(connection, (redirection.there(sql) for sql in scratch.statements()))
        made = read_texts(connection, schemas=scratch.schemas)
        bare = find_bare(connection, scratch.schemas) if any(map(is_about_toast, suspects)) else frozenset()
        savepoint.rollback()
    return scratch.apply(redirection.take_back(made), bare)


def _adopt_second_form(twice: Catalog, once: Catalog, suspects: list[Change]) -> Catalog:
    """Take the live text where it is what PostgreSQL makes of its own.

    ``name IN ('a', 'b')`` is written as one text, and that text, given back by a restored dump or a downgrade, is
    written as another.
    """
    second = {
        change.id: _take_alike(twice.by_id[change.id], once.by_id[change.id], change.current) for change in suspects
    }
    return put_in(once, second)


def _take_alike(twice: CatalogObject, once: CatalogObject, current: CatalogObject) -> CatalogObject:
    """Take each text for itself: what else differs of an object is no reason to write its text anew."""
    live = _texts(current)
    alike = {fact: text for fact, text in _texts(twice).items() if text == live[fact]}
    return replace(once, definition=replace(once.definition, **alike)) if alike else once


def _texts(item: CatalogObject) -> dict[str, Any]:
    """Return what PostgreSQL keeps in words of its own, by fact."""
    return {fact: getattr(item.definition, fact) for fact in KINDS[item.id.kind].rewritten}


def _is_suspect(change: Change) -> bool:
    is_key = isinstance(change.wanted.definition, Constraint) and change.wanted.definition.type == "foreign key"
    is_rewritten = not is_key and bool(KINDS[change.id.kind].rewritten.intersection(change.facts))
    return is_rewritten or is_about_toast(change)


def _is_null(expression: object) -> bool:
    """Whether an expression is NULL, perhaps as a value of some type."""
    if not isinstance(expression, str):
        return False
    words = list_words(strip_parentheses(expression))
    words = words[2:] if [word.text.upper() for word in words[:2]] == ["CAST", "("] else words
    return words[0].keyword == "NULL" and (len(words) == 1 or words[1].text.upper() in ("::", "AS"))


def _is_clear(change: Change) -> bool:
    """Whether a view needs no server to be compared."""
    old, new = change.current.definition, change.wanted.definition
    if change.id.kind is not Kind.VIEW or "column_defaults" in change.facts:
        return False
    return isinstance(old, View) and isinstance(new, View) and is_same_listing(new, old)


def _adopt_queries(wanted: Catalog, changes: list[Change]) -> Catalog:
    """Take the text of the database for views whose queries say the same."""
    return put_in(wanted, {change.id: _with_query_of_current(change) for change in changes}) if changes else wanted


def _with_query_of_current(change: Change) -> CatalogObject:
    wanted, current = (side.defined_as(View) for side in (change.wanted, change.current))
    view = replace(wanted, query=current.query, columns=current.columns, column_types=current.column_types)
    return replace(change.wanted, definition=view)


class _Scratch:
    """Suspects under the names of scratch schemas, and the way back."""

    def __init__(self, wanted: Catalog, suspects: list[Change]) -> None:
        self._wanted = wanted
        self._suspects = {change.id: change for change in suspects}
        names = sorted({str(change.id.schema) for change in suspects})
        self._real = {_SCHEMA.format(number): name for number, name in enumerate(names, start=1)}
        self._aliases = {name: alias for alias, name in self._real.items()}

    @property
    def schemas(self) -> tuple[str, ...]:
        """The scratch schemas."""
        return tuple(self._real)

    def statements(self) -> Iterator[str]:
        """Return the SQL that makes the suspects, each alone; tables have nothing but their columns."""
        owners = {
            owner
            for suspect in self._suspects
            for owner in (suspect.table, suspect.table._replace(kind=Kind.MATERIALIZED_VIEW))
        }
        for owner in sorted(owners.intersection(self._wanted.by_id).difference(self._suspects)):
            yield from self._make_table(owner) if owner.kind is Kind.TABLE else self._make_like(owner)
        for table in sorted(each for each in self._suspects if each.kind is Kind.TABLE):
            yield self._make_divided(table, self._alias(table))
        # An index comes after the materialized view that it is of.
        for object_id in sorted(self._suspects, key=lambda suspect: (suspect.kind is Kind.INDEX, suspect)):
            item = self._wanted.by_id[object_id]
            if object_id.kind is Kind.COLUMN:
                yield from self._set_expression(item)
            elif isinstance(item.definition, Partition):
                yield from self._make_partition(item, item.definition)
            elif object_id.kind is not Kind.TABLE:
                yield from render_create(replace(item, id=self._alias(object_id)))

    def apply(self, made: Catalog, bare: frozenset[QualifiedName]) -> Catalog:
        """Return the wanted catalog with the texts that were read back, but for what PostgreSQL does not keep.

        Args:
            bare: scratch relations without a TOAST table.
        """
        canonical = {self._real_id(item.id): item for item in made.objects}
        found = self._suspects.keys() & canonical.keys()
        adopted = {each: self._adopt(self._wanted.by_id[each], canonical[each]) for each in found}
        toast = (each for each, change in self._suspects.items() if is_about_toast(change))
        for each in toast:
            if self._alias(each).qualified in bare:
                adopted[each] = leave_toast(adopted.get(each, self._wanted.by_id[each]))
        return put_in(self._wanted, adopted)

    def _adopt(self, item: CatalogObject, made: CatalogObject) -> CatalogObject:
        facts = {fact: getattr(made.definition, fact) for fact in KINDS[item.id.kind].rewritten}
        # What is empty only there could not be set there; but of a default that is NULL nothing is kept.
        meant = {fact: getattr(item.definition, fact) for fact in facts}
        known = {
            fact: value
            for fact, value in facts.items()
            if value or not meant[fact] or fact not in _SET_LATER or _is_null(meant[fact])
        }
        if isinstance(made.definition, View):
            known |= {"columns": made.definition.columns, "column_types": made.definition.column_types}
        if isinstance(made.definition, Index):  # PostgreSQL takes a column in parentheses for the column
            known["columns"] = made.definition.columns
        return replace(item, definition=replace(item.definition, **known))

    def _make_table(self, table_id: ObjectId) -> Iterator[str]:
        alias = quote_qualified(self._aliases[str(table_id.schema)], table_id.name)
        yield f"CREATE TABLE {alias} ()"
        yield from (f"ALTER TABLE {alias} ADD COLUMN {column}" for column in self._define_columns(table_id))

    def _define_columns(self, table_id: ObjectId) -> Iterator[str]:
        """Return the columns of a table by name and type alone; objects need not know their parts."""
        for item in self._wanted.of_kind(Kind.COLUMN):
            if (item.id.schema, item.id.parent) == (table_id.schema, table_id.name):
                column = item.defined_as(Column)
                collation = f" COLLATE {column.collation}" if column.collation else ""
                yield f"{quote_name(item.id.name)} {column.type}{collation}"

    def _make_divided(self, table_id: ObjectId, alias: ObjectId, division: str | None = None) -> str:
        """Return the SQL that makes a table of another's columns, divided as that is unless told otherwise."""
        columns = ", ".join(self._define_columns(table_id))
        by = division or self._wanted.by_id[table_id].defined_as(Table).partition_by
        return f"CREATE TABLE {quote_qualified(*alias.qualified)} ({columns})" + (f" PARTITION BY {by}" if by else "")

    def _make_partition(self, item: CatalogObject, partition: Partition) -> Iterator[str]:
        """Make a partition, alone in a table that is like its own."""
        root, division = find_root(self._wanted, partition)
        if root is None:
            return
        alias = self._alias(item.id)
        parent = alias._replace(name=f"of {hash_text(item.id.name)}")
        yield self._make_divided(root, parent, division)
        alone = replace(item, id=alias, definition=replace(partition, parent=parent.qualified))
        yield from render_create(alone)

    def _make_like(self, view: ObjectId) -> Iterator[str]:
        """Make a table of the columns that a materialized view has in the database."""
        alias = quote_qualified(self._aliases[str(view.schema)], view.name)
        yield f"CREATE TABLE {alias} (LIKE {quote_qualified(view.schema, view.name)})"

    def _set_expression(self, item: CatalogObject) -> Iterator[str]:
        column = item.defined_as(Column)
        table = quote_qualified(self._aliases[str(item.id.schema)], item.id.relation[1])
        name = quote_name(item.id.name)
        if column.generated is not None:
            yield f"ALTER TABLE {table} DROP COLUMN {name}"
            kind = "VIRTUAL" if column.is_virtual else "STORED"
            yield f"ALTER TABLE {table} ADD COLUMN {name} {column.type} GENERATED ALWAYS AS ({column.generated}) {kind}"
        elif column.default is not None:
            yield f"ALTER TABLE {table} ALTER COLUMN {name} SET DEFAULT {column.default}"

    def _alias(self, object_id: ObjectId) -> ObjectId:
        return object_id._replace(schema=self._aliases[str(object_id.schema)])

    def _real_id(self, object_id: ObjectId) -> ObjectId:
        return object_id._replace(schema=self._real.get(str(object_id.schema), object_id.schema))
