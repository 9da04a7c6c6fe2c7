"""SQL whose greater part is the same wherever it stands, so that a revision holds that part once."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SharedSql:
    """A statement of which most is the same in every revision.

    Attributes:
        name: what a revision calls that part; empty where nothing is shared.
        text: that part, with ``<NAME>`` in the place of what differs.
        filling: what stands in these places, by their names in small letters.
    """

    name: str
    text: str
    filling: tuple[tuple[str, str], ...] = ()

    @classmethod
    def unshared(cls, *statements: str) -> "tuple[SharedSql, ...]":
        """Return statements of which no part is shared."""
        return tuple(cls("", sql) for sql in statements)

    @property
    def sql(self) -> str:
        """The statement."""
        return self.template.format(**dict(self.filling)) if self.filling else self.text

    @property
    def template(self) -> str:
        """The part that is shared, as ``str.format`` takes it where something differs."""
        if not self.filling:
            return self.text
        template = self.text.replace("{", "{{").replace("}", "}}")
        for name, _ in self.filling:
            template = template.replace(f"<{name.upper()}>", f"{{{name}}}")
        return template
