"""Put on PYTHONPATH: the kernel ends this process, and every child of it, at the first attempt to reach another
machine (seccomp, so libraries in C and Rust are seen too). To listen and to answer stays allowed."""

from __future__ import annotations

import ctypes
import platform
import struct

_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _FILTER = 38, 22, 2
_KILL, _ALLOW = 0x80000000, 0x7FFF0000
_LOAD, _EQUAL, _LARGER, _RETURN = 0x20, 0x15, 0x25, 0x06  # BPF_LD|W|ABS, BPF_JMP|JEQ|K, BPF_JMP|JGT|K, BPF_RET|K
_NUMBER, _LENGTH, _ADDRESS_LOW, _ADDRESS_HIGH = 0, 16 + 2 * 8, 16 + 4 * 8, 16 + 4 * 8 + 4  # of struct seccomp_data
# connect; sendto, with an address of its own; sendmsg and sendmmsg are for datagrams that a connect came before.
CALLS = {"x86_64": (42, 44), "aarch64": (203, 206)}
# A filter sees the length of an address, not what stands in it: 16 bytes are IPv4, 28 IPv6 and 128 either; a socket of
# this machine alone, by which `serve` reaches its own other half, has a path.
_IPV6_BYTES, _UNIX_BYTES = 28, 110


def _statement(code: int, if_true: int, if_false: int, value: int) -> bytes:
    return struct.pack("HBBI", code, if_true, if_false, value)


def _forbid() -> None:
    connect, sendto = CALLS[platform.machine()]
    program = b"".join(
        (
            _statement(_LOAD, 0, 0, _NUMBER),
            _statement(_EQUAL, 0, 3, connect),
            _statement(_LOAD, 0, 0, _LENGTH),
            _statement(_LARGER, 0, 7, _IPV6_BYTES),  # to the end: killed
            _statement(_LARGER, 6, 5, _UNIX_BYTES),
            _statement(_EQUAL, 0, 4, sendto),
            _statement(_LOAD, 0, 0, _ADDRESS_LOW),
            _statement(_EQUAL, 0, 3, 0),
            _statement(_LOAD, 0, 0, _ADDRESS_HIGH),
            _statement(_EQUAL, 0, 1, 0),
            _statement(_RETURN, 0, 0, _ALLOW),
            _statement(_RETURN, 0, 0, _KILL),
        )
    )
    libc = ctypes.CDLL(None, use_errno=True)
    buffer = ctypes.create_string_buffer(program)
    described = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(buffer))
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.prctl(_PR_SET_SECCOMP, _FILTER, described, 0, 0):
        raise OSError(ctypes.get_errno(), "seccomp")


_forbid()
