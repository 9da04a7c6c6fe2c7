"""What is read of the functions, procedures and aggregate functions of a database that has one of each kind."""

from pgcraft.catalog.definitions import Definition, Function

ROUTINES: dict[str, Definition] = {
    "function app.apart(text, text)": Function("text, text", "double precision", "sql", "SELECT 1", "immutable"),
    r'function app.spans(app."Spans"[])': Function(
        'app."Spans"[]', "app.timemultirange", "sql", "SELECT NULL::app.timemultirange"
    ),
    "function app.is_fine(text)": Function(
        "text", "boolean", "sql", "SELECT true", "stable", parallel="restricted", cost=7
    ),
    "function app.Add(integer, text)": Function("integer, text", "integer", "sql", "SELECT 1"),
    "function app.Sum(text)": Function(
        "word text",
        "",
        "",
        "",
        parallel="safe",
        is_public=False,
        comment="adds",
        aggregate=(
            *(
                ("sfunc", 'app."Add"'),
                ("stype", "integer"),
                ("finalfunc_modify", "SHAREABLE"),
                ("combinefunc", "int4pl"),
            ),
            *(("initcond", "'5'"), ("msfunc", 'app."Add"'), ("minvfunc", 'app."Add"'), ("mstype", "integer")),
        ),
    ),
    "function app.least(integer)": Function(
        "integer", "", "", "", aggregate=(("sfunc", "int4smaller"), ("stype", "integer"), ("sortop", "<"))
    ),
    "function app.f(integer, app.state[])": Function(
        "a integer DEFAULT 1, VARIADIC b app.state[] DEFAULT '{}'::app.state[]",
        "SETOF app.parent",
        "sql",
        "SELECT 1 AS id, 'x' AS code",
        "immutable",
        security_definer=True,
        strict=True,
        leakproof=True,
        parallel="safe",
        settings=(("search_path", "app, pg_temp"), ("work_mem", "4MB")),
        is_public=False,
        comment="a function",
    ),
    "function app.p()": Function(
        "", "", "sql", "BEGIN ATOMIC\n SELECT 1;\nEND", is_procedure=True, is_atomic=True, owner="er_keeper"
    ),
    "function app.noop()": Function("", "trigger", "plpgsql", "BEGIN RETURN NEW; END"),
}
