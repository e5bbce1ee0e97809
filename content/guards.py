"""What stands in front of every page of the staff."""

import re
import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial, wraps
from hashlib import sha256
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db import DataError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.template.response import SimpleTemplateResponse
from django.utils import timezone

from content.models import SentForm
from content.publishing import one_at_a_time
from triage.engine import limits
from triage.web import errors
from triage.web.middleware import STAFF

View = Callable[..., HttpResponseBase]

EDIT, REVIEW, PUBLISH = "content.change_question", "content.review_guide", "content.publish_guide"

REMEMBERED = timedelta(days=1)
"""How long a form that was sent is told apart from its repetition."""
NOT_KEPT = re.compile("password|csrf|_code|^code$")
"""Fields that no page holds for somebody to send once more."""

OTHER_TOKEN = "CSRF token from POST incorrect."  # noqa: S105  (no password)
"""What Django says of one that was right before somebody logged in."""

turns = threading.BoundedSemaphore(limits.STAFF_AT_ONCE)


def guarded(view: View) -> View:
    """Some of a process' threads are left to the public, whatever staff ask for, and however large it is.

    A number or a day that no database knows is a mistake of who sent it, not ours.
    """

    @wraps(view)
    def in_turn(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not turns.acquire(timeout=limits.STAFF_WAIT):
            return _busy(request)
        try:
            response = _once(request, partial(view, request, *args, **kwargs))
            return response.render() if isinstance(response, SimpleTemplateResponse) else response
        except (OverflowError, DataError) as error:
            raise BadRequest("A value is out of bounds.") from error
        finally:
            turns.release()

    return in_turn


def again(request: HttpRequest, title: str, status: int, **changes: object) -> HttpResponse:
    """A page that holds what was sent, to be sent once more."""
    page = {"title": title, "action": request.get_full_path(), "pairs": pairs(request.POST)}
    return render(request, "admin/again.html", page | changes, status=status)


def _busy(request: HttpRequest) -> HttpResponse:
    asked = {"method": "get", "action": request.path, "pairs": pairs(request.GET)}
    changes = {} if request.method == "POST" else asked
    response = again(request, "Not at once", HTTPStatus.SERVICE_UNAVAILABLE, busy=True, **changes)
    response["Retry-After"] = "5"
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """Who has logged in anew in another tab finds what they typed. The cookie of the session comes with no
    form of another site, so nobody else has filled in what is shown."""
    is_ours = request.path_info.startswith(STAFF) and request.user.is_authenticated
    if not is_ours or reason != OTHER_TOKEN or request.FILES:  # a file is not held by a page
        return errors.csrf_failure(request, reason)
    return again(request, "You have logged in anew", HTTPStatus.FORBIDDEN)


def pairs(sent: QueryDict) -> list[tuple[str, str]]:
    """What a page holds of a form, to be sent again."""
    every = ((name, value) for name, values in sent.lists() for value in values)
    return [(name, value) for name, value in every if not NOT_KEPT.search(name)]


def _once(request: HttpRequest, answer: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """A form that is sent twice acts once: the second time leads where the first one did.

    Each page that is shown has a token of its own, so a double click, or a form sent again, sends the same.
    """
    if not request.POST.get("csrfmiddlewaretoken"):
        return answer()
    told = sha256(f"{request.user.pk} {request.get_full_path()} {request.POST.urlencode()}".encode())
    files: Any = request.FILES
    for file in files.values():
        told.update(file.read())
        file.seek(0)
    forms = SentForm.objects
    with transaction.atomic():
        one_at_a_time()  # what was read is what is written: two who save at once come in turn
        sent, is_first = forms.get_or_create(digest=told.hexdigest())
        if not is_first:
            request.session.modified = False  # it was read before the first one wrote it
            messages.info(
                request, "This was sent before, and done once. To send it again, open the page anew."
            )
            return HttpResponseRedirect(sent.led_to)
        response = answer()
        if response.status_code == HTTPStatus.FOUND:
            sent.led_to = response["Location"]
            sent.save()
        else:  # nothing was done, so it may be sent again: what acts leads on
            sent.delete()
        forms.filter(sent_at__lt=timezone.now() - REMEMBERED).delete()
        return response
