"""Models of one kind of object each, and of what kinds do to each other; every one goes the whole round."""

from tests.acceptance.cases import access as access
from tests.acceptance.cases import code as code
from tests.acceptance.cases import publications as publications
from tests.acceptance.cases import routines as routines
from tests.acceptance.cases import statistics as statistics
from tests.acceptance.cases import tables as tables
from tests.acceptance.cases import types as types
from tests.acceptance.cases.registry import CASES

__all__ = ["CASES"]
