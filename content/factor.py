"""The page where a person sets up a second factor, makes new recovery codes, or removes it."""

from http import HTTPStatus
from textwrap import wrap
from typing import Any

import segno
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods
from django_otp import login, match_token
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from content.history import log
from content.one_time_codes import app_of, confirm, forget_devices, key_of, new_recovery_codes, start

STARTED = "second_factor_started"
"""In the session: the device that was started here. Its key is shown to nobody else, so no other session
of this account can make its owner confirm a key that somebody else knows."""

CODES = "recovery_codes"
"""In the session: those that the next page shows."""


class Typed(forms.Form):
    code = forms.CharField(max_length=20)


@require_http_methods(["GET", "HEAD", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """Who has a second factor gives a code with each change, for a session may be left open."""
    user: Any = request.user
    do, has_app = request.POST.get("do", ""), app_of(user) is not None
    if do == "remove" and settings.ADMIN_OTP_REQUIRED:
        raise PermissionDenied  # before the code is tried: what is refused spends none
    if has_app and do in ("start", "renew", "remove") and not match_token(user, _code(request)):
        return _show(request, wrong=True)
    match do:
        case "start":
            request.session[STARTED] = start(user).pk
        case "stop":
            request.session.pop(STARTED, None)
        case "confirm":
            return _confirm(request, user)
        case "renew" if has_app:
            _make_codes(request, user)
            login(request, app_of(user))  # a session that an old recovery code opened has ended with it
            log([user], user.pk, "New recovery codes were made.")
        case "remove" if has_app:
            _remove(request, user)
        case _:
            return _show(request)
    return redirect("admin:second_factor")


def _code(request: HttpRequest) -> str:
    form = Typed(request.POST)
    return form.cleaned_data["code"].replace(" ", "") if form.is_valid() else ""


def _confirm(request: HttpRequest, user: AbstractUser) -> HttpResponse:
    device = confirm(user, request.session.get(STARTED), _code(request))
    if device is None:
        return _show(request, wrong=True)
    login(request, device)
    log([user], user.pk, "A second factor was set up.")
    _make_codes(request, user)
    return redirect("admin:second_factor")


def _make_codes(request: HttpRequest, user: AbstractUser) -> None:
    """For the page, which shows them once: the answer to a form that is sent twice is lost."""
    request.session[CODES] = new_recovery_codes(user)


def _remove(request: HttpRequest, user: AbstractUser) -> None:
    forget_devices(user)
    log([user], user.pk, "The second factor was removed by its owner.")
    messages.success(request, "Your second factor is removed. Your password alone opens your account now.")


def _show(request: HttpRequest, *, wrong: bool = False) -> HttpResponse:
    user: Any = request.user
    started = TOTPDevice.objects.filter(user=user, pk=request.session.get(STARTED), confirmed=False).first()
    page = {
        "title": "Second factor",
        "has_app": app_of(user) is not None,
        "started": started,
        "codes": request.session.pop(CODES, None),
        "wrong": wrong,
        "codes_left": StaticToken.objects.filter(device__user=user).count(),
        "is_demanded": settings.ADMIN_OTP_REQUIRED,
        "is_closed": settings.ADMIN_OTP_REQUIRED and not user.is_verified(),
    }
    if started:
        page |= {"key": " ".join(wrap(key_of(started), 4)), "drawing": drawing(started.config_url)}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
    return render(request, "content/second_factor.html", page, status=status)


def drawing(address: str) -> SafeString:
    """The address as a QR code: dark on light in every colour scheme, or cameras do not read it."""
    code = segno.make(address, micro=False)
    return SafeString(
        code.svg_inline(dark="#000", light="#fff", omitsize=True, svgclass=None, lineclass=None)
    )
