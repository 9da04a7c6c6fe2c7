"""A file is cut where statements end, and nowhere else."""

import pytest

from pgcraft.catalog.statements import split_statements

CUT = {
    "": [],
    " ; ;\n": [],
    "-- nothing\n;/* here */": [],
    "SELECT 1": ["SELECT 1"],
    " SELECT 1 ; \nSELECT 2;": ["SELECT 1", "SELECT 2"],
    "SELECT ';' -- ;\n, $$;$$ /* ; */": ["SELECT ';' -- ;\n, $$;$$ /* ; */"],
    "CREATE RULE r AS DO (DELETE FROM a; DELETE FROM b); SELECT 1": [
        "CREATE RULE r AS DO (DELETE FROM a; DELETE FROM b)",
        "SELECT 1",
    ],
    "SELECT (1; SELECT 2": ["SELECT (1; SELECT 2"],
    "SELECT 1); SELECT (2); SELECT 3": ["SELECT 1)", "SELECT (2)", "SELECT 3"],
    "BEGIN; SELECT 1; END; SELECT 2": ["BEGIN", "SELECT 1", "END", "SELECT 2"],
    "f BEGIN /* now */ ATOMIC SELECT CASE WHEN a THEN 1 END; SELECT 2; END; SELECT 3": [
        "f BEGIN /* now */ ATOMIC SELECT CASE WHEN a THEN 1 END; SELECT 2; END",
        "SELECT 3",
    ],
    "SELECT CASE WHEN a THEN 1 END; SELECT atomic; SELECT 3": [
        "SELECT CASE WHEN a THEN 1 END",
        "SELECT atomic",
        "SELECT 3",
    ],
}


@pytest.mark.parametrize("text", CUT)
def test_a_text_is_cut_into_these_statements(text: str) -> None:
    assert CUT[text] == list(split_statements(text))
