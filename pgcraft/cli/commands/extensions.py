"""``pgcraft extensions``: list them, switch one on or off."""

from typing import TYPE_CHECKING, Annotated

import typer

from pgcraft.cli import diagnostics, output
from pgcraft.cli.options import DisableOption, JsonOption, ProjectOption, UrlOption

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pgcraft.service.types import ExtensionState, SwitchPreview

NameArgument = Annotated[str, typer.Argument(help="The extension's name.")]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Do it without asking.")]
PreviewOption = Annotated[bool, typer.Option("--preview", help="Show the effect and write nothing.")]


def add(app: typer.Typer) -> None:
    """Add the commands to the program."""
    group = typer.Typer(
        help="List the extensions, or switch one on or off.", invoke_without_command=True, rich_markup_mode=None
    )
    group.callback()(list_by_default)
    group.command("list")(list_extensions)
    switch_on, switch_off = _make_switch(is_enabling=True), _make_switch(is_enabling=False)
    group.command("enable", help="Switch an extension on. What would appear is shown first.")(switch_on)
    group.command("disable", help="Switch an extension off. What would go is shown first.")(switch_off)
    app.add_typer(group, name="extensions")


def list_by_default(
    context: typer.Context,
    project: ProjectOption = None,
    url: UrlOption = None,
    disable: DisableOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the extensions, or switch one on or off."""
    if context.invoked_subcommand is None:
        list_extensions(context, project, url, disable, as_json)


def list_extensions(
    context: typer.Context,
    project: ProjectOption = None,
    url: UrlOption = None,
    disable: DisableOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the extensions, where each comes from, how many objects are its."""
    from pgcraft.cli import projects

    with projects.open_workbench(context, project, url, disable) as (workbench, progress):
        states = projects.load(workbench, progress).extensions
        if as_json:
            output.write_json({"extensions": states})
            return
        for state in states:
            output.write_line(_describe(state))
        if not states:
            output.write_line("no extension is in use")


def _make_switch(*, is_enabling: bool) -> "Callable[..., None]":
    """Return the command that switches on, or the one that switches off: they take the same options."""

    def switch(
        context: typer.Context,
        name: NameArgument,
        yes: YesOption = False,
        preview: PreviewOption = False,
        project: ProjectOption = None,
        url: UrlOption = None,
        disable: DisableOption = None,
        as_json: JsonOption = False,
    ) -> None:
        from pgcraft.cli import projects

        with projects.open_workbench(context, project, url, disable) as (workbench, progress):
            projects.load(workbench, progress)
            effect = workbench.preview_switch(name, enable=is_enabling, on_progress=progress)
            progress.clear()
            if not as_json:
                _show(effect)
            is_wanted = not preview and (yes or diagnostics.confirm(f"write {effect.path}?"))
            if is_wanted:
                workbench.apply_switch(effect)
            if as_json:
                output.write_json({"switch": effect, "applied": is_wanted})
            else:
                output.write_line(f"wrote {effect.path}" if is_wanted else "nothing was written")

    return switch


def _show(effect: "SwitchPreview") -> None:
    changes = (("+", effect.appearing), ("-", effect.disappearing), ("~", effect.changing))
    for sign, ids in changes:
        for object_id in ids:
            output.write_line(f"{sign} {object_id}")
    counts = (len(ids) for _, ids in changes)
    output.write_line("{} appear, {} disappear, {} change".format(*counts))


def _describe(state: "ExtensionState") -> str:
    facts: Iterable[str] = (
        state.version,
        state.source,
        f"{state.object_count} objects" if state.is_enabled else "",
        f"depends on {', '.join(state.depends_on)}" if state.depends_on else "",
        state.locked,
    )
    return f"{'on ' if state.is_enabled else 'off'}  {state.name}  {' · '.join(fact for fact in facts if fact)}"
