"""What the commands share."""

from django.core.management.base import BaseCommand, CommandError, CommandParser

from content import publishing, working_copy
from triage.engine.guide import Guide, GuideError
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
            raise CommandError(
                f"There is no release {options.get('release') or options.get('number')}."
            ) from None
        except (GuideError, publishing.NotPublished, DamagedRelease, OSError, UnicodeDecodeError) as error:
            raise CommandError(str(error)) from None

    @staticmethod
    def takes_release(parser: CommandParser) -> None:
        parser.add_argument(
            "--release", type=int, metavar="N", help="this release instead of the working copy"
        )

    def guide(self, release: int | None) -> Guide:
        return working_copy.build() if release is None else publishing.guide_of(release)

    def title(self, release: int | None) -> str:
        return "The working copy" if release is None else f"Release {release}"
