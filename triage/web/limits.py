"""What may be sent and how much of it, with the reasons. deploy/nginx.conf holds the same sizes, in front.

Django's own limit of 1,000 fields stays.
"""

import re

PUBLIC_FORM = 64 * 1024
"""Bytes of a body. A page of questions with every box ticked sends less than one thousand."""

STAFF_FORM = 512 * 1024
"""Bytes of a body. The largest form of the first guide sends 15,000; to read this many takes 40 ms."""

GUIDE_FILE = 5_000_000
"""Bytes of a guide that staff import; the first guide has a twentieth of it."""

IMPORT = "/admin/import/"
"""The one address that takes a file."""

IMPORT_FORM = GUIDE_FILE + PUBLIC_FORM
"""Bytes of a body: the file, and the form around it."""

UTF_8 = r'(?:\s*;\s*charset="?utf-8"?)?\s*'
FORM = re.compile(rf"application/x-www-form-urlencoded{UTF_8}", re.IGNORECASE)
UPLOAD = re.compile(rf"multipart/form-data\s*;\s*boundary=[\w-]{{1,70}}{UTF_8}", re.ASCII | re.IGNORECASE)
CONTENT_TYPE = re.compile(rf"[\w.+/-]*{UTF_8}|{UPLOAD.pattern}", re.ASCII | re.IGNORECASE)
"""Whole headers, as browsers write them. A request without a body may name any kind, but no other charset."""
