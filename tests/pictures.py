"""Small real pictures made in pure Python, of an exact width, height and number of bytes."""

from __future__ import annotations

import struct
import zlib


def jpeg(width: int, height: int, length_bytes: int = 0) -> bytes:
    """A grey baseline JPEG (ITU T.81) that any decoder opens; comments fill it up to `length_bytes`."""
    blocks = -(-width // 8) * -(-height // 8)
    bits = 2 * blocks  # each block: "no DC difference" and "end of block", one zero bit each
    scan = bytearray(-(-bits // 8))
    if bits % 8:
        scan[-1] = (1 << (8 - bits % 8)) - 1  # F.1.2.3: the last byte is filled with ones
    one_code = bytes([1] + [0] * 15 + [0])
    head = b"\xff\xd8" + _segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0")
    tail = (
        _segment(0xDB, b"\0" + bytes([16] * 64))
        + _segment(0xC0, struct.pack(">BHHBBBB", 8, height, width, 1, 1, 0x11, 0))
        + _segment(0xC4, b"\x00" + one_code)
        + _segment(0xC4, b"\x10" + one_code)
        + _segment(0xDA, b"\x01\x01\x00\x00\x3f\x00")
        + bytes(scan)
        + b"\xff\xd9"
    )
    return head + _comments(length_bytes - len(head) - len(tail)) + tail


def png(width: int, height: int, length_bytes: int = 0, grey: int = 128) -> bytes:
    """A PNG of one grey; a private ancillary chunk fills it up to `length_bytes`."""
    rows = (b"\0" + bytes([grey]) * width) * height
    head = b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    tail = _chunk(b"IDAT", zlib.compress(rows, 9)) + _chunk(b"IEND", b"")
    missing = length_bytes - len(head) - len(tail)
    if missing <= 0:
        return head + tail
    if missing < 12:
        raise ValueError("too little room for a chunk")
    return head + _chunk(b"paDd", bytes(missing - 12)) + tail


def _segment(marker: int, payload: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(payload) + 2) + payload


def _comments(missing: int) -> bytes:
    out = b""
    while missing > 0:
        size = min(missing, 60_000)
        if 0 < missing - size < 4:
            size -= 4
        if size < 4:
            raise ValueError("too little room for a comment")
        out += _segment(0xFE, bytes(size - 4))
        missing -= size
    return out


def _chunk(name: bytes, payload: bytes) -> bytes:
    return struct.pack(">I", len(payload)) + name + payload + struct.pack(">I", zlib.crc32(name + payload))
