"""Sequences of ours that somebody has given to a column (OWNED BY): PostgreSQL would call that column serial.

They are objects of their own all the same, change where they stand, and stay when the column goes.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from pgcraft.catalog.definitions import Column
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId, make_catalog
from pgcraft.catalog.tokens import TokenType, tokenize
from pgcraft.catalog.words import list_words
from pgcraft.diff.actions import Action, Verb
from pgcraft.identifiers import quote_literal, quote_name, quote_qualified
from pgcraft.reconcile.owned_sequences import Owned
from pgcraft.scripts.made import History


def take_back(
    current: Catalog, wanted: Catalog, history: History, read: Callable[[], Mapping[ObjectId, Owned]]
) -> Catalog:
    """Return what the database has with such sequences as objects of their own, and columns that take values from them.

    Args:
        read: gives the sequences that columns own; it is asked where a declared one is missing, or a column was serial.
    """
    missing = frozenset(item.id for item in wanted.of_kind(Kind.SEQUENCE) if item.id not in current.by_id)
    doubtful = frozenset(_list_doubtful(current, wanted))
    if not missing and not doubtful:
        return current
    lent = {
        sequence: owned
        for sequence, owned in read().items()
        if owned.is_given
        and (sequence in missing or owned.column in doubtful)
        and (history.made(sequence) if history.is_kept else sequence in missing)
    }
    if not lent:
        return current
    sequences = (CatalogObject(sequence, owned.counts) for sequence, owned in lent.items())
    columns = {owned.column: sequence for sequence, owned in lent.items()}
    objects = (_take_from(item, columns.get(item.id), wanted.find(item.id)) for item in current.objects)
    return make_catalog((*objects, *sequences), server_version=current.server_version, notes=current.notes)


def plan_keeping(
    actions: Iterable[Action], current: Catalog, wanted: Catalog, read: Callable[[], Mapping[ObjectId, Owned]]
) -> Iterator[Action]:
    """Plan that no sequence goes with a column that owns it, or may own it in another database."""
    gone = frozenset(each for action in actions if action.verb is Verb.DROP for each in (action.id, *action.parts))
    sequences = tuple(current.of_kind(Kind.SEQUENCE))
    if not sequences or not gone:
        return
    owners = {sequence: owned.column for sequence, owned in read().items() if owned.is_given}
    columns = tuple(current.of_kind(Kind.COLUMN))
    for item in sequences:
        meant, owner = wanted.find(item.id), owners.get(item.id)
        taking = gone.intersection(each.id for each in columns if meant and _takes_from(each, item.id))
        lent = gone.intersection((owner, item.id)) if owner else frozenset()
        if taking or lent:
            yield _set_free(meant or item, taking | lent, owner if lent else None)


def _set_free(sequence: CatalogObject, going: frozenset[ObjectId], owner: ObjectId | None) -> Action:
    head = f"ALTER SEQUENCE {quote_qualified(*sequence.id.qualified)} OWNED BY"
    return Action(
        Verb.ALTER,
        sequence.id,
        (f"{head} NONE",),
        (f"{head} {quote_qualified(*owner.relation)}.{quote_name(owner.name)}",) if owner else (),
        origins=sequence.origins,
        releases=going,
        is_awaited=False,
    )


def _list_doubtful(current: Catalog, wanted: Catalog) -> Iterator[ObjectId]:
    """Return the serial columns that the models have otherwise."""
    for item in current.of_kind(Kind.COLUMN):
        if item.defined_as(Column).is_serial:
            meant = wanted.find(item.id)
            if meant is None or not meant.defined_as(Column).is_serial:
                yield item.id


def _take_from(item: CatalogObject, sequence: ObjectId | None, meant: CatalogObject | None) -> CatalogObject:
    """Return an object as a column that takes values from a sequence, where it is one."""
    if sequence is None or not isinstance(item.definition, Column) or not item.definition.is_serial:
        return item
    default = meant.defined_as(Column).default if meant and _takes_from(meant, sequence) else None
    default = default or f"nextval({quote_literal(quote_qualified(*sequence.qualified))}::regclass)"
    definition = replace(item.definition, is_serial=False, default=default)
    return replace(item, definition=definition, depends_on=(*item.depends_on, sequence))


def _takes_from(column: CatalogObject, sequence: ObjectId) -> bool:
    default = column.defined_as(Column).default
    return default is not None and _read_sequence(default) == sequence.qualified


def _read_sequence(default: str) -> tuple[str, str]:
    """Return schema and name of the sequence that a default takes from; empty where it does otherwise."""
    tokens = list_words(default)
    if len(tokens) < 3 or tokens[0].name != "nextval" or tokens[2].type is not TokenType.STRING:
        return "", ""
    path = [token.name for token in tokenize(tokens[2].value or "") if token.name is not None]
    return (path[0], path[1]) if len(path) == 2 else ("", "")
