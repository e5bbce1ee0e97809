"""What tests of the working copy start from."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group, User

from content import publishing, working_copy
from tests.build import a_lawful_guide
from tests.client import Client
from triage.models import Release


@pytest.fixture
def small(db: None) -> None:
    """The small guide as the working copy."""
    working_copy.replace(a_lawful_guide())


@pytest.fixture
def publish_all(small: None) -> Callable[..., Release]:
    """Publishes the working copy as it is, whatever the review says."""

    def publish_all(note: str = "A note.", **about: object) -> Release:
        seen = publishing.review_working_copy()
        return publishing.publish(digest=seen.digest, note=note, by="ann", **about)

    return publish_all


@pytest.fixture
def staff(db: None) -> Callable[[str], Client]:
    """A client, logged in as somebody of this group; "superuser" and "no group" are known too."""

    def staff(group: str) -> Client:
        user = User.objects.create_user(group, is_staff=True, is_superuser=group == "superuser")
        if group in ("Editor", "Publisher", "Clinician"):
            user.groups.add(Group.objects.get(name=group))
        client = Client()
        client.force_login(user, "django.contrib.auth.backends.ModelBackend")
        return client

    return staff


@pytest.fixture
def editor(staff: Callable[[str], Client]) -> Client:
    return staff("Editor")


@pytest.fixture
def demanded(settings: Any) -> None:
    """Nobody of the staff gets in without a second factor."""
    settings.ADMIN_OTP_REQUIRED = True
