"""The functions that write an append-only resource through its view.

Each writes log and root in one statement. The rows of a view are not locked by an UPDATE, so that of a function takes
the current version only as the client has read it. Where another transaction has written in between, it locks what is
current now, takes over what the client does not change, and refuses to overwrite what both did.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Table

from pgcraft.factory.context import FactoryContext
from pgcraft.identifiers import quote_literal, quote_name
from pgcraft.models.definitions import Need
from pgcraft.plpgsql import PASS_OVER, indent, write_block, write_if, write_list, write_raise
from pgcraft.plugin import Plugin, produces, requires
from pgcraft.plugins.append_only.names import ATTRIBUTES_ID, LOG_TABLE, ROOT_TABLE
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
    write_all,
    write_is_own,
)

_CLOSE = f"SET {VALID_TO} = greatest(pg_catalog.now(), a.{CREATED_AT} + interval '1 microsecond')"
"""A version ends now, and after it has started: time never runs backwards."""
_STARTS = (f"seen pg_catalog.timestamptz := OLD.{UPDATED_AT}", "current_start pg_catalog.timestamptz")
"""When the version began that was seen last, and the one that is current."""
_IS_HALF = "is_half"
"""Whether a version was closed and its entity stayed."""


@requires(ROOT_TABLE, LOG_TABLE, "table")
@produces(VIEW_WRITES)
class AppendOnlyTriggersPlugin(Plugin):
    """Lets clients insert, update and delete through the view."""

    is_internal = True

    def run(self, ctx: FactoryContext) -> None:
        """Register three functions and three triggers; sets ``view_writes``."""
        writer = _Writer.of(ctx)
        bodies = {"insert": writer.insert(), "update": writer.update(), "delete": writer.delete()}
        tables = tuple((ctx.schemaname, ctx[key].name) for key in (ROOT_TABLE, LOG_TABLE))
        declare_view_writes(ctx, "append_only", bodies, depends_on=tables, needs=_find_needs(ctx, writer))


def _find_needs(ctx: FactoryContext, writer: "_Writer") -> dict[str, tuple[Need, ...]]:
    """Give what each function needs of log and root, where it runs with its caller's rights."""
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
    """

    view: str
    root: str
    log: str
    key: Column[Any]
    key_name: str
    values: tuple[ViewColumn, ...]
    referencing: frozenset[str]
    start: tuple[str, ...]

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
        )

    @property
    def written(self) -> tuple[ViewColumn, ...]:
        return tuple(column for column in self.values if column.is_written)

    @property
    def numbered(self) -> tuple[ViewColumn, ...]:
        """What an entity keeps through all its versions."""
        return tuple(column for column in self.values if column.is_numbered)

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
        is_unchanged = write_all(column.is_same("NEW", "OLD") for column in self.written)
        ending = write_if(["FOUND"], [*self._refuse_half(f"NEW.{CREATED_AT} IS NULL"), "EXIT;"])
        attempt = [*write_protected(self.view, self._add_version()), *ending, "NEW := given;"]
        lines = [
            *keep_key(self.view, self.key),
            *write_if(is_unchanged, ["RETURN OLD;"]),
            "given := NEW;",
            "LOOP",
            *indent([*attempt, *self._read_current(), *self._merge()]),
            "END LOOP;",
            "RETURN NEW;",
        ]
        return write_block(
            lines, variables=("given pg_catalog.record", f"latest {self.log}%ROWTYPE", *_STARTS, *WRITER_VARIABLES)
        )

    def _add_version(self) -> list[str]:
        """Close the version that the client has read, add the next one, and move the root's pointer to it."""
        numbered = [column.name for column in self.numbered]
        columns = (ENTITY_ID, CREATED_AT, *(column.name for column in self.written), *numbered)
        given = (
            f"OLD.{self.key_name}",
            f"closed.{VALID_TO}",
            *(f"NEW.{column.name}" for column in self.written),
            *(f"closed.{name}" for name in numbered),
        )
        unread = [column.is_same("a", "OLD") for column in self.written if column.name in self.referencing]
        return [
            "WITH closed AS (",
            f"    UPDATE {self.log} AS a",
            f"    {_CLOSE}",
            *indent(self._where_current()),
            *indent(f"AND {same}" for same in (f"a.{CREATED_AT} = OLD.{UPDATED_AT}", *unread)),
            *indent(write_list("RETURNING ", [f"a.{name}" for name in (VALID_TO, *numbered)])),
            "), added AS (",
            *indent(write_list(f"INSERT INTO {self.log} AS a (", columns, ")")),
            *(["    OVERRIDING SYSTEM VALUE"] if numbered else []),
            *indent(write_list("SELECT ", given)),
            "    FROM closed",
            *indent(self._returning()),
            "), moved AS (",
            f"    UPDATE {self.root} AS r",
            f"    SET {ATTRIBUTES_ID} = added.{LOG_ID}",
            "    FROM added",
            f"    WHERE r.{self.key_name} = OLD.{self.key_name}",
            f"    RETURNING r.{CREATED_AT}",
            ")",
            *write_list("SELECT ", (f"moved.{CREATED_AT}", f"added.{CREATED_AT}", *self._stored("added"))),
            *self._into_new(),
            "FROM closed LEFT JOIN added ON true LEFT JOIN moved ON true;",
        ]

    def delete(self) -> str:
        delete = [
            "WITH closed AS (",
            f"    UPDATE {self.log} AS a",
            f"    {_CLOSE}",
            *indent(self._where_current()),
            f"    RETURNING a.{ENTITY_ID}",
            "), gone AS (",
            f"    DELETE FROM {self.root} AS r",
            "    USING closed",
            f"    WHERE r.{self.key_name} = closed.{ENTITY_ID}",
            f"    RETURNING r.{self.key_name}",
            ")",
            f"SELECT gone.{self.key_name} IS NULL",
            f"INTO {_IS_HALF}",
            "FROM closed LEFT JOIN gone ON true;",
        ]
        attempt = [
            *write_protected(self.view, delete, operation=DELETION),
            *write_if(["FOUND"], [*self._refuse_half(_IS_HALF), "EXIT;"]),
            *self._return_when_left_alone(),
        ]
        lines = ["LOOP", *indent(attempt), "END LOOP;", "RETURN OLD;"]
        return write_block(lines, variables=(f"{_IS_HALF} boolean", *_STARTS, *WRITER_VARIABLES))

    def _refuse_half(self, is_half: str) -> list[str]:
        """Refuse what a trigger of the user's has let through in one of the two tables alone."""
        message = f"a trigger withheld a part of what was written through {self.view}".replace("%", "%%")
        hint = f"let it withhold the row of {self.log} that a write begins with"
        errcode = "'triggered_data_change_violation'"
        return write_if([is_half], write_raise(quote_literal(message), errcode=errcode, hint=quote_literal(hint)))

    def _read_current(self) -> list[str]:
        """Lock what is current now; where another version has come while this one waited, begin anew."""
        return [
            "SELECT a.*",
            "INTO latest",
            f"FROM {self.log} AS a",
            *self._where_current(),
            "FOR UPDATE;",
            *write_if(["NOT FOUND"], [*self._return_when_left_alone(), "CONTINUE;"]),
        ]

    def _return_when_left_alone(self) -> list[str]:
        """Change nothing where the entity is gone, or where its version is the one seen last and a policy keeps it."""
        current = " ".join((f"SELECT a.{CREATED_AT} FROM {self.log} AS a", *self._where_current()))
        return [
            f"current_start := ({current});",
            *write_if(["current_start IS NULL OR current_start = seen"], ["RETURN NULL;"]),
            "seen := current_start;",
        ]

    def _where_current(self) -> list[str]:
        return [f"WHERE a.{ENTITY_ID} = OLD.{self.key_name}", f"AND a.{VALID_TO} IS NULL"]

    def _merge(self) -> list[str]:
        """Take over what another transaction changed; what both changed is a conflict.

        What is as it was read has been withheld by a trigger of the user's, and what this statement has changed itself
        it changes once, as a table does.
        """
        referencing = [column for column in self.written if column.name in self.referencing]
        same = (item.is_same("latest", "OLD") for item in referencing)
        is_as_read = [f"latest.{CREATED_AT} = OLD.{UPDATED_AT}", *same]
        own = f"SELECT FROM {self.log} AS a WHERE a.{LOG_ID} = latest.{LOG_ID} AND {write_is_own('a')}"
        return [
            *write_if([f"{' AND '.join(is_as_read)} OR EXISTS ({own})"], ["RETURN NULL;"]),
            *(line for column in self.written for line in column.merge(f"latest.{column.name}", self.view)),
            f"OLD.{UPDATED_AT} := latest.{CREATED_AT};",
        ]

    def _returning(self) -> list[str]:
        return write_list("RETURNING ", (f"a.{LOG_ID}", f"a.{CREATED_AT}", *self._stored("a")))

    def _stored(self, record: str) -> Iterable[str]:
        return (f"{record}.{column.name}" for column in self.values)

    def _into_new(self, closing: str = "") -> list[str]:
        """Bring into NEW when entity and version were made, and every value as it was stored."""
        names = (CREATED_AT, UPDATED_AT, *(column.name for column in self.values))
        return write_list("INTO ", [f"NEW.{name}" for name in names], closing)
