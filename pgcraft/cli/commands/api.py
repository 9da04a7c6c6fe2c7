"""``pgcraft api``: what PostgREST will make of the views."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from pgcraft.cli import output
from pgcraft.cli.options import DisableOption, JsonOption, ProjectOption, UrlOption

if TYPE_CHECKING:
    from pgcraft.service.api_types import ApiPreview, ApiTrial


def add(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(api)


def api(
    context: typer.Context,
    view: Annotated[str | None, typer.Argument(help="api.products, or products; all when left out.")] = None,
    rows: Annotated[bool, typer.Option("--rows", help="Read sample rows from the development database, too.")] = False,
    try_requests: Annotated[
        bool, typer.Option("--try", help="Run a GET, POST, PATCH and DELETE there as each role, too.")
    ] = False,
    project: ProjectOption = None,
    url: UrlOption = None,
    disable: DisableOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print what PostgREST will expose.

    Endpoint, methods for each role, columns with what can be written and why not, a request for each method.
    """
    from pgcraft.cli import projects
    from pgcraft.service.api import find_resource

    with projects.open_workbench(context, project, url, disable) as (workbench, progress):
        loaded = projects.load(workbench, progress)
        resources = loaded.resources if view is None else (find_resource(loaded, view),)
        previews = [workbench.preview_api(resource.view) for resource in resources]
        samples = [workbench.sample_rows(item.view, progress) if rows else "" for item in previews]
        trials = [workbench.try_api(item.view, progress) for item in previews] if try_requests else []
        progress.clear()
        if as_json:
            parts = {"rows": samples if rows else None, "trials": trials if try_requests else None}
            output.write_json(
                {"resources": previews} | {name: part for name, part in parts.items() if part is not None}
            )
            return
        pages = ["\n".join(_describe(item, sample)) for item, sample in zip(previews, samples, strict=True)]
        for at, trial in enumerate(trials):
            pages[at] = "\n".join((pages[at], *_describe_trial(trial)))
        output.write_line("\n\n".join(pages) or "nothing is exposed; PostgRESTView(source=…) exposes a resource")


def _describe(preview: "ApiPreview", sample: str) -> Iterator[str]:
    profile = f"  (Accept-Profile: {preview.profile})" if preview.profile else ""
    yield f"{preview.endpoint}  {preview.view}{profile}"
    for role, methods in preview.methods:
        yield f"  {role}: {', '.join(methods)}"
    width = max((len(column.name) for column in preview.columns), default=0)
    for column in preview.columns:
        writable = "writable" if column.is_writable else f"read-only: {column.reason}"
        yield f"  {column.name.ljust(width)}  {column.type}  {writable}".rstrip()
    for title, command in preview.curls:
        yield f"  # {title}"
        yield f"  {command}"
    if sample:
        yield sample


def _describe_trial(trial: "ApiTrial") -> Iterator[str]:
    for each in trial.exchanges:
        yield f"  {each.role}: {each.method} {each.path} {each.body}".rstrip()
        yield f"  {each.status} {each.answer}".rstrip()
