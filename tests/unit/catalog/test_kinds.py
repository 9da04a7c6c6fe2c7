"""The table of kinds is asked in one order; what is made of it when it is imported is made here again."""

from pgcraft.catalog.kinds import KINDS, Kind, rank, select


def test_kinds_are_selected_by_their_row_in_the_order_of_making() -> None:
    assert (Kind.ENUM, Kind.DOMAIN, Kind.COMPOSITE, Kind.RANGE) == select(lambda row: row.is_type)
    assert tuple(Kind) == select(lambda row: bool(row.plural))


def test_kinds_are_ranked_by_a_number_of_their_row() -> None:
    places = rank(lambda row: row.ranked)
    assert set(Kind) == set(places)
    assert list(range(len(Kind))) == list(places.values())
    assert Kind.TABLE == next(iter(places))
    assert sorted(Kind, key=lambda kind: KINDS[kind].ranked) == list(places)
