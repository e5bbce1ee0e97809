"""What goes wrong: a page each, in templates/public/errors/. None reads the request's body."""

import sys
from http import HTTPStatus

from django.db import InterfaceError, InternalError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import REASON_NO_CSRF_COOKIE

from triage.web.jinja import html, private

DATABASE_TROUBLE = (OperationalError, InterfaceError, InternalError)
"""It is away, locked, full, read-only or broken. The other errors of a database are our own mistakes."""


def page(name: str, status: int) -> HttpResponse:
    response = HttpResponse(html(f"errors/{name}.html"), status=status)
    private(response)
    return response


def bad_request(
    request: HttpRequest, exception: Exception | None = None, status: int = HTTPStatus.BAD_REQUEST
) -> HttpResponse:
    """Django also takes a session that could not be saved for a bad request, whatever the reason."""
    return database_away(request) if _is_of_the_database(exception) else page("bad_request", status)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page("forbidden", HTTPStatus.FORBIDDEN)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page("not_found", HTTPStatus.NOT_FOUND)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django calls this while it handles the error, which it does not pass on."""
    if _is_of_the_database(sys.exc_info()[1]):
        return database_away(request)
    return page("server_error", HTTPStatus.INTERNAL_SERVER_ERROR)


def _is_of_the_database(error: BaseException | None) -> bool:
    while error is not None and not isinstance(error, DATABASE_TROUBLE):
        error = error.__context__
    return error is not None


def database_away(request: HttpRequest) -> HttpResponse:
    """Only staff meet this one: the public pages go on without the database."""
    return page("database_away", HTTPStatus.SERVICE_UNAVAILABLE)


def unavailable(request: HttpRequest) -> HttpResponse:
    return page("unavailable", HTTPStatus.SERVICE_UNAVAILABLE)


def too_many_guesses(
    request: HttpRequest, response: object = None, credentials: object = None
) -> HttpResponse:
    """What axes shows; the same whether there is such a name or not."""
    return page("too_many_guesses", HTTPStatus.TOO_MANY_REQUESTS)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    name = "no_cookie" if reason == REASON_NO_CSRF_COOKIE else "too_long_open"
    return page(name, HTTPStatus.FORBIDDEN)
