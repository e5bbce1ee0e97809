"""Prints new recovery codes for an account. Each stands in for a one-time code once; earlier ones end."""

from django.contrib.auth.models import AbstractUser

from content.commands import AccountCommand
from content.one_time_codes import new_recovery_codes


class Command(AccountCommand):
    help = __doc__
    did = "New recovery codes were made"

    def act(self, user: AbstractUser) -> None:
        self.stdout.write("\n".join(new_recovery_codes(user)))
