"""Passwords and signatures in URLs, hidden in every message and record."""

import re
from urllib.parse import unquote

HIDDEN = "***"

_URL = re.compile(r"(\b[A-Za-z][\w+.-]*://)([^/\s'\"<>]*@)?([^\s'\"<>]*)")
_PARAMETER = re.compile(r"(?<=[?&;#])([^=&;#]+)=([^&;#]+)")
_SECRET = re.compile(
    r"x-(amz|goog)-.*|.*(signature|token|secret|passw|credential|auth(?!or)|(api|access|rl).?key).*"
    r"|sig|key|pwd|expires|policy|key-pair-id|session",
    re.IGNORECASE,
)


def without_secrets(text: str) -> str:
    """Return a text in whose URLs a user's name and password, and what looks like a signature or token, are hidden."""
    return _URL.sub(_shown, text)


def _shown(url: re.Match[str]) -> str:
    scheme, user, rest = url.groups()
    return scheme + (f"{HIDDEN}@" if user else "") + _PARAMETER.sub(_parameter, rest)


def _parameter(found: re.Match[str]) -> str:
    name, _ = found.groups()
    return f"{name}={HIDDEN}" if _SECRET.fullmatch(unquote(name)) else found[0]
