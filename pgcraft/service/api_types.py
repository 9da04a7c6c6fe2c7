"""Answers about what PostgREST exposes: frozen, JSON-able, standard library only."""

from dataclasses import dataclass

from pgcraft.catalog.objects import ObjectId
from pgcraft.devdb.trying.exchange import Exchange


@dataclass(frozen=True)
class ApiColumn:
    """A column of an API view.

    Attributes:
        reason: why it cannot be written: ``computed``, ``joined from public.orders``; empty when it can.
    """

    name: str
    type: str
    is_writable: bool
    reason: str = ""
    nullable: bool = True
    default: str | None = None


@dataclass(frozen=True)
class ApiResource:
    """A view that PostgREST will expose, with the operations each role was granted.

    Attributes:
        columns: as who declared the view tells them; empty when that one tells nothing.
    """

    view: ObjectId
    source: ObjectId | None
    grants: tuple[str, ...]
    role: str
    columns: tuple[ApiColumn, ...] = ()


@dataclass(frozen=True)
class ApiPreview:
    """What PostgREST will make of one view.

    Attributes:
        endpoint: path, as ``/products``.
        profile: the schema for ``Accept-Profile``/``Content-Profile``; empty for the first exposed one.
        methods: for each role the HTTP methods it may use, sorted by role.
        curls: a title and a command line for each method.
    """

    view: ObjectId
    endpoint: str
    profile: str
    methods: tuple[tuple[str, tuple[str, ...]], ...]
    columns: tuple[ApiColumn, ...]
    curls: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ApiTrial:
    """Requests to a view, run in the development database as PostgREST would run them.

    Attributes:
        exchanges: of each role a GET, POST, PATCH and DELETE on the same made-up rows.
    """

    view: ObjectId
    exchanges: tuple[Exchange, ...]


@dataclass(frozen=True)
class ApiServed:
    """PostgREST has ended because it was no longer wanted."""
