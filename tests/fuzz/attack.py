"""Damage to files, by accident or on purpose, and the answers that a reader may give."""

import os
import shutil

from hypothesis import settings
from hypothesis import strategies as st

from showergan.errors import UserError

SHARE = float(os.environ.get("SHOWERGAN_FUZZ", 0.1))  # of all cases; make test-all takes 1


def examples(n):
    """Let a test have its share of n cases, the first of them."""
    return settings(max_examples=max(5, round(SHARE * n)))


@st.composite
def damaged(draw, content):
    """Return bytes with a few damages: turned bits, overwritten, lost, doubled or foreign pieces, an end cut off."""
    content = bytearray(content)
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, max(len(content) - 1, 0)))
        piece = draw(st.binary(max_size=24))
        length = draw(st.sampled_from([1, 2, 4, 8, 64, 512]))
        damage = draw(st.sampled_from(["flip", "write", "lose", "double", "insert", "cut"]))
        if damage == "flip" and content:
            content[place] ^= 1 << draw(st.integers(0, 7))
        elif damage == "write":
            content[place : place + len(piece)] = piece
        elif damage == "lose":
            del content[place : place + length]
        elif damage == "double":
            content[place:place] = content[place : place + length]
        elif damage == "insert":
            content[place:place] = piece
        else:
            del content[place:]
    return bytes(content)


def attack(read, path, out=None):
    """Return what a reader gives of a file, or the message that names the file; all else fails the test.

    Args:
        read: called with the path, and the path of the file that it writes where it writes one.
        path: of the file.
        out: in a folder that is there for it alone.
    """
    if out is None:
        return _answer(lambda: read(path), path)
    shutil.rmtree(out.parent, ignore_errors=True)
    answer = _answer(lambda: read(path, out), path)
    left = list(out.parent.rglob("*")) if out.parent.exists() else []
    assert left == ([] if isinstance(answer, str) else [out])
    return answer


def _answer(read, path):
    try:
        return read()
    except UserError as error:
        assert path.name in str(error)
        assert "Traceback" not in str(error)
        return str(error)


def places(content, path=()):
    """Yield the place of everything in nested dictionaries and lists."""
    items = (
        content.items()
        if isinstance(content, dict)
        else enumerate(content)
        if isinstance(content, list)
        else ()
    )
    for key, value in items:
        yield (*path, key)
        yield from places(value, (*path, key))
