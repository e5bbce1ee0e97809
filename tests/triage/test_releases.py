"""The cache of releases keeps to its word when the database answers only some of its questions."""

from django.db import OperationalError, connection

from triage.releases import ReleaseCache


class Eager(ReleaseCache):
    look_every = rest_after_failure = 0.0


def deaf_to_safety(execute, sql, params, many, context):
    if "for_safety" in sql.partition("WHERE")[2]:
        raise OperationalError("away just now")
    return execute(sql, params, many, context)


def test_a_release_for_safety_is_never_held_without_its_mark(publish):
    cache, before = Eager(), publish()
    assert cache.newest().number == before.number
    safer = publish(for_safety=True)
    with connection.execute_wrapper(deaf_to_safety):
        cache.newest()
    assert cache.newest().number == safer.number
    assert cache.get(before.number) is None


def test_people_stay_on_the_four_releases_before_the_newest(publish):
    cache = Eager()
    for _ in range(6):
        publish()
        cache.newest()
    assert [number for number in range(1, 7) if cache.get(number)] == [2, 3, 4, 5, 6]
