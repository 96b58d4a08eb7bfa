#!/usr/bin/env python3
"""Blanks the build paths that are baked into other people's engines.

The replacement has the same length, so the component stays valid.
"""
import re
import sys

PATHS = re.compile(rb"/(?:home/)?[a-z]+/\.cargo/(?:registry/src/[a-z0-9.-]+|git/checkouts)")

for name in sys.argv[1:]:
    with open(name, "rb") as f:
        data = f.read()
    with open(name, "wb") as f:
        f.write(PATHS.sub(lambda m: b"x" * len(m.group()), data))
