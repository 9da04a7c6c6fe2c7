"""The facts of default privileges: what somebody may do with whatever a role makes from now on."""

from collections.abc import Mapping
from dataclasses import dataclass

ALL: Mapping[str, tuple[str, ...]] = {
    "tables": ("delete", "insert", "references", "select", "trigger", "truncate", "update"),
    "sequences": ("select", "update", "usage"),
    "functions": ("execute",),
    "types": ("usage",),
    "schemas": ("create", "usage"),
}
"""What is made, with all privileges on it."""

_EVERYONE = "PUBLIC"
_OPEN: Mapping[str, tuple[str, ...]] = {"functions": ("execute",), "types": ("usage",)}


@dataclass(frozen=True, slots=True)
class DefaultPrivileges:
    """What one role may do with what another makes, in a schema or anywhere.

    Attributes:
        on: ``tables``, ``sequences``, ``functions``, ``types`` or ``schemas``.
        grantee: name of a role, or ``PUBLIC``.
        creator: whose new objects are meant; empty for those of the role that deploys.
        privileges: lower case, sorted; none where PostgreSQL's own default is taken away.
        grantable: those of them with grant option.
    """

    on: str
    grantee: str
    creator: str = ""
    privileges: tuple[str, ...] = ()
    grantable: tuple[str, ...] = ()

    @property
    def closes_functions(self) -> bool:
        """Whether not everyone may execute functions that the deploying role makes, where they are of no schema."""
        whose = (self.on, self.grantee, self.creator)
        return whose == ("functions", _EVERYONE, "") and "execute" not in self.privileges


def list_open(on: str, grantee: str, schema: str | None) -> tuple[str, ...]:
    """Return what PostgreSQL gives by itself: everyone executes functions and uses types, unless a role says else."""
    return _OPEN.get(on, ()) if grantee == _EVERYONE and schema is None else ()


def name_defaults(on: str, grantee: str, creator: str) -> str:
    """Return what an id calls them: ``tables to reader of owner``."""
    return f"{on} to {grantee}" + (f" of {creator}" if creator else "")
