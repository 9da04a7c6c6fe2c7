"""Row security that does not filter, or filters slowly."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from itertools import combinations

from pgcraft.catalog.definitions import Column, Function, Policy, Table
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind
from pgcraft.catalog.tokens import Token, strip_parentheses
from pgcraft.catalog.words import list_words
from pgcraft.service.lint.notes import Note, note
from pgcraft.service.lint.parts import list_columns, list_leading, list_policies
from pgcraft.service.types import LoadedModels

_READING = ("all", "select", "update", "delete")
_WRITING = ("all", "insert", "update", "delete")
_STABLE = frozenset({"current_setting", "pg_has_role", "has_table_privilege", "has_schema_privilege", "to_regrole"})
"""PostgreSQL's own that a policy asks who is there, each a look-up."""


def find_idle_policies(loaded: LoadedModels) -> Iterator[Note]:
    """Policies of tables whose row security is off."""
    for table in loaded.catalog.of_kind(Kind.TABLE):
        if not table.defined_as(Table).row_security:
            for item, _ in list_policies(loaded.catalog, table):
                yield note(
                    item, "does nothing: the table has no row security", "ALTER TABLE … ENABLE ROW LEVEL SECURITY"
                )


def find_closed_tables(loaded: LoadedModels) -> Iterator[Note]:
    """Tables that nobody but their owner sees a row of."""
    for table in loaded.catalog.of_kind(Kind.TABLE):
        if table.defined_as(Table).row_security and not any(list_policies(loaded.catalog, table)):
            yield note(
                table, "has row security and no policy: nobody sees a row", "register a policy, or switch it off"
            )


def find_open_policies(loaded: LoadedModels) -> Iterator[Note]:
    """Policies by which whoever has the privilege writes every row; tables behind a resource refuse by themselves."""
    for item, policy in _list_policies(loaded.catalog):
        table = loaded.catalog.find(item.id.table)
        if table is not None and table.role:
            continue
        condition = policy.check if policy.check is not None else policy.using
        if policy.permissive and policy.command in _WRITING and strip_parentheses(condition or "").lower() == "true":
            who = "everyone" if "public" in policy.roles else ", ".join(policy.roles)
            yield note(
                item, f"lets {who} write every row", "say whose rows they are, or take the policy for SELECT alone"
            )


def find_repeated_calls(loaded: LoadedModels) -> Iterator[Note]:
    """Conditions that ask for every row what is the same for all of them."""
    functions = loaded.catalog.of_kind(Kind.FUNCTION)
    volatile = {item.id.qualified for item in functions if item.defined_as(Function).volatility != "immutable"}
    volatile |= {("", name) for _, name in volatile}
    for item, policy in _list_policies(loaded.catalog):
        columns = _columns_of(loaded.catalog, item)
        texts = (policy.using or "", policy.check or "")
        names = dict.fromkeys(name for text in texts for name in _list_calls(text, volatile, columns))
        for name in names:
            yield note(
                item,
                f"calls {name} for every row, though no column is in it",
                f"let it be asked once: (SELECT {name}(…))",
            )


def find_unindexed_conditions(loaded: LoadedModels) -> Iterator[Note]:
    """Columns that policies compare with a value, and that no index begins with."""
    for table in loaded.catalog.of_kind(Kind.TABLE):
        led = {columns[0] for columns in list_leading(loaded.catalog, table) if columns}
        columns = list_columns(loaded.catalog, table)
        told: set[str] = set()
        for item, policy in list_policies(loaded.catalog, table):
            compared = _list_compared(policy.using or "", columns) if policy.command in _READING else ()
            for name in compared:
                if name not in led | told and columns[name].type != "boolean":
                    told.add(name)
                    yield note(
                        item,
                        f"compares {name}, which no index begins with: each query reads the whole table",
                        f"add one: PGCraftIndex on {name}",
                    )


def find_several_permissive(loaded: LoadedModels) -> Iterator[Note]:
    """Tables with several policies that are tried one after the other for one command of one role."""
    for table in loaded.catalog.of_kind(Kind.TABLE):
        found: dict[str, list[str]] = defaultdict(list)
        permissive = [(item.id.name, each) for item, each in list_policies(loaded.catalog, table) if each.permissive]
        for (name, one), (other, two) in combinations(permissive, 2):
            if _meets(one, two):
                found[one.command if two.command == "all" else two.command] += [name, other]
        for command, names in found.items():
            listed = ", ".join(dict.fromkeys(names))
            told = f"has several permissive policies for {command.upper()} of one role: {listed}"
            yield note(table, told, "each of them is asked for every row: make one of them, joined by OR")


def _meets(one: Policy, two: Policy) -> bool:
    is_both = one.command == two.command or "all" in (one.command, two.command)
    return is_both and ("public" in (*one.roles, *two.roles) or bool({*one.roles} & {*two.roles}))


def _list_policies(catalog: Catalog) -> Iterator[tuple[CatalogObject, Policy]]:
    for item in catalog.of_kind(Kind.POLICY):
        yield item, item.defined_as(Policy)


def _columns_of(catalog: Catalog, policy: CatalogObject) -> dict[str, Column]:
    table = catalog.find(policy.id.table)
    return list_columns(catalog, table) if table is not None else {}


def _list_calls(sql: str, volatile: Collection[tuple[str, str]], columns: Collection[str]) -> Iterator[str]:
    """Return the functions that are called outside of a nested query, with nothing of the row in their arguments."""
    tokens = _outside(sql)
    for at, token in enumerate(tokens):
        if token.name is None or at + 1 >= len(tokens) or tokens[at + 1].text != "(":
            continue
        is_qualified = at > 1 and tokens[at - 1].text == "."
        schema = (tokens[at - 2].name or "") if is_qualified else ""
        is_ours = schema in ("", "pg_catalog") and token.name in _STABLE
        is_theirs = (schema, token.name) in volatile
        if (is_ours or is_theirs) and not _named(tokens, at + 1).intersection(columns):
            yield token.name if is_ours or not schema else f"{schema}.{token.name}"


def _named(tokens: Sequence[Token], start: int) -> set[str]:
    """Return the names in the parentheses that open at an index."""
    depth, names = 0, set[str]()
    for token in tokens[start:]:
        depth += (token.text == "(") - (token.text == ")")
        if not depth:
            break
        names |= {token.name} if token.name else set()
    return names


def _list_compared(sql: str, columns: Collection[str]) -> Iterator[str]:
    """Return the columns that are compared by ``=`` or IN, outside of a nested query."""
    tokens = [token for token in _outside(sql) if token.text not in "()"]
    for at, token in enumerate(tokens):
        if token.name not in columns or token.name is None:
            continue
        after = tokens[at + 1] if at + 1 < len(tokens) else None
        before = tokens[at - 1] if at else None
        if (after is not None and (after.text == "=" or after.keyword == "IN")) or (before and before.text == "="):
            yield token.name


def _outside(sql: str) -> list[Token]:
    """Return the tokens that stand in no nested query, without blanks; its parentheses stay."""
    tokens = list_words(sql)
    kept: list[Token] = []
    nested: list[bool] = []
    for at, token in enumerate(tokens):
        if token.text == ")":
            is_nested = nested.pop() if nested else False
            if any(nested) or is_nested:
                if is_nested and not any(nested):
                    kept.append(token)
                continue
        if not any(nested):
            kept.append(token)
        if token.text == "(":
            following = tokens[at + 1].keyword if at + 1 < len(tokens) else ""
            nested.append(following in ("SELECT", "WITH", "VALUES"))
    return kept
