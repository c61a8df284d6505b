"""What a line of the file has to be."""

from __future__ import annotations

from hashlib import blake2b

LONGEST_LINE = 1024 * 1024  # bytes
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def file_id_of(address: str) -> str:
    """The id of a file that was fetched from somewhere else: always the same for the same address."""
    number = int.from_bytes(blake2b(address.encode(), digest_size=16).digest()) >> 3  # 26 digits of 5 bits
    return "".join(_CROCKFORD[(number >> shift) & 31] for shift in range(125, -5, -5))
