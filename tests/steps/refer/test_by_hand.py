"""A package checked without Leadline, as docs/referral.md says: coreutils and OpenSSL."""

import base64
import hashlib
import shutil
import subprocess
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from leadline.steps.refer import build
from leadline.steps.refer.build import software
from leadline.steps.refer.dossier import dossier
from leadline.steps.refer.package import files
from leadline.steps.refer.referred_persons import accepted, persons


def _tool(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"{name} is not on this machine; Debian and macOS with coreutils run this")
    return path


@pytest.fixture
def package(world, key, now, tmp_path):
    return build(world.source(), key, now, tmp_path).packages[0].path


def test_coreutils_agree_with_both_manifests(package):
    for manifest in ("tagmanifest-sha256.txt", "manifest-sha256.txt"):
        subprocess.run([_tool("sha256sum"), "--quiet", "-c", manifest], cwd=package, check=True)


def test_openssl_agrees_with_the_signature(package, key, tmp_path):
    note = (package / "package.sig").read_bytes()
    text, _, line = note.rpartition(b"\n\n")
    signed = text + b"\n"
    digest = hashlib.sha256((package / "tagmanifest-sha256.txt").read_bytes()).hexdigest()
    assert signed.splitlines()[2].split() == [b"tagmanifest-sha256.txt", digest.encode()]
    public = Ed25519PublicKey.from_public_bytes(key.public)
    pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "key.pem").write_bytes(pem)
    (tmp_path / "text").write_bytes(signed)
    (tmp_path / "sig").write_bytes(base64.b64decode(line.split()[-1])[4:])
    check = [_tool("openssl"), "pkeyutl", "-verify", "-pubin", "-inkey", "key.pem", "-rawin", "-in", "text"]
    subprocess.run([*check, "-sigfile", "sig"], cwd=tmp_path, check=True, capture_output=True)


def test_another_process_gives_the_same_payload(world):
    """Hash seeds, memory and the order of fonts differ there; the bytes may not."""
    source = world.source()
    people, _ = persons(source, accepted(source))
    one = dossier(source, "kr", [p for p in people if p.located[0][0] == "kr"], software())
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as other:
        assert other.submit(files, one).result() == files(one)
