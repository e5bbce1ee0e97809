"""The working copy: what staff edit. Nothing here reaches the public before it is published.

The rows mirror the classes of `triage.engine.parts`, field by field; what each means stands there.
A working copy may be half finished. The constraints refuse only what could never be right.
"""

import json
from collections.abc import Container, Iterable
from datetime import date
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator, URLValidator
from django.db import models
from django.db.models import CheckConstraint, Max, Q, UniqueConstraint
from django.utils import timezone

from triage.engine.file import read_condition
from triage.engine.guide import SLUG

POINTS = {
    3: "speaks strongly for",
    2: "speaks clearly for",
    1: "speaks slightly for",
    -1: "speaks slightly against",
    -2: "speaks clearly against",
    -3: "speaks strongly against",
}
LEVEL = {
    "self_care": "look after it at home",
    "routine": "ordinary appointment",
    "urgent": "see a doctor within days",
    "today": "see a doctor today",
    "emergency": "emergency",
}
URGENCY = {name: words for name, words in LEVEL.items() if name != "today"}
KIND = {"single": "one choice", "multiple": "several choices"}
SIGNS = {
    "": "no signs",
    "symptom": "symptoms whose absence matters too",
    "warning": "warning signs",
    "emergency": "signs of an emergency",
}
STATUS = {
    "": "in use",
    "draft": "draft: not finished",
    "retired": "retired: not asked, not counted",
}
CITED = ("facts", "sources")
MOST_POINTS = 1000
POSSIBLE = [MinValueValidator(-MOST_POINTS), MaxValueValidator(MOST_POINTS)]
PICTURES = (
    "bottle",
    "clock",
    "cup",
    "drop",
    "heart",
    "leg",
    "lens",
    "muscle",
    "night",
    "shoe",
    "sock",
    "steps",
)
MARKDOWN = "You can use **bold**, *italics*, lists and [links](https://example.org)."


def slug_field(*, unique: bool = False) -> "models.CharField[str, str]":
    return models.CharField(
        "short name",
        max_length=50,
        validators=[RegexValidator(SLUG.pattern + r"\Z", "Letters, digits and _, a letter first.")],
        help_text="How answers and releases name it. It cannot change once it was published.",
        unique=unique,
    )


def one_of(field: str, choices: Iterable[object]) -> CheckConstraint:
    return CheckConstraint(condition=Q(**{f"{field}__in": list(choices)}), name=f"%(class)s_{field}")


class Positioned(models.Model):
    """A row with a place among its siblings; a new one comes last."""

    siblings_by = ""
    position: "models.PositiveIntegerField[int | None, int | None]" = models.PositiveIntegerField(
        editable=False
    )

    class Meta:
        abstract = True
        ordering = ["position", "pk"]

    def save(self, *args: object, **kwargs: Any) -> None:
        if self.position is None:
            last = self.siblings().aggregate(last=Max("position"))["last"]
            self.position = 0 if last is None else last + 1
        super().save(*args, **kwargs)

    def move(self, step: int, among: Container[Self] | None = None) -> bool:
        """Change places with the next sibling after it (1) or before it (-1), of these alone if some are
        given. False where there is none."""
        rows = list(self.siblings())
        here = rows.index(self)
        for there in range(here + step, len(rows) if step > 0 else -1, step):
            if among is None or rows[there] in among:
                rows[here], rows[there] = rows[there], rows[here]
                self.put_in_order(rows)
                return True
        return False

    @classmethod
    def put_in_order(cls, siblings: list[Self]) -> None:
        for position, row in enumerate(siblings):
            row.position = position
        cls._default_manager.bulk_update(siblings, ["position"])

    def siblings(self) -> models.QuerySet[Self]:
        """The rows that it is ordered among, itself included."""
        rows = type(self)._default_manager.all()
        return (
            rows.filter(**{self.siblings_by: getattr(self, self.siblings_by)}) if self.siblings_by else rows
        )


class Usable(models.Model):
    """Drafts and what was retired stay in the working copy, and out of the guide that it makes."""

    status = models.CharField(
        blank=True,
        default="",
        choices=STATUS,
        help_text="What is not in use stays here alone: no preview, review or release has it.",
    )

    class Meta:
        abstract = True

    def clean(self) -> None:
        """A short name that some release has held stands in people's answers for something else."""
        super().clean()
        named = {"pk": self.pk, "slug": getattr(self, "slug", "")}
        is_named_so = type(self)._base_manager.filter(**named).exists()
        if not is_named_so and ReleasedSlug.holds(self):
            raise ValidationError({"slug": "A release has had something else of this name. Choose another."})


def not_to_come(day: date) -> None:
    if day > timezone.localdate():
        raise ValidationError("This day is still to come.")


class Checked(models.Model):
    """Compared with its source, and signed by a clinician: see `Signature`."""

    checked_on = models.DateField(
        "compared with its source on",
        null=True,
        blank=True,
        validators=[not_to_come],
        help_text="Compare it again at least once a year.",
    )

    class Meta:
        abstract = True


class Signature(models.Model):
    """A clinician has signed this: an account, a day, and the digest of what was signed.

    Whatever changes has another digest, so it is not signed any more. Signatures stay; one that is made again
    has the newer day and account.
    """

    digest = models.CharField(max_length=64, unique=True, editable=False)
    what = models.CharField("what was signed")
    signed_by = models.CharField("signed by")
    signed_on = models.DateField("signed on")

    class Meta:
        ordering = ["-signed_on", "-pk"]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.what}: {self.signed_by}"


class Fact(Positioned, Usable):
    slug = models.CharField(
        "number",
        max_length=3,
        unique=True,
        validators=[RegexValidator(r"\AF\d\d\Z", "F and two digits, such as F09.")],
        help_text="A section marks the sentence that tells it: [F09].",
    )
    text = models.CharField("what the article says", help_text="One line, in our own words.")

    def __str__(self) -> str:
        return f"{self.slug} {self.text}"

    def used_by(self) -> list[models.Model]:
        """What cites it; sections mark it in their text."""
        return [*cited_by(self), *Section.objects.filter(text__contains=f"[{self.slug}]")]


class Source(Positioned, Usable):
    slug = slug_field(unique=True)
    publisher = models.CharField("who says it")
    title = models.CharField("on which page")
    url = models.CharField("address", blank=True, validators=[URLValidator(["http", "https"])])
    note = models.TextField("how we came to read it", blank=True)

    class Meta(Positioned.Meta):
        verbose_name = "published guidance"
        verbose_name_plural = "published guidance"

    def __str__(self) -> str:
        return f"{self.publisher}: {self.title}"

    def used_by(self) -> list[models.Model]:
        return cited_by(self)


def cited_by(row: models.Model) -> list[models.Model]:
    names = [related.get_accessor_name() for related in row._meta.related_objects]
    return [one for name in names if name for one in getattr(row, name).all()]


class Cited(models.Model):
    facts = models.ManyToManyField(Fact, verbose_name="facts of the article", blank=True)
    sources = models.ManyToManyField(Source, verbose_name="other guidance", blank=True)

    class Meta:
        abstract = True


class StoredCondition(models.TextField):
    """A condition in the form of the guide's file: `triage.engine.parts.Condition` says what it means.

    Django's own JSON field asks the database what it can do before each command, also when it is away.
    """

    def from_db_value(self, value: str, *database: object) -> object:
        return json.loads(value)

    def get_prep_value(self, value: object) -> str:
        return value if isinstance(value, str) else json.dumps(value or {})

    def to_python(self, value: object) -> object:
        return json.loads(value) if isinstance(value, str) else value


def condition_field(name: str, help_text: str = "") -> StoredCondition:
    return StoredCondition(name, default=dict, blank=True, help_text=help_text)


def picture_field() -> "models.CharField[str, str]":
    return models.CharField(
        "drawing", blank=True, choices=[(name, name) for name in PICTURES], help_text="Shown beside it."
    )


class Page(Positioned, Usable):
    slug = slug_field(unique=True)
    section = models.CharField(
        "part of the way", help_text="Shown above the questions. Pages of one part stand together."
    )
    title = models.CharField(help_text="The heading of a page that asks more than one question.")
    picture = picture_field()

    def __str__(self) -> str:
        return self.title


class Question(Positioned, Usable):
    siblings_by = "page"
    page = models.ForeignKey(Page, models.PROTECT, related_name="questions")
    slug = slug_field(unique=True)
    kind = models.CharField("takes", choices=KIND)
    text = models.CharField("question")
    short = models.CharField("in a few words", help_text="For lists and the doctor's sheet: “Where it is”.")
    hint = models.CharField(blank=True)
    why = models.TextField("why we ask this", blank=True, help_text=MARKDOWN)
    signs = models.CharField(
        "its options are",
        blank=True,
        choices=SIGNS,
        help_text="Each option other than “none of these” is then a sign of this kind.",
    )
    may_change = models.BooleanField(
        "may change later", default=False, help_text="The results then say what worse would change."
    )
    sheet_place = models.PositiveSmallIntegerField(
        "place on the doctor’s sheet",
        default=0,
        validators=POSSIBLE,
        help_text="Among what a doctor asks first; 0: after those.",
    )
    show_if = condition_field("asked only when", help_text="Leave empty: it is always asked.")

    class Meta(Positioned.Meta):
        ordering = ["page__position", "page", "position", "pk"]
        constraints = [one_of("kind", KIND), one_of("signs", SIGNS)]

    def __str__(self) -> str:
        return self.short

    def used_by(self) -> list[models.Model]:
        """What would change its meaning without its answers."""
        stories = Vignette.objects.filter(answers__question=self).distinct()
        return [*_naming({option.full_slug for option in self.options.all()}), *stories]


class OptionManager(models.Manager["Option"]):
    """An option is always named together with its question."""

    def get_queryset(self) -> models.QuerySet["Option"]:
        return super().get_queryset().select_related("question__page")


class Option(Positioned, Usable, Cited, Checked):
    siblings_by = "question"
    question = models.ForeignKey(Question, models.CASCADE, related_name="options")
    slug = slug_field()
    text = models.CharField("answer")
    hint = models.CharField(blank=True)
    clause = models.CharField(
        "after “if”", blank=True, help_text="What choosing it says, to stand after “If”: “it began suddenly”."
    )
    exclusive = models.BooleanField(
        "stands alone", default=False, help_text="Cannot be chosen beside another: “none of these”."
    )
    unsure = models.BooleanField(
        "means “not sure”",
        default=False,
        help_text="Choosing it leaves the other options unknown, not false.",
    )
    passing = models.BooleanField(
        "means “it passes off” or “it is long known”",
        default=False,
        db_default=False,
        help_text="A rule that only this holds back still asks for help, a level less.",
    )
    spoken = models.CharField(
        "to read out", blank=True, help_text="One whole sentence for the telephone: “My legs feel weak.”"
    )
    reason = models.CharField(
        blank=True, help_text="Of a sign of an emergency: one plain sentence that says why to call now."
    )
    first_aid = models.TextField("until help comes", blank=True, help_text=MARKDOWN)
    crisis = models.BooleanField(
        "thoughts of self-harm", default=False, help_text="Leads to the page about thoughts of self-harm."
    )

    objects = OptionManager()

    class Meta(Positioned.Meta):
        ordering = [
            "question__page__position",
            "question__page",
            "question__position",
            "question",
            "position",
            "pk",
        ]
        constraints = [
            UniqueConstraint(fields=["question", "slug"], name="option_slug_in_question"),
        ]

    def __str__(self) -> str:
        return f"{self.question.short}: {self.text}"

    @property
    def full_slug(self) -> str:
        return f"{self.question.slug}:{self.slug}"

    def used_by(self) -> list[models.Model]:
        """What would change its meaning without this option."""
        return [*_naming({self.full_slug}), *self.vignettes.all()]


class Section(Positioned, Usable, Checked):
    slug = slug_field(unique=True)
    title = models.CharField()
    text = models.TextField(
        help_text=f"Mark a fact right after the sentence that tells it: [F09]. {MARKDOWN}"
    )

    class Meta(Positioned.Meta):
        verbose_name = "section of the article"
        verbose_name_plural = "sections of the article"

    def __str__(self) -> str:
        return self.title


class Cause(Positioned, Usable, Checked):
    slug = slug_field(unique=True)
    name = models.CharField()
    medical_name = models.CharField(blank=True)
    picture = picture_field()
    everyday = models.BooleanField(
        default=False, help_text="Harmless and passing: only with such a cause do we say to stay at home."
    )
    prior = models.IntegerField(
        "points to start from",
        validators=POSSIBLE,
        default=-3,
        help_text="Most start from −3. One point more doubles the odds before anything was answered.",
    )
    section = models.ForeignKey(
        Section, models.PROTECT, verbose_name="section of the article", related_name="causes"
    )
    what = models.TextField("what it is", help_text=MARKDOWN)
    helps = models.TextField("what usually helps", help_text=MARKDOWN)
    get_help = models.TextField(
        "when to get help",
        help_text=f"{MARKDOWN} A line for each; begin all with the name of a level (“Today: Get help if …”) "
        "to show how soon.",
    )
    ask = models.TextField("questions for the doctor", blank=True, help_text="One a line.")
    sources = models.ManyToManyField(Source, verbose_name="other guidance", blank=True)

    def __str__(self) -> str:
        return self.name

    def used_by(self) -> list[models.Model]:
        return [*self.vignettes.all()]


class Evidence(Positioned, Usable, Cited, Checked):
    siblings_by = "cause"
    slug = slug_field(unique=True)
    cause = models.ForeignKey(Cause, models.CASCADE, related_name="evidence")
    points = models.SmallIntegerField("this", choices=POINTS)
    text = models.CharField("in words", help_text="Names the answer: “You had a lot of caffeine”.")
    condition = condition_field("counts when")

    class Meta(Positioned.Meta):
        ordering = ["cause__position", "cause", "position", "pk"]
        verbose_name_plural = "evidence"
        constraints = [one_of("points", POINTS)]

    def __str__(self) -> str:
        return f"{self.text} ({self.get_points_display()})"


class UrgencyRule(Positioned, Usable, Cited, Checked):
    slug = slug_field(unique=True)
    urgency = models.CharField("asks for", choices=URGENCY)
    today = models.BooleanField(default=False, help_text="An urgent rule that cannot wait for days.")
    reason = models.CharField(help_text="One plain sentence: “Your legs feel weak, without a clear reason.”")
    first_aid = models.TextField("until help comes", blank=True, help_text=MARKDOWN)
    condition = condition_field("speaks when")
    unexplained = models.BooleanField(
        "only when no cause fits",
        default=False,
        help_text="Of older guides. Say under “unless” what is known to calm it.",
    )
    crisis = models.BooleanField(
        "thoughts of self-harm", default=False, help_text="Leads to the page about thoughts of self-harm."
    )

    class Meta(Positioned.Meta):
        constraints = [
            one_of("urgency", URGENCY),
            CheckConstraint(
                condition=Q(today=False) | Q(urgency="urgent"),
                name="urgencyrule_today",
                violation_error_message="“Today” is for rules that ask for a doctor within days.",
            ),
        ]

    def __str__(self) -> str:
        return self.reason


class Level(Positioned):
    """The words for one urgency, or for an urgent result of today."""

    slug = models.CharField("urgency", unique=True, choices=LEVEL)
    name = models.CharField("in one or two words")
    heading = models.CharField(help_text="One action.")
    text = models.TextField()
    card = models.TextField(
        "what to do", blank=True, help_text="A row a line: “When it is closed: Call the night service.”"
    )
    watch = models.TextField("what to watch for", help_text=f"A list. {MARKDOWN}")

    class Meta(Positioned.Meta):
        verbose_name = "level of urgency"
        verbose_name_plural = "levels of urgency"
        constraints = [one_of("slug", LEVEL)]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: object, **kwargs: Any) -> None:
        """Its urgency says where it stands."""
        super().save(*args, **kwargs)
        self.put_in_order(sorted(self.siblings(), key=lambda level: list(LEVEL).index(level.slug)))


class Vignette(Positioned, Usable):
    slug = slug_field(unique=True)
    kind = models.CharField(help_text="Where the story comes from.")
    story = models.TextField()
    answers = models.ManyToManyField(
        Option, related_name="vignettes", help_text="What this person would answer."
    )
    causes = models.ManyToManyField(
        Cause, through="ExpectedCause", verbose_name="acceptable causes", related_name="vignettes"
    )
    urgency = models.CharField("expected urgency", choices=URGENCY)
    urgency_accept = models.ManyToManyField(
        Level,
        verbose_name="acceptable urgencies",
        related_name="vignettes",
        help_text="The expected one among them.",
    )
    opinions = models.CharField(
        "what readers said",
        blank=True,
        help_text="The urgency that each said who was asked apart from the others: “urgent, routine”.",
    )
    why = models.TextField("why this is expected")
    source = models.TextField()

    class Meta(Positioned.Meta):
        verbose_name = "story"
        verbose_name_plural = "stories"
        constraints = [one_of("urgency", URGENCY)]

    def __str__(self) -> str:
        return self.slug


class ExpectedCause(Positioned):
    """A cause that a story accepts; the first is the best."""

    siblings_by = "vignette"
    vignette = models.ForeignKey(Vignette, models.CASCADE, related_name="expected")
    cause = models.ForeignKey(Cause, models.PROTECT)

    class Meta(Positioned.Meta):
        verbose_name = "acceptable cause"
        constraints = [UniqueConstraint(fields=["vignette", "cause"], name="expected_cause_once")]

    def __str__(self) -> str:
        return str(self.cause)


class Thresholds(models.Model):
    """The one row of what belongs to no other: from which points on a cause fits, and what to ask."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    possible_at = models.SmallIntegerField(
        "fits partly from", validators=POSSIBLE, help_text="From this many points on a cause fits partly."
    )
    strong_at = models.SmallIntegerField(
        "fits well from", validators=POSSIBLE, help_text="From this many points on it fits well."
    )
    ask = models.TextField(
        "questions for any doctor", blank=True, help_text="One a line, whatever the causes."
    )
    film = models.TextField("what to film for a doctor", blank=True, help_text="One a line.")
    home = condition_field(
        "what shows that it passes",
        help_text="Only then, and with an everyday cause, we say to stay at home.",
    )
    home_reason = models.CharField(
        "why it is not for staying at home",
        blank=True,
        help_text="Said where nothing shows that it passes, or nothing everyday fits.",
    )

    class Meta:
        verbose_name = "thresholds"
        verbose_name_plural = "thresholds"
        permissions = [
            ("review_guide", "Can preview and review the working copy"),
            ("publish_guide", "Can publish and roll back"),
        ]
        constraints = [
            CheckConstraint(condition=Q(id=1), name="thresholds_only_one"),
            CheckConstraint(
                condition=Q(strong_at__gt=models.F("possible_at")),
                name="thresholds_in_order",
                violation_error_message="“Fits well” must ask for more points than “fits partly”.",
            ),
        ]

    def __str__(self) -> str:
        return "Thresholds"


def _naming(options: set[str]) -> list[models.Model]:
    """The rows whose condition names one of these options, drafts among them."""
    places: dict[type[models.Model], str] = {
        Evidence: "condition", UrgencyRule: "condition", Question: "show_if", Thresholds: "home"
    }  # fmt: skip
    return [
        row
        for model, field in places.items()
        for row in model._default_manager.all()
        if not options.isdisjoint(read_condition(getattr(row, field)).options)
    ]


class SentForm(models.Model):
    """A form that staff sent, and where its answer led: the same sent again acts no second time."""

    digest = models.CharField(max_length=64, primary_key=True)
    led_to = models.TextField()
    sent_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.led_to


class ReleasedSlug(models.Model):
    """A short name that some release has held: it stands in people's answers, so it stays."""

    kind = models.CharField(max_length=20)
    slug = models.CharField(max_length=101)

    class Meta:
        default_permissions = ()
        constraints = [UniqueConstraint(fields=["kind", "slug"], name="released_slug_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.slug}"

    @classmethod
    def holds(cls, row: models.Model) -> bool:
        return cls.objects.filter(kind=row._meta.model_name, slug=slug_of(row)).exists()

    @classmethod
    def held(cls, model: type[models.Model]) -> set[str]:
        """Those of this kind, an option's without its question."""
        slugs = cls.objects.filter(kind=model._meta.model_name).values_list("slug", flat=True)
        return {slug.rpartition(":")[2] for slug in slugs}


def slug_of(row: models.Model) -> str:
    """What a guide calls it; empty for what has no slug."""
    return getattr(row, "full_slug", "") or getattr(row, "slug", "")


def _protect_what_is_named() -> None:
    """An option, fact or source that a row names cannot be deleted.

    Django would drop it from the row's list without a word, and an "all of" with one option less is true
    more often. The tables between are made by ManyToManyField, which takes no on_delete; so it is set here.
    """
    models_with_lists: tuple[Any, ...] = (Option, Cause, Evidence, UrgencyRule, Vignette)
    for field in (field for model in models_with_lists for field in model._meta.many_to_many):
        through = field.remote_field.through
        if through._meta.auto_created:
            through._meta.get_field(field.m2m_reverse_field_name()).remote_field.on_delete = models.PROTECT


_protect_what_is_named()
