"""Takes passwords out of text before anyone sees it: messages, logs, tracebacks, headers."""

import os
import re

HIDDEN = "***"

_URL_PASSWORD = re.compile(r"(?P<head>\b[\w.+-]+://[^\s:/@'\"]*:)(?P<secret>[^\s/'\"]+)(?=@)")
_KEY_PASSWORD = re.compile(
    r"(?P<head>\b(?:\w*password|passwd|pwd|sslpassword|\w*secret)\s*[=:]\s*)(?![\w.]+[(\[])"
    r"(?P<secret>'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|[^\s&;,)'\"]+)",
    re.IGNORECASE,
)
_SECRET_VARIABLES = ("PGRST_DB_PASSWORD", "PGPASSWORD", "PGRST_JWT_SECRET")
_SHORTEST_SECRET = 4
"""A shorter value would be found in innocent words."""


def scrub(text: str) -> str:
    """Return the text with every password replaced by ``***``.

    Passwords in URLs (``postgresql://user:secret@host``), in connection strings (``password=secret``), and the values
    of the environment variables that hold one are found wherever they stand.
    """
    for name in _SECRET_VARIABLES:
        value = os.environ.get(name, "")
        if len(value) >= _SHORTEST_SECRET:
            text = text.replace(value, HIDDEN)
    text = _URL_PASSWORD.sub(_hide, text)
    return _KEY_PASSWORD.sub(_hide, text)


def _hide(found: re.Match[str]) -> str:
    return found["head"] + HIDDEN
