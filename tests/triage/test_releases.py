"""The shelf keeps to its word when the database answers only some of its questions."""

from django.db import OperationalError, connection

from triage.releases import Shelf


class Eager(Shelf):
    look_every = rest_after_failure = 0.0


def deaf_to_safety(execute, sql, params, many, context):
    if "for_safety" in sql.partition("WHERE")[2]:
        raise OperationalError("away just now")
    return execute(sql, params, many, context)


def test_a_release_for_safety_is_never_held_without_its_mark(publish):
    shelf, before = Eager(), publish()
    assert shelf.newest().number == before.number
    safer = publish(for_safety=True)
    with connection.execute_wrapper(deaf_to_safety):
        shelf.newest()
    assert shelf.newest().number == safer.number
    assert shelf.get(before.number) is None
