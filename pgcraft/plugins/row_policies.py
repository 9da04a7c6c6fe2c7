"""Policies of a resource that is a view, written for the tables behind it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from pgcraft.catalog.tokens import tokenize
from pgcraft.identifiers import quote_literal, quote_name
from pgcraft.models.definitions import PolicyDefinition
from pgcraft.models.naming import limit_name
from pgcraft.plugins.protect import WRITES, name_operation

TRUE = "true"


@dataclass(frozen=True)
class ViewConditions:
    """What conditions over the rows of a view are over the rows of a table behind it.

    Attributes:
        view: the view's name.
        columns: SQL expressions by the names of the view's columns; a quoted name alone is a column of the table.
    """

    view: str
    columns: Mapping[str, str]

    def write(self, condition: str | None) -> str | None:
        """Write a condition for the table: as it is where the table has every column that it names, else over a row
        that has them."""
        if condition is None:
            return None
        named = {token.name for token in tokenize(condition) if token.name is not None}
        used = {name: text for name, text in self.columns.items() if name in named}
        if self.view not in named and all(text == quote_name(name) for name, text in used.items()):
            return condition
        row = ", ".join(f"{text} AS {quote_name(name)}" for name, text in used.items())
        return f"(SELECT {condition} FROM (SELECT {row}) AS {quote_name(self.view)})"


def read_condition(view: str, operation: str) -> str:
    """Write the condition that a function of the resource is at this operation.

    Args:
        view: the resource's name with its schema.
    """
    name = quote_literal(name_operation(view, operation))
    return f"pg_catalog.current_setting({WRITES}, true) IS NOT DISTINCT FROM {name}"


def place_policy(policy: PolicyDefinition, table: str, command: str, **conditions: str | None) -> PolicyDefinition:
    """Return a policy for one command on a table behind the view, named after the policy that it is for.

    Args:
        conditions: ``using``, ``check``.
    """
    using, check = conditions.get("using"), conditions.get("check")
    name = name_policy(policy.name, command)
    return replace(policy, table=table, name=name, command=command, using=using, check=check)


def name_policy(name: str, command: str) -> str:
    """Return the name of a policy for one command."""
    return limit_name(f"{name}_{command}")


def limit_to(policy: PolicyDefinition, situation: str, condition: str) -> str:
    """Write a condition that counts in one situation alone: a permissive policy lets nothing else pass, a restrictive
    one everything."""
    return f"{situation} AND ({condition})" if policy.permissive else f"NOT ({situation}) OR ({condition})"


def covers(policy: PolicyDefinition, *commands: str) -> bool:
    """Whether a policy is about one of some commands."""
    return policy.command.lower() in ("all", *commands)
