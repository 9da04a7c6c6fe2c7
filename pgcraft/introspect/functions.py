"""Functions and procedures."""

from typing import Literal

from pgcraft.catalog.definitions import Function, Volatility
from pgcraft.catalog.function_settings import canonical_settings
from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft.introspect.reading import Reader, Reading

_FUNCTIONS = """
SELECT p.oid, n.nspname, p.proname, oidvectortypes(p.proargtypes), pg_get_function_arguments(p.oid),
       coalesce(pg_get_function_result(p.oid), ''), l.lanname,
       CASE WHEN p.prosqlbody IS NULL THEN p.prosrc ELSE pg_get_function_sqlbody(p.oid) END, p.prosqlbody IS NOT NULL,
       p.provolatile::text, p.prosecdef, p.proisstrict, p.proleakproof, p.proparallel::text, p.proconfig,
       p.prokind = 'p', coalesce(0 = ANY (SELECT a.grantee FROM aclexplode(p.proacl) a), false) OR p.proacl IS NULL,
       obj_description(p.oid, 'pg_proc')
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
WHERE p.prokind IN ('f', 'p') AND l.lanname NOT IN ('c', 'internal') AND {owned}
"""

_VOLATILITIES: dict[str, Volatility] = {"v": "volatile", "s": "stable", "i": "immutable"}
_PARALLEL: dict[str, Literal["unsafe", "restricted", "safe"]] = {"u": "unsafe", "r": "restricted", "s": "safe"}


def read_functions(reading: Reading) -> None:
    """Read functions and procedures written in a language of the database."""
    for oid, schema, name, signature, arguments, returns, language, body, *facts in reading.rows(
        _FUNCTIONS, owned=reading.scope.of("pg_proc", "p")
    ):
        is_atomic, volatility, definer, strict, leakproof, parallel, config, is_procedure, is_public, comment = facts
        settings = (setting.partition("=") for setting in config or ())
        definition = Function(
            arguments=arguments,
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
        )
        object_id = ObjectId(Kind.FUNCTION, schema, name, signature=signature)
        reading.add(object_id, definition, texts=(arguments, returns, body))
        reading.ids["pg_proc", oid, 0] = object_id


READERS = (Reader((Kind.FUNCTION,), read_functions),)
