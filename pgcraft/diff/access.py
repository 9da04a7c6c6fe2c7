"""What a change means for who may do what: rights, rows, owners, and whose rights code runs with."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain

from pgcraft.catalog.default_privileges import DefaultPrivileges
from pgcraft.catalog.definitions import Domain, Enum, Function, Grant, Policy, Role, Schema, Sequence, Table, View
from pgcraft.catalog.made_types import Composite, Range
from pgcraft.catalog.objects import CatalogObject, ObjectId
from pgcraft.catalog.privileges import subtract
from pgcraft.catalog.publications import Publication, Published
from pgcraft.catalog.tokens import Token
from pgcraft.catalog.words import list_statements
from pgcraft.render.grants import list_privileges
from pgcraft.render.statement import Hazard, HazardType

State = CatalogObject | None
"""An object before or after a change; None where it is not there."""


def hazards_of_access(before: State, after: State) -> tuple[Hazard, ...]:
    """Return what changes about who may do what where an object changes, comes or goes."""
    item = after or before
    find = _FINDERS.get(type(item.definition)) if item else None
    return tuple(Hazard(HazardType.ACCESS, message) for message in find(before, after)) if find else ()


def hazards_of_password(role: ObjectId) -> tuple[Hazard, ...]:
    """Return what it means that a role gets a password."""
    return (Hazard(HazardType.ACCESS, f"whoever knows the password logs in as {role}"),)


def changes_access(sql: str) -> bool:
    """Whether statements change who may do what, read from their text: whoever wrote them, it is said."""
    return any(map(_is_about_access, list_statements(sql)))


def _is_about_access(tokens: list[Token]) -> bool:
    words = [token.keyword for token in tokens]
    match words[:2]:
        case ["GRANT" | "REVOKE", *_] | ["CREATE" | "ALTER" | "DROP", "POLICY" | "ROLE" | "USER" | "GROUP"]:
            return True
        case ["REASSIGN", "OWNED"] | ["DROP", "OWNED"] | ["ALTER", "DEFAULT"]:
            return True
        case ["CREATE" | "ALTER", _]:
            return any(_holds(words, phrase) for phrase in _PHRASES)
        case _:
            return False


_PHRASES = (("OWNER", "TO"), ("ROW", "LEVEL", "SECURITY"), ("SECURITY", "DEFINER"), ("SECURITY", "INVOKER"))


def _holds(words: list[str], phrase: tuple[str, ...]) -> bool:
    return any(tuple(words[at : at + len(phrase)]) == phrase for at in range(len(words)))


def _of_grant(before: State, after: State) -> Iterator[str]:
    (grant_id,) = {each.id for each in (before, after) if each}
    old, new = (each.defined_as(Grant) if each else Grant() for each in (before, after))
    for part, does in ((subtract(new, old), "gets"), (subtract(old, new), "loses")):
        if listed := list_privileges(part.privileges, part.columns):
            yield f"{grant_id.grantee} {does} {listed} on {grant_id.granted_on}"
        if listed := list_privileges(part.grantable, part.grantable_columns):
            yield f"{grant_id.grantee} {does} the right to grant {listed} on {grant_id.granted_on}"


def _of_policy(before: State, after: State) -> Iterator[str]:
    policies = [each.defined_as(Policy) for each in (before, after) if each]
    names = dict.fromkeys(chain.from_iterable(policy.roles for policy in policies))
    roles = "everyone" if "public" in names else ", ".join(names)
    (table,) = {each.id.table for each in (before, after) if each}
    yield f"it decides which rows of {table} {roles} may reach"


def _of_table(before: State, after: State) -> Iterator[str]:
    old, new = (each.defined_as(Table) if each else Table() for each in (before, after))
    (table_id,) = {each.id for each in (before, after) if each}
    if new.row_security and not old.row_security:
        yield f"only the policies of {table_id} let anyone but its owner reach its rows"
    elif old.row_security and not new.row_security:
        yield f"no policy of {table_id} keeps anyone from its rows"
    yield from _of_owner(before, after)
    if new.force_row_security is not old.force_row_security:
        yield f"the policies of {table_id} {'hold' if new.force_row_security else 'do not hold'} for its owner, too"


def _of_function(before: State, after: State) -> Iterator[str]:
    yield from _of_owner(before, after)
    old, new = (each.defined_as(Function) if each else None for each in (before, after))
    if new is None or after is None:
        return
    if new.security_definer is not (old.security_definer if old else False):
        yield f"{after.id} runs with the rights of {'its owner' if new.security_definer else 'whoever calls it'}"
    if new.is_public and (not old.is_public if old else new.security_definer):
        yield f"everyone may execute {after.id}"
    elif old and old.is_public and not new.is_public:
        yield f"only who is granted it may execute {after.id}"


def _of_view(before: State, after: State) -> Iterator[str]:
    yield from _of_owner(before, after)
    old, new = (dict(each.defined_as(View).options) if each else {} for each in (before, after))
    was, is_ = (options.get("security_invoker") == "true" for options in (old, new))
    if before and after and was is not is_:
        yield f"{after.id} reads with the rights of {'whoever asks it' if is_ else 'its owner'}"


def _of_owner(before: State, after: State) -> Iterator[str]:
    old, new = (getattr(each.definition, "owner", None) if each else None for each in (before, after))
    if after and new and new != old:
        is_code = isinstance(after.definition, Schema | View | Function)
        what = "runs and may be changed with the rights of" if is_code else "may be changed and dropped by"
        yield f"{after.id} {what} {new}"


_POWERS = {
    "login": "log in",
    "createdb": "make databases",
    "createrole": "make roles",
    "bypassrls": "pass over row security",
}


def _of_role(before: State, after: State) -> Iterator[str]:
    (role_id,) = {each.id for each in (before, after) if each}
    old, new = (each.defined_as(Role) if each else Role() for each in (before, after))
    for power, what in _POWERS.items():
        if getattr(old, power) is not getattr(new, power):
            yield f"{role_id} {'may' if getattr(new, power) else 'may no longer'} {what}"
    for mine, others, does in ((new, old, "has"), (old, new, "no longer has")):
        if groups := [name for name in mine.member_of if name not in others.member_of]:
            yield f"{role_id} {does} the rights of {', '.join(groups)}"
    if changed := sorted(group for group, _ in {*new.membership_options} ^ {*old.membership_options}):
        yield f"{role_id} gets other options of its membership in {', '.join(dict.fromkeys(changed))}"


def _of_defaults(before: State, after: State) -> Iterator[str]:
    item = after or before
    if item is None:
        return
    defaults = item.defined_as(DefaultPrivileges)
    what = (", ".join(defaults.privileges) or "nothing") if after else "as PostgreSQL has it"
    where = f" in schema {item.id.schema}" if item.id.schema else ""
    yield f"{defaults.grantee} may do this with {defaults.on} that are made{where}: {what}"


def _of_publication(before: State, after: State) -> Iterator[str]:  # noqa: ARG001  what was sent is sent
    if after:
        yield "whoever may subscribe gets the rows that it sends"


_FINDERS: Mapping[type[object], Callable[[State, State], Iterable[str]]] = {
    **dict.fromkeys((Schema, Sequence, Enum, Domain, Composite, Range), _of_owner),
    Role: _of_role,
    Table: _of_table,
    View: _of_view,
    Function: _of_function,
    Policy: _of_policy,
    Grant: _of_grant,
    DefaultPrivileges: _of_defaults,
    Publication: _of_publication,
    Published: _of_publication,
}
"""What each kind says about it; the others say nothing."""


def hazard_of_closing(roles: Iterable[ObjectId]) -> Hazard:
    """Return the hazard of taking from roles whatever nobody declared."""
    listed = ", ".join(map(str, roles))
    return Hazard(HazardType.ACCESS, f"{listed}: no right is left on what is there, but those that are declared")
