"""A request to the API and its answer; standard library only."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Exchange:
    """One request and its answer.

    Attributes:
        path: with the query, as ``/products?id=eq.1``.
        body: JSON that was sent; empty without one.
        status: of the answer.
        answer: JSON: the rows, or PostgREST's form of an error; empty when the answer has no body.
    """

    role: str
    method: str
    path: str
    body: str
    status: int
    answer: str

    @property
    def is_refused(self) -> bool:
        """Whether the role may not do this at all."""
        return self.status in (401, 403)
