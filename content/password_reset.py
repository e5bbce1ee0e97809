"""A new password by mail, where a deployment has a mail server. The second factor stays as it is."""

import threading
import time
from collections.abc import Callable, Iterable
from contextvars import copy_context
from datetime import timedelta
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth import views
from django.contrib.auth.forms import PasswordResetForm
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import URLPattern, path, reverse_lazy
from django.utils import timezone
from django.views.decorators.cache import never_cache

from content.history import log

MAILS_IN_AN_HOUR = 3
"""To one account, and for who asks from one address. More are not sent, and the page does not tell."""

SECONDS = 0.1
"""An answer takes as long as at the log-in: to write a mail takes some time, and would tell who is known."""

ASKED = "A new password was asked for by mail, from "


class Ask(PasswordResetForm):
    """The account's history says who asked, and is what is counted: it is the same for every process."""

    def save(self, *args: Any, **options: Any) -> None:
        self.asked = f"{ASKED}{options['request'].META.get('REMOTE_ADDR', '')}."
        until = time.monotonic() + SECONDS
        super().save(*args, **options)
        time.sleep(max(0, until - time.monotonic()))

    def get_users(self, email: str) -> Iterable[User]:
        for user in super().get_users(email):
            # Before it is counted, so that others at once count it, too.
            (entry,) = log([user], user.pk, self.asked)
            if self._is_too_often(user):
                entry.delete()
            else:
                yield user

    def _is_too_often(self, user: User) -> bool:
        asked = LogEntry.objects.filter(
            change_message__startswith=ASKED, action_time__gt=timezone.now() - timedelta(hours=1)
        )
        same = asked.filter(object_id=user.pk), asked.filter(change_message=self.asked)
        return any(rows.count() > MAILS_IN_AN_HOUR for rows in same)

    def send_mail(self, *args: Any, **options: Any) -> None:
        """Off the request: a mail server may never answer."""
        send = super().send_mail
        words = copy_context()  # with the name of the request, so that a line of the log quotes nothing
        threading.Thread(target=lambda: words.run(send, *args, **options), daemon=True).start()


def patterns() -> list[URLPattern]:
    """Stock's four pages."""
    asked, done = reverse_lazy("admin:password_reset_done"), reverse_lazy("admin:password_reset_complete")
    mail = "content/password_reset.txt"
    ask = views.PasswordResetView.as_view(form_class=Ask, success_url=asked, email_template_name=mail)
    sent, complete = views.PasswordResetDoneView.as_view(), views.PasswordResetCompleteView.as_view()
    confirm = views.PasswordResetConfirmView.as_view(success_url=done)
    return [
        path("password_reset/", _where_mail_is_sent(ask), name="password_reset"),
        path("password_reset/done/", _where_mail_is_sent(sent), name="password_reset_done"),
        path("reset/<uidb64>/<token>/", _where_mail_is_sent(confirm), name="password_reset_confirm"),
        path("reset/done/", _where_mail_is_sent(complete), name="password_reset_complete"),
    ]


def _where_mail_is_sent(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not settings.SENDS_MAIL:
            raise Http404
        return view(request, *args, **kwargs)

    return never_cache(guarded)
