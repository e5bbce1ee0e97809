"""The pages that staff have beside the lists. A view looks up, decides and shows."""

from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from functools import lru_cache, wraps
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Window
from django.db.models.functions import Lag, Lead
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from content import preview as previews
from content import publishing, reports, signatures, trying, working_copy
from content import search as searching
from content.differences import Difference, differences
from content.forms import how_it_reads
from content.guards import EDIT, REVIEW, View
from content.history import SIGNED, by_person, log, log_replaced, newest_entry
from content.models import Option
from content.one_time_codes import app_of
from content.review import LARGEST_NUMBER, Note, held_back, plain_blocks, rows
from content.things import names_of, screen
from content.undo import undo
from triage import markdown
from triage.engine import limits
from triage.engine.file import dump, load
from triage.engine.guide import Guide, GuideError
from triage.engine.weigh import Assessment
from triage.models import Release
from triage.releases import DamagedRelease, read


def needs_guide(view: View) -> View:
    """Where the working copy makes no guide, or a release cannot be read, show why instead."""

    @wraps(view)
    def shown(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except Release.DoesNotExist:
            raise Http404 from None
        except DamagedRelease as error:
            page = {"title": "Cannot be shown", "damaged": error}
        except GuideError as error:
            page = {"title": "Not ready to be shown", "problems": _problems(error)}
        return render(request, "content/problems.html", page, status=HTTPStatus.CONFLICT)

    return shown


def _problems(error: GuideError) -> list[Note]:
    return [Note(sentence, thing) for thing, sentence in working_copy.problems_of(error)]


# The start page.


def start_page(request: HttpRequest) -> dict[str, object]:
    """What changed since the live release, and what blocks publishing as far as that is told at once."""
    user: Any = request.user
    page: dict[str, object] = {"has_app": app_of(user) is not None}
    if not user.has_perm(REVIEW):
        return page
    if working_copy.is_empty():
        return page | {"is_empty": True}
    live, drafts = publishing.live(), working_copy.left_out("draft")
    page |= {"live": live, "drafts": rows(drafts), "retired": rows(working_copy.left_out("retired"))}
    try:
        guide = working_copy.build()
    except GuideError as error:
        return page | {"blocks": _problems(error)}
    changes = differences(live.guide, guide) if live else ()
    return page | {
        "blocks": [*held_back(drafts, changes), *plain_blocks(guide, {})],
        "changes": changes,
    }


# Preview, and from a thing to its place.


@require_safe
def see(request: HttpRequest, kind: str, pk: int) -> HttpResponseBase:
    """From a screen of the admin to where it stands on the page."""
    row = _row(kind, pk, working_copy.KINDS)
    request.session[previews.SCREEN] = [screen(row), f"{row._meta.verbose_name} “{row}”"]
    return previews.see(kind, row)


@require_safe
def edit(request: HttpRequest, kind: str, slug: str) -> HttpResponseBase:
    """From a thing of the guide to the screen where it is written."""
    row = working_copy.rows().get((kind, slug.removeprefix("-")))
    if row is None:
        raise Http404
    return redirect(screen(row))


@require_POST
def reads(request: HttpRequest) -> HttpResponse:
    return HttpResponse(how_it_reads(request.POST.get("text", ""), is_markdown="markdown" in request.GET))


def _row(kind: str, pk: int, kinds: Collection[str]) -> Any:
    if kind not in kinds:
        raise Http404
    return get_object_or_404(working_copy.KINDS[kind], pk=pk)


# Try answers.


@require_safe
def try_answers(request: HttpRequest) -> HttpResponseBase:
    """Every state has an address, with nothing but its answers. The form sends each single choice under a
    name of its own, as a browser asks for, so it is led on to that address."""
    sent = request.GET
    if sent.keys() - {"a"}:
        names = [name for key in sent if key == "a" or key.startswith("a-") for name in sent.getlist(key)]
        return HttpResponseRedirect(trying.address(filter(None, names)))
    assessment, left_out = trying.read(working_copy.build(), sent.getlist("a"))
    keep = _new_story(assessment) if request.user.has_perm("content.add_vignette") else ""
    page = {"title": "Try answers", "tried": trying.page(assessment, left_out, keep)}
    return render(request, "content/try.html", page)


def _new_story(assessment: Assessment) -> str:
    """The screen of a new story that has these answers and expects what came out."""
    names = names_of(assessment.answers)
    keys = {option.full_slug: str(option.pk) for option in Option.objects.all()}
    kept = {"answers": ",".join(keys[name] for name in names), "urgency": assessment.urgency}
    return f"{reverse('admin:content_vignette_add')}?{urlencode(kept, safe=',')}"


@require_safe
def try_this(request: HttpRequest, kind: str, pk: int) -> HttpResponseBase:
    """From a screen of the admin to answers with which it speaks."""
    names = trying.names_for(working_copy.build(), _row(kind, pk, trying.KINDS))
    if not names:
        messages.warning(request, "No answers were found with which this speaks.")
    return HttpResponseRedirect(trying.address(names))


# Review and publish.


def _number(sent: str) -> int | None:
    """The number of a release, if it can be one: what is longer, Python would not even read."""
    return int(sent) if sent.isdecimal() and len(sent) <= len(str(LARGEST_NUMBER)) else None


def publish(request: HttpRequest) -> HttpResponseBase:
    if request.method != "POST":  # where a log-in leads back to, after a session that ended
        return redirect("admin:review")
    digest, against = request.POST.get("digest", ""), _number(request.POST.get("against", ""))
    try:
        newest = publishing.publish(digest=digest, against=against, **_about(request))
    except publishing.NotPublished as error:
        return review(request, str(error), HTTPStatus.CONFLICT)
    messages.success(request, f"{newest} is published. The public sees it within two seconds.")
    return redirect("admin:releases")


def _about(request: HttpRequest) -> publishing.About:
    sent = request.POST
    return {
        "note": sent.get("note", ""),
        "reason": sent.get("reason", ""),
        "for_safety": "for_safety" in sent,
        "by": request.user.get_username(),
    }


def review(request: HttpRequest, error: str = "", status: int = HTTPStatus.OK) -> HttpResponse:
    """The review as it is now, with whatever was already typed."""
    seen = publishing.review_working_copy()
    since = publishing.first_published(seen.live.number) if seen.live else None
    page = {
        "title": "Review before publishing",
        "review": seen,
        "next_number": publishing.newest_number() + 1,
        "rates": reports.rates(seen.figures.rates),
        "laws_held": sum(not law.flaws for law in seen.laws),
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
        every = searching.search(query, exactly=is_look)  # only what is written just so is replaced
        found = every[: searching.MOST]
        page |= {"found": found, "more": len(every) > len(found)}
        page |= {"looks": searching.looks(found, words) if is_look else ()}
    return render(request, "content/find.html", page)


def _replace_words(request: HttpRequest, query: str, words: str) -> HttpResponseBase:
    if not request.user.has_perm(EDIT):
        raise PermissionDenied
    try:
        done, changed = searching.replace(query, words, request.POST.getlist("text"), request.user.pk)
    except GuideError as error:
        messages.error(request, f"Nothing was replaced, for then: {'; '.join(error.problems)}.")
    else:
        if done:
            messages.success(request, f"Replaced in {done} text{'' if done == 1 else 's'}.")
        else:
            messages.warning(request, "Nothing was replaced.")
        if changed:
            messages.warning(request, f"Changed while you looked, and left alone: {', '.join(changed)}.")
    return redirect(f"{reverse('admin:find')}?{urlencode({'q': query})}")


@require_safe
def matrix(request: HttpRequest) -> HttpResponseBase:
    number = _number(request.GET.get("release", ""))
    page = {
        "title": "The whole judgement",
        "of": publishing.title_of(number),
        "matrix": reports.matrix(publishing.guide_of(number)),
    }
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
        return _sign(request, guide)
    show, kind = request.GET.get("show", "unsigned"), request.GET.get("kind", "urgencyrule")
    waiting = signatures.waiting(guide, kind, show)
    listed = Paginator(waiting, signatures.AT_ONCE).get_page(request.GET.get("page"))
    page = {
        "title": "Sign",
        "rows": list(signatures.to_read(guide, listed)),
        "listed": listed,
        "show": show,
        "kind": kind,
        "kinds": signatures.KINDS,
        "is_clinician": is_clinician,
    }
    return render(request, "content/sign.html", page)


def _sign(request: HttpRequest, guide: Guide) -> HttpResponseBase:
    user: Any = request.user
    by = user.get_full_name() or user.get_username()
    chosen = request.POST.getlist("all" if "sign_all" in request.POST else "digest")
    made, changed = signatures.sign(guide, chosen, by)
    row_of = working_copy.rows()
    log([row_of[thing.key] for thing in made], user.pk, SIGNED)
    if made:
        messages.success(request, f"Signed as {by}: {len(made)}.")
    elif not changed:
        messages.warning(request, "Nothing was ticked, so nothing was signed.")
    if changed:
        messages.warning(request, f"Changed while you read, and not signed: {changed}.")
    return redirect(request.get_full_path())


# Releases.


@require_safe
def releases(request: HttpRequest) -> HttpResponseBase:
    every = Release.objects.defer("guide", "figures").annotate(
        live_until=Window(Lead("published_at"), order_by="number"),
        before=Window(Lag("digest"), order_by="number"),
    )
    rows: Any = Paginator(every, 10).get_page(request.GET.get("page"))
    for row in rows:
        with suppress(DamagedRelease):
            row.changes = len(_between(row.before, row.digest)) if row.before else None
    page = {"title": "Releases", "rows": rows, "live": publishing.live()}
    return render(request, "content/releases.html", page)


def release(request: HttpRequest, number: int, error: str = "", status: int = HTTPStatus.OK) -> HttpResponse:
    """A release, compared with another one or with the working copy, and what can be done with it."""
    found = Release.objects.defer("guide").get(number=number)
    other = request.GET.get("with", "")
    against = _number(other) or number - 1
    page = {
        "title": str(found),
        "release": found,
        "others": Release.objects.exclude(pk=number).values_list("number", flat=True)[:50],
        "live": publishing.live(),
        "error": error,
    }
    if other == "working-copy":
        changes = differences(publishing.guide_of(number), working_copy.build())
        page |= {"against": other, "changes": changes}
    elif against:
        before, after = sorted((Release.objects.get(number=against), found), key=lambda one: one.number)
        changes = _between(before.digest, after.digest)
        page |= {"against": against, "changes": changes}
    return render(request, "content/release.html", page, status=status)


@lru_cache(maxsize=64)
def _between(before: str, after: str) -> tuple[Difference, ...]:
    """What changed from one release to another, by their digests. Releases stay as they are: so does this."""
    was, now = (read(Release.objects.filter(digest=digest)[0]).guide for digest in (before, after))
    return differences(was, now)


def roll_back(request: HttpRequest, number: int) -> HttpResponseBase:
    if request.method != "POST":
        return redirect("admin:release", number)
    try:
        against = _number(request.POST.get("against", ""))
        newest = publishing.roll_back(number=number, against=against, **_about(request))
    except publishing.NotPublished as error:
        return release(request, number, str(error), HTTPStatus.UNPROCESSABLE_ENTITY)
    messages.success(request, f"{newest} is published: the guide of release {number}.")
    messages.warning(request, "The working copy stays as it is. Put this release back to edit on from it.")
    return redirect("admin:releases")


@require_safe
def download(request: HttpRequest, number: int | None = None) -> HttpResponse:
    """The file of a release, as it was published, or of the working copy."""
    text = dump(working_copy.build()) if number is None else Release.objects.get(number=number).guide
    name = "working-copy" if number is None else f"release-{number}"
    headers = {"Content-Disposition": f'attachment; filename="steady-{name}.json"'}
    return HttpResponse(text, content_type="application/json", headers=headers)


# What replaces the whole working copy.


def put_back(request: HttpRequest, number: int) -> HttpResponseBase:
    guide = publishing.guide_of(number)
    return _replace(request, f"Put release {number} back as the working copy", lambda: guide)


def import_guide(request: HttpRequest) -> HttpResponseBase:
    return _replace(request, "Import a guide as the working copy", lambda: _uploaded(request), True)


def _uploaded(request: HttpRequest) -> Guide:
    file = request.FILES.get("guide")
    if file is None or (file.size or 0) > limits.GUIDE_FILE:
        raise GuideError(["Choose a guide’s file, of 5 MB at most."])
    try:
        return load(file.read().decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise GuideError(["This file is no text. Choose one that was downloaded here as a guide."]) from None


def _replace(
    request: HttpRequest, title: str, guide: Callable[[], Guide], takes_file: bool = False
) -> HttpResponseBase:
    problems: Iterable[str] = ()
    if request.method == "POST":
        before = working_copy.build_if_whole()
        try:
            sent = request.POST
            publishing.replace(guide(), discard="discard" in sent, against=sent.get("against", ""))
        except publishing.WouldDiscard as error:
            problems = [str(error)]
        except GuideError as error:
            problems = error.problems
        else:
            log_replaced(before, working_copy.build(), request.user.pk, f"{title}.")
            messages.success(request, "This is now the working copy.")
            return HttpResponseRedirect(reverse("admin:index"))
    newest, lost = newest_entry(), publishing.would_lose()
    page = {
        "title": title,
        "problems": problems,
        "takes_file": takes_file,
        "lost": lost,
        "newest": newest,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if problems else HTTPStatus.OK
    return render(request, "content/replace.html", page, status=status)
