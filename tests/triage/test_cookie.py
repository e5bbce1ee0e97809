import pytest
from django.core import signing
from hypothesis import given
from hypothesis import strategies as st

from triage import cookie

slugs = st.text("abz_09", min_size=1, max_size=20)
answer_sets = st.dictionaries(slugs, st.lists(slugs, min_size=1, max_size=5).map(tuple), max_size=5)


@given(st.integers(1, 99_999), answer_sets, answer_sets)
def test_what_is_packed_can_be_unpacked(release, answers, wrong):
    assert cookie.unpack(cookie.pack(release, answers, wrong)) == (release, answers, wrong)


def test_a_cookie_of_an_older_version_can_be_read():
    value = cookie.signer.sign_object([3, {"trend": ["worse"]}], compress=True)
    assert cookie.unpack(value) == (3, {"trend": ("worse",)}, {})


def test_the_fullest_set_fits_well_within_what_a_browser_keeps(guide):
    fullest = {
        slug: [option.slug for option in question.options if not option.exclusive]
        if question.kind == "multiple"
        else [max((option.slug for option in question.options), key=len)]
        for slug, question in guide.questions.items()
    }
    assert len("__Host-steady=" + cookie.pack(12_345, fullest)) <= 2000


@given(st.text(max_size=400))
def test_whatever_the_cookie_holds_is_read_or_refused(value):
    with pytest.raises(signing.BadSignature):
        cookie.unpack(value)
