"""The admin's site, with the pages that staff need beside the lists."""

from collections.abc import Iterator
from functools import wraps
from http import HTTPStatus

from django.conf import settings
from django.contrib import admin
from django.contrib.admin import AdminSite
from django.contrib.admin.models import LogEntry
from django.contrib.auth.decorators import permission_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.http import urlencode
from django_otp import user_has_device

from content import factor, password_reset, preview, views
from content.guards import EDIT, PUBLISH, REVIEW, View, again, guarded, pairs
from content.one_time_codes import LogIn

ACCOUNTS = "auth.view_user"

PAGES = (
    ("Edit", "index"),
    ("Preview", "preview"),
    ("Try answers", "try"),
    ("Search", "find"),
    ("Review", "review"),
    ("Releases", "releases"),
    ("To read and sign", "matrix"),
    ("Sign", "sign"),
)
"""What every page of the staff leads to."""


class StaffSite(AdminSite):
    site_title = "Steady, for staff"
    site_header = "Steady, for staff"
    index_title = "The working copy"
    login_form = LogIn

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        """What is sent when the session has ended stays on the page that asks to log in again. By then the
        browser may have let the session's cookie go."""
        inside = super().admin_view(guarded(view), cacheable)

        @wraps(inside)
        def kept(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
            if request.user.is_authenticated:
                # It ends after half an hour without use. SESSION_SAVE_EVERY_REQUEST would ask the database on
                # public pages, too, for any session that is sent.
                request.session.modified = True
            from_a_page_of_ours = settings.CSRF_COOKIE_NAME in request.COOKIES
            is_kept = request.method == "POST" and request.path != reverse("admin:logout")
            if not (is_kept and from_a_page_of_ours) or self.has_permission(request):
                return inside(request, *args, **kwargs)
            if request.user.is_authenticated and not user_has_device(request.user):
                return inside(request, *args, **kwargs)  # to log in again would open no more
            context = {
                "title": "Log in again",
                "form": self.login_form(request),
                "app_path": reverse("admin:login", current_app=self.name),
                "next": request.get_full_path(),
                "sends_mail": settings.SENDS_MAIL,
                "kept": urlencode(pairs(request.POST)),
            }
            return TemplateResponse(request, "admin/login.html", context)

        return kept

    def login(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> HttpResponseBase:
        """As in stock. Who sent something when the session had ended finds it again; whom a password has let
        in without a second factor, where one is demanded, is led to set one up."""
        is_inside = super().has_permission(request) and not self.has_permission(request)
        if request.method == "GET" and is_inside and not user_has_device(request.user):
            return redirect("admin:second_factor")
        kept = request.POST.get("kept", "")
        context = {"kept": kept, "sends_mail": settings.SENDS_MAIL, **(extra_context or {})}
        response = super().login(request, context)
        if kept and getattr(request, "axes_locked_out", False):
            request.axes_locked_out = False  # type: ignore[attr-defined]  # its own page would hold nothing
            response.status_code = HTTPStatus.TOO_MANY_REQUESTS
        if not kept or response.status_code != HTTPStatus.FOUND:
            return response
        held = {"action": response["Location"], "pairs": pairs(QueryDict(kept))}
        return again(request, "You are logged in again", HTTPStatus.OK, **held)

    def has_permission(self, request: HttpRequest) -> bool:
        """Who has a second factor has to show it. Where one is demanded, who has none can set one up, and
        nothing else opens."""
        is_staff = super().has_permission(request)
        if not is_staff or _is_verified(request):
            return is_staff
        if user_has_device(request.user):
            return False
        is_open = request.path in (reverse("admin:second_factor"), reverse("admin:logout"))
        return is_open or not settings.ADMIN_OTP_REQUIRED

    def get_log_entries(self, request: HttpRequest) -> QuerySet[LogEntry]:
        """What somebody did lately, as links: only who looks after accounts can open one."""
        entries = super().get_log_entries(request)
        return entries if request.user.has_perm(ACCOUNTS) else entries.exclude(content_type__app_label="auth")

    def each_context(self, request: HttpRequest) -> dict[str, object]:
        """With what leads on, but for whoever has yet to set up a second factor where one is demanded."""
        if settings.ADMIN_OTP_REQUIRED and not _is_verified(request):
            return super().each_context(request) | {"pages": [], "is_nav_sidebar_enabled": False}
        return super().each_context(request) | {"pages": list(_pages(request.path))}

    def get_urls(self) -> list[URLPattern | URLResolver]:
        def page(route: str, view: View, name: str, permission: str = REVIEW) -> URLPattern:
            permitted = permission_required(permission, raise_exception=True)(views.needs_guide(view))
            return path(route, self.admin_view(permitted), name=name)

        return [
            page("preview/", preview.show, "preview"),
            page("preview/<path:rest>", preview.show, "preview_page"),
            page("see/<slug:kind>/<int:pk>/", views.see, "see"),
            page("try/", views.try_answers, "try"),
            page("try/<slug:kind>/<int:pk>/", views.try_this, "try_this"),
            page("edit/<slug:kind>/<str:slug>/", views.edit, "edit"),
            page("find/", views.find, "find"),
            page("reads/", views.reads, "reads", EDIT),
            page("review/", views.review, "review"),
            page("publish/", views.publish, "publish", PUBLISH),
            page("throw-away/", views.throw_away, "throw_away", EDIT),
            page("releases/", views.releases, "releases"),
            page("releases/<int:number>/", views.release, "release"),
            page("releases/<int:number>/guide.json", views.download, "download"),
            page("releases/<int:number>/preview/", preview.show, "preview_release"),
            page("releases/<int:number>/preview/<path:rest>", preview.show, "preview_release_page"),
            page("releases/<int:number>/put-back/", views.put_back, "put_back", EDIT),
            page("releases/<int:number>/publish-again/", views.roll_back, "roll_back", PUBLISH),
            page("import/", views.import_guide, "import", EDIT),
            page("guide.json", views.download, "export"),
            page("matrix/", views.matrix, "matrix"),
            page("sign/", views.sign, "sign"),
            path("second-factor/", self.admin_view(factor.second_factor), name="second_factor"),
            *password_reset.patterns(),
            *super().get_urls(),
        ]

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict[str, object]]:
        """The working copy first, its lists in the order in which `content.admin` registers them."""
        apps = super().get_app_list(request, app_label)
        apps.sort(key=lambda app: app["app_label"] != "content")
        order = list(self._registry)
        for app in apps:
            app["models"].sort(key=lambda model: order.index(model["model"]))
        return apps

    def index(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> TemplateResponse:
        return super().index(request, {**views.start_page(request), **(extra_context or {})})

    def app_index(
        self, request: HttpRequest, app_label: str, extra_context: dict[str, object] | None = None
    ) -> TemplateResponse:
        """Its template is that of the start page."""
        context = {**views.start_page(request), **(extra_context or {})}
        return super().app_index(request, app_label, context)


def frame(request: HttpRequest) -> dict[str, object]:
    """For every template of Django's, and so for pages of our own: what the admin's frame shows."""
    return admin.site.each_context(request)


def _is_verified(request: HttpRequest) -> bool:
    """A second factor was shown in this session; within the request of a log-in, too."""
    return getattr(request.user, "otp_device", None) is not None


def _pages(path: str) -> Iterator[tuple[str, str, str]]:
    """Each with its address and its `aria-current`: what is no page of our own is part of editing."""
    pages = [(text, reverse(f"admin:{name}")) for text, name in PAGES]
    here = max((url for _, url in pages if path.startswith(url)), key=len, default="")
    for text, url in pages:
        yield text, url, "page" if url == path else "true" if url == here else ""
