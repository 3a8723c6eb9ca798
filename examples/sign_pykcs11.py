"""Signs a file with a CNS, with PyKCS11 (Debian package python3-pykcs11; PyPI: PyKCS11).

    python3 sign_pykcs11.py /usr/local/lib/libcns_pkcs11.so FILE | base64 -d >FILE.signature
    openssl dgst -sha256 -verify key.pem -signature FILE.signature FILE

key.pem: openssl x509 -in card.pem -noout -pubkey -out key.pem. The PIN is read from the terminal, or from standard
input where that is none; never from an argument or the environment, which others can read.
"""

import base64
import getpass
import sys

import PyKCS11
from PyKCS11 import CKA_CLASS, CKA_SIGN, CKM_SHA256_RSA_PKCS, CKO_PRIVATE_KEY


def main(module, file):
    with open(file, "rb") as opened:
        text = opened.read()

    library = PyKCS11.PyKCS11Lib()
    library.load(module)
    slots = library.getSlotList(tokenPresent=True)
    if not slots:
        sys.exit("no card in any reader")
    token = library.getTokenInfo(slots[0])
    print(f"{token.label.strip()}, {token.model.strip()}, number {token.serialNumber.strip()}", file=sys.stderr)

    # A wrong PIN costs one of the card's tries: after an error ask the person, never try again by yourself.
    session = library.openSession(slots[0])
    session.login(getpass.getpass("PIN: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n"))
    key = session.findObjects([(CKA_CLASS, CKO_PRIVATE_KEY), (CKA_SIGN, True)])[0]

    # The module hashes the file and sends the digest to the card.
    signature = session.sign(key, text, PyKCS11.Mechanism(CKM_SHA256_RSA_PKCS, None))
    print(base64.b64encode(bytes(signature)).decode())
    session.logout()


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: sign_pykcs11.py MODULE FILE")
    main(*sys.argv[1:])
