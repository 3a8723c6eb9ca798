"""Signs a file with a CNS, with python-pkcs11 (PyPI; in a virtual environment: pip install python-pkcs11).

    python3 sign_python_pkcs11.py /usr/local/lib/libcns_pkcs11.so FILE | base64 -d >FILE.signature
    openssl dgst -sha256 -verify key.pem -signature FILE.signature FILE

key.pem: openssl x509 -in card.pem -noout -pubkey -out key.pem. The PIN is read from the terminal, or from standard
input where that is none; never from an argument or the environment, which others can read.
"""

import base64
import getpass
import sys

import pkcs11


def main(module, file):
    with open(file, "rb") as opened:
        text = opened.read()

    token = next(pkcs11.lib(module).get_tokens(), None)
    if token is None:
        sys.exit("no card in any reader")
    print(f"{token.label}, {token.model}, number {token.serial.decode()}", file=sys.stderr)

    # A wrong PIN costs one of the card's tries: after an error ask the person, never try again by yourself.
    pin = getpass.getpass("PIN: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
    with token.open(user_pin=pin) as session:
        wanted = {pkcs11.Attribute.CLASS: pkcs11.ObjectClass.PRIVATE_KEY, pkcs11.Attribute.SIGN: True}
        key = next(iter(session.get_objects(wanted)))
        # The module hashes the file and sends the digest to the card.
        signature = key.sign(text, mechanism=pkcs11.Mechanism.SHA256_RSA_PKCS)
    print(base64.b64encode(signature).decode())


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: sign_python_pkcs11.py MODULE FILE")
    main(*sys.argv[1:])
