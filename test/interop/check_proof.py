#!/usr/bin/env python3
"""check_proof.py EVENT PROOF KEY: is the line in EVENT in the log whose checkpoint KEY (PEM) signed? Python's standard library alone."""
import base64, hashlib, re, sys

P, N = 2**256 - 2**224 + 2**192 + 2**96 - 1, 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551
G = (0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296, 0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5)
SPKI = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004")  # an uncompressed point of P-256 follows

def add(a, b):
    if a is None or b is None:
        return a or b
    if a[0] == b[0] and (a[1] + b[1]) % P == 0:
        return None
    s = ((3 * a[0] * a[0] - 3) * pow(2 * a[1], -1, P) if a == b else (b[1] - a[1]) * pow(b[0] - a[0], -1, P)) % P
    x = (s * s - a[0] - b[0]) % P
    return x, (s * (a[0] - x) - a[1]) % P

def mul(k, point):
    result = None
    while k:
        result, point, k = add(result, point) if k & 1 else result, add(point, point), k >> 1
    return result

def signed(spki, text, signature):  # FIPS 186-5 section 6.4.2; the signature is DER
    x, y = int.from_bytes(spki[27:59], "big"), int.from_bytes(spki[59:], "big")
    if spki[:27] != SPKI or len(spki) != 91 or (y * y - x**3 + 3 * x - 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b) % P:
        sys.exit("the key is none of ECDSA P-256")
    size = signature[3]
    r, s = int.from_bytes(signature[4:4 + size], "big"), int.from_bytes(signature[6 + size:], "big")
    if not (0 < r < N and 0 < s < N):
        return False
    e, w = int.from_bytes(hashlib.sha256(text).digest(), "big"), pow(s, -1, N)
    point = add(mul(e * w % N, G), mul(r * w % N, (x, y)))
    return point is not None and point[0] % N == r

line = open(sys.argv[1], "rb").read().rstrip(b"\n")
head, note = open(sys.argv[2], "rb").read().split(b"\n\n", 1)
spki = base64.b64decode("".join(open(sys.argv[3]).read().split("-----")[2].split()))
text, signatures = note.rsplit(b"\n\n", 1)
text += b"\n"
origin, size, root = text.split(b"\n")[:3]
lines = [one.split(b" ")[1:] for one in signatures.splitlines()]
mine = [raw[4:] for name, raw in ((name, base64.b64decode(value)) for name, value in lines) if name == origin and raw[:4] == hashlib.sha256(spki).digest()[:4]]
if not mine or not signed(spki, text, mine[0]):
    sys.exit("the key did not sign the checkpoint")
proof = [one for one in head.split(b"\n")[1:] if not one.startswith(b"extra ")]
index, last, path = int(proof[0].removeprefix(b"index ")), int(size) - 1, [base64.b64decode(one) for one in proof[1:]]
entry = re.sub(rb',"current_hash":"sha256:[0-9a-f]{64}"}$', b"}", line)
node, value = index, hashlib.sha256(b"\0" + entry).digest()
if not line.startswith(b'{"sequence":%d,' % index) or not line.endswith(b',"current_hash":"sha256:%s"}' % value.hex().encode()) or index > last:
    sys.exit("the event is another line, or does not fit its hash")
for sibling in path:  # RFC 9162 section 2.1.3.2
    right = node & 1 or node == last
    value = hashlib.sha256(b"\1" + (sibling + value if right else value + sibling)).digest()
    while right and not node & 1 and node:
        node, last = node >> 1, last >> 1
    node, last = node >> 1, last >> 1
if last or value != base64.b64decode(root):
    sys.exit("the line is not in the log")
print(f"line {index} is in {origin.decode()}, of {int(size)} lines")
