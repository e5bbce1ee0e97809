"""What the commands share."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from content import publishing, working_copy
from triage.engine.guide import Guide, GuideError
from triage.models import Release
from triage.releases import DamagedRelease


class GuideCommand(BaseCommand):
    """A command that says in words why it could not do its work, and exits with 1."""

    def execute(self, *args: Any, **options: Any) -> str | None:
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

    def guide(self, release: int | None) -> Guide:
        return working_copy.build() if release is None else publishing.guide_of(release)
