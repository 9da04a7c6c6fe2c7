"""What somebody with no rights but to write some views puts into the way of functions that run as others.

Everything stands both in ``pg_temp`` and in ``trap``, a schema of the attacker's that comes first in the path: types by
the name of every type that PostgreSQL brings, a relation by the name of each of ours, and functions and operators with
the arguments of PostgreSQL's own. Each runs ``trap.spring()``, which raises when it runs as anybody but the attacker.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from tests.support.databases import Database

ATTACKER = "mallory"
PATH = 'trap, "$user", pg_catalog, pg_temp'

SPRING = """
CREATE SCHEMA trap;
CREATE FUNCTION trap.spring() RETURNS boolean LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    IF current_user <> 'mallory' THEN
        RAISE EXCEPTION 'code of the attacker runs as %', current_user;
    END IF;
    RETURN true;
END $$;
"""
TYPES = """
DO $do$
DECLARE
    name text;
    place text;
BEGIN
    FOREACH place IN ARRAY ARRAY['trap', 'pg_temp'] LOOP
        FOR name IN
            SELECT t.typname
            FROM pg_type AS t
            WHERE t.typnamespace = 'pg_catalog'::regnamespace AND t.typtype IN ('b', 'r', 'm') AND t.typname !~ '^_'
            UNION VALUES ('integer'), ('bigint'), ('boolean'), ('character varying'), ('decimal'), ('real')
        LOOP
            BEGIN
                EXECUTE format(
                    'CREATE DOMAIN %I.%I AS pg_catalog.%s CHECK (trap.spring())',
                    place, name, coalesce(to_regtype(name)::oid::regtype::text, 'text')
                );
            EXCEPTION WHEN syntax_error OR undefined_object OR datatype_mismatch THEN
                EXECUTE format('CREATE DOMAIN %I.%I AS pg_catalog.text CHECK (trap.spring())', place, name);
            END;
        END LOOP;
        EXECUTE format('CREATE TYPE %1$I.record AS (a %1$I.text, b %1$I.int4)', place);
    END LOOP;
END $do$
"""
FUNCTIONS = """
DO $do$
DECLARE
    found record;
BEGIN
    FOR found IN
        SELECT p.proname, pg_get_function_identity_arguments(p.oid) AS arguments, p.proretset, p.prorettype
        FROM pg_proc AS p
        WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.prokind = 'f'
        AND p.prorettype NOT IN ('internal'::regtype, 'cstring'::regtype, 'trigger'::regtype)
        AND pg_get_function_identity_arguments(p.oid) !~ 'internal|cstring|trigger|any'
        AND p.proname ~ '^(now|clock_timestamp|set_config|current_setting|nextval|pg_get_serial_sequence|split_part'
            '|pg_trigger_depth|pg_current_xact_id|pg_xact_status|hashtextextended|pg_advisory_xact_lock|to_char|lower'
            '|gen_random_uuid|jsonb_build_object|row_to_json|text|int4|int8|numeric|bool|jsonb|like|texteq|date)$'
    LOOP
        EXECUTE format(
            'CREATE FUNCTION trap.%I(%s) RETURNS %s LANGUAGE plpgsql AS'
            ' $$ BEGIN PERFORM trap.spring(); %s END $$',
            found.proname, found.arguments, found.prorettype::regtype,
            CASE WHEN found.prorettype <> 'void'::regtype THEN 'RETURN NULL;' END
        );
    END LOOP;
END $do$;
CREATE FUNCTION trap.step(bigint, anyelement) RETURNS bigint LANGUAGE plpgsql AS
    $$ BEGIN PERFORM trap.spring(); RETURN 0; END $$;
CREATE FUNCTION trap.step(bigint) RETURNS bigint LANGUAGE plpgsql AS
    $$ BEGIN PERFORM trap.spring(); RETURN 0; END $$;
CREATE AGGREGATE trap.sum(anyelement) (SFUNC = trap.step, STYPE = bigint, INITCOND = '0');
CREATE AGGREGATE trap.count(*) (SFUNC = trap.step, STYPE = bigint, INITCOND = '0');
"""
OPERATORS = """
DO $do$
DECLARE
    found record;
    body text := '$$ BEGIN PERFORM trap.spring(); RETURN NULL; END $$';
BEGIN
    FOR found IN
        SELECT o.oid, o.oprname, nullif(o.oprleft, 0)::regtype AS l, o.oprright::regtype AS r, o.oprresult::regtype AS t
        FROM pg_operator AS o
        WHERE o.oprname IN ('=', '<>', '<', '>', '<=', '>=', '||', '~~', '->>', '->', '?', '+', '-', '&', '*')
        AND o.oprright = ANY ('{text,int4,int8,numeric,jsonb,bool,timestamptz,uuid,interval,record,date,xid}'::regtype[])
        AND o.oprleft = ANY ('{0,text,int4,int8,numeric,jsonb,bool,timestamptz,uuid,interval,record,date,xid}'::regtype[])
    LOOP
        EXECUTE format(
            'CREATE FUNCTION trap.%I(%s) RETURNS %s LANGUAGE plpgsql AS %s',
            'operator ' || found.oid, concat_ws(', ', found.l, found.r), found.t, body
        );
        EXECUTE format(
            'CREATE OPERATOR trap.%s (PROCEDURE = trap.%I, %s RIGHTARG = %s)', found.oprname,
            'operator ' || found.oid, 'LEFTARG = ' || found.l || ', ', found.r
        );
    END LOOP;
END $do$
"""
CASTS = """
CREATE TYPE trap.bait AS ENUM ('a');
CREATE FUNCTION trap.cast_text(pg_catalog.text) RETURNS trap.bait LANGUAGE plpgsql AS
    $$ BEGIN PERFORM trap.spring(); RETURN 'a'::trap.bait; END $$;
CREATE FUNCTION trap.cast_bait(trap.bait) RETURNS pg_catalog.text LANGUAGE plpgsql AS
    $$ BEGIN PERFORM trap.spring(); RETURN 'a'; END $$;
CREATE CAST (pg_catalog.text AS trap.bait) WITH FUNCTION trap.cast_text(pg_catalog.text) AS IMPLICIT;
CREATE CAST (trap.bait AS pg_catalog.text) WITH FUNCTION trap.cast_bait(trap.bait) AS IMPLICIT;
"""
RELATIONS = """
DO $do$
DECLARE
    name text;
    place text;
BEGIN
    FOREACH place IN ARRAY ARRAY['trap', 'pg_temp'] LOOP
        FOR name IN
            SELECT DISTINCT c.relname
            FROM pg_class AS c
            JOIN pg_namespace AS n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'v') AND n.nspname ~ '^(shop|api|hidden|asked)'
            UNION VALUES ('new_rows'), ('input'), ('desired'), ('entry'), ('pg_class')
        LOOP
            EXECUTE format('CREATE TABLE %1$I.%2$I (id %1$I.text)', place, name);
        END LOOP;
    END LOOP;
END $do$
"""


def admit(database: Database, *schemas: str) -> None:
    """Let the attacker log in, be a member of ``anon``, use some schemas, and write all that is there to be written."""
    database.run(
        f"CREATE ROLE {ATTACKER} LOGIN; GRANT anon TO {ATTACKER};"
        f'GRANT CREATE, TEMPORARY ON DATABASE "{database.name}" TO {ATTACKER};'
        f"ALTER ROLE {ATTACKER} SET track_functions = 'all'"
    )
    for schema in schemas:
        database.run(f"GRANT USAGE ON SCHEMA {schema} TO anon; GRANT ALL ON ALL TABLES IN SCHEMA {schema} TO anon")


@contextmanager
def attack(database: Database) -> Iterator[psycopg.Connection[Any]]:
    """Connect as the attacker, with all that they have prepared, in one transaction that is undone."""
    with psycopg.connect(database.conninfo_as(ATTACKER), autocommit=False) as connection:
        connection.execute("SET search_path = pg_catalog, pg_temp")
        for script in (SPRING, TYPES, FUNCTIONS, OPERATORS, CASTS, RELATIONS):
            connection.execute(script.encode())
        connection.execute(f"SET search_path = {PATH}".encode())
        yield connection
        connection.rollback()
