"""PhotoDNA: 144 bytes that an agency's own licensed library computes; Leadline imports values and compares them.

Nothing here computes it: it is licensed, and no open implementation may be shipped. Equal values are equal pictures to
a method of its own, so that PDQ and PhotoDNA together are two methods that agree.
"""

NAME = "photodna"
SIZE = 144
"""Bytes of the hash, as VICS and ICSE lists carry it (192 characters of base64 or 288 of hexadecimal)."""
