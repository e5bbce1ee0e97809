"""The one place where answers live: a signed cookie, a few hundred bytes.

It holds the number of the release and the slugs of questions and options, so that any release can read it.
"""

import time
import zlib

from django.core import signing

from triage.engine.parts import Answers

Found = dict[str, tuple[str, ...]]

MAX_AGE = 2 * 60 * 60
"""Seconds since the last answer."""
CLOCKS_APART = 60
"""Seconds that another process' clock may be ahead. A cookie from later would outlive the two hours."""
MAX_PACKED = 4000
"""Bytes; no browser keeps more. What is unsigned is never unpacked, and what is signed unpacks from this
to three million at most: deflate's own limit is a thousand to one."""
NOT_OURS = (ValueError, TypeError, AttributeError, OverflowError, RecursionError)
"""What reading signed JSON of another shape raises."""

signer = signing.TimestampSigner(salt="triage.answers")


def pack(release: int, answers: Answers, wrong: Answers | None = None) -> str:
    """Release number, answers, and what was sent and is still wrong in; the cookie's value out."""
    plain = [{slug: list(chosen) for slug, chosen in found.items()} for found in (answers, wrong or {})]
    return signer.sign_object([release, *plain], compress=True)


def unpack(value: str) -> tuple[int, Found, Found]:
    """The cookie's value in; out come what `pack` was given.

    Raises SignatureExpired after two hours, another BadSignature for what is cut, forged or far too long.
    """
    if len(value) > MAX_PACKED:
        raise signing.BadSignature
    try:
        # A cookie of an older version holds nothing that is wrong.
        number, answers, wrong = [*signer.unsign_object(value, max_age=MAX_AGE), {}][:3]
        if signing.b62_decode(value.rsplit(signer.sep, 2)[1]) > time.time() + CLOCKS_APART:
            raise signing.BadSignature
        return int(number), _found(answers), _found(wrong)
    except (zlib.error, *NOT_OURS):
        raise signing.BadSignature from None


def _found(plain: dict[object, list[object]]) -> Found:
    return {str(slug): tuple(map(str, chosen)) for slug, chosen in plain.items()}
