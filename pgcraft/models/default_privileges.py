"""What plugins and users declare of default privileges."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from pgcraft.catalog.default_privileges import ALL, list_open
from pgcraft.catalog.privileges import PUBLIC
from pgcraft.models.given import Form, Given, flag, names, text, text_or_none, word


@dataclass(frozen=True, kw_only=True)
class DefaultPrivilegesDefinition(Given):
    """What a role may do with whatever is made from now on, by ``ALTER DEFAULT PRIVILEGES``.

    Objects of the models are none of these: on them, a declared role has what ``GrantDefinition`` grants.

    Attributes:
        on: ``tables`` (views, too), ``sequences``, ``functions``, ``types`` or ``schemas``.
        privileges: ``("select",)``; empty for nothing, where PostgreSQL gives everyone something by itself.
        to: a role, or ``public``.
        schema: in which it holds; everywhere when left out.
        for_role: the role that makes the objects; the one that deploys when left out.
        grantable: with grant option.
    """

    forms: ClassVar[Mapping[str, Form]] = {
        "on": word(*ALL),
        "privileges": names,
        "to": text,
        **dict.fromkeys(("schema", "for_role"), text_or_none),
        "grantable": flag,
    }

    on: str
    to: str
    privileges: tuple[str, ...] = ()
    schema: str | None = None
    for_role: str | None = None
    grantable: bool = False

    @property
    def grantee(self) -> str:
        """The role, ``PUBLIC`` for everyone."""
        return PUBLIC if self.to.upper() == PUBLIC else self.to

    def contradictions(self) -> Iterator[tuple[str, str]]:
        """Return what PostgreSQL would refuse, or what would say nothing."""
        known = (*ALL[self.on], "all", "maintain") if self.on == "tables" else (*ALL[self.on], "all")
        for privilege in self.privileges:
            if privilege.lower() not in known:
                yield f"{self.on} have no privilege {privilege}", f"they have {', '.join(ALL[self.on])}"
        if self.on == "schemas" and self.schema is not None:
            yield "no schema is made inside of another", "leave schema out"
        if self.grantable and self.grantee == PUBLIC:
            yield "PUBLIC cannot have the grant option", "name roles, or take grantable out"
        if sorted({each.lower() for each in self.privileges}) == sorted(list_open(self.on, self.grantee, self.schema)):
            yield "it says what holds anyway", "leave it out, or name other privileges"
