"""What is different between two catalogs."""

from dataclasses import dataclass, fields, replace

from pgcraft.catalog.definitions import NOT_VALID, Constraint, Definition
from pgcraft.catalog.kinds import KINDS, Row
from pgcraft.catalog.objects import Catalog, CatalogObject, ObjectId


@dataclass(frozen=True, slots=True)
class Change:
    """An object that both catalogs have, with different definitions.

    Attributes:
        facts: names of the fields of its definition that differ, in their order.
    """

    current: CatalogObject
    wanted: CatalogObject
    facts: tuple[str, ...]

    @property
    def id(self) -> ObjectId:
        """The object's identity."""
        return self.wanted.id


@dataclass(frozen=True, slots=True)
class Diff:
    """What leads from one catalog to the other; each part is sorted by id.

    Attributes:
        added: only the wanted catalog has them.
        removed: only the current catalog has them.
        changed: both have them, and they differ.
    """

    added: tuple[CatalogObject, ...] = ()
    removed: tuple[CatalogObject, ...] = ()
    changed: tuple[Change, ...] = ()

    def is_empty(self) -> bool:
        """Whether the catalogs are the same."""
        return not (self.added or self.removed or self.changed)


def compare_catalogs(current: Catalog, wanted: Catalog) -> Diff:
    """Compare object by object, by definition; origins, parts and dependencies do not count.

    SQL text is compared as it is: bring both sides into one form first.
    """
    there, meant = current.by_id, wanted.by_id
    added = tuple([item for item in wanted.objects if item.id not in there])
    shared = [item for item in wanted.objects if item.id in there] if len(added) < len(meant) else []
    differing = [item for item in shared if there[item.id].definition != item.definition]
    changes = (compare_objects(there[item.id], item) for item in differing)
    return Diff(
        added=added,
        removed=tuple([item for item in current.objects if item.id not in meant]),
        changed=tuple(change for change in changes if change.facts),
    )


def compare_again(diff: Diff, wanted: Catalog) -> Diff:
    """Return a difference after the wanted form of changed objects was mended; no id came or went."""
    changes = (compare_objects(change.current, wanted.by_id[change.id]) for change in diff.changed)
    return replace(diff, changed=tuple(change for change in changes if change.facts))


def compare_objects(current: CatalogObject, wanted: CatalogObject) -> Change:
    """Compare one object with what it should be; without facts they are the same."""
    if current.definition == wanted.definition:
        return Change(current, wanted, ())
    old, new, row = current.definition, wanted.definition, KINDS[wanted.id.kind]
    names = [field.name for field in fields(new) if field.name not in row.uncompared]
    pairs = ((name, getattr(old, name, None), getattr(new, name)) for name in names)
    differing = (name for name, before, after in pairs if before != after and not _is_open(row, name, before, after))
    if _is_validated(old, new):
        differing = (name for name in differing if name != "text")
    return Change(current, wanted, tuple(differing))


def _is_validated(old: Definition, new: Definition) -> bool:
    """Whether a constraint that is declared as not valid is, as CREATE TABLE and VALIDATE CONSTRAINT leave it."""
    return isinstance(old, Constraint) and isinstance(new, Constraint) and new.text == f"{old.text}{NOT_VALID}"


def _is_open(row: Row, name: str, *values: object) -> bool:
    """Whether one side leaves it open."""
    return name in row.spoken and None in values
