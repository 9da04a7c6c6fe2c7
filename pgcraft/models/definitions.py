"""What plugins and extensions declare beside tables; each is handed to its ``register_…`` function."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, get_args

from sqlalchemy import Column, FromClause, Index, SelectBase, TextClause

from pgcraft.catalog.definitions import Timing, TriggerState
from pgcraft.catalog.privileges import PUBLIC
from pgcraft.models.functions import FunctionDefinition as FunctionDefinition
from pgcraft.models.functions import Need as Need
from pgcraft.models.given import (
    Form,
    Given,
    GivenName,
    flag,
    names,
    pair,
    pairs,
    some_names,
    some_words,
    text,
    text_or_none,
    texts,
    word,
)

SECURITY_BARRIER = ("security_barrier", "true")
"""The option of a view whose filter runs before whatever its reader calls."""
CHECK_OPTION = ("check_option", "cascaded")
"""The option of a view that PostgreSQL writes through by itself: what it does not show cannot be written."""
Query = str | SelectBase | TextClause | FromClause

PINNED_PATH = "pg_catalog, pg_temp"
"""The ``search_path`` of a function that finds what PostgreSQL brings, and of nobody else what it does not ask for."""


@dataclass(frozen=True, kw_only=True)
class SchemaDefinition(Given):
    """A schema. Tables, views and functions declare theirs by themselves."""

    forms: ClassVar[Mapping[str, Form]] = {"name": text, "owner": text_or_none}

    name: str
    comment: str | None = None
    owner: str | None = None


@dataclass(frozen=True, kw_only=True)
class RoleDefinition(Given):
    """A role.

    Attributes:
        member_of: roles that it is a member of.
        members: declared roles that are to be members of it: an extension makes its role reachable for PostgREST's
            ``authenticator`` so.
        password_variable: the environment variable that is read when the migration runs.
    """

    forms: ClassVar[Mapping[str, Form]] = {
        "name": text,
        **dict.fromkeys(("login", "inherit", "createdb", "createrole", "bypassrls"), flag),
        "member_of": names,
        "members": names,
        "password_variable": text_or_none,
    }

    name: str
    login: bool = False
    inherit: bool = True
    createdb: bool = False
    createrole: bool = False
    bypassrls: bool = False
    member_of: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    password_variable: str | None = None


@dataclass(frozen=True, kw_only=True)
class GrantDefinition(Given):
    """Privileges of one role on one object.

    Attributes:
        privileges: ``("select", "insert")``; case does not matter.
        on: ``table`` (tables, views, materialized views alike), ``schema``, ``sequence``, ``function``.
        schema: the object's schema; for a schema grant the schema itself, and ``name`` is left out.
        name: the object's name.
        arguments: input argument types of a function, as ``integer, text``.
        to: role name, or ``PUBLIC``.
        columns: restricts every privilege to these columns.
        grantable: the role may pass them on.
    """

    forms: ClassVar[Mapping[str, Form]] = {
        "privileges": some_names,
        **dict.fromkeys(("to", "schema"), text),
        "name": text_or_none,
        "columns": names,
        "grantable": flag,
    }

    privileges: tuple[str, ...]
    to: str
    schema: str
    name: str | None = None
    on: str = "table"
    arguments: str = ""
    columns: tuple[str, ...] = ()
    grantable: bool = False

    def contradictions(self) -> Iterator[tuple[str, str]]:
        """Return what PostgreSQL would refuse, or what would be left out."""
        if self.name is None and self.on != "schema":
            yield f"it is on a {self.on} without a name", 'give name=…, or on="schema"'
        if self.columns and self.on != "table":
            yield f"it names columns of a {self.on}", "leave columns out: tables and views have them"
        if self.grantable and self.to.upper() == PUBLIC:
            yield "PUBLIC cannot have the grant option", "name roles, or take grantable out"


@dataclass(frozen=True, kw_only=True)
class TriggerDefinition(GivenName):
    """A trigger.

    Attributes:
        schema: the relation's schema.
        relation: name of the table or view it stands on.
        events: of ``insert``, ``update``, ``delete``, ``truncate``.
        function: ``(schema, name)`` of the trigger function.
        state: ``enabled``, ``disabled``, ``replica`` or ``always``; what others set stays when it is left out.
    """

    forms: ClassVar[Mapping[str, Form]] = {
        **dict.fromkeys(("schema", "relation", "name"), text),
        "timing": word("before", "after", "instead of"),
        "events": some_words("insert", "update", "delete", "truncate"),
        "function": pair,
        "arguments": texts,
        **dict.fromkeys(("for_each_row", "is_constraint", "deferrable", "initially_deferred"), flag),
        "update_columns": names,
        **dict.fromkeys(("when", "old_table", "new_table", "comment"), text_or_none),
        "state": lambda state: None if state is None else word(*get_args(TriggerState))(state),
    }

    schema: str
    relation: str
    name: str
    timing: Timing
    events: tuple[str, ...]
    function: tuple[str, str]
    arguments: tuple[str, ...] = ()
    for_each_row: bool = True
    update_columns: tuple[str, ...] = ()
    when: str | None = None
    old_table: str | None = None
    new_table: str | None = None
    is_constraint: bool = False
    deferrable: bool = False
    initially_deferred: bool = False
    comment: str | None = None
    state: TriggerState | None = None

    def contradictions(self) -> Iterator[tuple[str, str]]:
        """Return what would be left out of CREATE TRIGGER."""
        if self.update_columns and "update" not in self.events:
            yield "it has update_columns and does not fire on update", 'add "update" to its events'
        if (self.deferrable or self.initially_deferred) and not self.is_constraint:
            yield "it is to be deferred and is no constraint trigger", "give is_constraint=True"
        if self.state and self.timing == "instead of":
            yield f"it is to be {self.state} and stands on a view", "leave state out: only those of tables are switched"


@dataclass(frozen=True, kw_only=True)
class ViewDefinition(GivenName):
    """A view, plain or materialized.

    Attributes:
        query: a SQLAlchemy ``Select``, or SQL text that is kept as written.
        options: ``{"security_barrier": "true"}`` as pairs.
        column_defaults: pairs of column and SQL expression, used by inserts through the view.
        depends_on: relations that a text query reads, as ``(schema, name)``; a ``Select`` tells by itself.
        columns: what a text query gives, as SQLAlchemy columns with the view's names and types; a ``Select`` tells by
            itself.
        role: what it is to the resource that it belongs to, in a few words: ``history of sales.prices``.
        bypass_row_security: it asks as its owner on purpose, and shows the rows of everyone. Any other view over what
            is under row security asks as its reader.
        owner: the role whose rights it reads with; whoever it is stays when it is left out.
        indexes: of a materialized view: SQLAlchemy's, on a ``Table`` of its name and columns that stands on no
            MetaData of the models.
    """

    forms: ClassVar[Mapping[str, Form]] = {
        **dict.fromkeys(("schema", "name"), text),
        "query": lambda query: text(query) if isinstance(query, str) else query,
        **dict.fromkeys(("is_materialized", "bypass_row_security"), flag),
        "owner": text_or_none,
        **dict.fromkeys(("options", "column_defaults", "depends_on"), pairs),
    }

    schema: str
    name: str
    query: Query = field(compare=False)
    is_materialized: bool = False
    options: tuple[tuple[str, str], ...] = ()
    column_defaults: tuple[tuple[str, str], ...] = ()
    depends_on: tuple[tuple[str, str], ...] = ()
    columns: tuple[Column[Any], ...] = field(default=(), compare=False)
    comment: str | None = None
    role: str = ""
    bypass_row_security: bool = False
    owner: str | None = None
    indexes: tuple[Index, ...] = ()

    def contradictions(self) -> Iterator[tuple[str, str]]:
        """Return what PostgreSQL would refuse."""
        if self.indexes and not self.is_materialized:
            yield "it has indexes and keeps no rows", "give is_materialized=True, or index the tables that it reads"
        if any(index.table is None or index.table.name != self.name for index in self.indexes):
            yield "one of its indexes is of another table", "make it on a Table of the view's name and columns"


@dataclass(frozen=True, kw_only=True)
class PolicyDefinition(GivenName):
    """A row security policy; registering one switches row security on for its table.

    Attributes:
        schema: of the table or the resource.
        table: a table, or a resource: one that is append-only or keeps attributes is a view, and the policy stands on
            the tables behind it.
        command: ``all``, ``select``, ``insert``, ``update`` or ``delete``.
        permissive: rows pass that one permissive policy lets pass, and every restrictive one.
        roles: whom it is about; ``public`` for everyone.
        using: SQL condition of the rows that may be seen, changed or deleted.
        check: SQL condition of what is written; that of ``using`` when left out.
        force: the owner of the table is held too.
    """

    forms: ClassVar[Mapping[str, Form]] = {
        **dict.fromkeys(("schema", "table", "name", "command"), text),
        **dict.fromkeys(("permissive", "force"), flag),
        "roles": some_names,
        **dict.fromkeys(("using", "check", "comment"), text_or_none),
    }

    schema: str
    table: str
    name: str
    command: str = "all"
    permissive: bool = True
    roles: tuple[str, ...] = ("public",)
    using: str | None = None
    check: str | None = None
    force: bool = False
    comment: str | None = None


@dataclass(frozen=True)
class APIColumn:
    """A column of an exposed view, as its clients write it.

    Attributes:
        reason: why no client writes it; empty when they do.
        is_nullable: whether it takes NULL.
        default: the SQL expression that holds where a client leaves it out.
    """

    name: str
    reason: str = ""
    is_nullable: bool = True
    default: str | None = None


@dataclass(frozen=True)
class APIResource:
    """A view that PostgREST exposes.

    Attributes:
        name: the view's name, which is the endpoint's.
        schema: the API schema.
        grants: what the anonymous role may do: of ``select``, ``insert``, ``update``, ``delete``.
        describe: tells what clients may write; the catalog is asked when left out.
    """

    name: str
    schema: str
    grants: tuple[str, ...] = ("select",)
    describe: Callable[[], tuple[APIColumn, ...]] | None = field(default=None, compare=False, repr=False)
