"""Lists every object on the card with all attributes PyKCS11 knows, signs, and verifies with the card's public key."""

import os
import sys

import PyKCS11

library = PyKCS11.PyKCS11Lib()
library.load(sys.argv[1])
slot = library.getSlotList(tokenPresent=True)[0]
session = library.openSession(slot)

known = [name for name in PyKCS11.CKA if isinstance(name, int)]
public = session.findObjects()
attributes = sum(
    value is not None for found in public for value in session.getAttributeValue(found, known, True)
)
session.login(os.environ["CNS_PIN"])
key = session.findObjects([(PyKCS11.CKA_CLASS, PyKCS11.CKO_PRIVATE_KEY)])[0]
public_key = session.findObjects([(PyKCS11.CKA_CLASS, PyKCS11.CKO_PUBLIC_KEY)])[0]
print(f"{len(public)} objects before login with {attributes} attributes")

mechanism = PyKCS11.Mechanism(PyKCS11.CKM_SHA256_RSA_PKCS, None)
text = b"Un testo da firmare"
signature = session.sign(key, text, mechanism)
if session.verify(public_key, text, signature, mechanism):
    print("signature verified")
session.logout()
session.closeSession()
