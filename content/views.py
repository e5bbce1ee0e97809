"""The pages that staff have beside the lists. A view looks up, decides and shows."""

from collections.abc import Callable, Iterable
from functools import lru_cache, wraps
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from content import matrix as drawing
from content import preview as previews
from content import publishing, signatures, trying, working_copy
from content import search as searching
from content.differences import ByThing, Difference, by_thing, differences
from content.figures import rates
from content.forms import how_it_reads
from content.guards import EDIT, REVIEW, View
from content.history import SIGNED, by_person, log, log_replaced
from content.models import Option
from content.one_time_codes import app_of
from content.review import LARGEST_NUMBER, Note, held_back, plain_blocks, rows
from content.things import names_of
from content.undo import undo
from triage import markdown
from triage.engine import limits
from triage.engine.file import dump
from triage.engine.guide import Guide, GuideError
from triage.models import Release
from triage.releases import DamagedRelease, read

SHOWN_CHANGES = 6
"""On the start page."""
SIGNED_AT_ONCE = 20


def needs_guide(view: View) -> View:
    """Where the working copy makes no guide, or a release cannot be read, show why instead."""

    @wraps(view)
    def shown(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except (GuideError, DamagedRelease) as error:
            problems = _problems(error) if isinstance(error, GuideError) else [Note(str(error))]
            told = {"title": "Not ready to be shown", "problems": problems}
            return render(request, "content/problems.html", told, status=HTTPStatus.CONFLICT)

    return shown


def _problems(error: GuideError) -> list[Note]:
    return [Note(sentence, thing) for thing, sentence in working_copy.problems_of(error)]


# The start page.


def start_page(request: HttpRequest) -> dict[str, object]:
    """What changed since the live release, and what blocks publishing as far as that is told at once."""
    user: Any = request.user
    page: dict[str, object] = {"has_app": app_of(user) is not None}
    if not request.user.has_perm(REVIEW):
        return page
    live = publishing.live()
    page |= {"live": live, "is_empty": working_copy.is_empty()}
    if page["is_empty"]:
        return page
    drafts = working_copy.left_out("draft")
    page |= {"drafts": rows(drafts), "retired": rows(working_copy.left_out("retired"))}
    try:
        guide = working_copy.build()
    except GuideError as error:
        return page | {"blocks": _problems(error)}
    changes = differences(live.guide, guide) if live else ()
    return page | {
        "changes": changes,
        "more_changes": max(0, len(changes) - SHOWN_CHANGES),
        "blocks": (*held_back(drafts, changes), *plain_blocks(guide, {})),
    }


# Preview, and from a thing to its place.


def preview(request: HttpRequest, rest: str = "", number: int | None = None) -> HttpResponseBase:
    if number is not None:
        get_object_or_404(Release.objects.only("number"), pk=number)
    return previews.show(request, rest, number)


@require_safe
def see(request: HttpRequest, kind: str, pk: int) -> HttpResponseBase:
    """From a screen of the admin to where it stands on the page."""
    row = get_object_or_404(_model(kind), pk=pk)
    screen = reverse(f"admin:content_{kind}_change", args=(row.pk,))
    request.session[previews.SCREEN] = [screen, f"{row._meta.verbose_name} “{row}”"]
    return previews.see(kind, getattr(row, "full_slug", "") or getattr(row, "slug", ""))


@require_safe
def edit(request: HttpRequest, kind: str, slug: str) -> HttpResponseBase:
    """From a thing of the guide to the screen where it is written."""
    row = working_copy.rows().get((kind, slug.removeprefix("-")))
    if row is None:
        raise Http404
    return redirect(f"admin:content_{kind}_change", row.pk)


@require_POST
def reads(request: HttpRequest) -> HttpResponse:
    """How a text reads, while it is typed."""
    return HttpResponse(how_it_reads(request.POST.get("text", ""), is_markdown="markdown" in request.GET))


def _model(kind: str) -> type[Model]:
    model = working_copy.KINDS.get(kind)
    if model is None or not hasattr(model, "slug"):
        raise Http404
    return model


# Try answers.


@require_safe
def try_answers(request: HttpRequest) -> HttpResponseBase:
    """Every state has an address, with nothing but its answers. The form sends each single choice under a
    name of its own, as a browser asks for, so it is led on to that address."""
    sent = request.GET
    if sent.keys() - {"a"}:
        names = [name for key in sent if key == "a" or key.startswith("a-") for name in sent.getlist(key)]
        return HttpResponseRedirect(trying.address(filter(None, names)))
    tried = trying.Tried(*trying.read(working_copy.build(), sent.getlist("a")))
    keep = _new_story(tried) if request.user.has_perm("content.add_vignette") else ""
    return render(request, "content/try.html", {"title": "Try answers", "tried": tried, "keep": keep})


def _new_story(tried: trying.Tried) -> str:
    """The screen of a new story that has these answers and expects what came out."""
    names = names_of(tried.weighed.answers)
    keys = {option.full_slug: str(option.pk) for option in Option.objects.all()}
    kept = {"answers": ",".join(keys[name] for name in names), "urgency": tried.assessment.urgency}
    return f"{reverse('admin:content_vignette_add')}?{urlencode(kept, safe=',')}"


@require_safe
def try_this(request: HttpRequest, kind: str, pk: int) -> HttpResponseBase:
    """From a screen of the admin to answers with which it speaks."""
    if kind not in trying.ROWS:
        raise Http404
    names = trying.names_for(working_copy.build(), get_object_or_404(trying.ROWS[kind], pk=pk))
    if not names:
        messages.warning(request, "No answers were found with which this speaks.")
    return HttpResponseRedirect(trying.address(names))


# Review and publish.


@require_safe
def review(request: HttpRequest) -> HttpResponseBase:
    return _show_review(request)


def _number(sent: str) -> int | None:
    """The number of a release, if it can be one: what is longer, Python would not even read."""
    return int(sent) if sent.isdecimal() and len(sent) <= len(str(LARGEST_NUMBER)) else None


def publish(request: HttpRequest) -> HttpResponseBase:
    if request.method != "POST":  # where a log-in leads back to, after a session that ended
        return redirect("admin:review")
    sent = request.POST
    try:
        release = publishing.publish(
            digest=sent.get("digest", ""),
            against=_number(sent.get("against", "")),
            note=sent.get("note", ""),
            reason=sent.get("reason", ""),
            for_safety="for_safety" in sent,
            user_name=request.user.get_username(),
        )
    except publishing.NotPublished as error:
        return _show_review(request, error=str(error), status=HTTPStatus.CONFLICT)
    messages.success(request, f"{release} is published. The public sees it within two seconds.")
    return redirect("admin:releases")


def _show_review(request: HttpRequest, error: str = "", status: int = HTTPStatus.OK) -> HttpResponse:
    """The review as it is now, with whatever was already typed."""
    seen = publishing.review_working_copy()
    since = publishing.first_published(seen.live.number) if seen.live else None
    page = {
        "title": "Review before publishing",
        "review": seen,
        "rates": rates(seen.figures.rates),
        "laws_held": sum(not law.flaws for law in seen.laws),
        "checked_at": timezone.localtime(),
        "by_person": by_person(seen.differences, since),
        "error": error,
    }
    return render(request, "content/review.html", page, status=status)


def throw_away(request: HttpRequest) -> HttpResponseBase:
    """One change of the review is taken back, if it is still as it was shown."""
    if request.method == "POST":
        seen = publishing.review_working_copy()
        change = next((one for one in seen.differences if one.key == request.POST.get("change")), None)
        if change is None or not change.can_undo:
            messages.error(request, "This change is no longer as it was shown. Nothing was thrown away.")
        else:
            _undo(request, change)
    return redirect(f"{reverse('admin:review')}#diff")


def _undo(request: HttpRequest, change: Difference) -> None:
    try:
        row = undo(change)
    except LookupError:
        messages.error(
            request, "Its row was deleted, or moved elsewhere. Write it anew, or put the release back."
        )
    except GuideError as error:
        messages.error(request, f"Not thrown away: {'; '.join(error.problems)}.")
    else:
        told = f"Thrown away: {change.place}: “{change.now}” → “{change.was}”"
        log([row], request.user.pk, told)
        messages.success(request, f"Thrown away: {change.place}.")


# Search and replace.


@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponseBase:
    """Words in every text; what replacing them would do; and, when sent, the replacing."""
    sent = request.POST if request.method == "POST" else request.GET
    query, words = sent.get("q", ""), sent.get("words", "")
    is_look = "words" in sent and request.user.has_perm(EDIT)
    page: dict[str, object] = {"title": "Search", "q": query, "words": words, "is_look": is_look}
    if query and not (searching.SHORTEST <= len(query) <= searching.LONGEST):
        page["error"] = f"Search for {searching.SHORTEST} to {searching.LONGEST} letters."
    elif len(words) > searching.LONGEST or markdown.UNSEEN.search(query + words):
        page["error"] = f"Use at most {searching.LONGEST} letters, and none that nobody can see."
    elif query and request.method == "POST":
        return _replace_words(request, query, words)
    elif query:
        found = searching.search(query)
        page |= {"found": found[: searching.MOST], "more": len(found) > searching.MOST}
        page["looks"] = searching.looks(found, words) if is_look else ()
    return render(request, "content/find.html", page)


def _replace_words(request: HttpRequest, query: str, words: str) -> HttpResponseBase:
    if not request.user.has_perm(EDIT):
        raise PermissionDenied
    try:
        done, changed = searching.replace(query, words, request.POST.getlist("text"), request.user.pk)
    except searching.NotReplaced as error:
        messages.error(request, f"Nothing was replaced. {error}")
    except GuideError as error:
        messages.error(request, f"Nothing was replaced, for then: {'; '.join(error.problems)}.")
    else:
        messages.success(request, f"Replaced in {done} texts.")
        if changed:
            messages.warning(request, f"Changed while you looked, and left alone: {', '.join(changed)}.")
    return redirect(f"{reverse('admin:find')}?{urlencode({'q': query})}")


@require_safe
def matrix(request: HttpRequest) -> HttpResponseBase:
    number = _number(request.GET.get("release", ""))
    if number is None:
        guide, title = working_copy.build(), "The working copy"
    else:
        guide, title = get_guide(number), f"Release {number}"
    page = {"title": "The whole judgement", "matrix": drawing.matrix(guide, title)}
    return render(request, "content/matrix.html", page)


# Signing.


@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: HttpRequest) -> HttpResponseBase:
    """What waits for a clinician, each as a sentence with its source and the stories that stand on it."""
    guide = working_copy.build()
    is_clinician = request.user.groups.filter(name=signatures.CLINICIAN).exists()
    if request.method == "POST":
        if not is_clinician:
            raise PermissionDenied
        chosen = request.POST.getlist("all" if "sign_all" in request.POST else "digest")
        user: Any = request.user
        by = user.get_full_name() or user.get_username()
        made, changed = signatures.sign(guide, chosen, by)
        row_of = working_copy.rows()
        log([row_of[thing.kind, thing.slug] for thing in made], user.pk, SIGNED)
        messages.success(request, f"Signed as {by}: {len(made)}.")
        if changed:
            messages.warning(request, f"Changed while you read, and not signed: {changed}.")
        return redirect(request.get_full_path())
    show, kind = request.GET.get("show", "unsigned"), request.GET.get("kind", "urgencyrule")
    every = signatures.to_read(guide, kind, show)
    numbered = Paginator(every, SIGNED_AT_ONCE).get_page(request.GET.get("page"))
    page = {
        "title": "Sign",
        "rows": signatures.told(guide, numbered),
        "numbered": numbered,
        "show": show,
        "kind": kind,
        "kinds": [(name, text, name == kind) for name, text in signatures.KINDS],
        "is_clinician": is_clinician,
    }
    return render(request, "content/sign.html", page)


# Releases.


@require_safe
def releases(request: HttpRequest) -> HttpResponseBase:
    rows = Paginator(Release.objects.defer("guide", "figures"), 10).get_page(request.GET.get("page"))
    known: dict[int, Any] = {
        row["number"]: row for row in Release.objects.values("number", "digest", "published_at")
    }
    told = [
        {
            "release": row,
            "live_until": known.get(row.number + 1, {}).get("published_at"),
            "changes": len(_between(before["digest"], row.digest)) if before else None,
        }
        for row in rows
        for before in [known.get(row.number - 1)]
    ]
    return render(request, "content/releases.html", {"title": "Releases", "rows": told, "numbered": rows})


@require_safe
def release(request: HttpRequest, number: int) -> HttpResponseBase:
    return _show_release(request, number)


def _show_release(
    request: HttpRequest, number: int, error: str = "", status: int = HTTPStatus.OK
) -> HttpResponse:
    """A release, compared with another one or with the working copy, and what can be done with it."""
    found = get_object_or_404(Release.objects.defer("guide"), pk=number)
    other = request.GET.get("with", "")
    against = number - 1 if (given := _number(other)) is None else given
    things: list[ByThing] = []
    if other == "working-copy":
        things = by_thing(differences(get_guide(number), working_copy.build()))
    elif against:
        things = by_thing(_between(get_object_or_404(Release, pk=against).digest, found.digest))
    page = {
        "title": str(found),
        "release": found,
        "against": "the working copy" if other == "working-copy" else f"release {against}" if against else "",
        "things": things,
        "others": Release.objects.exclude(pk=number).values_list("number", flat=True)[:50],
        "is_live": not Release.objects.filter(number__gt=number).exists(),
        "error": error,
    }
    return render(request, "content/release.html", page, status=status)


@lru_cache(maxsize=64)
def _between(before: str, after: str) -> tuple[Difference, ...]:
    """What changed from one release to another, by their digests. Releases stay as they are: so does this."""
    was, now = (read(Release.objects.filter(digest=digest)[0]).guide for digest in (before, after))
    return differences(was, now)


def get_guide(number: int) -> Guide:
    try:
        return publishing.guide_of(number)
    except Release.DoesNotExist:
        raise Http404 from None


def roll_back(request: HttpRequest, number: int) -> HttpResponseBase:
    get_guide(number)
    if request.method != "POST":
        return redirect("admin:release", number)
    try:
        newest = publishing.roll_back(
            number=number,
            note=request.POST.get("note", ""),
            reason=request.POST.get("reason", ""),
            by=request.user.get_username(),
            for_safety="for_safety" in request.POST,
        )
    except publishing.NotPublished as error:
        return _show_release(request, number, str(error), HTTPStatus.UNPROCESSABLE_ENTITY)
    messages.success(request, f"{newest} is published: the guide of release {number}.")
    messages.warning(request, "The working copy stays as it is. Put this release back to edit on from it.")
    return redirect("admin:releases")


@require_safe
def download(request: HttpRequest, number: int) -> HttpResponseBase:
    return _file(get_object_or_404(Release, pk=number).guide, f"steady-release-{number}.json")


@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    return _file(dump(working_copy.build()), "steady-working-copy.json")


def _file(text: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text, content_type="application/json", headers=headers)


# What replaces the whole working copy.


def put_back(request: HttpRequest, number: int) -> HttpResponseBase:
    get_guide(number)
    return _replace(
        request,
        f"Put release {number} back as the working copy",
        lambda discard: publishing.put_back(number=number, discard=discard),
    )


def import_guide(request: HttpRequest) -> HttpResponseBase:
    return _replace(
        request,
        "Import a guide as the working copy",
        lambda discard: publishing.import_guide(text=_uploaded(request), discard=discard),
        takes_file=True,
    )


def _uploaded(request: HttpRequest) -> str:
    file = request.FILES.get("guide")
    if file is None or (file.size or 0) > limits.GUIDE_FILE:
        raise GuideError(["Choose a guide’s file, of 5 MB at most."])
    try:
        return file.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise GuideError(["This file is no text. Choose one that was downloaded here as a guide."]) from None


def _replace(
    request: HttpRequest, title: str, replace: Callable[[bool], None], takes_file: bool = False
) -> HttpResponseBase:
    problems: Iterable[str] = ()
    if request.method == "POST":
        before = working_copy.build_if_whole()
        try:
            replace("discard" in request.POST)
        except publishing.WouldDiscard as error:
            problems = [str(error)]
        except GuideError as error:
            problems = error.problems
        else:
            log_replaced(before, working_copy.build(), request.user.pk, f"{title}.")
            messages.success(request, "This is now the working copy.")
            return HttpResponseRedirect(reverse("admin:index"))
    page = {"title": title, "problems": problems, "takes_file": takes_file, "lost": _lost()}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if problems else HTTPStatus.OK
    return render(request, "content/replace.html", page, status=status)


def _lost() -> list[str]:
    """What stands in no release, and would go with the working copy."""
    kinds = {"draft": "Draft", "retired": "Retired"}
    left_out = [f"{kind}: {row}" for status, kind in kinds.items() for row in working_copy.left_out(status)]
    try:
        guide = working_copy.build()
    except GuideError:
        return [] if working_copy.is_empty() else ["The whole working copy, which makes no guide yet."]
    if not working_copy.is_unpublished(guide):
        return left_out
    live = publishing.live()
    changes = [change.place for change in differences(live.guide, guide)] if live else []
    return [*left_out, *(changes or ["The whole working copy."])]
