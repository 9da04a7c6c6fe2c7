"""The one place that makes generated functions: of factories, plugins, views, events and extensions.

A function finds nothing but what PostgreSQL brings, and what its body names with a schema. ``pg_temp`` is named, and
last: a path that leaves it out has it first, for types and relations, and whoever may make a temporary type ``text``
then runs code of theirs with the owner's rights
(https://www.postgresql.org/docs/current/sql-createfunction.html#SQL-CREATEFUNCTION-SECURITY).
"""

from dataclasses import dataclass

from pgcraft.errors import PGCraftPluginError
from pgcraft.models.definitions import PINNED_PATH, FunctionDefinition

_PATH = "search_path"


@dataclass(frozen=True, kw_only=True)
class GeneratedFunction(FunctionDefinition):
    """A function that code of a plugin or an extension writes; it cannot be without the pinned ``search_path``.

    Nobody but its owner may execute it until a grant says so; a trigger needs none.

    Attributes:
        returns: ``trigger`` unless it says something else.
        settings: further ``SET`` clauses.
        revoke_public: take EXECUTE from PUBLIC.

    Raises:
        PGCraftPluginError: PGC222, ``settings`` names a ``search_path``.
    """

    returns: str = "trigger"
    revoke_public: bool = True

    def __post_init__(self) -> None:
        """Pin the path; ``dataclasses.replace`` hands the pinned one back in."""
        super().__post_init__()
        pinned = (_PATH, PINNED_PATH)
        others = tuple(setting for setting in self.settings if setting != pinned)
        if any(name.lower() == _PATH for name, _ in others):
            raise PGCraftPluginError(
                "PGC222",
                f"the settings of generated function {self.schema}.{self.name} name a search_path",
                remedy=f"leave it out: it is {PINNED_PATH}; name in the body what stands elsewhere with its schema",
            )
        object.__setattr__(self, "settings", (*others, pinned))
