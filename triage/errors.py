"""What goes wrong, in plain words. None of these reads the request's body, which may be what is wrong."""

import sys
from http import HTTPStatus
from typing import Any

from django.db import InterfaceError, InternalError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import REASON_NO_CSRF_COOKIE

from triage.pages import MessagePage, html, private

DATABASE_TROUBLE = (OperationalError, InterfaceError, InternalError)
"""It is away, locked, full, read-only or broken. The other errors of a database are our own mistakes."""


def _message(
    status: HTTPStatus, heading: str, *text: str, drawing: str, action: str = "Go to the start page"
) -> HttpResponse:
    page = MessagePage(
        title=heading,
        heading=heading,
        text=text,
        action_text=action,
        action_url="/",
        drawing=f"drawings/{drawing}.html",
    )
    return private(HttpResponse(html("message.html", page), status=status))


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django also takes a session that could not be saved for a bad request, whatever the reason."""
    if _is_of_the_database(exception):
        return database_away(request)
    return _message(
        HTTPStatus.BAD_REQUEST,
        "We could not read that",
        "Your browser sent something we do not understand. Please go back and try once more.",
        drawing="lace",
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _message(
        HTTPStatus.FORBIDDEN,
        "You may not open this page",
        "It is for staff with the right to see it. If that is you, ask for that right.",
        drawing="steps",
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _message(
        HTTPStatus.NOT_FOUND,
        "There is no such page",
        "The address may be mistyped or old. Your answers, if you gave any, are still here.",
        drawing="steps",
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """Django calls this while it handles the error, which it does not pass on."""
    if _is_of_the_database(sys.exc_info()[1]):
        return database_away(request)
    return _message(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "Something went wrong on our side",
        "Your answers are still in your browser. Please try again in a minute.",
        "If you feel very unwell, do not wait for this page. Call for help.",
        drawing="lace",
    )


def _is_of_the_database(error: BaseException | None) -> bool:
    while error is not None and not isinstance(error, DATABASE_TROUBLE):
        error = error.__context__
    return error is not None


def database_away(request: HttpRequest) -> HttpResponse:
    """Only staff meet this one: the public pages go on without the database."""
    return _message(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "The database does not answer",
        "Nothing was saved just now. Please go back and try again in a minute.",
        "The public pages go on with the release they have.",
        action="Go to the public site",
        drawing="plug",
    )


def unavailable(request: HttpRequest) -> HttpResponse:
    return _message(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "The questions are not ready yet",
        "Please try again in a minute.",
        "If you feel very unwell, do not wait for this page. Call for help.",
        action="Try again",
        drawing="plug",
    )


def too_many_guesses(request: HttpRequest, response: Any = None, credentials: Any = None) -> HttpResponse:
    """What axes shows; the same whether there is such a name or not."""
    return _message(
        HTTPStatus.TOO_MANY_REQUESTS,
        "Too many tries to log in",
        "Please wait 15 minutes, then try again. A colleague who runs the site can help you sooner.",
        action="Go to the public site",
        drawing="clock",
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    if reason == REASON_NO_CSRF_COOKIE:
        return _message(
            HTTPStatus.FORBIDDEN,
            "Please allow cookies for this site",
            "Your browser did not send our cookie back, so we cannot keep your answers.",
            "Allow cookies for this site in your browser’s settings. Then start again.",
            action="Start again",
            drawing="cookie",
        )
    return _message(
        HTTPStatus.FORBIDDEN,
        "This page was open for too long",
        "Please go back, load the page again, and press the button once more.",
        drawing="clock",
    )
