"""What commands about one account have in common."""

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser
from django.core.management.base import BaseCommand, CommandError, CommandParser


class AccountCommand(BaseCommand):
    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="the account's name")

    def handle(self, *arguments: object, name: str, **options: object) -> None:
        User = get_user_model()
        try:
            user = User.objects.get_by_natural_key(name)
        except User.DoesNotExist:
            raise CommandError(f"There is no account named {name}.") from None
        self.act(user)

    def act(self, user: AbstractUser) -> None:
        raise NotImplementedError
