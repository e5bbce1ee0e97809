"""Which kinds of body are taken. Whole headers, as browsers write them; how long a body may be stands in
triage/engine/limits.py."""

import re

IMPORT = "/admin/import/"
"""The one address that takes a file."""

UTF_8 = r'(?:\s*;\s*charset="?utf-8"?)?\s*'
FORM = re.compile(rf"application/x-www-form-urlencoded{UTF_8}", re.IGNORECASE)
UPLOAD = re.compile(rf"multipart/form-data\s*;\s*boundary=[\w-]{{1,70}}{UTF_8}", re.ASCII | re.IGNORECASE)
ANY = re.compile(rf"[\w.+/-]*{UTF_8}|{UPLOAD.pattern}", re.ASCII | re.IGNORECASE)
"""A request without a body may name any kind, but no other charset."""
