"""Models with one of each kind that can be renamed, and the same under other names."""

_MODELS = """
{mood} = Enum("{happy}", "sad", name="{mood}", schema="app")
register_domain(metadata, DomainDefinition(schema="app", name="{word}", type="text", checks=(("short", "length(VALUE) < 9"),){was_word}))
register_composite(metadata, CompositeDefinition(schema="app", name="{place}", attributes={{"{street}": "text"}}{was_place}))
register_range(metadata, RangeDefinition(schema="app", name="{span}", subtype="integer"{was_span}))
Sequence("{numbers}", schema="app", metadata=metadata)
Table("other", metadata, Column("id", Integer, primary_key=True), Column("n", Integer, server_default=text("app.{f}(1)")), schema="app")
Table(
    "{things}", metadata, Column("id", Integer, primary_key=True), Column("{a}", Integer{info_a}),
    Column("twice", Integer, Computed("{a} * 2", persisted=True)), Column("o", ForeignKey("app.other.id", name="to_other")),
    Column("mood", {mood}, server_default="{happy}"), Column("w", PGCraftNamedType("{word}", schema="app")),
    Column("p", PGCraftNamedType("{place}", schema="app")), Column("s", PGCraftNamedType("{span}", schema="app")),
    Column("k", Integer, server_default=text("nextval('app.{numbers}')")),
    CheckConstraint("{a} > 0 AND mood <> 'sad'", name="{ck}"{info_ck}), UniqueConstraint("k", name="{uq}"{info_uq}),
    Index("{by_a}", "{a}", postgresql_where=text("mood = '{happy}'"){info_by_a}), schema="app"{info_things},
)
Table("pointing", metadata, Column("t", Integer, ForeignKey("app.{things}.id", name="to_things")), schema="app")
register_statistics(metadata, StatisticsDefinition(schema="app", table="{things}", name="{st}", columns=("{a}", "k"){was_st}))
register_function(metadata, FunctionDefinition(schema="app", name="{f}", arguments="n integer", returns="integer", language="sql", body="SELECT n"{was_f}))
register_function(metadata, FunctionDefinition(schema="app", name="{note}", returns="trigger", body="BEGIN RETURN NEW; END"{was_note}))
register_trigger(metadata, TriggerDefinition(schema="app", relation="{things}", name="{tr}", timing="before", events=("update",),
                                             function=("app", "{note}"), update_columns=("{a}",), when="NEW.{a} > 1"{was_tr}))
register_policy(metadata, PolicyDefinition(schema="app", table="{things}", name="{own}", using="{a} > (SELECT max(n) FROM app.other)"{was_own}))
register_view(metadata, ViewDefinition(schema="app", name="{shown}", query="SELECT id, {a} AS a FROM app.{things} WHERE mood = '{happy}'"{was_shown}))
register_view(metadata, ViewDefinition(schema="app", name="above", query="SELECT v.a, o.n FROM app.{shown} v JOIN app.other o ON o.n = v.a"))
register_view(metadata, ViewDefinition(schema="app", name="{kept}", query="SELECT (p).{street} AS street FROM app.{things}",
                                       is_materialized=True, bypass_row_security=True{was_kept}))
register_publication(metadata, PublicationDefinition(name="{sent}", tables=(PublishedTable(schema="app", name="{things}", where="{a} > 5"),){was_sent}))
"""
_NAMES = ("mood word place span numbers things a ck uq by_a st f note tr own shown kept sent happy street").split()
_DECLARED = """
for kind, name in (("enum", "mood"), ("sequence", "numbers")):
    register_rename(metadata, RenameDefinition(kind=kind, schema="app", name=f"new_{name}", renamed_from=name, inside={"new_happy": "happy"} if kind == "enum" else {}))
register_rename(metadata, RenameDefinition(kind="composite", schema="app", name="new_place", inside={"new_street": "street"}))
"""


def _fill(prefix: str) -> str:
    names = {name: prefix + name for name in _NAMES}
    old = {f"was_{name}": f', renamed_from="{name}"' if prefix else "" for name in _NAMES}
    info = {f"info_{name}": f', info=renamed_from("{name}")' if prefix else "" for name in _NAMES}
    return _MODELS.format(**names, **old, **info)


BEFORE = _fill("")
AFTER = _fill("new_") + _DECLARED
