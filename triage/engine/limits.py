"""What a guide may hold, and what may be sent: how much, and why. Beyond it stands a sentence.

A guide ten times as large as the first one fits. Such a guide is read, reviewed, compared and published
within five seconds each while the public is served (tests/faults/test_service.py, docs/capacity.md).
"""

COUNTS = {
    "pages": 100,
    "questions": 300,
    "options": 2_000,
    "causes": 100,
    "rows of evidence": 2_000,
    "urgency rules": 1_000,
    "sections": 200,
    "facts": 1_000,
    "sources": 1_000,
    "stories": 2_000,
}
"""The most of each kind: ten times the first guide, and some room. The time of a review grows with stories
times rules; how many questions one person can be asked is bounded by what a browser keeps, much earlier."""

SCREEN_ROWS = 300
"""Options of a question, or causes that a story accepts, on one screen; fifteen are the most in the first
guide. Stock would draw two thousand for whoever says to have sent so many."""

STAFF_FIELDS = 20 * SCREEN_ROWS
"""Fields of one form: a row sends some eighteen. How large a form is, is bounded apart."""

NAMED = 300
"""Options that one condition names; the longest of the first guide names some forty."""

GROUPS = 20
"""Groups of "at least" in one condition, and as many of "unless"; the most in the first guide are seventeen.
The screen of a condition has a box for each."""

TEXT = 20_000
"""Characters of one text. The longest section of the first guide has some 500; the bound keeps a slip of
the clipboard cheap."""

BRACKETS = 300
"""Signs "[" in one text; the first guide has a few. What could begin a link is read on to the end."""

PAIRS = 2_000_000
"""Pairs of equal words, times the words of the shorter text, for which texts are compared word by word: some
five hundred words, and a fifth of a second. The time grows with both: for each word that stays, what is left
is looked through again. Beyond that a text is shown as a whole."""

GUIDE_FILE = 5_000_000
"""Bytes of a guide that staff import; the first guide has a twentieth of it."""

PUBLIC_FORM = 64 * 1024
"""Bytes of a body. A page of questions with every box ticked sends less than one thousand."""

STAFF_FORM = 512 * 1024
"""Bytes of a body. The largest form of the first guide sends 15,000; to read this many takes 40 ms."""

IMPORT_FORM = GUIDE_FILE + PUBLIC_FORM
"""Bytes of a body: the file, and the form around it."""

STAFF_AT_ONCE = 2
"""Requests of staff that one process works on at once. It has four threads (gunicorn.conf.py)."""

STAFF_WAIT = 0.5
"""Seconds that a third request waits for its turn, on a thread, before it is told to come again."""
