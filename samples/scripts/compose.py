#!/usr/bin/env python3
"""Puts one component into another's import: compose.py SHOP NEEDS PART OFFERS OUT.

NEEDS is the interface that PART exports and SHOP imports; OFFERS is the one that
SHOP exports and the whole then offers. Nothing is linked or rewritten: the result
holds both components as they are, and a few bytes that connect them.
"""
import sys

INSTANCE = b"\x05"  # this sort of thing, and the kind of an argument


def leb(n):
    out = bytearray()
    while n > 0x7F:
        out.append(n & 0x7F | 0x80)
        n >>= 7
    return bytes(out) + bytes([n])


def text(s):
    return leb(len(s.encode())) + s.encode()


def section(number, body):
    return bytes([number]) + leb(len(body)) + body


def one(number, item):
    return section(number, leb(1) + item)


shop, needs, part, offers, out = sys.argv[1:]
whole = b"\0asm\x0d\0\x01\0"
for name in (part, shop):  # components 0 and 1
    with open(name, "rb") as f:
        whole += section(4, f.read())
whole += one(5, b"\x00" + leb(0) + leb(0))  # instance 0: the part, which needs nothing
whole += one(6, INSTANCE + b"\x00" + leb(0) + text(needs))  # instance 1: its interface
whole += one(5, b"\x00" + leb(1) + leb(1) + text(needs) + INSTANCE + leb(1))  # instance 2: the shop
whole += one(6, INSTANCE + b"\x00" + leb(2) + text(offers))  # instance 3: its interface
whole += one(11, b"\x00" + text(offers) + INSTANCE + leb(3) + b"\x00")
with open(out, "wb") as f:
    f.write(whole)
