"""Functions, procedures and aggregate functions."""

from dataclasses import replace
from typing import Literal

from pgcraft.catalog.aggregates import LITERALS
from pgcraft.catalog.definitions import Function, Volatility
from pgcraft.catalog.function_settings import canonical_settings
from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft.catalog.types import canonical_arguments
from pgcraft.identifiers import quote_literal
from pgcraft.introspect.fetching import Rows
from pgcraft.introspect.reading import Reader, Reading

# A function's name, with its schema where that is not PostgreSQL's.
_NAME = """(SELECT CASE WHEN f.pronamespace = 'pg_catalog'::regnamespace THEN ''
                 ELSE f.pronamespace::regnamespace || '.' END || quote_ident(f.proname)
          FROM pg_proc f WHERE f.oid = {})"""
_MODES = """CASE {0} WHEN 's' THEN 'SHAREABLE' WHEN 'r' THEN CASE WHEN g.aggkind <> 'n' THEN 'READ_ONLY' END
         ELSE CASE WHEN g.aggkind = 'n' THEN 'READ_WRITE' END END"""

# What CREATE AGGREGATE would be given, in its order; NULL for what is not said.
_OPTIONS = {
    "sfunc": _NAME.format("g.aggtransfn"),
    "stype": "format_type(g.aggtranstype, NULL)",
    "sspace": "nullif(g.aggtransspace, 0)::text",
    "finalfunc": _NAME.format("g.aggfinalfn"),
    "finalfunc_extra": "CASE WHEN g.aggfinalextra THEN '' END",
    "finalfunc_modify": _MODES.format("g.aggfinalmodify"),
    "combinefunc": _NAME.format("g.aggcombinefn"),
    "serialfunc": _NAME.format("g.aggserialfn"),
    "deserialfunc": _NAME.format("g.aggdeserialfn"),
    "initcond": "g.agginitval",
    "msfunc": _NAME.format("g.aggmtransfn"),
    "minvfunc": _NAME.format("g.aggminvtransfn"),
    "mstype": "CASE WHEN g.aggmtransfn <> 0 THEN format_type(g.aggmtranstype, NULL) END",
    "msspace": "nullif(g.aggmtransspace, 0)::text",
    "mfinalfunc": _NAME.format("g.aggmfinalfn"),
    "mfinalfunc_extra": "CASE WHEN g.aggmfinalextra THEN '' END",
    "mfinalfunc_modify": _MODES.format("g.aggmfinalmodify"),
    "minitcond": "g.aggminitval",
    "sortop": """(SELECT CASE WHEN o.oprnamespace = 'pg_catalog'::regnamespace THEN o.oprname
                 ELSE format('OPERATOR(%s.%s)', o.oprnamespace::regnamespace, o.oprname) END
          FROM pg_operator o WHERE o.oid = g.aggsortop)""",
    "hypothetical": "CASE WHEN g.aggkind = 'h' THEN '' END",
}
_AGGREGATE = f"CASE WHEN g.aggfnoid <> 0 THEN ARRAY[{', '.join(f'{sql}::text' for sql in _OPTIONS.values())}] END"

_FUNCTIONS = f"""
SELECT p.oid, n.nspname, p.proname, oidvectortypes(p.proargtypes), pg_get_function_arguments(p.oid),
       coalesce(pg_get_function_result(p.oid), ''), l.lanname,
       CASE WHEN p.prosqlbody IS NULL THEN p.prosrc ELSE pg_get_function_sqlbody(p.oid) END, p.prosqlbody IS NOT NULL,
       p.provolatile::text, p.prosecdef, p.proisstrict, p.proleakproof, p.proparallel::text, p.proconfig,
       p.prokind = 'p', coalesce(0 = ANY (SELECT a.grantee FROM aclexplode(p.proacl) a), false) OR p.proacl IS NULL,
       z.description, nullif(p.procost, 100),
       nullif(p.prorows, CASE WHEN p.proretset THEN 1000 ELSE 0 END), {_NAME.format("p.prosupport::oid")},
       {_AGGREGATE}, pg_get_userbyid(p.proowner)
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
LEFT JOIN pg_aggregate g ON g.aggfnoid = p.oid
LEFT JOIN pg_description z ON (z.objoid, z.classoid, z.objsubid) = (p.oid, 'pg_proc'::regclass, 0)
WHERE (p.prokind IN ('f', 'p') AND l.lanname NOT IN ('c', 'internal') OR p.prokind = 'a') AND {{functions}}
"""

_VOLATILITIES: dict[str, Volatility] = {"v": "volatile", "s": "stable", "i": "immutable"}
_PARALLEL: dict[str, Literal["unsafe", "restricted", "safe"]] = {"u": "unsafe", "r": "restricted", "s": "safe"}


def take_functions(reading: Reading, rows: Rows) -> None:
    """Take functions and procedures written in a language of the database."""
    for oid, schema, name, signature, arguments, returns, language, body, *facts in rows:
        is_atomic, volatility, definer, strict, leakproof, parallel, config, is_procedure, is_public, *more = facts
        comment, cost, results, support, options, owner = more
        settings = (setting.partition("=") for setting in config or ())
        definition = Function(
            arguments=canonical_arguments(arguments) if is_procedure else arguments,  # there PostgreSQL says IN
            returns=returns,
            language=language,
            body=body,
            volatility=_VOLATILITIES[volatility],
            security_definer=definer,
            strict=strict,
            leakproof=leakproof,
            parallel=_PARALLEL[parallel],
            settings=canonical_settings((key, value) for key, _, value in settings),
            is_procedure=is_procedure,
            is_atomic=is_atomic,
            is_public=is_public,
            comment=comment,
            cost=cost,
            rows=results,
            support=support,
            owner=owner,
        )
        if options is not None:
            definition = _define_aggregate(definition, options)
        object_id = ObjectId(Kind.FUNCTION, schema, name, signature=signature)
        reading.add(object_id, definition, texts=(arguments, returns, body))
        reading.ids["pg_proc", oid, 0] = object_id


def _define_aggregate(function: Function, options: list[str | None]) -> Function:
    """Return what was read of an aggregate function, whose result follows from its options."""
    pairs = ((name, value) for name, value in zip(_OPTIONS, options, strict=True) if value is not None)
    quoted = ((name, quote_literal(value) if name in LITERALS else value) for name, value in pairs)
    bare = replace(function, returns="", language="", body="", volatility="volatile", cost=None, rows=None)
    return replace(bare, aggregate=tuple(quoted))


READERS = (Reader((Kind.FUNCTION,), _FUNCTIONS, take_functions),)
