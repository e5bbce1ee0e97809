"""The one place where answers live: a signed cookie of at most 300 bytes.

It holds the number of the release and the slugs of questions and options, so that any release
can read it. Deflate with a fixed dictionary of the contract's slugs makes it small.
"""

import binascii
import zlib
from collections.abc import Mapping, Sequence

from django.core import signing
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

Answers = Mapping[str, Sequence[str]]

MAX_AGE = 2 * 60 * 60
"""Seconds since the last answer."""
MAX_PACKED = 4000  # no browser keeps more
MAX_UNPACKED = 10_000

# What is found here costs next to nothing. Never change it: a cookie packed with one dictionary cannot
# be read with another. Slugs that are not in it work too, and take more room.
DICTIONARY = (
    b"emergency:face_arm_speech,confused,collapse,chest_breathing,heartbeat,legs_paralysed,saddle_bladder,"
    b"very_cold,fever_rigid,overdose,dark_urine,injury,none;triggers:exercise,caffeine,stress,cold,resting,"
    b"medicine,fluid_loss,no_food,alcohol,concentrating,standing,none;exertion_when:during,within_day,"
    b"next_days,unsure;caffeine_amount:one_two,three_four,five_plus,strong,unsure;caffeine_usual:more,usual,"
    b"unsure;medicine_types:antidepressant,antipsychotic,stimulant,asthma,antibiotic,thyroid_steroid,"
    b"water_acid,sedative,mood_epilepsy,diabetes,other,unsure;medicine_change:started_raised,"
    b"stopped_lowered,took_more,no_change,unsure;fluid_loss_kind:sweating,vomiting_diarrhoea,poor_intake,"
    b"much_water,other;feel:trembling,shivering,twitching,cramps,urge,crawling,bouncing,jerks,stiff,wobbly,"
    b"other;sides:one_leg,both_legs,wider,unsure;when:at_rest,evening_night,standing_still,moving,"
    b"after_dose,in_situation,posture,any_time;relief:moving,resting,warming,calming,eating_drinking,"
    b"stopping_it,wearing_off,nothing,unsure;other_symptoms:racing_heart,on_edge,jittery,hands_shaking,"
    b"sweating,tingling,sick_dizzy,tired,restless_all_over,slow_stiff,none;warning_signs:weakness,numbness,"
    b"pain,balance,walking,speech,weight_loss,none;onset:sudden,gradual,unsure;course:today,days,weeks,"
    b"months,now_and_then,unsure;bouts:minutes,hours,constant,unsure;trend:better,same,worse,unsure;"
    b"impact:sleep,daily,distress,none"
)

signer = signing.TimestampSigner(salt="triage.answers")


class Expired(Exception):
    """The answers are older than two hours."""


class Unreadable(Exception):
    """Not what we wrote: cut, forged, or far too long."""


def pack(release: int, answers: Answers) -> str:
    """Release number and answers in, the cookie's value out."""
    text = f"{release};" + ";".join(f"{slug}:{','.join(chosen)}" for slug, chosen in answers.items())
    squeeze = zlib.compressobj(9, wbits=-15, zdict=DICTIONARY)
    packed = squeeze.compress(text.encode()) + squeeze.flush()
    return signer.sign(urlsafe_base64_encode(packed))


def unpack(value: str) -> tuple[int, dict[str, tuple[str, ...]]]:
    """The cookie's value in, release number and answers out. Raises Expired or Unreadable."""
    if len(value) > MAX_PACKED:
        raise Unreadable
    try:
        packed = urlsafe_base64_decode(signer.unsign(value, max_age=MAX_AGE))
        unsqueeze = zlib.decompressobj(wbits=-15, zdict=DICTIONARY)
        text = unsqueeze.decompress(packed, MAX_UNPACKED).decode()
        if unsqueeze.unconsumed_tail:
            raise Unreadable
        number, _, rest = text.partition(";")
        pairs = (part.partition(":") for part in rest.split(";") if part)
        return int(number), {slug: tuple(chosen.split(",")) for slug, _, chosen in pairs}
    except signing.SignatureExpired:
        raise Expired from None
    except (signing.BadSignature, ValueError, binascii.Error, zlib.error):
        raise Unreadable from None
