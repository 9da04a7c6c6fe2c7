"""Whatever stands over a secured resource asks as its reader, who gets what it needs below and no more."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import psycopg
import pytest

from tests.factories.tenants import IDENTITIES, MODELS, Client, Identity, open_client
from tests.support.databases import Database, drop_roles
from tests.support.deployed import deploy
from tests.support.patience import PATIENCE_S, wait_until
from tests.support.postgrest import PostgREST, make_token, run_postgrest
from tests.support.servers import MAJORS, Servers

if TYPE_CHECKING:
    from pathlib import Path
from threading import Thread

pytestmark = pytest.mark.each_server

A, B = IDENTITIES["claim"]["a"], IDENTITIES["claim"]["b"]
VIEWS = """
from sqlalchemy import Numeric, func, select

from pgcraft.check import PGCraftCheck
from pgcraft.ledger.events import LedgerEvent, ledger_balances
from pgcraft.models import FunctionDefinition, register_function
from pgcraft.plugins.pk import IdentityPKPlugin, UUIDV4PKPlugin
from pgcraft.plugins.soft_delete import SoftDeletePlugin
from pgcraft.views import BalanceView, LatestView, LedgerActions, PGCraftView

# only what a view shows, and a function that not everyone may call in a default
register_function(metadata, FunctionDefinition(schema="app", name="new_code", returns="text", revoke_public=True,
    body="BEGIN RETURN 'new'; END"))
narrow = declare(PGCraftSimple, "narrow", [
    Column("code", String, server_default=text("app.new_code()")), Column("pin", String, server_default="0000")])
expose(narrow, columns=["id", "tenant", "code"])
by_claim("narrow")

# a filter and a join
authors = declare(PGCraftSimple, "authors")
by_claim("authors")
books = declare(PGCraftAppendOnly, "books", [Column("author_id", Integer)])
by_claim("books")
expose(books, query=lambda q, t: q.add_columns(authors.table.c.body.label("author"))
    .outerjoin(authors.table, authors.table.c.id == t.c.author_id).where(t.c.body != "hidden"), check_option=True)

# no policy of its own, and a join with what has one
reviews = declare(PGCraftSimple, "reviews", [Column("author_id", Integer)])
expose(reviews, query=lambda q, t: q.add_columns(authors.table.c.body.label("author"))
    .outerjoin(authors.table, authors.table.c.id == t.c.author_id))

# views of views, and statistics
per_tenant = PGCraftView("per_tenant", "app", metadata,
    select(books.table.c.tenant, func.count().label("n")).group_by(books.table.c.tenant))
outer = PGCraftView("outer_view", "app", metadata, select(per_tenant.table))
PostgRESTView(outer)

# history, through a view of its own
history = PGCraftView("book_changes", "app", metadata,
    text("SELECT id, tenant, body FROM app.books_history").columns(column("id"), column("tenant"), column("body")))
PostgRESTView(history)
notes = declare(PGCraftEAV, "notes", [Column("double", Integer, Computed("length(body) * 2"))])
by_claim("notes")
expose(notes)
PostgRESTView(PGCraftView("note_changes", "app", metadata,
    text("SELECT attribute, value FROM app.notes_history").columns(column("attribute"), column("value"))))

# soft delete
letters = declare(PGCraftSimple, "letters", extra_plugins=[SoftDeletePlugin()])
by_claim("letters")
expose(letters)

# keys that are no serial
for factory in (PGCraftSimple, PGCraftAppendOnly, PGCraftEAV, PGCraftLedger):
    for plugin in (IdentityPKPlugin(), UUIDV4PKPlugin()):
        made = declare(factory, f"{factory.__name__}_{type(plugin).__name__}".lower(), extra_plugins=[plugin])
        by_claim(made.ctx.tablename)
        expose(made)

# a ledger
ledger = declare(PGCraftLedger, "stock", extra_plugins=[])
by_claim("stock")
PostgRESTView(BalanceView(ledger, ["tenant"]))
PostgRESTView(LatestView(ledger, ["tenant"]))
LedgerActions(ledger, [LedgerEvent("recount",
    input=lambda p: select(p("tenant", String), p("qty", Integer)),
    desired=lambda rows: select(rows.c.tenant, rows.c.qty.label("value")),
    existing=ledger_balances("tenant"), diff_keys=["tenant"])])
register_grant(metadata, GrantDefinition(privileges=("execute",), to="anon", schema="app", name="app_stock_recount",
    on="function", arguments="varchar, integer"))

# everyone
shared = declare(PGCraftSimple, "shared")
by_claim("shared")
PostgRESTView(shared)
register_grant(metadata, GrantDefinition(privileges=("select",), to="PUBLIC", schema="api", name="shared"))
register_grant(metadata, GrantDefinition(privileges=("usage",), to="PUBLIC", schema="api", on="schema"))

# hard names
odd = PGCraftEAV('odd "%" name', 'sch"ema', metadata, [Column("tenant", String), Column("Primary Code", String)],
    config=config, extra_plugins=[UUIDV4PKPlugin("the Key")])
expose(odd, schema='odd "api"')
register_grant(metadata, GrantDefinition(privileges=("usage",), to="web_user", schema='odd "api"', on="schema"))
register_policy(metadata, PolicyDefinition(schema='sch"ema', table='odd "%" name', name='own "%" rows',
    using=f'"Primary Code" <> \\'x%\\' AND {CLAIM}'))
hard = PGCraftAppendOnly("order", "public", metadata, [Column("tenant", String), Column("user", String)], config=config)
expose(hard)
register_policy(metadata, PolicyDefinition(schema="public", table="order", name="own", using=f'"order"."user" <> \\'\\' AND {CLAIM}'))
"""


@pytest.fixture(scope="module", params=MAJORS, ids=lambda major: f"pg{major}")
def deployed(
    request: pytest.FixtureRequest, servers: Servers, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    server = servers.get(request.param)
    head = "from sqlalchemy import Computed, Integer, column, text\n"
    folder: Path = tmp_path_factory.mktemp("views")
    with deploy(server, folder, head + MODELS + VIEWS, "owner") as trip:
        yield trip.database
    drop_roles(server)


@pytest.fixture
def client(deployed: Database) -> Iterator[Client]:
    with open_client(deployed) as client:
        yield client


def test_hidden_columns_get_no_privilege(client: Client) -> None:
    made = "INSERT INTO api.narrow (tenant) VALUES ('a') RETURNING id, code"
    (row,) = client.run(A, made)
    assert row["code"] == "new"
    assert client.run(A, "UPDATE api.narrow SET code = 'x' RETURNING id") == [{"id": row["id"]}]
    assert client.refused(A, "SELECT pin FROM app.narrow") == "42501"
    assert client.refused(A, "UPDATE app.narrow SET pin = '1'") == "42501"
    assert client.look("SELECT code, pin FROM app.narrow") == [{"code": "x", "pin": "0000"}]
    assert client.run(B, "DELETE FROM api.narrow") == []
    assert len(client.run(A, "DELETE FROM api.narrow")) == 1


def test_a_query_that_filters_and_joins_holds_policies_of_both(client: Client) -> None:
    mine, other = (
        client.look(f"INSERT INTO app.authors (tenant, body) VALUES ('{tenant}', 'author') RETURNING id")[0]["id"]
        for tenant in "ab"
    )
    made = "INSERT INTO api.books (tenant, author_id, body) VALUES ('a', %s, 'x') RETURNING author"
    assert client.run(A, made, mine) == [{"author": "author"}]
    assert client.run(A, made, other) == [{"author": None}]
    assert client.refused(A, "INSERT INTO api.books (tenant, body) VALUES ('a', 'hidden')") == "44000"
    assert client.refused(A, "INSERT INTO api.books (tenant, body) VALUES ('b', 'x')") == "42501"
    assert client.run(B, "SELECT * FROM api.books") == []
    assert len(client.run(A, "UPDATE api.books SET body = 'y' RETURNING id")) == 2
    assert client.run(B, "UPDATE api.books SET body = 'z'") == []


def test_a_write_gives_nothing_back_of_a_joined_table_that_its_writer_does_not_see(client: Client) -> None:
    (other,) = client.look("INSERT INTO app.authors (tenant, body) VALUES ('b', 'secret') RETURNING id")
    made = "INSERT INTO api.reviews (tenant, author_id) VALUES ('a', %s) RETURNING author"
    assert client.run(A, made, other["id"]) == [{"author": None}]
    assert client.run(B, made, other["id"]) == [{"author": "secret"}]
    assert client.run(A, "UPDATE api.reviews SET body = 'x' RETURNING author") == [{"author": None}] * 2


def test_views_of_views_and_histories_show_a_tenant_its_own(client: Client) -> None:
    for tenant in "ab":
        client.look(f"INSERT INTO app.books (tenant, body) VALUES ('{tenant}', 'old') RETURNING id")
        client.look(f"INSERT INTO app.notes (tenant, body) VALUES ('{tenant}', '{tenant}{tenant}') RETURNING id")
    client.run(A, "UPDATE api.books SET body = 'new'")
    client.run(A, "UPDATE api.notes SET body = 'newer'")
    assert client.run(A, "SELECT * FROM api.outer_view") == [{"tenant": "a", "n": 1}]
    changes = client.run(A, "SELECT tenant, body FROM api.book_changes ORDER BY body")
    assert changes == [{"tenant": "a", "body": "new"}, {"tenant": "a", "body": "old"}]
    assert client.run(A, "SELECT body, double FROM api.notes") == [{"body": "newer", "double": 10}]
    values = client.run(A, "SELECT value FROM api.note_changes ORDER BY value")
    assert values == [{"value": "a"}, {"value": "aa"}, {"value": "newer"}]


def test_a_soft_delete_is_judged_as_a_change(client: Client) -> None:
    for tenant in "ab":
        client.look(f"INSERT INTO app.letters (tenant) VALUES ('{tenant}') RETURNING id")
    assert len(client.run(A, "DELETE FROM api.letters")) == 1
    left = client.look("SELECT tenant, deleted_at IS NULL AS lives FROM app.letters ORDER BY tenant")
    assert left == [{"tenant": "a", "lives": False}, {"tenant": "b", "lives": True}]


@pytest.mark.parametrize("factory", ["pgcraftsimple", "pgcraftappendonly", "pgcrafteav", "pgcraftledger"])
@pytest.mark.parametrize("key", ["identitypkplugin", "uuidv4pkplugin"])
def test_keys_of_every_plugin_are_made_for_the_caller(client: Client, factory: str, key: str) -> None:
    relation = f"api.{factory}_{key}"
    amount = ("value", "1") if factory.endswith("ledger") else ("body", "'x'")
    made = f"INSERT INTO {relation} (tenant, {amount[0]}) VALUES ('a', {amount[1]}) RETURNING id"
    (row,) = client.run(A, made)
    assert client.run(A, f"SELECT id FROM {relation}") == [row]
    assert client.run(B, f"SELECT id FROM {relation}") == []


def test_balances_and_events_count_a_tenants_own_rows(client: Client) -> None:
    for tenant in "ab":
        client.look(f"INSERT INTO app.stock (tenant, value) VALUES ('{tenant}', 5) RETURNING id")
    assert client.run(A, "SELECT * FROM api.stock_balances") == [{"tenant": "a", "balance": 5}]
    assert [row["tenant"] for row in client.run(B, "SELECT tenant FROM api.stock_latest")] == ["b"]
    assert client.run(A, "SELECT value FROM app.app_stock_recount('a', 7)") == [{"value": 2}]
    assert client.refused(A, "SELECT * FROM app.app_stock_recount('b', 7)") == "42501"


def test_what_is_granted_to_everyone_holds_for_everyone(client: Client) -> None:
    for tenant in "ab":
        client.look(f"INSERT INTO app.shared (tenant) VALUES ('{tenant}') RETURNING id")
    who = Identity("other_user", {"tenant": "b"})
    assert client.run(who, "SELECT tenant FROM api.shared") == [{"tenant": "b"}]


def test_hard_names_hold_too(client: Client) -> None:
    odd = '"odd ""api""".'
    name = odd + '"odd ""%"" name"'
    made = f'INSERT INTO {name.replace("%", "%%")} (tenant, "Primary Code") VALUES (%s, %s) RETURNING tenant'
    assert client.run(A, made, "a", "y") == [{"tenant": "a"}]
    assert client.refused(A, made, "b", "y") == "42501"
    assert client.refused(A, made, "a", "x%") == "42501"
    assert client.run(B, f"SELECT * FROM {name}") == []
    assert client.run(A, "INSERT INTO api.order (tenant, \"user\") VALUES ('a', 'me') RETURNING \"user\"")
    assert client.refused(A, "INSERT INTO api.order (tenant, \"user\") VALUES ('a', '')") == "42501"
    assert client.run(B, "UPDATE api.order SET \"user\" = 'you'") == []


def test_a_row_that_was_handed_over_meanwhile_is_not_written_by_its_former_owner(deployed: Database) -> None:
    """The writer has read the row as its own, and waits for who hands it over."""
    for kind in ("letters", "books", "notes"):
        key = deployed.value(f"INSERT INTO app.{kind} (tenant, body) VALUES ('a', 'first') RETURNING id")
        try:
            with deployed.connect(autocommit=False) as giver, deployed.connect(autocommit=False) as writer:
                giver.execute(f"UPDATE app.{kind} SET tenant = 'b' WHERE id = %s".encode(), [key])
                writer.execute(
                    b"SET LOCAL ROLE anon; SELECT set_config('request.jwt.claims', '{\"tenant\": \"a\"}', true)"
                )
                written = _write_while_waiting(writer, giver, f"UPDATE api.{kind} SET body = 'mine' WHERE id = {key}")
                assert written == 0
            rows = deployed.rows(f"SELECT tenant, body FROM app.{kind} WHERE id = %s", key)
            assert rows == [("b", "first")]
        finally:
            deployed.run(f"DELETE FROM app.{kind}")


def _write_while_waiting(writer: psycopg.Connection, giver: psycopg.Connection, sql: str) -> int:
    """Let the writer begin before the giver commits; gives how many rows it wrote."""
    counts: list[int] = []
    thread = Thread(target=lambda: counts.append(writer.execute(sql.encode()).rowcount))
    thread.start()
    waiting = b"SELECT count(*) FROM pg_stat_activity WHERE pid = %s AND wait_event_type = 'Lock'"
    assert wait_until(lambda: giver.execute(waiting, [writer.info.backend_pid]).fetchone() == (1,))
    giver.commit()
    thread.join(PATIENCE_S)
    writer.commit()
    return counts[0]


@pytest.mark.postgrest
def test_the_real_postgrest_with_tokens_of_two_tenants(deployed: Database) -> None:
    deployed.run("ALTER ROLE authenticator PASSWORD NULL")
    with run_postgrest(deployed.url) as served:
        _play_over_http(served)
    deployed.run("DELETE FROM app.books; DELETE FROM app.notes")


def _play_over_http(served: PostgREST) -> None:
    tokens = {tenant: make_token("web_user", tenant=tenant) for tenant in "ab"}
    for path in ("/books", "/notes"):
        for tenant, token in tokens.items():
            made = served.post(path, {"tenant": tenant, "body": "first"}, token=token)
            assert made.status == 201, made.text
        seen = served.get(f"{path}?select=tenant", token=tokens["a"])
        assert seen.json == [{"tenant": "a"}]
        forged = served.post(path, {"tenant": "b", "body": "x"}, token=tokens["a"])
        assert (forged.status, forged.json["code"]) == (403, "42501")
        assert served.patch(f"{path}?id=gt.0", {"body": "mine"}, token=tokens["a"]).json[0]["tenant"] == "a"
        assert served.patch(f"{path}?tenant=eq.b", {"body": "mine"}, token=tokens["a"]).json == []
        assert served.patch(f"{path}?tenant=eq.a", {"tenant": "b"}, token=tokens["a"]).status == 403
        assert served.delete(f"{path}?tenant=eq.b", token=tokens["a"]).json == []
        assert len(served.delete(f"{path}?id=gt.0", token=tokens["b"]).json) == 1
        assert served.get("/books_root", token=tokens["a"]).status == 404
