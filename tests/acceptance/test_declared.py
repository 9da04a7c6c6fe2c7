"""What is declared, made on a server and used there."""

from sqlalchemy import Column, Integer, MetaData, String, Table, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column, relationship
from sqlalchemy.schema import CreateTable

from pgcraft.configure import pgcraft_configure_metadata
from pgcraft.declarative import register
from pgcraft.factory import PGCraftSimple
from pgcraft.fk import PGCraftFK
from pgcraft.index import PGCraftIndex
from pgcraft.sqltext.dialect import DIALECT
from pgcraft.views import PGCraftMaterializedView
from tests.support.databases import Database
from tests.unit.declare.building import build, new_metadata


def make(metadata: MetaData, name: str, *items: object) -> Table:
    return PGCraftSimple(name, "app", metadata, [Column("name", String), *items]).table


def test_a_class_can_be_mapped_and_used(database18: Database) -> None:
    """`base=` is for applications that use the ORM."""

    class Base(DeclarativeBase):
        metadata = new_metadata()

    @register(base=Base, schema="app")
    class Customer:
        __tablename__ = "customers"
        name = Column(String, nullable=False)
        mail = Column("e-mail", String)
        orders = relationship("Order", back_populates="customer")

        def greet(self) -> str:
            return f"hello {self.name}"

    @register(base=Base, schema="app")
    class Order:
        __tablename__ = "orders"
        customer_id = mapped_column(Integer, nullable=False)
        fk = PGCraftFK(references={"{customer_id}": "customers.id"})
        customer = relationship("Customer", back_populates="orders")

    build(Base.metadata, database18)
    engine = create_engine(database18.url)
    with Session(engine) as session:
        session.add(Customer(name="ann", mail="a@b", orders=[Order(), Order()]))  # type: ignore[call-arg]
        session.commit()
        customer = session.scalars(select(Customer).where(Customer.mail == "a@b")).one()
        assert ("hello ann", [1, 2]) == (customer.greet(), [order.id for order in customer.orders])
    engine.dispose()


def test_a_table_that_only_the_database_knows_is_never_created(database: Database) -> None:
    """SQLAlchemy cannot sort or write tables whose foreign keys have no target."""
    database.run(
        "CREATE SCHEMA legacy; CREATE TABLE legacy.organizations (id int, part int, PRIMARY KEY (id, part), UNIQUE (id))"
    )
    metadata = new_metadata()
    both = PGCraftFK(raw_references={"{org_id}": "legacy.organizations.id", "{part}": "legacy.organizations.part"})
    one = PGCraftFK(raw_references={"{org_id}": "legacy.organizations.id"}, name="fk_orders_org")
    made = make(metadata, "orders", Column("org_id", Integer), Column("part", Integer), both, one)
    pgcraft_configure_metadata(metadata)
    pgcraft_configure_metadata(metadata)
    assert ["app.orders"] == [table.fullname for table in metadata.sorted_tables]
    assert "REFERENCES legacy.organizations (id, part)" in str(CreateTable(made).compile(dialect=DIALECT))
    build(metadata, database)
    constraints = "SELECT conname FROM pg_constraint WHERE contype = 'f' ORDER BY 1"
    assert [("fk__orders__org_id_part__organizations",), ("fk_orders_org",)] == database.rows(constraints)


def test_a_materialized_view_is_refreshed_under_its_readers(database: Database) -> None:
    """CONCURRENTLY asks for a unique index, which nobody could declare."""
    metadata = new_metadata()
    source = make(metadata, "things")
    unique = PGCraftIndex(None, "{name}", unique=True)
    PGCraftMaterializedView("names", "app", metadata, select(source.c.name), indexes=[unique])
    build(metadata, database)
    database.run("INSERT INTO app.things (name) VALUES ('a'); REFRESH MATERIALIZED VIEW CONCURRENTLY app.names")
    assert [("a",)] == database.rows("SELECT * FROM app.names")
    assert "ix__names__name" == database.value("SELECT indexname FROM pg_indexes WHERE tablename = 'names'")


def test_a_materialized_view_keeps_its_rows(database: Database) -> None:
    """The same arguments, another kind."""
    metadata = new_metadata()
    source = make(metadata, "things")
    view = PGCraftMaterializedView("names", "app", metadata, select(source.c.name))
    build(metadata, database)
    database.run("INSERT INTO app.things (name) VALUES ('a')")
    assert [] == database.rows("SELECT * FROM app.names")
    database.run("REFRESH MATERIALIZED VIEW app.names")
    assert [("a",)] == database.rows("SELECT * FROM app.names")
    assert ["name"] == view.table.columns.keys()
