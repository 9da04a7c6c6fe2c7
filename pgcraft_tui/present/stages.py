"""How far long work has come, as lines of text."""

from dataclasses import dataclass, replace

from pgcraft.service.types import Progress, Stage


@dataclass(frozen=True, slots=True)
class StageLine:
    """One stage of the work.

    Attributes:
        began: seconds from the beginning of the work to that of the stage.
        ended: the same for its end; None while it runs.
    """

    stage: Stage
    began: float
    ended: float | None = None
    count: int | None = None
    total: int | None = None
    detail: str = ""


Stages = tuple[StageLine, ...]


def advance_stages(stages: Stages, progress: Progress) -> Stages:
    """Add a report: the stage it names runs, those before it are done."""
    if stages and stages[-1].stage is progress.stage:
        now = stages[-1]
    else:
        stages = (*close_stages(stages, progress.seconds), now := StageLine(progress.stage, progress.seconds))
    return (*stages[:-1], replace(now, count=progress.count, total=progress.total, detail=progress.detail))


def close_stages(stages: Stages, seconds: float) -> Stages:
    """End the stage that runs."""
    if not stages or stages[-1].ended is not None:
        return stages
    return (*stages[:-1], replace(stages[-1], ended=seconds))


def format_seconds(seconds: float) -> str:
    """Write a time for a reader: ``0.4 s``, ``12 s``, ``2 min 5 s``."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    return f"{whole} s" if whole < 120 else f"{whole // 60} min {whole % 60} s"


def format_count(line: StageLine) -> str:
    """Write how much is done: ``3 of 12``, ``3``, or nothing."""
    if line.count is None:
        return ""
    return f"{line.count} of {line.total}" if line.total is not None else str(line.count)


def format_stage(line: StageLine, now: float) -> str:
    """Write one stage: ``✓ starting PostgreSQL  0.6 s``, ``… replaying migrations  3 of 12  0.2 s``."""
    mark = "…" if line.ended is None else "✓"
    seconds = max((now if line.ended is None else line.ended) - line.began, 0.0)
    parts = (f"{mark} {line.stage.value}", format_count(line), line.detail, format_seconds(seconds))
    return "  ".join(part for part in parts if part)
