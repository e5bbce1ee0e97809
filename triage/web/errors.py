"""What goes wrong: a page each, in templates/public/errors/. None reads the request's body."""

import sys
from collections.abc import Callable
from http import HTTPStatus

from django.db import InterfaceError, InternalError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import REASON_NO_CSRF_COOKIE

from triage.web.jinja import html, private

DATABASE_TROUBLE = (OperationalError, InterfaceError, InternalError)
"""It is away, locked, full, read-only or broken. The other errors of a database are our own mistakes."""


def page(name: str, status: int) -> HttpResponse:
    return private(HttpResponse(html(f"errors/{name}.html"), status=status))


def shows(name: str, status: int) -> Callable[..., HttpResponse]:
    """A view that shows this page, whatever it is called with."""
    return lambda *request, **more: page(name, status)


forbidden = shows("forbidden", HTTPStatus.FORBIDDEN)
not_found = shows("not_found", HTTPStatus.NOT_FOUND)
unavailable = shows("unavailable", HTTPStatus.SERVICE_UNAVAILABLE)
database_away = shows("database_away", HTTPStatus.SERVICE_UNAVAILABLE)
"""Only staff meet this one: the public pages go on without the database."""
too_many_guesses = shows("too_many_guesses", HTTPStatus.TOO_MANY_REQUESTS)
"""What axes shows; the same whether there is such a name or not."""


def bad_request(
    request: HttpRequest, exception: Exception | None = None, status: int = HTTPStatus.BAD_REQUEST
) -> HttpResponse:
    """Django also takes a session that could not be saved for a bad request, whatever the reason."""
    if _is_of_the_database(exception):
        return database_away(request)
    return page("too_large" if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE else "bad_request", status)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django calls this while it handles the error, which it does not pass on."""
    if _is_of_the_database(sys.exc_info()[1]):
        return database_away(request)
    return page("server_error", HTTPStatus.INTERNAL_SERVER_ERROR)


def _is_of_the_database(error: BaseException | None) -> bool:
    while error is not None and not isinstance(error, DATABASE_TROUBLE):
        error = error.__context__
    return error is not None


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    name = "no_cookie" if reason == REASON_NO_CSRF_COOKIE else "too_long_open"
    return page(name, HTTPStatus.FORBIDDEN)
