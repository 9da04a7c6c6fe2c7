"""What operations lock is said in words: what was measured before what is documented."""

from pathlib import Path

from pgcraft.catalog.ids import parse_id
from pgcraft.cli.operations import describe_intentions, describe_measured
from pgcraft.render.statement import Hazard, HazardType, Lock, LockMode
from pgcraft.service.impacts import describe_impacts
from pgcraft.service.types import DiffAnswer, Impact, Intention, Operation, RevisionDraft

T, U, V = map(parse_id, ("table app.t", "table app.u", "view app.v"))
RULED = (Lock(LockMode.SHARE_ROW_EXCLUSIVE, T), Lock(LockMode.SHARE_ROW_EXCLUSIVE, U), Lock(LockMode.ACCESS_SHARE, V))
OPERATION = Operation(
    "k", "create", T, "create key", ("ADD",), ("DROP",), (Hazard(HazardType.MAY_FAIL, "fails"),), (), RULED
)
MEASURED = (
    Impact("k", "ADD", tuple(Lock(LockMode.SHARE, each, is_measured=True) for each in (T, U)), scanned=(T, U)),
    Impact("k", "AGAIN", (Lock(LockMode.ACCESS_EXCLUSIVE, T, is_measured=True), Lock(LockMode.SHARE, U)), (T,)),
    Impact("other", "ELSE", (Lock(LockMode.SHARE, V, is_measured=True),)),
)


def test_what_is_not_measured_says_so_and_what_blocks_nobody_is_left_out() -> None:
    assert ("SHARE ROW EXCLUSIVE lock on table app.t, table app.u (not measured)",) == describe_impacts([OPERATION])


def test_what_was_measured_of_all_statements_goes_before() -> None:
    assert (
        "ACCESS EXCLUSIVE lock on table app.t",
        "SHARE lock on table app.u",
        "writes every row of table app.t anew",
        "reads every row of table app.u under SHARE",
    ) == describe_impacts([OPERATION], MEASURED)


def test_the_commands_print_it_under_the_change() -> None:
    answer = DiffAnswer(
        (), (OPERATION,), intentions=(Intention("app.t points to app.u", "app.t points to app.u", (T,), ("k",)),)
    )
    draft = RevisionDraft("m", "r", Path("r.py"), "", (OPERATION,), intentions=answer.intentions)
    lock = "* SHARE ROW EXCLUSIVE lock on table app.t, table app.u (not measured)\n"
    head = "app.t points to app.u\n"
    assert f"{head}  ! may fail: fails\n  {lock}" == describe_intentions(answer, with_steps=False)
    assert f"{head}  ! may fail: fails\n" == describe_intentions(draft, with_steps=False, with_locks=False)
    steps = f"  create key\n    ! may fail: fails\n    {lock}    + ADD\n    - DROP\n"
    assert head + steps == describe_intentions(answer, with_steps=True)
    measured = describe_measured(draft, MEASURED).splitlines()
    assert ["measured while it was proven:", head.rstrip(), "  * ACCESS EXCLUSIVE lock on table app.t"] == measured[:3]
    assert "" == describe_measured(draft, ())
