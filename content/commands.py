"""What the commands share."""

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from content import publishing
from content.history import log
from triage.engine.guide import GuideError
from triage.models import Release
from triage.releases import DamagedRelease


class GuideCommand(BaseCommand):
    """A command that says in words why it could not do its work, and exits with 1."""

    def execute(self, *args: object, **options: object) -> str | None:
        try:
            return super().execute(*args, **options)
        except publishing.WouldDiscard as error:
            raise CommandError(f"{error} Add --discard to let them go.") from None
        except Release.DoesNotExist:
            number = options["number" if options.get("release") is None else "release"]
            raise CommandError(f"There is no release {number}.") from None
        except (GuideError, publishing.NotPublished, DamagedRelease, OSError, UnicodeDecodeError) as error:
            raise CommandError(str(error)) from None

    guide = staticmethod(publishing.guide_of)
    title = staticmethod(publishing.title_of)


class PublishingCommand(GuideCommand):
    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--note", required=True, help="what changed and why")
        parser.add_argument("--reason", default="", help="why an urgency is lower, where one is")
        parser.add_argument(
            "--for-safety", action="store_true", help="move people on older releases to this one"
        )
        parser.add_argument("--by", default="command line", metavar="NAME", help="who publishes")


class ReleaseCommand(GuideCommand):
    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--release", type=int, metavar="N", help="this release instead of the working copy"
        )


class AccountCommand(BaseCommand):
    """A command about one account, whose history says what it `did`."""

    did = ""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="the account's name")

    @transaction.atomic
    def handle(self, *arguments: object, name: str, **options: object) -> None:
        User = get_user_model()
        try:
            user = User.objects.get_by_natural_key(name)
        except User.DoesNotExist:
            raise CommandError(f"There is no account named {name}.") from None
        self.act(user)
        log([user], user.pk, f"{self.did} by a command on the server.")
        self.stdout.flush()  # a key or a code that nobody was told, on a full disk, is not kept

    def act(self, user: AbstractUser) -> None:
        raise NotImplementedError
