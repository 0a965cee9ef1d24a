#!/usr/bin/env python3
"""Opens and writes sealed files as docs/formats/sealed-file.md describes them. Shares no code with T.A.R.S.

  sealed_file.py open KEY_ID VERSION KEY_HEX FROM TO    opens FROM/* into TO
  sealed_file.py seal KEY_ID VERSION KEY_HEX FROM TO    seals FROM/* into TO; the chunk exponent follows from the length
  sealed_file.py info FILE                              prints what the header says, without a key

Needs Python's `cryptography` (Debian: python3-cryptography). Reads whole files into memory: it is a check, not a tool.
"""
import hmac
import os
import sys
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"TARSEAL\x01"


def hkdf(key, salt, info, length):
    return HKDF(SHA256(), length, salt, info).derive(key)


def file_keys(data_key, uncommitted):
    okm = hkdf(data_key, uncommitted[-32:], b"tars sealed file v1\0" + uncommitted, 96)
    return okm[:32], okm[32:64], okm[64:]


def wrapping(key, salt):
    return AESGCM(hkdf(key, salt, b"tars sealed file v1 wrap", 32))


def nonce(index, last):
    return bytes(3) + index.to_bytes(8, "big") + bytes([last])


def require(condition, what):
    if not condition:
        raise ValueError(what)


def text(raw):
    require(raw and all(0x21 <= b <= 0x7E for b in raw), "visible ASCII")
    return raw.decode("ascii")


def read_header(data):
    """Fixed part, content type, recipients as (key id, version, name bytes, wrapping), header length."""
    require(data[:8] == MAGIC, "magic")
    exponent, t = data[8], data[9]
    require(14 <= exponent <= 20, "chunk exponent")
    require(1 <= t <= 127, "content type")
    content_type = text(data[10:10 + t])
    fixed = data[:10 + t + 64]
    at = len(fixed)
    count, at = data[at], at + 1
    require(1 <= count <= 32, "recipients")
    recipients = []
    for _ in range(count):
        k = data[at]
        require(1 <= k <= 64, "key id")
        name = data[at:at + 1 + k + 4]
        version = int.from_bytes(name[-4:], "big")
        require(version >= 1, "version")
        recipients.append((text(name[1:-4]), version, name, data[at + len(name):at + len(name) + 60]))
        at += len(name) + 60
    require(len({r[:2] for r in recipients}) == count, "recipient twice")
    require(len(data) >= at + 32, "header ends early")
    return fixed, content_type, recipients, at + 32


def open_file(data, key_id, version, key):
    fixed, _, recipients, length = read_header(data)
    name, wrapped = next(r[2:] for r in recipients if r[:2] == (key_id, version))
    data_key = wrapping(key, fixed[-64:-32]).decrypt(wrapped[:12], wrapped[12:], fixed + name)
    commitment, chunk_key, mac_key = file_keys(data_key, fixed[:-32])
    require(hmac.compare_digest(commitment, fixed[-32:]), "commitment")
    require(hmac.compare_digest(hmac.digest(mac_key, data[:length - 32], "sha256"), data[length - 32:length]), "header MAC")
    size, body = (1 << fixed[8]) + 16, data[length:]
    pieces = [body[i:i + size] for i in range(0, len(body), size)]
    require(pieces and (len(pieces) == 1 or len(pieces[-1]) > 16), "chunks")
    cipher = AESGCM(chunk_key)
    return b"".join(cipher.decrypt(nonce(i, i == len(pieces) - 1), piece, None) for i, piece in enumerate(pieces))


def seal_file(plain, key_id, version, key, exponent, content_type=b"application/octet-stream"):
    data_key, salt = os.urandom(32), os.urandom(32)
    uncommitted = MAGIC + bytes([exponent, len(content_type)]) + content_type + salt
    commitment, chunk_key, mac_key = file_keys(data_key, uncommitted)
    fixed = uncommitted + commitment
    name = bytes([len(key_id)]) + key_id.encode("ascii") + version.to_bytes(4, "big")
    wrap_nonce = os.urandom(12)
    wrapped = wrap_nonce + wrapping(key, salt).encrypt(wrap_nonce, data_key, fixed + name)
    head = fixed + bytes([1]) + name + wrapped
    size = 1 << exponent
    pieces = [plain[i:i + size] for i in range(0, len(plain), size)] or [b""]
    cipher = AESGCM(chunk_key)
    chunks = [cipher.encrypt(nonce(i, i == len(pieces) - 1), piece, None) for i, piece in enumerate(pieces)]
    return head + hmac.digest(mac_key, head, "sha256") + b"".join(chunks)


def main(verb, *arguments):
    if verb == "info":
        fixed, content_type, recipients, length = read_header(Path(arguments[0]).read_bytes())
        print(f"{content_type}, chunks of {1 << fixed[8]} bytes, header of {length}", *(f"{i} version {v}" for i, v, *_ in recipients), sep="\n")
        return
    key_id, version, key, source, target = arguments[0], int(arguments[1]), bytes.fromhex(arguments[2]), Path(arguments[3]), Path(arguments[4])
    for path in sorted(source.iterdir()):
        data = path.read_bytes()
        result = open_file(data, key_id, version, key) if verb == "open" else seal_file(data, key_id, version, key, 14 + len(data) % 7)
        (target / path.name).write_bytes(result)


if __name__ == "__main__":
    main(*sys.argv[1:])
