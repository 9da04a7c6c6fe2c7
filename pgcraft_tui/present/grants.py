"""The Grants tab: role × privilege, for an object or for everything under a node."""

from collections.abc import Iterable

from pgcraft.catalog.definitions import Grant
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId
from pgcraft.catalog.privileges import PRIVILEGES, PUBLIC
from pgcraft.service.access.reach import find_reach
from pgcraft_tui.present.outline import Node
from pgcraft_tui.present.page import BLANK, Line, Page, Span, Tone, dim, line, link_rows, note, strong, table
from pgcraft_tui.present.reach import present_reach

_RELATIONS = ("select", "insert", "update", "delete")


def present_grants(catalog: Catalog, node: Node) -> Page:
    """Show who may do what: for one object a matrix, for a role what it was granted, for a group all of its objects."""
    grants = [item for item in catalog.of_kind(Kind.GRANT) if isinstance(item.definition, Grant)]
    if node.object_id is not None and node.object_id.kind is Kind.ROLE:
        return present_reach(find_reach(catalog, node.object_id.name, "the models"))
    wanted = {_subject(object_id) for object_id in node.object_ids() if object_id.kind is not Kind.GRANT}
    if node.object_id is not None and node.object_id.kind is Kind.GRANT:
        wanted = {_subject(node.object_id.granted_on)}
    found = [item for item in grants if _subject(item.id.granted_on) in wanted]
    if not found:
        return note("no role was granted anything here; only the owner may use it")
    return tuple(_present_matrices(found))


def _present_matrices(found: list[CatalogObject]) -> Iterable[Line]:
    by_subject: dict[tuple[str, str | None, str], list[CatalogObject]] = {}
    for item in found:
        by_subject.setdefault(_subject(item.id.granted_on), []).append(item)
    for at, items in enumerate(by_subject.values()):
        if at:
            yield BLANK
        yield line(strong(_name_subject(items[0].id.granted_on)))
        yield from _present_matrix(items)


def _present_matrix(items: list[CatalogObject]) -> Iterable[Line]:
    used = {privilege for item in items for privilege in _held(item)}
    base = set(_RELATIONS) if used & set(_RELATIONS) else set()
    columns = [privilege for privilege in PRIVILEGES if privilege in used | base]
    head = (dim("role"), *(dim(name) for name in columns), dim(""))
    rows = table([head, *((strong(item.id.grantee), *_cells(item, columns), Span("")) for item in items)], lead=2)
    yield rows[0]
    yield from link_rows(rows[1:], [_find_role(item.id) for item in items])
    for item in items:
        yield from _explain(item)


def _cells(item: CatalogObject, columns: list[str]) -> Iterable[Span]:
    grant = item.definition
    if not isinstance(grant, Grant):
        return
    partial = {privilege for privilege, _ in grant.columns}
    for privilege in columns:
        if privilege in grant.grantable:
            yield Span("yes *", Tone.GOOD)
        elif privilege in grant.privileges:
            yield Span("yes", Tone.GOOD)
        elif privilege in partial:
            yield Span("some", Tone.WARNING)
        else:
            yield dim("–")


def _explain(item: CatalogObject) -> Iterable[Line]:
    grant = item.definition
    if not isinstance(grant, Grant):
        return
    if grant.grantable or grant.grantable_columns:
        yield line("  ", dim(f"* {item.id.grantee} may pass it on"), indent=4)
    for privilege in sorted({name for name, _ in grant.columns} - set(grant.privileges)):
        pairs = [pair for pair in grant.columns if pair[0] == privilege]
        names = ", ".join(f"{pair[1]} *" if pair in grant.grantable_columns else pair[1] for pair in pairs)
        yield line("  ", dim(f"some: {item.id.grantee} may {privilege} {names}"), indent=4)


def _held(item: CatalogObject) -> set[str]:
    grant = item.definition
    return {*grant.privileges, *(name for name, _ in grant.columns)} if isinstance(grant, Grant) else set()


def _find_role(grant: ObjectId) -> ObjectId | None:
    return ObjectId(Kind.ROLE, None, grant.grantee) if grant.grantee != PUBLIC else None


def _subject(object_id: ObjectId) -> tuple[str, str | None, str]:
    return (f"{_family(object_id.kind.value)}{object_id.arguments}", object_id.schema, object_id.name)


def _family(kind: str) -> str:
    return "relation" if kind in ("table", "view", "materialized view") else kind


def _name_subject(target: ObjectId) -> str:
    return f"{target.schema}.{target.name}{target.arguments}" if target.schema else target.name
