"""Tries every operation of every role on every relation, and compares with what the grants say; needs psycopg.

Everything happens in one transaction that is rolled back, each attempt in a savepoint of its own.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from pgcraft.catalog.definitions import Function
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId
from pgcraft.devdb.access import RELATION_OPERATIONS, AccessCheck, to_expected
from pgcraft.devdb.calls import try_become, try_call
from pgcraft.devdb.expected import RELATIONS, Expectations, is_public
from pgcraft.devdb.probes import prepare_probes
from pgcraft.devdb.rows import RowMaker
from pgcraft.devdb.shapes import Connection, read_shapes
from pgcraft.devdb.trial import RelationTrial

STATEMENT_TIMEOUT = "10s"
UNDEFINED_OBJECT = "42704"
UNDEFINED_TABLE = "42P01"

OnCount = Callable[[int, int], None]
"""Called with how many relations, functions and roles are done, and how many there are."""


def verify_access(
    connection: Connection, catalog: Catalog, *, on_progress: OnCount | None = None
) -> tuple[AccessCheck, ...]:
    """Try as each role what the catalog's grants allow and what they do not.

    Tables and views: select, insert, update and delete, with made-up rows. Functions that run with their owner's
    rights, or that somebody was granted: execute. Login roles: whether they may become the others.

    Args:
        connection: to a database where everything is applied, as a superuser or a member of every role.
        catalog: what was declared.

    Returns:
        Relations by id, then functions, then roles; for each the roles by name, for these the operations.

    Raises:
        PGCraftDatabaseError: the connection's role may not switch to another (PGC506).
    """
    with connection.transaction(force_rollback=True):
        connection.execute(f"SET LOCAL statement_timeout = '{STATEMENT_TIMEOUT}'; SET LOCAL search_path = ''".encode())
        prepare_probes(connection)
        trial = _Trial(connection, Expectations(catalog), RowMaker(connection, read_shapes(connection)))
        steps = list(trial.steps())
        found: list[AccessCheck] = []
        for number, step in enumerate(steps, 1):
            found += step()
            if on_progress:
                on_progress(number, len(steps))
    return tuple(found)


@dataclass(frozen=True)
class _Trial:
    connection: Connection
    expectations: Expectations
    maker: RowMaker

    def steps(self) -> Iterator[Callable[[], list[AccessCheck]]]:
        """Give what is to be done, in order."""
        known = {name for (name,) in self.connection.execute("SELECT rolname FROM pg_roles")}
        roles = [role for role in self.expectations.roles if role in known]
        catalog = self.expectations.catalog
        for item in catalog.of_kind(*RELATIONS):
            yield partial(self._try_relation, item.id, roles)
        for item in catalog.of_kind(Kind.FUNCTION):
            if _is_worth_trying(item):
                yield partial(self._try_function, item, roles)
        yield lambda: [_report_missing_role(role) for role in self.expectations.roles if role not in known]
        yield partial(self._try_becoming, roles)

    def _try_relation(self, relation: ObjectId, roles: list[str]) -> list[AccessCheck]:
        operations = RELATION_OPERATIONS if relation.kind is not Kind.MATERIALIZED_VIEW else ("select",)
        may = {(role, op): self.expectations.may(role, op, relation) for role in roles for op in operations}
        shape = self.maker.shapes.by_name.get((relation.schema or "", relation.name))
        if shape is None:
            return [_report_missing(role, relation, op) for (role, op), is_allowed in may.items() if is_allowed]
        with self.connection.transaction(force_rollback=True):
            row = self.maker.make(shape) if any(may.values()) else None
            trial = RelationTrial(self.maker, self.expectations, relation, shape, row)
            found = trial.check(may)
        self.maker.forget()
        return found

    def _try_function(self, item: CatalogObject, roles: list[str]) -> list[AccessCheck]:
        return [
            AccessCheck(
                role,
                item.id,
                "execute",
                to_expected(self.expectations.may_execute(role, item)),
                *try_call(self.connection, role, item.id),
            )
            for role in roles
        ]

    def _try_becoming(self, roles: list[str]) -> list[AccessCheck]:
        found = []
        for login in (role for role in roles if self.expectations.is_login(role)):
            reachable = self.expectations.reachable(login)
            for role in (role for role in roles if role != login):
                seen = try_become(self.connection, login, role)
                found.append(AccessCheck(login, _role_id(role), "become", to_expected(role in reachable), *seen))
        return found


def _is_worth_trying(item: CatalogObject) -> bool:
    return not is_public(item) or (isinstance(item.definition, Function) and item.definition.security_definer)


def _role_id(role: str) -> ObjectId:
    return ObjectId(Kind.ROLE, None, role)


def _report_missing_role(role: str) -> AccessCheck:
    message = f'role "{role}" does not exist'
    return AccessCheck(role, _role_id(role), "become", "allowed", "failed", message, UNDEFINED_OBJECT)


def _report_missing(role: str, relation: ObjectId, operation: str) -> AccessCheck:
    return AccessCheck(role, relation, operation, "allowed", "failed", f"{relation} does not exist", UNDEFINED_TABLE)
