"""Types, arguments and results in the form in which PostgreSQL prints them."""

import pytest

from pgcraft.catalog.types import canonical_arguments, canonical_returns, canonical_signature, canonical_type

TYPES = {
    "INT": "integer",
    "int8": "bigint",
    "VARCHAR(32)": "character varying(32)",
    "VARCHAR": "character varying",
    "char": "character(1)",
    "NUMERIC(10, 2)": "numeric(10,2)",
    "decimal(5)": "numeric(5,0)",
    "float(24)": "real",
    "FLOAT(53)": "double precision",
    "float": "double precision",
    "TIMESTAMP(3) WITH TIME ZONE": "timestamp(3) with time zone",
    "timestamptz": "timestamp with time zone",
    "timestamp": "timestamp without time zone",
    "time(0)": "time(0) without time zone",
    "bit varying(8)": "bit varying(8)",
    "INTEGER[]": "integer[]",
    "text[3][3]": "text[]",
    "integer ARRAY": "integer[]",
    "inventory.Status": "inventory.status",
    'inventory."Status"[]': 'inventory."Status"[]',
    "double  precision": "double precision",
    "float(25)": "double precision",
    "bpchar": "character",
    "bpchar(3)": "character(3)",
    "bit": "bit(1)",
    "nchar varying(4)": "character varying(4)",
    "timetz(2)": "time(2) with time zone",
    "numeric(5,-2)": "numeric(5,-2)",
    "int [ ] [3]": "integer[]",
    "text array[4]": "text[]",
    "app . Code (3)": "app.code(3)",
    "int/* why */": "integer",
}


@pytest.mark.parametrize("written", TYPES)
def test_a_type_has_one_name(written: str) -> None:
    assert TYPES[written] == canonical_type(written)


@pytest.mark.parametrize(
    ("written", "arguments", "signature"),
    [
        ("", "", ""),
        ("a int", "a integer", "integer"),
        ("int, varchar(5)", "integer, character varying", "integer, character varying"),
        ("a int = 3, b text default 'x, y'", "a integer DEFAULT 3, b text DEFAULT 'x, y'", "integer, text"),
        ("IN a int, OUT b int, INOUT c text", "a integer, OUT b integer, INOUT c text", "integer, text"),
        (
            "in out c text, IN  OUT int, inout d text",
            "INOUT c text, INOUT integer, INOUT d text",
            "text, integer, text",
        ),
        ("VARIADIC list text[]", "VARIADIC list text[]", "text[]"),
        ("variadic text[], out integer", "VARIADIC text[], OUT integer", "text[]"),
        ('"in" int, "OUT" text', '"in" integer, "OUT" text', "integer, text"),
        ("a int[] DEFAULT ARRAY[1, 2]", "a integer[] DEFAULT ARRAY[1, 2]", "integer[]"),
        ("int array", "integer[]", "integer[]"),
        ("a national character varying(3)", "a character varying", "character varying"),
        ("double precision", "double precision", "double precision"),
        ("double double precision", "double double precision", "double precision"),
        ('"Odd, name" timestamp with time zone', '"Odd, name" timestamp with time zone', "timestamp with time zone"),
        ("x inventory.status", "x inventory.status", "inventory.status"),
    ],
)
def test_arguments_are_read_as_postgresql_reads_them(written: str, arguments: str, signature: str) -> None:
    assert (arguments, signature) == (canonical_arguments(written), canonical_signature(written))


@pytest.mark.parametrize(
    ("written", "returns"),
    [
        ("int", "integer"),
        ("setof varchar(3)", "SETOF character varying"),
        ("table (id int, name varchar(3))", "TABLE(id integer, name character varying)"),
        ("SETOF inventory.products", "SETOF inventory.products"),
        ("trigger", "trigger"),
        ("", ""),
    ],
)
def test_results_have_one_form(written: str, returns: str) -> None:
    assert returns == canonical_returns(written)
