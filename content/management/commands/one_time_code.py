"""Gives an account one-time codes: prints what the app on the phone is to be told, once."""

from django.contrib.auth.models import AbstractUser
from django.core.management.base import CommandError

from content.commands import AccountCommand
from content.one_time_codes import app_of, enrol, key_of


class Command(AccountCommand):
    help = __doc__
    did = "One-time codes were set up"

    def act(self, user: AbstractUser) -> None:
        name = user.get_username()
        if app_of(user):
            raise CommandError(f"{name} has one-time codes. To start anew: reset_one_time_code {name}")
        device = enrol(user)
        self.stdout.write(f"Key:     {key_of(device)}")
        self.stdout.write(f"Address: {device.config_url}")
