"""Triggers and row security policies."""

from pgcraft.catalog.definitions import Policy, Timing, Trigger, TriggerState
from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft.catalog.tokens import canonical_condition, find_group, strip_parentheses, tokenize
from pgcraft.introspect.fetching import Rows
from pgcraft.introspect.reading import Reader, Reading

_TRIGGERS = """
SELECT t.oid, n.nspname, c.relname, c.oid, t.tgname, t.tgtype, pn.nspname, p.proname, p.oid, encode(t.tgargs, 'hex'),
       CASE WHEN t.tgattr <> '' THEN
         array(SELECT a.attname FROM pg_attribute a WHERE a.attrelid = t.tgrelid AND a.attnum = ANY (t.tgattr))
       END,
       CASE WHEN t.tgqual IS NOT NULL THEN pg_get_triggerdef(t.oid) END, t.tgoldtable, t.tgnewtable,
       t.tgconstraint <> 0, t.tgdeferrable, t.tginitdeferred, z.description, nullif(t.tgenabled, 'O')
FROM pg_trigger t
JOIN pg_class c ON c.oid = t.tgrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_proc p ON p.oid = t.tgfoid
JOIN pg_namespace pn ON pn.oid = p.pronamespace
LEFT JOIN pg_description z ON (z.objoid, z.classoid, z.objsubid) = (t.oid, 'pg_trigger'::regclass, 0)
WHERE NOT t.tgisinternal AND t.tgparentid = 0 AND NOT c.relispartition AND {relations}
"""

_POLICIES = """
SELECT o.oid, n.nspname, c.relname, c.oid, o.polname, o.polcmd::text, o.polpermissive,
       array(SELECT CASE WHEN u.role = 0 THEN 'public' ELSE r.rolname::text END
             FROM unnest(o.polroles) u(role) LEFT JOIN pg_roles r ON r.oid = u.role),
       pg_get_expr(o.polqual, o.polrelid), pg_get_expr(o.polwithcheck, o.polrelid), obj_description(o.oid, 'pg_policy')
FROM pg_policy o JOIN pg_class c ON c.oid = o.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE {relations}
"""

# src/include/catalog/pg_trigger.h
_ROW, _BEFORE, _INSTEAD = 1, 2, 64
_EVENTS = (("insert", 4), ("update", 16), ("delete", 8), ("truncate", 32))

_STATES: dict[str, TriggerState] = {"D": "disabled", "R": "replica", "A": "always"}

_COMMANDS = {"*": "all", "r": "select", "a": "insert", "w": "update", "d": "delete"}


def take_triggers(reading: Reading, rows: Rows) -> None:
    """Take the triggers that somebody made, on tables and views."""
    for oid, schema, relation, relation_oid, name, bits, *facts in rows:
        function_schema, function, function_oid, arguments, columns, text, old_table, new_table, *flags = facts
        is_constraint, deferrable, initially_deferred, comment, state = flags
        definition = Trigger(
            timing=_timing(bits),
            events=tuple(event for event, bit in _EVENTS if bits & bit),
            function=(function_schema, function),
            arguments=_arguments(arguments),
            for_each_row=bool(bits & _ROW),
            update_columns=tuple(sorted(columns or ())),
            when=None if text is None else _condition(text),
            old_table=old_table,
            new_table=new_table,
            is_constraint=is_constraint,
            deferrable=deferrable,
            initially_deferred=initially_deferred,
            comment=comment,
            state=_STATES[state] if state else None,
        )
        object_id = ObjectId(Kind.TABLE, schema, relation).part(Kind.TRIGGER, name)
        owners = (reading.ids.get(("pg_class", relation_oid, 0)), reading.ids.get(("pg_proc", function_oid, 0)))
        reading.add(object_id, definition, needs=tuple(owner for owner in owners if owner))
        reading.ids["pg_trigger", oid, 0] = object_id


def take_policies(reading: Reading, rows: Rows) -> None:
    """Take the row security policies."""
    for oid, schema, table, table_oid, name, command, permissive, roles, using, check, comment in rows:
        definition = Policy(
            command=_COMMANDS[command],
            permissive=permissive,
            roles=tuple(sorted(roles)),
            using=None if using is None else canonical_condition(using),
            check=None if check is None else canonical_condition(check),
            comment=comment,
        )
        object_id = ObjectId(Kind.TABLE, schema, table).part(Kind.POLICY, name)
        owner = reading.ids.get(("pg_class", table_oid, 0))
        needs = (*((owner,) if owner else ()), *(ObjectId(Kind.ROLE, None, role) for role in roles))
        reading.add(object_id, definition, needs=needs)
        reading.ids["pg_policy", oid, 0] = object_id


def _timing(bits: int) -> Timing:
    if bits & _INSTEAD:
        return "instead of"
    return "before" if bits & _BEFORE else "after"


def _arguments(hexadecimal: str) -> tuple[str, ...]:
    """Each argument ends in a zero byte."""
    return tuple(part.decode() for part in bytes.fromhex(hexadecimal).split(b"\0")[:-1])


def _condition(definition: str) -> str:
    """What stands behind WHEN in the text of a trigger."""
    position = 0
    for token in tokenize(definition):
        position += len(token.text)
        if token.keyword == "WHEN":
            break
    begin, end = find_group(definition, position)
    return strip_parentheses(definition[begin:end])


READERS = (
    Reader((Kind.TRIGGER,), _TRIGGERS, take_triggers),
    Reader((Kind.POLICY,), _POLICIES, take_policies),
)
