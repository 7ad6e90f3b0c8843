#!/usr/bin/env bash
# rfc3161-client 1.0.9 (Python, Rust inside) with OpenSSL 3: a reply to a request for a time stamp that carries the
# authority's certificate beside the stamper's is refused when OpenSSL happened to write the two in another order than
# DER sorts a set. `openssl ts -verify` takes the same reply. With the two sorted, nothing else changed, the library
# takes it and says it holds. The set of certificates is not signed (RFC 5652, section 5.1), and its order says nothing.
# Seen: "ASN.1 parse error: ParseError { kind: InvalidSetOrdering, location: [..., "SignedData::certificates", 1] }".
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv v && v/bin/pip install -q rfc3161-client==1.0.9 cryptography==46.0.3
openssl version
cat > c <<'CONF'
[req]
distinguished_name = dn
[dn]
[ca]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, digitalSignature
[stamps]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[one]
serial = serial
signer_cert = tsa.pem
certs = ca.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
CONF
echo 01 > serial; echo "any text" > data
made="openssl req -newkey rsa:2048 -nodes -config c"
$made -x509 -days 30 -subj "/CN=a root with a name that is longer" -extensions ca -keyout ca.key -out ca.pem 2>/dev/null
$made -new -subj "/CN=s" -keyout tsa.key -out tsa.csr 2>/dev/null
openssl x509 -req -in tsa.csr -CA ca.pem -CAkey ca.key -set_serial 7 -days 30 -extfile c -extensions stamps -out tsa.pem 2>/dev/null
openssl ts -query -data data -sha256 -cert -out q 2>/dev/null
openssl ts -reply -config c -section one -queryfile q -out r 2>/dev/null
openssl ts -verify -data data -in r -CAfile ca.pem 2>/dev/null
v/bin/python - <<'PY'
import sys
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from rfc3161_client import VerifierBuilder, decode_timestamp_response

raw = open("r", "rb").read()
root, leaf = (x509.load_pem_x509_certificate(open(n, "rb").read()) for n in ("ca.pem", "tsa.pem"))
der = [c.public_bytes(Encoding.DER) for c in (root, leaf)]
places = sorted((raw.index(d), d) for d in der)
(first, one), (second, other) = places
assert second == first + len(one), "the two stand side by side"
ordered = b"".join(sorted((one, other)))
in_der_order = raw[:first] + ordered + raw[first + len(ordered):]
swapped = raw[:first] + b"".join(sorted((one, other), reverse=True)) + raw[first + len(ordered):]
said = []
for reply in (swapped, in_der_order):
    try:
        found = decode_timestamp_response(reply)
        said.append(VerifierBuilder().add_root_certificate(root).build().verify_message(found, open("data", "rb").read()))
    except ValueError as error:
        said.append("InvalidSetOrdering" in str(error) and "refused for its order")
print("not sorted:", said[0], "| sorted:", said[1], "| OpenSSL wrote:", "sorted" if raw == in_der_order else "not sorted")
sys.exit(said != ["refused for its order", True])
PY
