"""What a line of revisions has made so far: objects, privileges and memberships; later revisions take some away."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from pgcraft.catalog.definitions import Grant
from pgcraft.catalog.kinds import PARTS, RELATIONS, TYPES
from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft.catalog.privileges import Rights, target_of
from pgcraft.catalog.redirecting import rename_signature
from pgcraft.catalog.tokens import mentions_name


@dataclass
class Record:
    """The state after the revisions that were told to it.

    Attributes:
        made: the objects, with the columns that a constraint or an index stands on.
        comments: what has a comment of ours: objects, and columns of tables and views.
        settings: options of views and settings of functions that are ours, and defaults of view columns as
            ``default of …``.
        renamed: what each revision renamed or moved, all in all: objects with what they were called before it.
    """

    made: dict[ObjectId, tuple[str, ...]] = field(default_factory=dict)
    comments: set[tuple[ObjectId, str | None]] = field(default_factory=set)
    settings: set[tuple[ObjectId, str]] = field(default_factory=set)
    renamed: list[dict[ObjectId, ObjectId]] = field(default_factory=list)
    _rights: dict[ObjectId, Rights] = field(default_factory=dict)
    _members: set[tuple[str, str]] = field(default_factory=set)

    def begin(self) -> None:
        """Begin with the next revision."""
        self.renamed.append({})

    def pass_name(self, old: ObjectId, new: ObjectId) -> None:
        """Keep what an object was called before the revision, whatever it is called in between."""
        if self.renamed:
            self.renamed[-1][new] = self.renamed[-1].pop(old, old)

    def create(self, object_id: ObjectId, columns: tuple[str, ...] = ()) -> None:
        """Keep an object."""
        self.made[object_id] = columns

    def comment(self, object_id: ObjectId, text: str | None, column: str | None = None) -> None:
        """Keep that there is a comment, or forget it when there is no text."""
        if text is None:
            self.comments.discard((object_id, column))
        else:
            self.comments.add((object_id, column))

    def set_on(self, target: ObjectId, names: Iterable[str], *, is_set: bool, is_whole: bool) -> None:
        """Keep or forget options, settings and defaults of columns; but for defaults, all are new where it is whole."""
        if is_whole:
            self.settings = {each for each in self.settings if each[0] != target or each[1].startswith("default of ")}
        found = {(target, name) for name in names}
        self.settings = self.settings | found if is_set else self.settings - found

    def drop(self, object_id: ObjectId) -> None:
        """Forget an object with all that goes with it."""
        self._forget(lambda other: other == object_id or _goes_with(other, object_id))
        if object_id.kind is Kind.ROLE:
            self._members = {pair for pair in self._members if object_id.name not in pair}

    def drop_named(self, kinds: Iterable[Kind], schema: str | None, name: str, parent: str | None = None) -> None:
        """Forget the objects of a name, whatever their signature and, with no parent given, wherever they stand."""
        for found in self.find(kinds, schema, name, parent):
            self.drop(found)

    def drop_column(self, table: ObjectId, column: str) -> None:
        """Forget the constraints and indexes that go with a column."""
        self.comments.discard((table, column))
        self._forget(lambda other: _stands_in(other, table) and _names(self.made.get(other, ()), column))

    def find(
        self, kinds: Iterable[Kind], schema: str | None, name: str, parent: str | None = None
    ) -> tuple[ObjectId, ...]:
        """Return the objects of a name."""
        kinds = tuple(kinds)
        return tuple(
            found
            for found in self.made
            if found.kind in kinds and (found.schema, found.name) == (schema, name) and parent in (None, found.parent)
        )

    def rename(self, object_id: ObjectId, *, name: str | None = None, schema: str | None = None) -> None:
        """Give an object, and its parts with it, another name or schema."""

        new = object_id._replace(name=name or object_id.name, schema=schema or object_id.schema)
        types = {object_id.qualified: new.qualified} if object_id.kind in (*RELATIONS, *TYPES) else {}

        def move(other: ObjectId) -> ObjectId:
            if other == object_id:
                return new
            if not _goes_with(other, object_id):
                return rename_signature(other, types)
            moved = other._replace(schema=schema or other.schema)
            if other.kind is Kind.GRANT or object_id.kind is Kind.PUBLICATION:
                return moved._replace(name=name or other.name)
            return moved._replace(parent=name or other.parent)

        self.made = {move(other): columns for other, columns in self.made.items()}
        self._rights = {move(other): rights for other, rights in self._rights.items()}
        self.comments = {(move(other), column) for other, column in self.comments}
        self.settings = {(move(other), name) for other, name in self.settings}

    def change_kind(self, type_id: ObjectId) -> None:
        """Know a type as what it is by now: one of another kind may have had its name."""
        for other in self.find(TYPES, type_id.schema, type_id.name):
            self.made = {type_id if each == other else each: columns for each, columns in self.made.items()}
            self.comments = {(type_id if each == other else each, column) for each, column in self.comments}

    def rename_column(self, table: ObjectId, column: str, name: str) -> None:
        """Give a column another name, where parts and privileges stand on it."""
        if (table, column) in self.comments:
            self.comments ^= {(table, column), (table, name)}
        for other, columns in self.made.items():
            if _stands_in(other, table):
                self.made[other] = tuple(name if each == column else each for each in columns)
        for other, rights in self._rights.items():
            if table in target_of(other):
                rights.rename_column(column, name)

    def grant(self, grant_id: ObjectId, grant: Grant) -> None:
        """Keep privileges."""
        self._rights.setdefault(grant_id, Rights()).grant(grant)

    def revoke(self, grant_id: ObjectId, grant: Grant) -> None:
        """Forget privileges; of those that are only ``grantable``, the grant option."""
        self._rights.setdefault(grant_id, Rights()).revoke(grant)

    def granted(self, grant_id: ObjectId) -> Grant:
        """Return the privileges that one role was given on one object."""
        return self._rights.get(grant_id, Rights()).total()

    def join(self, role: str, group: str) -> None:
        """Keep a membership."""
        self._members.add((role, group))

    def leave(self, role: str, group: str) -> None:
        """Forget a membership."""
        self._members.discard((role, group))

    def joined(self, role: str, group: str) -> bool:
        """Whether a role was made a member of another."""
        return (role, group) in self._members

    def _forget(self, goes: Callable[[ObjectId], bool]) -> None:
        self.made = {other: columns for other, columns in self.made.items() if not goes(other)}
        self._rights = {other: rights for other, rights in self._rights.items() if not goes(other)}
        self.comments = {(other, column) for other, column in self.comments if not goes(other)}
        self.settings = {(other, name) for other, name in self.settings if not goes(other)}


def _goes_with(part: ObjectId, whole: ObjectId) -> bool:
    """Whether an object goes with another: a part, a privilege on it or of it, or what stands in a schema."""
    if whole.kind is Kind.SCHEMA:
        return part.schema == whole.name or (part.kind is Kind.GRANT and whole in target_of(part))
    if part.kind is Kind.GRANT:
        return whole in target_of(part) or (whole.kind is Kind.ROLE and part.parent == whole.name)
    if whole.kind is Kind.PUBLICATION:
        return part.kind is Kind.PUBLISHED and part.name == whole.name
    return _stands_in(part, whole)


def _stands_in(part: ObjectId, whole: ObjectId) -> bool:
    return part.kind in PARTS and whole.kind in RELATIONS and (part.schema, part.parent) == (whole.schema, whole.name)


def _names(columns: tuple[str, ...], column: str) -> bool:
    """Whether columns, or expressions that stand for some, name a column."""
    return column in columns or any(mentions_name(text, column) for text in columns)
