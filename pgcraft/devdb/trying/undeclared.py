"""What stands in a database and was not declared, tried as each declared role; needs psycopg.

PostgREST serves whatever stands in its schemas, whoever made it; and a function that runs with its owner's rights is a
door in any schema. Nobody is meant to come through, unless a grant is declared for it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pgcraft.catalog.kinds import RELATIONS
from pgcraft.catalog.objects import Catalog, Kind, ObjectId
from pgcraft.devdb.rows.shapes import Connection, RelationShape, Shapes
from pgcraft.devdb.trying.access import AccessCheck, to_expected
from pgcraft.devdb.trying.calls import try_call
from pgcraft.devdb.trying.expected import Expectations
from pgcraft.devdb.trying.probes import list_operations, probe, write_probe

_FUNCTIONS = b"""
SELECT n.nspname, p.proname, oidvectortypes(p.proargtypes), x.extname
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
LEFT JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
LEFT JOIN pg_extension x ON x.oid = d.refobjid
WHERE p.prokind IN ('f', 'p') AND p.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype)
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND (n.nspname = ANY (%s) OR p.prosecdef AND x.extname IS NULL)
ORDER BY 1, 2, 3
"""

_OF_EXTENSIONS = b"SELECT objid::bigint FROM pg_depend WHERE classid = 'pg_class'::regclass AND deptype = 'e'"

_KINDS = {"v": Kind.VIEW, "m": Kind.MATERIALIZED_VIEW}


@dataclass(frozen=True)
class Undeclared:
    """What was found.

    Attributes:
        relations: in a schema of the API.
        functions: in a schema of the API, or running with their owner's rights.
        notes: what extensions have there.
    """

    relations: tuple[tuple[ObjectId, RelationShape], ...]
    functions: tuple[ObjectId, ...]
    notes: tuple[str, ...]


def find_undeclared(connection: Connection, shapes: Shapes, catalog: Catalog, api_schemas: Iterable[str]) -> Undeclared:
    """Find what a role could come by, and nobody declared."""
    schemas = sorted(api_schemas)
    of_extensions = {oid for (oid,) in connection.execute(_OF_EXTENSIONS)}
    declared = {(item.id.schema, item.id.name) for item in catalog.of_kind(*RELATIONS)}
    relations = tuple(
        (ObjectId(_KINDS.get(shape.kind, Kind.TABLE), *name), shape)
        for name, shape in sorted(shapes.by_name.items())
        if shape.schema in schemas and name not in declared and shape.oid not in of_extensions
    )
    functions, counts = [], dict[tuple[str, str], int]()
    for schema, name, signature, extension in connection.execute(_FUNCTIONS, [schemas]):
        function = ObjectId(Kind.FUNCTION, schema, name, signature=signature)
        if extension is not None:
            counts[extension, schema] = counts.get((extension, schema), 0) + 1
        elif catalog.find(function) is None:
            functions.append(function)
    notes = (
        f"extension {extension} has {count} functions in {schema}, which PostgREST serves as /rpc: put it elsewhere"
        for (extension, schema), count in sorted(counts.items())
    )
    return Undeclared(relations, tuple(functions), tuple(notes))


def try_undeclared_relation(
    connection: Connection, expectations: Expectations, relation: ObjectId, shape: RelationShape, roles: Sequence[str]
) -> Iterator[AccessCheck]:
    """Try as each role what a client could send for a relation."""
    pairs = [(role, operation) for role in roles for operation in list_operations(shape)]
    seen = probe(connection, [(role, write_probe(shape, operation)) for role, operation in pairs])
    for (role, operation), outcome in zip(pairs, seen, strict=True):
        names = (ObjectId(kind, relation.schema, relation.name) for kind in RELATIONS)
        may = any(expectations.may(role, operation, name) for name in names)
        if may and outcome[0] == "failed":  # it was let in, and the probe is no real row
            outcome = ("allowed", "", "")
        yield AccessCheck(role, relation, operation, to_expected(may), *outcome)


def try_undeclared_function(
    connection: Connection, expectations: Expectations, function: ObjectId, roles: Iterable[str]
) -> Iterator[AccessCheck]:
    """Plan a call as each role."""
    for role in roles:
        may = expectations.may_execute(role, function)
        yield AccessCheck(role, function, "execute", to_expected(may), *try_call(connection, role, function))
