"""The strongest lock that a statement takes on what is there, by PostgreSQL's documentation.

https://www.postgresql.org/docs/current/explicit-locking.html, and the pages of the commands, ALTER TABLE above all.
Where a revision is proven they are measured instead; a test holds the two against each other.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from pgcraft.catalog.kinds import IN_PG_CLASS, RELATIONS
from pgcraft.catalog.objects import Catalog, Kind, ObjectId
from pgcraft.catalog.tokens import Token
from pgcraft.catalog.words import holds_word, list_statements, skip_fillers, split_list, take_name
from pgcraft.render.statement import Lock, LockMode

_RELATIONS: Mapping[str, Kind] = {"TABLE": Kind.TABLE, "VIEW": Kind.VIEW, "SEQUENCE": Kind.SEQUENCE}
_ON_TABLES = {"TRIGGER": LockMode.SHARE_ROW_EXCLUSIVE, "POLICY": LockMode.ACCESS_EXCLUSIVE}
_WRITES = frozenset({"INTO", "UPDATE", "FROM", "ONLY"})
_LIGHT = (("SET", "STATISTICS"), ("SET", "("), ("RESET", "("))
"""Of a column: SET STATISTICS, SET (…) and RESET (…)."""

_BESIDE = re.compile(
    r"\s*(?:GRANT|REVOKE|CREATE\s+(?:VIEW|FUNCTION|TABLE|SCHEMA|TYPE|DOMAIN|SEQUENCE))\b", re.IGNORECASE
)
_REACHING = ("REFERENCES", "PARTITION", "INHERITS")
"""What a new table holds somewhere that locks another one."""

Found = Iterator[tuple[LockMode, ObjectId]]


def find_locks(sql: str, subject: ObjectId) -> tuple[Lock, ...]:
    """Return what some statements lock, the strongest lock of each relation, the strongest first.

    Args:
        subject: what they are about; tells the table of an index that is dropped by its name.
    """
    if _makes_or_grants(sql):
        return ()
    return strongest(
        Lock(mode, relation) for words in list_statements(sql) if words for mode, relation in _find(words, subject)
    )


def _makes_or_grants(sql: str) -> bool:
    """Whether one statement makes something beside what is there, or grants: most do, and are not read for it."""
    if ";" in sql or not _BESIDE.match(sql):
        return False
    upper = sql.upper()
    return not any(word in upper for word in _REACHING)


def strongest(locks: Iterable[Lock]) -> tuple[Lock, ...]:
    """Return the strongest lock of each relation, the strongest first."""
    found: dict[tuple[str, str], Lock] = {}
    for lock in locks:
        key = lock.relation.qualified
        if key not in found or found[key].mode.strength < lock.mode.strength:
            found[key] = lock
    return tuple(sorted(found.values(), key=lambda lock: (-lock.mode.strength, lock.relation.sort_key)))


def name_relations(locks: Iterable[Lock], catalog: Catalog) -> tuple[Lock, ...]:
    """Return locks on relations as a catalog knows them: SQL does not say that a trigger's relation is a view."""

    def name(relation: ObjectId) -> ObjectId:
        known = (relation._replace(kind=kind) for kind in RELATIONS)
        return relation if relation in catalog.by_id else next((e for e in known if e in catalog.by_id), relation)

    return tuple(replace(lock, relation=name(lock.relation)) for lock in locks)


def _find(words: list[Token], subject: ObjectId) -> Found:
    match [word.keyword for word in words[:2]]:
        case ["ALTER", kind]:
            yield from _of_alteration(kind, words)
        case ["CREATE", _]:
            yield from _of_creation(words)
        case ["DROP", kind]:
            yield from _of_drop(kind, words, subject)
        case ["COMMENT", "ON"]:
            yield from _of_comment(words[2:])
        case ["TRUNCATE", _]:
            yield from _all(LockMode.ACCESS_EXCLUSIVE, words[2:] if holds_word(words[1:2], "TABLE") else words[1:])
        case ["REFRESH", _]:
            mode = LockMode.EXCLUSIVE if holds_word(words, "CONCURRENTLY") else LockMode.ACCESS_EXCLUSIVE
            yield from _one(mode, words[3:], Kind.MATERIALIZED_VIEW)
        case ["UPDATE" | "INSERT" | "DELETE" | "MERGE", _]:
            rest = words[1:]
            while rest and rest[0].keyword in _WRITES:
                rest = rest[1:]
            yield from _one(LockMode.ROW_EXCLUSIVE, rest)
        case _:
            return


def _of_alteration(kind: str, words: list[Token]) -> Found:
    match kind:
        case "TABLE":
            names, rest = take_name(skip_fillers(words[2:]))
            for part in split_list(rest):
                yield from _of_action(_id(names), part)
        case "SEQUENCE":
            is_heavy = any(word.keyword in ("OWNER", "RENAME", "SCHEMA") for word in words)
            mode = LockMode.ACCESS_EXCLUSIVE if is_heavy else LockMode.SHARE_ROW_EXCLUSIVE
            yield from _one(mode, words[2:], Kind.SEQUENCE)
        case "VIEW":
            yield from _one(LockMode.ACCESS_EXCLUSIVE, words[2:], Kind.VIEW)
        case "MATERIALIZED":
            yield from _one(LockMode.ACCESS_EXCLUSIVE, words[3:], Kind.MATERIALIZED_VIEW)
        case "POLICY" | "TRIGGER":
            yield from _on(LockMode.ACCESS_EXCLUSIVE, words[2:])
        case "PUBLICATION" if holds_word(words, "TABLE"):
            yield from _one(LockMode.SHARE_UPDATE_EXCLUSIVE, _behind(words, "TABLE"))
        case _:
            return


def _of_action(table: ObjectId, part: list[Token]) -> Found:
    """Return what one action of ALTER TABLE locks."""
    texts = [word.keyword or word.text for word in part]
    if _is_light(texts):
        yield LockMode.SHARE_UPDATE_EXCLUSIVE, table
    elif "REFERENCES" in texts:
        is_key = "FOREIGN" in texts[:4]
        yield (LockMode.SHARE_ROW_EXCLUSIVE if is_key else LockMode.ACCESS_EXCLUSIVE), table
        yield from _one(LockMode.SHARE_ROW_EXCLUSIVE, _behind(part, "REFERENCES"))
    elif texts[:1] in (["ENABLE"], ["DISABLE"]) and "TRIGGER" in texts[:3]:
        yield LockMode.SHARE_ROW_EXCLUSIVE, table
    elif texts[:2] == ["ATTACH", "PARTITION"]:
        yield LockMode.SHARE_UPDATE_EXCLUSIVE, table
        yield from _one(LockMode.ACCESS_EXCLUSIVE, part[2:])
    elif texts[:2] == ["DETACH", "PARTITION"]:
        yield LockMode.ACCESS_EXCLUSIVE, table
        yield from _one(LockMode.ACCESS_EXCLUSIVE, part[2:])
    elif texts[:1] in (["INHERIT"], ["NO"]) and "INHERIT" in texts[:2]:
        yield LockMode.ACCESS_EXCLUSIVE, table
        yield from _one(LockMode.SHARE_UPDATE_EXCLUSIVE, _behind(part, "INHERIT"))
    else:
        yield LockMode.ACCESS_EXCLUSIVE, table


def _is_light(texts: list[str]) -> bool:
    if texts[:1] == ["ALTER"]:
        after = texts[3 if texts[1:2] == ["COLUMN"] else 2 :]
        return tuple(after[:2]) in _LIGHT
    head = tuple(texts[:2])
    return head in (*_LIGHT, ("VALIDATE", "CONSTRAINT"), ("CLUSTER", "ON")) or (
        head == ("DETACH", "PARTITION") and "CONCURRENTLY" in texts
    )


def _of_creation(words: list[Token]) -> Found:
    keywords = [word.keyword for word in words[:5]]
    if keywords[1:3] == ["OR", "REPLACE"]:
        if keywords[3] == "VIEW":
            yield from _one(LockMode.ACCESS_EXCLUSIVE, words[4:], Kind.VIEW)
        words = [words[0], *words[3:]]
        keywords = [word.keyword for word in words[:3]]
    if "INDEX" in keywords[1:3]:
        is_beside = holds_word(words[:5], "CONCURRENTLY")
        yield from _on(LockMode.SHARE_UPDATE_EXCLUSIVE if is_beside else LockMode.SHARE, words)
    elif "TRIGGER" in keywords[1:3] or keywords[1] == "POLICY":
        yield from _on(_ON_TABLES.get(keywords[1], LockMode.SHARE_ROW_EXCLUSIVE), words)
    elif keywords[1] == "STATISTICS":
        yield from _one(LockMode.SHARE_UPDATE_EXCLUSIVE, _behind(words, "FROM"))
    elif keywords[1] == "PUBLICATION" and holds_word(words, "TABLE"):
        yield from _one(LockMode.SHARE_UPDATE_EXCLUSIVE, _behind(words, "TABLE"))
    elif "TABLE" in keywords[1:3]:
        yield from _of_new_table(words)


def _of_new_table(words: list[Token]) -> Found:
    for place, word in enumerate(words):
        following = words[place + 1 : place + 2]
        if word.keyword == "REFERENCES":
            yield from _one(LockMode.SHARE_ROW_EXCLUSIVE, words[place + 1 :])
        elif word.keyword == "PARTITION" and holds_word(following, "OF"):
            yield from _one(LockMode.ACCESS_EXCLUSIVE, words[place + 2 :])
        elif word.keyword == "INHERITS":
            yield from _all(LockMode.SHARE_UPDATE_EXCLUSIVE, words[place + 2 :])


def _of_drop(kind: str, words: list[Token], subject: ObjectId) -> Found:
    match kind:
        case _ if kind in _RELATIONS:
            yield from _all(LockMode.ACCESS_EXCLUSIVE, words[2:], _RELATIONS[kind])
        case "MATERIALIZED":
            yield from _all(LockMode.ACCESS_EXCLUSIVE, words[3:], Kind.MATERIALIZED_VIEW)
        case "TRIGGER" | "POLICY" | "RULE":
            yield from _on(LockMode.ACCESS_EXCLUSIVE, words)
        case "INDEX" if subject.kind is Kind.INDEX and subject.parent:
            is_beside = holds_word(words[:3], "CONCURRENTLY")
            mode = LockMode.SHARE_UPDATE_EXCLUSIVE if is_beside else LockMode.ACCESS_EXCLUSIVE
            yield mode, subject.table
        case _:
            return


def _of_comment(words: list[Token]) -> Found:
    kind = words[0].keyword if words else ""
    if kind == "COLUMN":
        names, _ = take_name(words[1:])
        yield LockMode.SHARE_UPDATE_EXCLUSIVE, _id(names[:-1])
    elif kind in _RELATIONS:
        yield from _one(LockMode.SHARE_UPDATE_EXCLUSIVE, words[1:], _RELATIONS[kind])
    elif kind == "MATERIALIZED":
        yield from _one(LockMode.SHARE_UPDATE_EXCLUSIVE, words[2:], Kind.MATERIALIZED_VIEW)


def _on(mode: LockMode, words: list[Token]) -> Found:
    yield from _one(mode, _behind(words, "ON"))


def _one(mode: LockMode, words: list[Token], kind: Kind = Kind.TABLE) -> Found:
    names, _ = take_name(skip_fillers(words))
    if names:
        yield mode, _id(names, kind)


def _all(mode: LockMode, words: list[Token], kind: Kind = Kind.TABLE) -> Found:
    for part in split_list(words):
        yield from _one(mode, part, kind)


def _behind(words: list[Token], keyword: str) -> list[Token]:
    place = next((place for place, word in enumerate(words) if word.keyword == keyword), len(words))
    return words[place + 1 :]


def _id(names: list[str], kind: Kind = Kind.TABLE) -> ObjectId:
    return ObjectId(kind, names[-2] if len(names) > 1 else None, names[-1] if names else "")


def without_new(locks: Iterable[Lock], new: frozenset[tuple[str, str]]) -> tuple[Lock, ...]:
    """Return the locks of what was there: nobody waits for what the same revision makes."""
    return tuple(lock for lock in locks if lock.relation.qualified not in new)


def find_new(done: Iterable[tuple[str, ObjectId]]) -> frozenset[tuple[str, str]]:
    """Return the names of relations that a revision makes, and that were not there; given each verb and its target."""
    found: dict[str, set[tuple[str, str]]] = {"create": set(), "drop": set()}
    for verb, target in done:
        if verb in found and target.kind in IN_PG_CLASS:
            found[verb].add(target.qualified)
    return frozenset(found["create"] - found["drop"])
