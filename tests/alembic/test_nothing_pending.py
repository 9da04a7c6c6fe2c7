"""What says the same in other words is no change, in the default schema and beside it."""

from tests.alembic.conftest import Walk

SAME = """
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import UserDefinedType


class Spelled(UserDefinedType):
    cache_ok = True

    def __init__(self, words):
        self.words = words

    def get_col_spec(self, **words):
        return self.words


register_domain(metadata, DomainDefinition(schema="app", name="word", type="text", default="'x'", nullable=False))
for schema, dot in ((None, ""), ("app", "app.")):
    Table("o", metadata, Column("id", Integer, primary_key=True), Column("k", Integer, unique=True, index=True), schema=schema)
    t = Table(
        "t", metadata, Column("id", Integer, primary_key=True), Column("a", String), Column("n", Integer),
        Column("four", Spelled("int4")), Column("word", Spelled("app.word")),
        Column("up", ForeignKey(f"{dot}t.id", ondelete="NO ACTION", onupdate="RESTRICT")),
        ForeignKeyConstraint(["n"], [f"{dot}o.k"], name="far", deferrable=True),
        UniqueConstraint("a", "n", name="late", deferrable=True, initially="DEFERRED"),
        UniqueConstraint("n", "a", name="alike", postgresql_nulls_not_distinct=True),
        Index("by_case", text("lower(a) DESC NULLS LAST"), "n"), Index("by_sum", text("(n+1)"), text("n ASC")),
        Index("few", "a", postgresql_ops={"a": "text_pattern_ops"}, postgresql_where=text("a IN ('x','y')")),
        Index("covering", "n", postgresql_include=["a"], postgresql_with={"fillfactor": 70}, unique=True), schema=schema,
    )
    Index("by_call", func.coalesce(t.c.a, "x"))
PGCraftMaterializedView("m", "app", metadata, query=select(t.c.a, t.c.n),
                        indexes=[PGCraftIndex("m_a", "lower({a})   DESC NULLS FIRST", postgresql_where="({n})>1")])
"""


def test_other_words_are_no_change(walk: Walk) -> None:
    template = walk.trip.project.root / "migrations/script.py.mako"
    template.write_text(
        template.read_text(encoding="utf-8").replace("import sqla", "import models\nimport sqla"), encoding="utf-8"
    )
    env = walk.trip.project.root / "migrations/env.py"
    text = env.read_text(encoding="utf-8").replace(
        "include_schemas=True,", "include_schemas=True, compare_server_default=True,"
    )
    env.write_text(text, encoding="utf-8")
    walk.step(SAME)
    walk.finish()
