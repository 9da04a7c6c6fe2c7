"""The functions that write an append-only resource through its view.

The rows of a view are not locked by an UPDATE, so the first thing a function does is to close the version that is
current: that is what others wait for. Where it is not the one that the client has read, the next version takes over
what the client does not change, and what both changed is not overwritten.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Table

from pgcraft.declare.context import FactoryContext
from pgcraft.identifiers import quote_literal, quote_name
from pgcraft.models.definitions import Need
from pgcraft.plugin import Plugin, produces, requires
from pgcraft.plugins.append_only.names import ATTRIBUTES_ID, LOG_TABLE, ROOT_TABLE
from pgcraft.plugins.concurrency import Merging
from pgcraft.plugins.entity import (
    CREATED_AT,
    ENTITY_ID,
    LOG_ID,
    UPDATED_AT,
    VALID_TO,
    find_referencing,
    get_single_key,
    get_value_columns,
    qualify,
)
from pgcraft.plugins.equality import write_equal_of
from pgcraft.plugins.history import declare_given_key, write_start
from pgcraft.plugins.protect import DELETION, WRITER_VARIABLES, write_protected
from pgcraft.plugins.view_defaults import is_numbered
from pgcraft.plugins.view_writes import (
    ROW_VERSION,
    VIEW_WRITES,
    ViewColumn,
    declare_view_writes,
    describe_column,
    fill_key,
    keep_key,
    write_merge,
    write_same_columns,
)
from pgcraft.sqltext.plpgsql import LABEL, PASS_OVER, indent, write_block, write_if, write_list, write_raise

_CLOSE = f"SET {VALID_TO} = greatest(pg_catalog.now(), a.{CREATED_AT} + interval '1 microsecond')"
"""A version ends now, and after it has started: time never runs backwards."""
_SEEN = "seen"
"""When the version began that was seen last."""
_VARIABLES = (f"{_SEEN} pg_catalog.timestamptz := OLD.{UPDATED_AT}", *WRITER_VARIABLES)


@requires(ROOT_TABLE, LOG_TABLE, "table")
@produces(VIEW_WRITES)
class AppendOnlyTriggersPlugin(Plugin):
    """Lets clients insert, update and delete through the view."""

    is_internal = True

    def run(self, ctx: FactoryContext) -> None:
        """Register three functions and three triggers; sets ``view_writes``."""
        writer = _Writer.of(ctx)
        if writer.written:
            writer.merging.declare(ctx.metadata)
        bodies = {"insert": writer.insert(), "update": writer.update(), "delete": writer.delete()}
        tables = tuple((ctx.schemaname, ctx[key].name) for key in (ROOT_TABLE, LOG_TABLE))
        declare_view_writes(ctx, "append_only", bodies, depends_on=tables, needs=_find_needs(ctx, writer))


def _find_needs(ctx: FactoryContext, writer: "_Writer") -> dict[str, tuple[Need, ...]]:
    """Return what each function needs of log and root, where it runs with its caller's rights."""
    root, log, key = ctx[ROOT_TABLE], ctx[LOG_TABLE], writer.key
    on_root, on_log = ((ctx.schemaname, table.name) for table in (root, log))
    written = tuple(column.name for column in get_value_columns(ctx) if describe_column(column).is_written)
    numbered = tuple(column.name for column in get_value_columns(ctx) if is_numbered(column))
    reads = tuple(
        Need("select", relation, (*(column.name for column in table.columns), ROW_VERSION))
        for relation, table in ((on_root, root), (on_log, log))
    )
    starts = (Need("update", on_root, (CREATED_AT,)), Need("update", on_log, (CREATED_AT,))) if writer.start else ()
    numbers = (Need("usage", on_root, (key.name,)),) if key.identity is not None else ()
    closes = Need("update", on_log, (VALID_TO,))
    return {
        "insert": (
            Need("insert", on_log, (ENTITY_ID, *written)),
            Need("insert", on_root, (key.name, ATTRIBUTES_ID)),
            *(*numbers, *starts, *reads),
        ),
        "update": (
            Need("insert", on_log, (ENTITY_ID, CREATED_AT, *written, *numbered)),
            Need("update", on_root, (ATTRIBUTES_ID,)),
            *(closes, *reads),
        ),
        "delete": (closes, Need("delete", on_root), *reads),
    }


@dataclass(frozen=True)
class _Writer:
    """Writes the three bodies; every name but ``view`` is quoted.

    Attributes:
        view: the resource's name with its schema.
        values: the columns of a version.
        referencing: those of them that foreign keys change without making a version.
        start: the lines that let an entity begin after what had its key.
        merging: the resource's functions for many writers.
    """

    view: str
    root: str
    log: str
    key: Column[Any]
    key_name: str
    values: tuple[ViewColumn, ...]
    referencing: frozenset[str]
    start: tuple[str, ...]
    merging: Merging

    @classmethod
    def of(cls, ctx: FactoryContext) -> "_Writer":
        root: Table = ctx[ROOT_TABLE]
        log: Table = ctx[LOG_TABLE]
        key = get_single_key(ctx)
        return cls(
            view=ctx.fullname,
            root=qualify(root),
            log=qualify(log),
            key=key,
            key_name=quote_name(key.name),
            values=tuple(map(describe_column, get_value_columns(ctx))),
            referencing=frozenset(map(quote_name, find_referencing(ctx))),
            start=tuple(write_start(key, root, log, (CREATED_AT,))),
            merging=Merging.of(ctx.metadata, "append_only", ctx.schemaname, ctx.tablename),
        )

    @property
    def written(self) -> tuple[ViewColumn, ...]:
        return tuple(column for column in self.values if column.is_written)

    def insert(self) -> str:
        columns = (ENTITY_ID, *(column.name for column in self.written))
        given = (f"NEW.{self.key_name}", *(f"NEW.{column.name}" for column in self.written))
        overriding = ["OVERRIDING SYSTEM VALUE"] if self.key.identity is not None and self.key.identity.always else []
        insert = [
            "WITH a AS (",
            *indent(write_list(f"INSERT INTO {self.log} AS a (", columns, ")")),
            *indent(write_list("VALUES (", given, ")")),
            *indent(self._returning()),
            "), r AS (",
            f"    INSERT INTO {self.root} AS r ({self.key_name}, {ATTRIBUTES_ID})",
            *indent(overriding),
            f"    SELECT NEW.{self.key_name}, a.{LOG_ID}",
            "    FROM a",
            f"    RETURNING r.{CREATED_AT}",
            ")",
            *write_list("SELECT ", (f"r.{CREATED_AT}", f"a.{CREATED_AT}", *self._stored("a"))),
            *self._into_new(),
            "FROM a LEFT JOIN r ON true;",
        ]
        start = write_protected(self.view, self.start) if self.start else []
        lines = [
            *fill_key(self.key, self.root),
            *write_protected(self.view, insert),
            PASS_OVER,
            *self._refuse_half(f"NEW.{CREATED_AT} IS NULL"),
            *start,
            "RETURN NEW;",
        ]
        return write_block(lines, variables=(*declare_given_key(self.key), *WRITER_VARIABLES))

    def update(self) -> str:
        if not self.written:
            return write_block([*keep_key(self.view, self.key), "RETURN OLD;"])
        is_unchanged = write_same_columns(self.written, "NEW", "OLD")
        next_version = [*self._take_over(), *self._add_version()]
        lines = [
            *keep_key(self.view, self.key),
            *write_if(is_unchanged, ["RETURN OLD;"]),
            *write_protected(self.view, [*self._close_as_read(), *write_if(["FOUND"], next_version)]),
            PASS_OVER,
            "RETURN NEW;",
        ]
        return write_block(lines, variables=(f"latest {self.log}%ROWTYPE", *_VARIABLES), is_labelled=True)

    def delete(self) -> str:
        delete = [f"DELETE FROM {self.root} AS r", f"WHERE {self._is_key('r', self.key_name)};", *self._refuse_half()]
        lines = [
            *write_protected(self.view, [*self._close(()), *write_if(["FOUND"], delete)], operation=DELETION),
            PASS_OVER,
            "RETURN OLD;",
        ]
        return write_block(lines, variables=_VARIABLES, is_labelled=True)

    def _close_as_read(self) -> list[str]:
        """Close the current version, unless this very statement has made it: a row named twice is changed once."""
        is_as_read = [f"a.{CREATED_AT} = OLD.{UPDATED_AT}", *(item.is_same("a", "OLD") for item in self._unversioned)]
        conditions = (f"AND ({' AND '.join(is_as_read)} OR NOT {self.merging.call_is_own('a')})",)
        return self._close(conditions, ("RETURNING a.*", "INTO latest"))

    def _close(self, conditions: Iterable[str], returning: Sequence[str] = ()) -> list[str]:
        """Close the current version; one that waited for whoever made the next closes that.

        None is found where the entity is gone, or where a policy or a trigger of the user's keeps the version.
        """
        where = [f"WHERE {self._is_key('a', ENTITY_ID)}", f"AND a.{VALID_TO} IS NULL"]
        *lines, last = [f"UPDATE {self.log} AS a", _CLOSE, *where, *conditions, *returning]
        attempt = [
            *lines,
            f"{last};",
            "EXIT WHEN FOUND;",
            *(f"SELECT a.{CREATED_AT}", f"INTO {_SEEN}", f"FROM {self.log} AS a"),
            *(*where, f"AND a.{CREATED_AT} <> {LABEL}.{_SEEN};"),
            "EXIT WHEN NOT FOUND;",
        ]
        return ["LOOP", *indent(attempt), "END LOOP;"]

    def _take_over(self) -> list[str]:
        """Take over what another transaction changed; what both changed is a conflict."""
        other = (item.differs("latest", "OLD") for item in self._unversioned)
        is_other = " OR ".join((f"latest.{CREATED_AT} <> OLD.{UPDATED_AT}", *other))
        return write_if([is_other], write_merge(self.written, self.merging))

    def _add_version(self) -> list[str]:
        """Add the next version, and move the root's pointer to it."""
        numbered = [column.name for column in self.values if column.is_numbered]
        columns = (ENTITY_ID, CREATED_AT, *(column.name for column in self.written), *numbered)
        given = (
            f"OLD.{self.key_name}",
            f"latest.{VALID_TO}",
            *(f"NEW.{column.name}" for column in self.written),
            *(f"latest.{name}" for name in numbered),
        )
        return [
            "WITH added AS (",
            *indent(write_list(f"INSERT INTO {self.log} AS a (", columns, ")")),
            *(["    OVERRIDING SYSTEM VALUE"] if numbered else []),
            *indent(write_list("VALUES (", given, ")")),
            *indent(self._returning()),
            ")",
            f"UPDATE {self.root} AS r",
            f"SET {ATTRIBUTES_ID} = added.{LOG_ID}",
            "FROM added",
            f"WHERE {self._is_key('r', self.key_name)}",
            *write_list("RETURNING ", (f"r.{CREATED_AT}", f"added.{CREATED_AT}", *self._stored("added"))),
            *self._into_new(";"),
            *self._refuse_half(),
        ]

    @property
    def _unversioned(self) -> tuple[ViewColumn, ...]:
        """What a foreign key may change without a new version."""
        return tuple(column for column in self.written if column.name in self.referencing)

    def _refuse_half(self, is_half: str = "NOT FOUND") -> list[str]:
        """Refuse what a trigger of the user's has let through in one of the two tables alone."""
        message = f"a trigger withheld a part of what was written through {self.view}".replace("%", "%%")
        hint = f"let it withhold the row of {self.log} that a write begins with"
        errcode = "'triggered_data_change_violation'"
        return write_if([is_half], write_raise(quote_literal(message), errcode=errcode, hint=quote_literal(hint)))

    def _is_key(self, alias: str, column: str) -> str:
        """Write the condition that a row of log or root is the entity's."""
        return write_equal_of(self.key.type, f"{alias}.{column}", f"OLD.{self.key_name}")

    def _returning(self) -> list[str]:
        return write_list("RETURNING ", (f"a.{LOG_ID}", f"a.{CREATED_AT}", *self._stored("a")))

    def _stored(self, record: str) -> Iterable[str]:
        return (f"{record}.{column.name}" for column in self.values)

    def _into_new(self, closing: str = "") -> list[str]:
        """Bring into NEW when entity and version were made, and every value as it was stored."""
        names = (CREATED_AT, UPDATED_AT, *(column.name for column in self.values))
        return write_list("INTO ", [f"NEW.{name}" for name in names], closing)
