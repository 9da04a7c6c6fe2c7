"""What lint finds in models, as it was asked for."""

from pgcraft.errors import PGCraftConfigError
from pgcraft.service.findings import Finding, LintChoice
from pgcraft.service.lint import lint
from pgcraft.service.lint_rules import find_unknown
from pgcraft.service.types import LoadedModels


def find(loaded: LoadedModels, choice: LintChoice) -> tuple[Finding, ...]:
    """Return what is wanted of it.

    Raises:
        PGCraftConfigError: PGC005, there is no such rule.
    """
    unknown = find_unknown(choice)
    if unknown:
        raise PGCraftConfigError("PGC005", f"lint has no rule {unknown}", remedy='"pgcraft lint --rules" lists them')
    return lint(loaded, choice)
