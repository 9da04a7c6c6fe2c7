"""Plugins: how they are put in order, and what is said when they cannot be."""

import pytest
from sqlalchemy import Column, Integer, MetaData, String

from pgcraft.columns import PrimaryKeyColumns
from pgcraft.config import PGCraftConfig
from pgcraft.configure import check_server
from pgcraft.errors import PGCraftPluginError
from pgcraft.factory import FactoryContext, PGCraftSimple
from pgcraft.plugin import (
    Dynamic,
    MinPGVersion,
    Plugin,
    check_pg_version,
    produces,
    read_signature,
    requires,
    singleton,
)
from pgcraft.plugins.pk import SerialPKPlugin, UUIDV7PKPlugin

RAN: list[str] = []


class Noting(Plugin):
    def __init__(self, name: str = "") -> None:
        self.name = name or type(self).__name__

    def run(self, ctx: FactoryContext) -> None:
        RAN.append(self.name)


@produces("first")
class First(Noting):
    pass


@requires("first")
@produces("second")
class Second(Noting):
    pass


@requires("second")
class Third(Noting):
    pass


@requires("ring_b")
@produces("ring_a")
class RingA(Noting):
    pass


@requires("ring_a")
@produces("ring_b")
class RingB(Noting):
    pass


@requires(Dynamic("reads"))
@produces(Dynamic("writes"))
class Piped(Noting):
    def __init__(self, writes: str | None, reads: str | None) -> None:
        super().__init__(f"{reads}>{writes}")
        self.writes = writes
        self.reads = reads


def run(*plugins: Plugin, config: PGCraftConfig | None = None) -> list[str]:
    RAN.clear()
    config = config or PGCraftConfig(auto_discover=False)
    PGCraftSimple("t", "app", MetaData(), [Column("a", Integer)], config=config, extra_plugins=plugins)
    return list(RAN)


def error_of(*plugins: Plugin) -> PGCraftPluginError:
    with pytest.raises(PGCraftPluginError) as caught:
        run(*plugins)
    return caught.value


def test_what_is_required_runs_first() -> None:
    """The order in which plugins are listed is no promise."""
    assert ["First", "Second", "Third"] == run(Third(), Second(), First())


def test_plugins_that_need_nothing_keep_their_order() -> None:
    """A sort that is not stable makes other files on every run."""
    assert list("cabd") == run(Noting("c"), Noting("a"), Noting("b"), Noting("d"))


def test_plugins_of_the_config_run_before_those_of_the_factory() -> None:
    """Extensions', config's, factory's, extra, internal."""
    config = PGCraftConfig(auto_discover=False, plugins=[Noting("config")]).register(Noting("registered"))
    assert ["config", "registered", "extra"] == run(Noting("extra"), config=config)
    assert 2 == len(config.all_plugins)


def test_a_dynamic_key_is_read_from_the_instance() -> None:
    """One class serves several tables of a factory."""
    assert ["None>x", "x>y", "y>None"] == run(Piped(None, "y"), Piped("y", "x"), Piped("x", None))
    assert (("y",), ("x",)) == read_signature(Piped("y", "x"))[1:3]


def test_a_ring_is_printed() -> None:
    """Nobody finds it by looking at decorators in three files."""
    error = error_of(RingA(), RingB())
    assert "PGC202" == error.code
    assert "RingA requires ring_b of RingB" in error.what
    assert "RingB requires ring_a of RingA" in error.what


def test_an_unmet_need_names_who_could_meet_it() -> None:
    """The fix is one import away."""
    error = error_of(Second())
    assert "PGC203" == error.code
    assert "add one of First" in error.remedy
    assert 'PGCraftSimple("t")' in str(error)


def test_two_of_one_singleton_group_clash() -> None:
    """Two keys, two entry ids."""

    @singleton("__pk__")
    @produces("pk_columns")
    class OtherKey(Noting):
        pass

    error = error_of(SerialPKPlugin(), OtherKey())
    assert "PGC204" == error.code
    assert "SerialPKPlugin and OtherKey" in error.what
    assert "__pk__" in error.what


def test_a_key_plugin_of_ones_own_is_honoured() -> None:
    """The tier of the seed with the NanoID key."""

    @produces("pk_columns")
    @singleton("__pk__")
    class TextKey(Plugin):
        def run(self, ctx: FactoryContext) -> None:
            ctx["pk_columns"] = PrimaryKeyColumns([Column("code", String(21), primary_key=True)])

    config = PGCraftConfig(auto_discover=False).register(TextKey())
    made = PGCraftSimple("t", "app", MetaData(), [], config=config)
    assert ["code"] == made.table.primary_key.columns.keys()
    assert "code" == made.ctx["pk_columns"].first_key


def test_a_server_that_is_too_old_is_refused_before_anything_runs() -> None:
    """`uuidv7()` came with PostgreSQL 18."""
    check_pg_version(18, [UUIDV7PKPlugin()])
    with pytest.raises(PGCraftPluginError, match="UUIDV7PKPlugin needs PostgreSQL 18; the server is PostgreSQL 15"):
        check_pg_version(15, [SerialPKPlugin(), UUIDV7PKPlugin()])


def test_the_models_know_which_server_they_need() -> None:
    """The check is made before a revision is written, and names the line."""
    metadata = MetaData()
    PGCraftSimple("t", "app", metadata, [], plugins=[UUIDV7PKPlugin()])
    check_server(metadata, 18)
    with pytest.raises(PGCraftPluginError) as caught:
        check_server(metadata, 17)
    assert "PGC208" == caught.value.code
    assert 'PGCraftSimple("t")' in str(caught.value.place)
    assert "test_plugins.py" in str(caught.value.place)


def test_a_version_can_decorate_or_be_required() -> None:
    """Both read well; both count."""

    @MinPGVersion(16)
    class Decorated(Noting):
        pass

    @requires("first", MinPGVersion(17))
    class Required(Decorated):
        pass

    assert 16 == Decorated.min_pg_version
    assert 17 == Required.min_pg_version
    assert ("first",) == Required.required_keys


def test_a_subclass_keeps_what_its_base_declares() -> None:
    """Forgetting the base's needs would run the subclass too early."""

    @requires("more")
    class Further(Third):
        pass

    assert ("second", "more") == Further.required_keys
    assert ("second",) == Third.required_keys


def test_a_failing_plugins_name_factory_and_line_are_told() -> None:
    """The first error alone says nothing of the models."""

    class Broken(Plugin):
        def run(self, ctx: FactoryContext) -> None:
            ctx.injected_columns.append("no column")  # type: ignore[arg-type]

    error = error_of(Broken())
    assert "PGC207" == error.code
    assert "plugin Broken" in error.what
    assert error.place is not None
    assert error.place.line


def test_pk_columns_are_a_sequence_of_at_least_one() -> None:
    """Plugins look at the first, and iterate."""
    columns = [Column("a", Integer, key="A"), Column("b", Integer)]
    key = PrimaryKeyColumns(columns)
    assert (columns[0], "A", 2, ("a", "b")) == (key.first, key.first_key, len(key), key.names)
    assert columns == list(key)
    with pytest.raises(ValueError, match="at least one"):
        PrimaryKeyColumns([])
