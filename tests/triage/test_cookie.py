import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage import cookie

slugs = st.text("abz_09", min_size=1, max_size=20)
answer_sets = st.dictionaries(slugs, st.lists(slugs, min_size=1, max_size=5).map(tuple), max_size=5)


@given(st.integers(1, 99_999), answer_sets)
def test_what_is_packed_can_be_unpacked(release, answers):
    assert cookie.unpack(cookie.pack(release, answers)) == (release, answers)


def test_the_fullest_set_fits_in_300_bytes(guide):
    fullest = {
        slug: [option.slug for option in question.options if not option.exclusive]
        if question.kind == "multiple"
        else [max((option.slug for option in question.options), key=len)]
        for slug, question in guide.questions.items()
    }
    assert len("__Host-steady=" + cookie.pack(12_345, fullest)) <= 300


@given(st.text(max_size=400))
def test_whatever_the_cookie_holds_is_read_or_refused(value):
    with pytest.raises((cookie.Unreadable, cookie.Expired)):
        cookie.unpack(value)


def test_a_cookie_that_unpacks_to_far_too_much_is_refused_or_cut():
    import zlib

    from django.utils.http import urlsafe_base64_encode

    bomb = zlib.compressobj(9, wbits=-15, zdict=cookie.DICTIONARY)
    packed = bomb.compress(b"1;a:" + b"b" * 300_000) + bomb.flush()
    value = cookie.signer.sign(urlsafe_base64_encode(packed))
    with pytest.raises(cookie.Unreadable):
        cookie.unpack(value)
