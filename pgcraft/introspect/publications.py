"""Publications, and the tables that they name."""

from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft.catalog.publications import CHANGES, Publication, Published
from pgcraft.catalog.tokens import canonical_condition
from pgcraft.introspect.fetching import Rows
from pgcraft.introspect.reading import Reader, Reading

# Whether generated columns are sent is known since PostgreSQL 18.
_PUBLICATIONS = """
SELECT b.pubname, b.puballtables,
       array(SELECT n.nspname FROM pg_publication_namespace s JOIN pg_namespace n ON n.oid = s.pnnspid
             WHERE s.pnpubid = b.oid),
       array[b.pubdelete, b.pubinsert, b.pubtruncate, b.pubupdate], b.pubviaroot,
       coalesce(to_jsonb(b) ->> 'pubgencols' = 's', false), obj_description(b.oid, 'pg_publication')
FROM pg_publication b
WHERE NOT EXISTS (SELECT FROM pg_depend e
                  WHERE e.classid = 'pg_publication'::regclass AND e.objid = b.oid AND e.deptype = 'e')
"""

_PUBLISHED = """
SELECT r.oid, n.nspname, c.relname, b.pubname,
       array(SELECT a.attname FROM pg_attribute a WHERE a.attrelid = r.prrelid AND a.attnum = ANY (r.prattrs)),
       pg_get_expr(r.prqual, r.prrelid)
FROM pg_publication_rel r JOIN pg_publication b ON b.oid = r.prpubid
JOIN pg_class c ON c.oid = r.prrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE NOT c.relispartition AND {relations}
"""


def take_publications(reading: Reading, rows: Rows) -> None:
    """Take the publications."""
    for name, is_for_all, schemas, sent, via_root, sends_generated, comment in rows:
        publish = tuple(change for change, is_sent in zip(CHANGES, sent, strict=True) if is_sent)
        definition = Publication(is_for_all, tuple(sorted(schemas)), publish, via_root, sends_generated, comment)
        needs = tuple(ObjectId(Kind.SCHEMA, None, schema) for schema in definition.schemas)
        reading.add(ObjectId(Kind.PUBLICATION, None, name), definition, needs=needs)


def take_published(reading: Reading, rows: Rows) -> None:
    """Take the tables that publications name."""
    for oid, schema, relation, publication, columns, where in rows:
        table = ObjectId(Kind.TABLE, schema, relation)
        condition = None if where is None else canonical_condition(where)
        definition = Published(tuple(sorted(columns)), condition)
        object_id = table.part(Kind.PUBLISHED, publication)
        needs = (ObjectId(Kind.PUBLICATION, None, publication), table, *map(table.column, definition.columns))
        reading.add(object_id, definition, needs=needs)
        reading.ids["pg_publication_rel", oid, 0] = object_id


READERS = (
    Reader((Kind.PUBLICATION,), _PUBLICATIONS, take_publications),
    Reader((Kind.PUBLISHED,), _PUBLISHED, take_published),
)
