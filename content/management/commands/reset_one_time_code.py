"""Takes one-time codes and recovery codes from an account: for a phone that was lost."""

from django.contrib.auth.models import AbstractUser

from content.commands import AccountCommand
from content.one_time_codes import forget_devices


class Command(AccountCommand):
    help = __doc__
    did = "The second factor was removed"

    def act(self, user: AbstractUser) -> None:
        count = forget_devices(user)
        self.stdout.write(f"{user.get_username()} had {count} devices, and has none now.")
