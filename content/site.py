"""The admin's site, with the pages that staff need beside the lists."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite, ModelAdmin
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import DataError
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.template.response import SimpleTemplateResponse, TemplateResponse
from django.urls import URLPattern, URLResolver, path
from django.utils.http import urlencode

EDIT, REVIEW, PUBLISH = "content.change_question", "content.review_guide", "content.publish_guide"


SHOWN_APPS = ("content", "auth")


class Narrow(ModelAdmin):
    """A list is narrowed down by its own filters alone. Stock takes any lookup, `text__regex` too."""

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        filters = self.get_list_filter(request)
        return lookup in {f"{name}__{how}" for name in filters for how in ("exact", "id__exact", "isnull")}


class StaffSite(AdminSite):
    site_title = "Steady, for staff"
    site_header = "Steady, for staff"
    index_title = "The working copy"
    site_url = "/"

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Our own lists and the accounts; no other app brings screens that nobody chose."""
        model: Any = model_or_iterable if isinstance(model_or_iterable, type) else model_or_iterable[0]
        if model._meta.app_label in SHOWN_APPS:
            narrow = type(f"Narrow{model.__name__}", (Narrow, admin_class or ModelAdmin), {})
            super().register(model_or_iterable, narrow, **options)

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.disable_action("delete_selected")  # it fails on a selection that is no number

    @property
    def login_form(self) -> Any:
        from content.one_time_codes import LogIn  # noqa: PLC0415  (the site is made before there are models)

        return LogIn

    def admin_view(self, view: Callable[..., HttpResponseBase], cacheable: bool = False) -> Any:
        return super().admin_view(_within_bounds(_starting_empty(_in_use(view))), cacheable)

    def has_permission(self, request: HttpRequest) -> bool:
        """Where a deployment demands one-time codes, a session without one opens nothing."""
        user: Any = request.user  # with what django_otp's middleware adds
        return super().has_permission(request) and (not settings.ADMIN_OTP_REQUIRED or user.is_verified())

    def get_urls(self) -> list[URLPattern | URLResolver]:
        from content import views  # noqa: PLC0415  (the site is made before there are models)

        def page(
            route: str, view: Callable[..., HttpResponseBase], name: str, permission: str = REVIEW
        ) -> URLPattern:
            return path(route, self.admin_view(_permitted(view, permission)), name=name)

        return [
            page("preview/", views.preview, "preview"),
            page("preview/<path:rest>", views.preview, "preview_page"),
            page("see/<slug:kind>/<int:pk>/", views.see, "see"),
            page("edit/<slug:kind>/<str:slug>/", views.edit, "edit"),
            page("review/", views.review, "review"),
            page("publish/", views.publish, "publish", PUBLISH),
            page("releases/", views.releases, "releases"),
            page("releases/<int:number>/", views.release, "release"),
            page("releases/<int:number>/guide.json", views.download, "download"),
            page("releases/<int:number>/preview/", views.preview, "preview_release"),
            page("releases/<int:number>/preview/<path:rest>", views.preview, "preview_release_page"),
            page("releases/<int:number>/put-back/", views.put_back, "put_back", EDIT),
            page("releases/<int:number>/publish-again/", views.roll_back, "roll_back", PUBLISH),
            page("import/", views.import_guide, "import", EDIT),
            page("guide.json", views.export, "export"),
            page("matrix/", views.matrix, "matrix"),
            page("sign/", views.sign, "sign"),
            *super().get_urls(),
        ]

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """The lists in the order in which `content.admin` registers them, not by name."""
        apps = super().get_app_list(request, app_label)
        order = list(self._registry)
        for app in apps:
            app["models"].sort(key=lambda model: order.index(model["model"]))
        return apps

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        from content import views  # noqa: PLC0415

        return super().index(request, {"page": views.start_page(request), **(extra_context or {})})


def _permitted(view: Callable[..., HttpResponseBase], permission: str) -> Callable[..., HttpResponseBase]:
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.has_perm(permission):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def _in_use(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A session ends after half an hour without use.

    SESSION_SAVE_EVERY_REQUEST would ask the database on public pages, too, for any session that is sent.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        request.session.modified = True
        return view(request, *args, **kwargs)

    return guarded


def _starting_empty(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A new thing starts empty: stock fills its form from the address, with whatever stands there."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        found = request.resolver_match
        if found is not None and str(found.url_name).endswith("_add"):
            kept = {name: str(value) for name, value in request.GET.items() if name == "cause"}
            request.GET = QueryDict(urlencode(kept))
        return view(request, *args, **kwargs)

    return guarded


def _within_bounds(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A number or a day that no database knows is a mistake of who sent it, not ours."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            response = view(request, *args, **kwargs)
            return response.render() if isinstance(response, SimpleTemplateResponse) else response
        except (OverflowError, DataError) as error:
            raise BadRequest("A value is out of bounds.") from error

    return guarded
