"""The text that sets a role's password: it is read where the migration runs, written down nowhere, and sent to nobody.

What is sent is what PostgreSQL would store, a SCRAM-SHA-256 verifier, as psql's ``\\password`` does.
"""

from pgcraft.catalog.objects import ObjectId
from pgcraft.identifiers import quote_body, quote_literal
from pgcraft.render.roles import ROLE_MARK
from pgcraft.scripts.headers import render_password_marker
from pgcraft.scripts.source import DEDENT_IMPORT, render_execute

_MODULES = ("base64", "hashlib", "hmac", "os", "stringprep", "unicodedata")
IMPORTS = (*(f"import {name}" for name in _MODULES), DEDENT_IMPORT)
"""What the text needs at the head of its file."""

_SOURCE = """
{marker}
password = os.environ.get({variable!r})
if password and not op.get_context().as_sql:  # the server gets a SCRAM verifier, and never sees the password
    tables = [getattr(stringprep, f"in_table_{{name}}") for name in "a1 c21_c22 c3 c4 c5 c6 c7 c8 c9".split()]
    shown = (" " if stringprep.in_table_c12(char) else char for char in password if not stringprep.in_table_b1(char))
    text = "".join(shown)  # of SASLprep, RFC 4013, as libpq has it: what cannot be prepared goes as it is
    is_plain = password.isascii() or any(table(char) for char in text for table in tables)
    text = password if is_plain else unicodedata.normalize("NFKC", text) or password
    salt = os.urandom(16)
    salted = hashlib.pbkdf2_hmac("sha256", text.encode("utf-8", "surrogateescape"), salt, 4096)
    stored_key = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server_key = hmac.digest(salted, b"Server Key", "sha256")
    salt, stored_key, server_key = (base64.b64encode(part).decode() for part in (salt, stored_key, server_key))
    hidden = type("Hidden", (str,), {{"__repr__": lambda _: "'***'"}})  # from SQLAlchemy's log
    verifier = hidden(f"SCRAM-SHA-256$4096:{{salt}}${{stored_key}}:{{server_key}}")
    op.get_bind().execute(sa.text("SELECT set_config('pgcraft.verifier', :verifier, true)"), {{"verifier": verifier}})
{call}"""


def render_password(role_id: ObjectId, variable: str) -> str:
    """Return the lines that read the variable and set the password."""
    marker = render_password_marker(role_id, variable)
    call = "\n".join(f"    {line}".rstrip() for line in render_execute(_set_password(role_id)).split("\n"))
    return _SOURCE.format(marker=marker, variable=variable, call=call)


def _set_password(role_id: ObjectId) -> str:
    """Return the statement that sets it; where that fails, no context of the error quotes the ALTER ROLE."""
    name = quote_literal(role_id.name)
    body = f"""
BEGIN
  IF EXISTS (
    SELECT FROM pg_catalog.pg_roles
    WHERE rolname = {name}
      AND pg_catalog.shobj_description(oid, 'pg_authid') = {quote_literal(ROLE_MARK)}
  ) THEN
    EXECUTE pg_catalog.format('ALTER ROLE %I PASSWORD %L', {name}, pg_catalog.current_setting('pgcraft.verifier'));
  END IF;
  PERFORM pg_catalog.set_config('pgcraft.verifier', '', true);
EXCEPTION WHEN OTHERS THEN
  RAISE EXCEPTION USING
    ERRCODE = SQLSTATE,
    MESSAGE = pg_catalog.format('the password of role %I cannot be set: %s', {name}, SQLERRM);
END
"""
    return f"DO {quote_body(body)}"
