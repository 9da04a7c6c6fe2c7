"""Statistics objects that stand in the schema of their relation."""

from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft.catalog.statistics import Statistics
from pgcraft.catalog.tokens import strip_parentheses
from pgcraft.introspect.fetching import Rows
from pgcraft.introspect.reading import Reader, Reading

_STATISTICS = """
SELECT s.oid, n.nspname, c.relname, c.oid, s.stxname,
       array(SELECT a.attname FROM pg_attribute a WHERE a.attrelid = s.stxrelid AND a.attnum = ANY (s.stxkeys)),
       pg_get_statisticsobjdef_expressions(s.oid), s.stxkind::text[], nullif(s.stxstattarget, -1), z.description
FROM pg_statistic_ext s
JOIN pg_class c ON c.oid = s.stxrelid AND c.relnamespace = s.stxnamespace
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_description z ON (z.objoid, z.classoid, z.objsubid) = (s.oid, 'pg_statistic_ext'::regclass, 0)
WHERE c.relkind IN ('r', 'p', 'm') AND NOT c.relispartition AND {relations}
"""

_KINDS = {"d": "ndistinct", "f": "dependencies", "m": "mcv"}  # "e" comes with expressions


def take_statistics(reading: Reading, rows: Rows) -> None:
    """Take the statistics objects."""
    for oid, schema, relation, relation_oid, name, columns, expressions, kinds, target, comment in rows:
        definition = Statistics(
            columns=tuple(sorted(columns)),
            expressions=tuple(map(strip_parentheses, expressions or ())),
            kinds=tuple(sorted(_KINDS[kind] for kind in kinds if kind in _KINDS)),
            target=target,
            comment=comment,
        )
        table = ObjectId(Kind.TABLE, schema, relation)
        object_id = table.part(Kind.STATISTICS, name)
        owner = reading.ids.get(("pg_class", relation_oid, 0))
        reading.add(object_id, definition, needs=(*((owner,) if owner else ()), *map(table.column, definition.columns)))
        reading.ids["pg_statistic_ext", oid, 0] = object_id


READERS = (Reader((Kind.STATISTICS,), _STATISTICS, take_statistics),)
