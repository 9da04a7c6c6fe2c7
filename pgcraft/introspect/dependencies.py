"""What needs what, as the server knows it: views with the columns they read, defaults, types, functions."""

from pgcraft.catalog.kinds import INSIDE
from pgcraft.catalog.objects import ObjectId
from pgcraft.introspect.fetching import Rows
from pgcraft.introspect.reading import Reading

# What initdb made has oids below 16384.
DEPENDENCIES = """
SELECT 'pg_class', w.ev_class, 0, d.refclassid::regclass::text, d.refobjid, d.refobjsubid
FROM pg_depend d JOIN pg_rewrite w ON w.oid = d.objid
WHERE d.classid = 'pg_rewrite'::regclass AND d.deptype = 'n' AND d.refobjid >= 16384 AND d.refobjid <> w.ev_class
UNION
SELECT 'pg_class', f.adrelid, f.adnum, d.refclassid::regclass::text, d.refobjid, 0
FROM pg_depend d JOIN pg_attrdef f ON f.oid = d.objid
WHERE d.classid = 'pg_attrdef'::regclass AND d.deptype = 'n' AND d.refobjid >= 16384 AND d.refobjid <> f.adrelid
UNION
SELECT d.classid::regclass::text, d.objid, d.objsubid, d.refclassid::regclass::text, d.refobjid, 0
FROM pg_depend d
WHERE d.classid IN ('pg_class'::regclass, 'pg_proc'::regclass, 'pg_constraint'::regclass, 'pg_trigger'::regclass,
                    'pg_policy'::regclass, 'pg_type'::regclass, 'pg_statistic_ext'::regclass,
                    'pg_publication_rel'::regclass)
  AND d.refclassid IN ('pg_class'::regclass, 'pg_proc'::regclass, 'pg_type'::regclass, 'pg_constraint'::regclass)
  AND d.deptype = 'n' AND d.objid >= 16384 AND d.refobjid >= 16384
"""


def take_dependencies(reading: Reading, rows: Rows) -> None:
    """Give every object what it needs; a view needs relations and, of tables, the columns that it reads."""
    for catalog, oid, number, needed_catalog, needed_oid, needed_number in rows:
        # The columns of a view are no objects: what their defaults need, the view needs.
        object_id = reading.ids.get((catalog, oid, number)) or reading.ids.get((catalog, oid, 0))
        if object_id is None:
            continue
        for part in {0, needed_number}:
            needed = reading.ids.get((needed_catalog, needed_oid, part))
            if needed is not None and not _is_own(needed, object_id):
                reading.need(object_id, needed)


def _is_own(needed: ObjectId, object_id: ObjectId) -> bool:
    """Whether a need goes without saying: of a column or constraint for its table, of anything for itself."""
    inside = object_id.kind in INSIDE and (needed.schema, needed.name) == (object_id.schema, object_id.parent)
    return inside or needed == object_id
