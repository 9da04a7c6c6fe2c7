"""Tries every operation of every role on every relation, and compares with what the grants say; needs psycopg.

Everything happens in one transaction that is rolled back, each attempt in a savepoint of its own.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial

from pgcraft.catalog.definitions import Function
from pgcraft.catalog.kinds import RELATIONS
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId
from pgcraft.devdb.rows.rows import RowMaker
from pgcraft.devdb.rows.shapes import Connection, read_shapes
from pgcraft.devdb.trying.access import RELATION_OPERATIONS, AccessCheck, Identity, NotTried, Verified, to_expected
from pgcraft.devdb.trying.calls import prepare_roles, try_become, try_call, try_real_call
from pgcraft.devdb.trying.columns import try_columns
from pgcraft.devdb.trying.expected import Expectations, is_public
from pgcraft.devdb.trying.probes import list_operations, prepare_probes, probe
from pgcraft.devdb.trying.separation import Separation
from pgcraft.devdb.trying.trial import RelationTrial
from pgcraft.devdb.trying.undeclared import find_undeclared, try_undeclared_function, try_undeclared_relation
from pgcraft.devdb.trying.untried import Untried
from pgcraft.identifiers import quote_literal, quote_qualified

STATEMENT_TIMEOUT = "10s"
UNDEFINED_OBJECT = "42704"
UNDEFINED_TABLE = "42P01"
NO_DATA = "P0002"
TRIGGER_RESULTS = ("trigger", "event_trigger")

OnCount = Callable[[int, int], None]
"""Called with how many relations, functions and roles are done, and how many there are."""


def verify_access(
    connection: Connection,
    catalog: Catalog,
    *,
    identities: tuple[Identity, ...] = (),
    api_schemas: Iterable[str] = (),
    on_progress: OnCount | None = None,
) -> Verified:
    """Try as each role what the catalog's grants allow and what they do not.

    Tables and views: select, insert, update and delete, with made-up rows, whole and column by column. Sequences: the
    next number. Functions that run with their owner's rights, or that somebody was granted: execute; those of an API
    schema are called. What was not declared and stands in an API schema, or runs with its owner's rights: all of these.
    Login roles: whether they may become the others. Identities: whether one reaches the rows of
    another through the relations of an API schema.

    Args:
        connection: to a database where everything is applied, as a superuser or a member of every role.
        catalog: what was declared.
        identities: who is to be kept apart, two by two.
        api_schemas: what PostgREST exposes.
        on_progress: told after each relation, function and role.

    Returns:
        Relations by id, then sequences, functions and roles; for each the roles by name, for these the operations.

    Raises:
        PGCraftDatabaseError: the connection's role may not switch to another (PGC506).
    """
    with connection.transaction(force_rollback=True):
        connection.execute(f"SET LOCAL statement_timeout = '{STATEMENT_TIMEOUT}'; SET LOCAL search_path = ''".encode())
        prepare_probes(connection)
        may_log_in = prepare_roles(connection)
        maker = RowMaker(connection, read_shapes(connection))
        trial = _Trial(connection, Expectations(catalog), maker, identities, frozenset(api_schemas))
        if not may_log_in:
            reason = "only a superuser may log in as others; the memberships were read instead"
            trial.not_tried.append(NotTried("becoming another role", reason))
        steps = list(trial.steps())
        found: list[AccessCheck] = []
        for number, step in enumerate(steps, 1):
            found += step()
            if on_progress:
                on_progress(number, len(steps))
        trial.tell_what_is_left()
        found += trial.check_apart(found)
    return Verified(tuple(found), tuple(trial.not_tried), tuple(trial.notes))


@dataclass(frozen=True)
class _Trial:
    connection: Connection
    expectations: Expectations
    maker: RowMaker
    identities: tuple[Identity, ...]
    api_schemas: frozenset[str]
    not_tried: list[NotTried] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    untried: Untried = field(default_factory=Untried)
    guarded: list[ObjectId] = field(default_factory=list)

    def steps(self) -> Iterator[Callable[[], list[AccessCheck]]]:
        """Return what is to be done, in order."""
        known = {name for (name,) in self.connection.execute("SELECT rolname FROM pg_roles")}
        roles = [role for role in self.expectations.roles if role in known]
        catalog = self.expectations.catalog
        for item in catalog.of_kind(*RELATIONS):
            yield partial(self._try_relation, item.id, roles)
            if item.id.schema in self.api_schemas and self.identities:
                yield partial(self._try_separation, item.id, known)
        if sequences := [item.id for item in catalog.of_kind(Kind.SEQUENCE)]:
            yield partial(self._try_sequences, sequences, roles)
        for item in catalog.of_kind(Kind.FUNCTION):
            if self._is_rpc(item) or _is_worth_trying(item):
                yield partial(self._try_function, item, roles)
        yield from self._try_undeclared(roles)
        wanted = dict.fromkeys((*self.expectations.roles, *(each.role for each in self.identities)))
        yield lambda: [_report_missing_role(role) for role in wanted if role not in known]
        yield partial(self._try_becoming, roles)

    def tell_what_is_left(self) -> None:
        """Add what could not be tried, and what never is."""
        self.not_tried.extend(self.untried.tell())
        functions = self.expectations.catalog.of_kind(Kind.FUNCTION)
        inner = [item for item in functions if not self._is_rpc(item) and not _is_worth_trying(item)]
        if inner:
            reason = "everyone may call them, they run with the caller's rights, and no API schema has them"
            self.not_tried.append(NotTried(f"{len(inner)} functions", reason))
        if len(self.identities) < 2:
            named = "one identity alone" if self.identities else "no roles with claims"
            reason = f"[[tool.pgcraft.verify]] in pyproject.toml names {named}"
            self.not_tried.append(NotTried("whether rows of one client are kept from another", reason))
        for identity in self.identities:
            if not any(self.expectations.may(identity.role, "select", item.id) for item in self._served()):
                self.not_tried.append(NotTried(f"rows of {identity}", "it may read nothing that the API serves"))
        self.not_tried.append(NotTried("TRUNCATE, REFERENCES, TRIGGER, MAINTAIN", "the grants were read instead"))

    def check_apart(self, found: Iterable[AccessCheck]) -> Iterator[AccessCheck]:
        """Fail where identities are to be kept apart by policies, and nothing could be tried between any two."""
        if len(self.identities) > 1 and self.guarded and not any(check.other for check in found):
            one, other = map(str, self.identities[:2])
            message = "nothing could be tried between any two identities: see what was not tried"
            yield AccessCheck(other, self.guarded[0], f"see rows of {one}", "refused", "failed", message, NO_DATA, one)

    def _served(self) -> Iterator[CatalogObject]:
        """Return the relations that PostgREST exposes."""
        return (item for item in self.expectations.catalog.of_kind(*RELATIONS) if item.id.schema in self.api_schemas)

    def _try_relation(self, relation: ObjectId, roles: list[str]) -> list[AccessCheck]:
        shape = self.maker.shapes.by_name.get(relation.qualified)
        operations = RELATION_OPERATIONS if shape is None else list_operations(shape)
        may = {(role, op): self.expectations.may(role, op, relation) for role in roles for op in operations}
        if shape is None:
            return [_report_missing(role, relation, op) for (role, op), is_allowed in may.items() if is_allowed]
        with self.connection.transaction(force_rollback=True):
            row = self.maker.make(shape) if any(may.values()) else None
            trial = RelationTrial(self.maker, self.expectations, relation, shape, row)
            found = trial.check(may)
            whole = [check for check in found if check.expected == check.seen == "allowed"]
            for check in whole:
                if check.operation == "insert" or (check.operation == "update" and row is not None):
                    found += try_columns(trial, check.role, check.operation)
        self.maker.forget()
        self.untried.take(found)
        return found

    def _try_separation(self, relation: ObjectId, known: set[str]) -> list[AccessCheck]:
        shape = self.maker.shapes.by_name.get(relation.qualified)
        if shape is None:
            return []
        separation = Separation(self.maker, self.expectations, relation, shape)
        with self.connection.transaction(force_rollback=True):
            found = list(separation.check(tuple(each for each in self.identities if each.role in known)))
            if separation.bases.is_guarded:
                self.guarded.append(relation)
        self.maker.forget()
        self.untried.drop(found, self.identities)
        self.untried.between.extend(separation.not_tried)
        self.notes.extend(
            f"{relation} is open between identities, and no policy is declared to forbid it: {each}"
            for each in separation.open_between
        )
        return found

    def _try_sequences(self, sequences: list[ObjectId], roles: list[str]) -> list[AccessCheck]:
        pairs = [(role, sequence) for sequence in sequences for role in roles]
        tries = [(role, _write_nextval(sequence)) for role, sequence in pairs]
        seen = probe(self.connection, tries)
        return [
            AccessCheck(role, item, "nextval", to_expected(self.expectations.may_count(role, item)), *outcome)
            for (role, item), outcome in zip(pairs, seen, strict=True)
        ]

    def _try_undeclared(self, roles: list[str]) -> Iterator[Callable[[], list[AccessCheck]]]:
        connection, expectations = self.connection, self.expectations
        found = find_undeclared(connection, self.maker.shapes, expectations.catalog, self.api_schemas)
        self.notes.extend(found.notes)
        for relation, shape in found.relations:
            tries = try_undeclared_relation(connection, expectations, relation, shape, roles)
            yield partial(list, tries)
        for function in found.functions:
            yield partial(list, try_undeclared_function(connection, expectations, function, roles))

    def _try_function(self, item: CatalogObject, roles: list[str]) -> list[AccessCheck]:
        found = []
        for role in roles:
            may = self.expectations.may_execute(role, item.id)
            if may and self._is_rpc(item):
                seen = try_real_call(self.connection, self.maker.shapes, role, item.id)
            else:
                seen = try_call(self.connection, role, item.id)
            found.append(AccessCheck(role, item.id, "execute", to_expected(may), *seen))
        self.untried.take(found)
        return found

    def _is_rpc(self, item: CatalogObject) -> bool:
        """Whether PostgREST exposes it."""
        is_callable = isinstance(item.definition, Function) and item.definition.returns not in TRIGGER_RESULTS
        return is_callable and item.id.schema in self.api_schemas

    def _try_becoming(self, roles: list[str]) -> list[AccessCheck]:
        found = []
        for login in (role for role in roles if self.expectations.is_login(role)):
            reachable = self.expectations.reachable(login)
            for role in (role for role in roles if role != login):
                seen = try_become(self.connection, login, role)
                found.append(AccessCheck(login, _role_id(role), "become", to_expected(role in reachable), *seen))
        return found


def _write_nextval(sequence: ObjectId) -> str:
    name = quote_literal(quote_qualified(sequence.schema, sequence.name))
    return f"SELECT pg_catalog.nextval({name})"


def _is_worth_trying(item: CatalogObject) -> bool:
    return not is_public(item) or (isinstance(item.definition, Function) and item.definition.security_definer)


def _role_id(role: str) -> ObjectId:
    return ObjectId(Kind.ROLE, None, role)


def _report_missing_role(role: str) -> AccessCheck:
    message = f'role "{role}" does not exist'
    return AccessCheck(role, _role_id(role), "become", "allowed", "failed", message, UNDEFINED_OBJECT)


def _report_missing(role: str, relation: ObjectId, operation: str) -> AccessCheck:
    return AccessCheck(role, relation, operation, "allowed", "failed", f"{relation} does not exist", UNDEFINED_TABLE)
