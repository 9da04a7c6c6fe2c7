"""What plugins and users declare of functions, procedures and aggregate functions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

from pgcraft.catalog.aggregates import OPTIONS
from pgcraft.catalog.definitions import Volatility
from pgcraft.catalog.types import parse_arguments
from pgcraft.models.given import Form, GivenName, Unfit, flag, pairs, text, text_or_none, word

Parallel = Literal["unsafe", "restricted", "safe"]


def _text_or_empty(value: object) -> str:
    return value if value == "" and isinstance(value, str) else text(value)


def _number_or_none(value: object) -> float | None:
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool) and value > 0):
        return value
    raise Unfit("a number above 0, or None")


def _flag_or_none(value: object) -> bool | None:
    return None if value is None else flag(value)


def _parallel(value: object) -> str | None:
    return None if value is None else str(word("unsafe", "restricted", "safe")(value))


@dataclass(frozen=True)
class Need:
    """A privilege that the caller of a function must have where it runs with the caller's rights.

    Attributes:
        privilege: ``select``, ``insert``, ``update``, ``delete``; ``usage`` of the sequence of a column.
        relation: schema and name of the table or view.
        columns: of the relation, those it is about; all of it when empty.
    """

    privilege: str
    relation: tuple[str, str]
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class FunctionDefinition(GivenName):
    """A function.

    Attributes:
        arguments: as in CREATE FUNCTION, between the parentheses: ``a integer, b text DEFAULT 'x'``.
        revoke_public: take EXECUTE from PUBLIC, who has it by default.
        settings: ``SET`` clauses; a definer function gets the path ``pg_catalog, pg_temp`` when it names
            none.
        depends_on: tables and views that the body reads, as ``(schema, name)``; PostgreSQL does not know them.
        needs: what its caller must be able to do where it runs with the caller's rights. It does so, whatever
            ``security_definer`` says, where row security stands on one of these relations or behind it.
        bypass_row_security: it runs as its owner on purpose, and sees and writes the rows of everyone.
        is_procedure: it is called by CALL, and returns nothing.
        is_atomic: its body is SQL itself, ``BEGIN ATOMIC …; END`` or ``RETURN …``, and no text.
        cost: of a call. What others set stays when it is left out, as of those that follow.
        rows: how many it returns, where it returns a set.
        support: the function that helps the planner: ``app.helper``.
        parallel: ``unsafe``, ``restricted`` or ``safe``.
        leakproof: it tells nothing of its arguments; only a superuser may say so.
        owner: the role with whose rights a definer function runs; whoever it is stays when it is left out.
    """

    forms: ClassVar[Mapping[str, Form]] = {
        **dict.fromkeys(("schema", "name", "language"), text),
        "returns": _text_or_empty,
        "volatility": word("volatile", "stable", "immutable"),
        **dict.fromkeys(("security_definer", "strict", "revoke_public", "bypass_row_security"), flag),
        **dict.fromkeys(("is_procedure", "is_atomic"), flag),
        **dict.fromkeys(("cost", "rows"), _number_or_none),
        **dict.fromkeys(("support", "owner"), text_or_none),
        "parallel": _parallel,
        "leakproof": _flag_or_none,
        **dict.fromkeys(("settings", "depends_on"), pairs),
    }

    schema: str
    name: str
    returns: str = ""
    body: str
    arguments: str = ""
    language: str = "plpgsql"
    volatility: Volatility = "volatile"
    security_definer: bool = False
    strict: bool = False
    settings: tuple[tuple[str, str], ...] = ()
    revoke_public: bool = False
    depends_on: tuple[tuple[str, str], ...] = ()
    needs: tuple[Need, ...] = ()
    bypass_row_security: bool = False
    comment: str | None = None
    is_procedure: bool = False
    is_atomic: bool = False
    cost: float | None = None
    rows: float | None = None
    support: str | None = None
    parallel: Parallel | None = None
    leakproof: bool | None = None
    owner: str | None = None

    def contradictions(self) -> Iterator[tuple[str, str]]:
        """Return what makes no function; one in SQL may do nothing."""
        if not self.returns and not self.is_procedure:
            yield "returns is ''", "give a text that is not empty, or is_procedure=True"
        if self.is_procedure and self.returns:
            yield f"it is a procedure and returns {self.returns!r}", "leave returns out; OUT arguments give values"
        if self.is_procedure and (self.volatility != "volatile" or self.strict or self.cost or self.parallel):
            yield "it is a procedure with facts of a function", "leave volatility, strict, cost and parallel out"
        if self.is_atomic and self.language.lower() != "sql":
            yield f"its body is SQL itself, and its language {self.language}", 'give language="sql"'
        if not self.body.strip() and self.language.lower() != "sql":
            yield "its body is empty", "write it: BEGIN … END"
        if self.arguments and not all(argument.type for argument in parse_arguments(self.arguments)):
            yield f'one of the arguments "{self.arguments}" has no type', "write them as in CREATE FUNCTION"


@dataclass(frozen=True, kw_only=True)
class AggregateDefinition(GivenName):
    """An aggregate function.

    Attributes:
        arguments: as in CREATE AGGREGATE: ``integer``, ``value numeric, weight numeric``; empty for ``*``.
        options: those of CREATE AGGREGATE by name: ``{"sfunc": "app.add", "stype": "integer", "initcond": "0"}``;
            functions and types with their schemas, unless they are PostgreSQL's.
        parallel: ``unsafe``, ``restricted`` or ``safe``; what others set stays when left out.
        revoke_public: take EXECUTE from PUBLIC, who has it by default.
    """

    forms: ClassVar[Mapping[str, Form]] = {
        **dict.fromkeys(("schema", "name"), text),
        "options": pairs,
        "parallel": _parallel,
        "revoke_public": flag,
        "comment": text_or_none,
    }

    schema: str
    name: str
    arguments: str = ""
    options: tuple[tuple[str, str], ...]
    parallel: Parallel | None = None
    revoke_public: bool = False
    comment: str | None = None

    def contradictions(self) -> Iterator[tuple[str, str]]:
        """Return what makes no aggregate function."""
        given = dict(self.options)
        for name in given:
            if name not in OPTIONS:
                yield f'it has no option "{name}"', f"the options are {', '.join(OPTIONS)}"
        for name in ("sfunc", "stype"):
            if name not in given:
                yield f"its options lack {name}", 'write them: {"sfunc": "app.add", "stype": "integer"}'
