"""Output descriptors of public keys and the scripts that follow from them (BIP380 to BIP383, BIP386, BIP389).

Read are pk, pkh, wpkh, sh, wsh, multi, sortedmulti, combo and the key path of tr, with key origins, ranges (``/*``),
several paths (``<0;1>``) and the checksum. A script tree below tr, miniscript, musig and hardened steps are refused by
name: what follows from those is not known here.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from leadline.errors import EvidenceError
from leadline.kinds.bitcoin import hdkeys
from leadline.kinds.bitcoin import script as sc
from leadline.kinds.bitcoin.hdkeys import ExtendedKey

_LETTERS = "0123456789()[],'/*abcdefgh@:$%{}IJKLMNOPQRSTUVWXYZ&+-.;<=>?!^_|~ijklmnopqrstuvwxyzABCDEFGH`#\"\\ "
"""The letters of a descriptor in the order its checksum counts them (BIP380)."""
_CHECK = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR = (0xF5DEE51989, 0xA9FDCA3312, 0x1BAB10E32D, 0x3706B1677A, 0x644D626FFD)
_ORIGIN = re.compile(r"\[[0-9a-fA-F]{8}(?:/\d+['h]?)*\]")
_STEP = re.compile(r"\d+|<\d+(?:;\d+)+>|\*")
_MOST = {"": 3, "sh": 15, "wsh": sc.MAX_MULTISIG_KEYS}
"""Most keys of a multisig by what holds it (BIP383)."""
_REFUSED = frozenset(
    {
        "raw", "addr", "rawtr", "musig", "multi_a", "sortedmulti_a", "thresh", "older", "after", "sha256", "hash256",
        "ripemd160", "hash160", "andor", "and_v", "and_b", "and_n", "or_b", "or_c", "or_d", "or_i", "pk_k", "pk_h",
    }
)  # fmt: skip
"""Expressions that are refused by name (BIP385, BIP387, BIP390; miniscript, BIP379)."""
_INSIDE = {
    "pk": ("", "sh", "wsh"), "pkh": ("", "sh", "wsh"), "wpkh": ("", "sh"), "multi": ("", "sh", "wsh"),
    "sortedmulti": ("", "sh", "wsh"), "sh": ("",), "wsh": ("", "sh"), "tr": ("",), "combo": ("",),
}  # fmt: skip
"""Where each expression may stand (BIP381 to BIP386)."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key expression: a plain public key, or an extended one with the path to its children (-1 is the range)."""

    public: bytes
    extended: ExtendedKey | None = None
    path: tuple[int, ...] = ()

    def at(self, index: int) -> bytes:
        """The public key at a place of the range."""
        if self.extended is None:
            return self.public
        key = self.extended
        for step in self.path:
            key = key.child(index if step < 0 else step)
        return key.public


@dataclass(frozen=True, slots=True)
class Expression:
    """One script expression: its name, keys, inner expression and threshold."""

    name: str
    keys: tuple[Key, ...] = ()
    inner: "Expression | None" = None
    need: int = 0

    @property
    def ranged(self) -> bool:
        """Whether it gives a script a place."""
        return any(-1 in key.path for key in self.keys) or (self.inner is not None and self.inner.ranged)

    def scripts(self, index: int) -> tuple[bytes, ...]:
        """The output scripts at a place of the range: one, or for combo every one of its key."""
        if self.inner is not None:
            (inner,) = self.inner.scripts(index)
            whole = hashlib.sha256(inner).digest()
            return (sc.witness(0, whole) if self.name == "wsh" else sc.p2sh(hash160(inner)),)
        keys = tuple(key.at(index) for key in self.keys)
        if self.name in ("multi", "sortedmulti"):
            return (multisig(self.need, keys if self.name == "multi" else tuple(sorted(keys))),)
        (key,) = keys
        if self.name == "combo":
            nested = sc.witness(0, hash160(key))
            segwit = (nested, sc.p2sh(hash160(nested))) if len(key) == 33 else ()
            return (sc.p2pk(key), sc.p2pkh(hash160(key)), *segwit)
        if self.name == "tr":
            return (sc.witness(1, hdkeys.tweaked(key[-32:])),)
        if self.name == "wpkh":
            return (sc.witness(0, hash160(key)),)
        return (sc.p2pk(key) if self.name == "pk" else sc.p2pkh(hash160(key)),)


@dataclass(frozen=True, slots=True)
class Branch:
    """One branch of a descriptor: its text without checksum, every ``<a;b>`` settled, and its expression."""

    text: str
    expression: Expression


def branches(text: str, network: str) -> tuple[Branch, ...]:
    """The branches of a descriptor, one for each of its several paths; EvidenceError says what is wrong with it.

    A key has its several paths at one step, none of them twice, and never in its origin (BIP389).
    `network` is main or test: extended keys of the other one are refused.
    """
    body = checked(text)
    if re.search(r"\[[^\]]*<", body):
        raise EvidenceError("several paths may not stand in a key's origin")
    if any(key.count("<") > 1 for key in re.split(r"[(),{}]", body)):
        raise EvidenceError("a key with several paths at more than one step")
    choices = [m[0][1:-1].split(";") for m in re.finditer(r"<[\d;]+>", body)]
    if any(len({int(c) for c in choice if c}) < max(len(choice), 2) for choice in choices):
        raise EvidenceError("a key's several paths are not two or more different numbers")
    if len({len(c) for c in choices}) > 1:
        raise EvidenceError("the descriptor's several paths differ in number")
    found = []
    for i in range(len(choices[0]) if choices else 1):
        taken = iter(choices)
        plain = re.sub(r"<[\d;]+>", lambda _: next(taken)[i], body)  # noqa: B023 - used at once
        expression, end = _expression(plain, 0, "", network)
        if end != len(plain):
            raise EvidenceError("something stands behind the descriptor")
        found.append(Branch(plain, expression))
    return tuple(found)


def of_key(text: str) -> Iterator[str]:
    """Descriptors a bare extended key may stand for: by its version where that says, else every script of one key.

    The paths are those wallets use: the children themselves, and below 0 (given out) and 1 (change) as BIP44 has it.
    Nothing for a multisig key, which is one of several.
    """
    key = hdkeys.parse(text)
    forms = {"sh_wpkh": ("sh(wpkh({}))",), "wpkh": ("wpkh({})",), "multi": ()}.get(
        key.form, ("pkh({})", "sh(wpkh({}))", "wpkh({})", "tr({})")
    )
    return (form.format(text + path) for form, path in product(forms, ("/<0;1>/*", "/*")))


def checked(text: str) -> str:
    """`text` without its checksum; EvidenceError when that is wrong, or a letter is of no descriptor."""
    body, mark, said = text.partition("#")
    if any(c not in _LETTERS for c in text):
        raise EvidenceError("a letter that no descriptor has")
    if mark and said != checksum(body):
        raise EvidenceError("the descriptor's checksum is wrong")
    return body


def checksum(body: str) -> str:
    """The eight letters that go behind ``#`` (BIP380)."""
    symbols: list[int] = []
    groups: list[int] = []
    for c in body:
        at = _LETTERS.index(c)
        symbols.append(at & 31)
        groups.append(at >> 5)
        if len(groups) == 3:
            symbols.append(groups[0] * 9 + groups[1] * 3 + groups[2])
            groups = []
    if groups:
        symbols.append(groups[0] if len(groups) == 1 else groups[0] * 3 + groups[1])
    check = 1
    for value in [*symbols, *[0] * 8]:
        top = check >> 35
        check = (check & 0x7FFFFFFFF) << 5 ^ value
        for i, generator in enumerate(_GENERATOR):
            check ^= generator if top >> i & 1 else 0
    check ^= 1
    return "".join(_CHECK[check >> 5 * (7 - i) & 31] for i in range(8))


def hash160(data: bytes) -> bytes:
    """RIPEMD-160 of SHA-256."""
    return hashlib.new("ripemd160", hashlib.sha256(data).digest()).digest()


def multisig(need: int, keys: tuple[bytes, ...]) -> bytes:
    """The multisig script of up to 20 keys; numbers above 16 are pushed as bytes."""
    if len(keys) <= 16:
        return sc.multisig(need, keys)
    head = bytes([0x50 + need]) if need <= 16 else bytes([1, need])
    return head + b"".join(bytes([len(k)]) + k for k in keys) + bytes([1, len(keys), 0xAE])


def _expression(text: str, at: int, outer: str, network: str) -> tuple[Expression, int]:
    """The expression that begins at `at`, and where it ends."""
    found = re.compile(r"([a-z_]+)\(").match(text, at)
    if found is None or found[1] not in _INSIDE:
        named = f": {found[1]}" if found is not None and found[1] in _REFUSED else ""
        raise EvidenceError(f"an expression that is not read here{named}")
    name, at = found[1], found.end()
    if outer not in _INSIDE[name]:
        raise EvidenceError(f"{name} may not stand there")
    if name in ("sh", "wsh"):
        inner, end = _expression(text, at, name, network)
        expression = Expression(name, inner=inner)
    else:
        end = text.find(")", at)
        parts = text[at:end].split(",") if end >= 0 else []
        expression = _of_keys(name, parts, outer, network)
    if text[end : end + 1] != ")":
        raise EvidenceError("a bracket of the descriptor is not closed, or more stands in it than is read here")
    return expression, end + 1


def _of_keys(name: str, parts: list[str], outer: str, network: str) -> Expression:
    """An expression over keys."""
    several = name in ("multi", "sortedmulti")
    need = int(parts[0]) if several and parts and re.fullmatch(r"\d{1,2}", parts[0]) else 0
    texts = parts[1:] if several else parts
    if any(t.lstrip("{").startswith("musig(") for t in parts):
        raise EvidenceError("musig: what keys make together is not known here")
    if name == "tr" and len(texts) > 1:
        raise EvidenceError("tr with a script tree: what follows from its scripts is not known here")
    if not texts or (not several and len(texts) != 1):
        raise EvidenceError(f"{name} needs {'keys' if several else 'one key'}")
    if several and not 1 <= need <= len(texts) <= _MOST[outer]:
        raise EvidenceError(f"{name} has a threshold or a number of keys that cannot be")
    compressed = name in ("wpkh", "tr") or outer == "wsh"
    keys = tuple(_key(t, network, compressed=compressed, x_only=name == "tr") for t in texts)
    return Expression(name, keys, need=need)


def _key(text: str, network: str, *, compressed: bool, x_only: bool) -> Key:
    """A key expression; EvidenceError for a private key, a hardened step or another network's key."""
    origin = _ORIGIN.match(text)
    head, *steps = text[origin.end() if origin else 0 :].split("/")
    if hdkeys.is_private(head):
        raise EvidenceError("a private key stands in the descriptor")
    if re.fullmatch(r"[0-9a-fA-F]{64,130}", head):
        plain = bytes.fromhex(("02" if x_only and len(head) == 64 else "") + head) if not len(head) % 2 else b""
        if steps or len(plain) not in ((33,) if compressed else (33, 65)):
            raise EvidenceError("a public key that may not stand there")
        return Key(hdkeys.on_curve(plain))
    key = hdkeys.parse(head)
    if key.network != network:
        raise EvidenceError("an extended key of another network")
    if any(s.endswith(("'", "h")) for s in steps):
        raise EvidenceError("a hardened step follows from the private key only")
    if any(not _STEP.fullmatch(s) for s in steps) or "*" in steps[:-1]:
        raise EvidenceError("a path that is none")
    path = tuple(-1 if s == "*" else int(s) for s in steps)
    if any(step >= hdkeys.HARDENED for step in path):
        raise EvidenceError("a child number that is none")
    fixed = path[:-1] if path and path[-1] < 0 else path
    for step in fixed:
        key = key.child(step)
    return Key(key.public, key, path[len(fixed) :])
