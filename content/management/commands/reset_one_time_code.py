"""Takes one-time codes and recovery codes from an account: for a phone that was lost."""

from django.contrib.auth.models import AbstractUser

from content.management.account import AccountCommand
from content.one_time_codes import forget_devices, note


class Command(AccountCommand):
    help = __doc__

    def act(self, user: AbstractUser) -> None:
        count = forget_devices(user)
        note(user, "The second factor was removed by a command on the server.")
        self.stdout.write(f"{user.get_username()} had {count} devices, and has none now.")
