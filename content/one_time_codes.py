"""One-time codes for the staff log-in: an app on a phone shows them, recovery codes stand in for it."""

import base64

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.forms import UsernameField
from django.contrib.auth.models import AbstractUser
from django.contrib.auth.signals import user_login_failed
from django.db import transaction
from django_otp import devices_for_user, match_token, user_has_device
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

RECOVERY_CODES = 10


class Code(forms.PasswordInput):
    """To be read while it is typed, but never sent back."""

    input_type = "text"


class LogIn(AdminAuthenticationForm):
    """Name, password, and the code of whoever has enrolled. `StaffSite` decides what opens without one."""

    # Stock takes a longer one than the table of wrong guesses, which PostgreSQL then refuses.
    username = UsernameField(max_length=150, widget=forms.TextInput(attrs={"autofocus": True}))
    code = forms.CharField(
        label="One-time code, if you have one",
        required=False,
        max_length=20,
        widget=Code(attrs={"autocomplete": "one-time-code", "spellcheck": "false"}),
    )
    error_messages = AdminAuthenticationForm.error_messages | {
        "invalid_login": "Name, password and code do not fit together, or were tried too often."
    }

    def clean_code(self) -> str:
        """Apps show it with a space."""
        return str(self.cleaned_data["code"]).replace(" ", "")

    def clean(self) -> dict[str, object]:
        """A recovery code is spent when it is tried, whatever else was wrong: somebody may have seen it."""
        try:
            return super().clean() or self.cleaned_data
        except forms.ValidationError:
            if not getattr(self.request, "axes_locked_out", False):  # then nothing was tried
                code, name = (self.cleaned_data.get(field, "") for field in ("code", "username"))
                StaticToken.objects.filter(token=code, device__user__username=name).delete()
            raise

    def confirm_login_allowed(self, user: AbstractUser) -> None:
        """What is wrong counts like a wrong password, and the answer does not say what was right."""
        if user.is_active and user.is_staff and self._code_fits(user):
            return
        guessed = {"username": user.get_username()}
        user_login_failed.send(sender=__name__, credentials=guessed, request=self.request)
        raise self.get_invalid_login_error()

    def _code_fits(self, user: AbstractUser) -> bool:
        if not user_has_device(user):
            return True
        code = self.cleaned_data.get("code")
        user.otp_device = match_token(user, code) if code else None  # type: ignore[attr-defined]
        return user.otp_device is not None  # type: ignore[attr-defined]


def app_of(user: AbstractUser) -> TOTPDevice | None:
    """The app that shows this account's codes."""
    return TOTPDevice.objects.filter(user=user, confirmed=True).first()


def key_of(device: TOTPDevice) -> str:
    """The key as an app takes it when it is typed."""
    return base64.b32encode(device.bin_key).decode()


@transaction.atomic
def enrol(user: AbstractUser) -> TOTPDevice:
    """A device for this account. Its `config_url` is what the app on the phone is given."""
    device = start(user)
    device.confirmed = True
    device.save()
    return device


@transaction.atomic
def start(user: AbstractUser) -> TOTPDevice:
    """A device that counts for nothing before `confirm`. One that was started earlier ends."""
    TOTPDevice.objects.filter(user=user, confirmed=False).delete()
    return TOTPDevice.objects.create(user=user, name="app", confirmed=False)


@transaction.atomic
def confirm(user: AbstractUser, key: int | None, code: str) -> TOTPDevice | None:
    """The device that was started counts, in place of an earlier one, if this is the code that it shows."""
    started = TOTPDevice.objects.select_for_update().filter(user=user, pk=key, confirmed=False).first()
    if started is None or not started.verify_token(code):
        return None
    started.confirmed = True
    started.save()
    TOTPDevice.objects.filter(user=user).exclude(pk=started.pk).delete()
    return started


@transaction.atomic
def new_recovery_codes(user: AbstractUser) -> list[str]:
    """Codes that work once each, in place of all earlier ones."""
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name="recovery codes")
    codes = [StaticToken.random_token() for _ in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=code) for code in codes)
    return codes


@transaction.atomic
def forget_devices(user: AbstractUser) -> int:
    """How many devices the account had."""
    devices = list(devices_for_user(user, confirmed=None))
    for device in devices:
        device.delete()
    return len(devices)
