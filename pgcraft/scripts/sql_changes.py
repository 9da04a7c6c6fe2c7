"""What a statement of a revision does to rights, memberships, names, comments and views."""

from dataclasses import dataclass

from pgcraft.catalog.objects import Kind

QualifiedName = tuple[str | None, str]


@dataclass(frozen=True, slots=True)
class RightsChange:
    """A GRANT or REVOKE of privileges.

    Attributes:
        names: what it is on.
        privileges: lower case, on the whole object.
        columns: pairs of privilege and column.
        is_option: of a REVOKE: the grant option goes and the privilege stays; of a GRANT: it comes along.
    """

    is_grant: bool
    names: tuple[QualifiedName, ...]
    grantees: tuple[str, ...]
    privileges: tuple[str, ...]
    columns: tuple[tuple[str, str], ...]
    is_option: bool = False


@dataclass(frozen=True, slots=True)
class MembershipChange:
    """A GRANT or REVOKE of roles."""

    is_grant: bool
    groups: tuple[str, ...]
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Removal:
    """Objects that are dropped.

    Attributes:
        kinds: what they may be.
        parent: the table of a constraint, trigger or policy.
    """

    kinds: tuple[Kind, ...]
    names: tuple[QualifiedName, ...]
    parent: QualifiedName | None = None


@dataclass(frozen=True, slots=True)
class Renaming:
    """An object that gets another name, or another schema.

    Attributes:
        kinds: what it may be.
        parent: the table of a column, constraint, trigger or policy.
    """

    kinds: tuple[Kind, ...]
    name: QualifiedName
    parent: QualifiedName | None = None
    new_name: str | None = None
    new_schema: str | None = None


@dataclass(frozen=True, slots=True)
class Commenting:
    """A COMMENT ON something that the reader knows from elsewhere.

    Attributes:
        column: the column that is commented; None when it is something else.
        constraint: the same of a constraint.
    """

    has_text: bool
    column: str | None = None
    constraint: str | None = None


@dataclass(frozen=True, slots=True)
class Making:
    """A table that is made, with the constraints that it names: pairs of name and text, and names of its options."""

    constraints: tuple[tuple[str, str], ...]
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Setting:
    """What is set on a view or function or taken off it: names of options or settings, and ``default of …``.

    Attributes:
        is_whole: it has these options or settings and no others.
        column: the column of a table that is meant.
    """

    is_set: bool
    names: tuple[str, ...]
    is_whole: bool = False
    column: str | None = None


SqlChange = Making | Setting | Commenting | RightsChange | MembershipChange | Removal | Renaming
