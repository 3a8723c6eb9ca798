// Signs a file with a CNS, with pkcs11js (npm install pkcs11js; it is compiled then: g++, make, Node's headers).
//
//     node sign.js /usr/local/lib/libcns_pkcs11.so FILE | base64 -d >FILE.signature
//     openssl dgst -sha256 -verify key.pem -signature FILE.signature FILE
//
// key.pem: openssl x509 -in card.pem -noout -pubkey -out key.pem. The PIN is read from the terminal, or from standard
// input where that is none; never from an argument or the environment, which others can read.
"use strict";

const fs = require("node:fs");
const readline = require("node:readline");
const { Writable } = require("node:stream");
const pkcs11js = require("pkcs11js");

// A line that no screen shows.
async function readPin() {
  if (process.stdin.isTTY) process.stderr.write("PIN: ");
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = readline.createInterface({
    input: process.stdin, output: nowhere, terminal: process.stdin.isTTY,
  });
  for await (const line of lines) {
    lines.close();
    return line;
  }
  throw new Error("no PIN");
}

async function main(library, file) {
  const module = new pkcs11js.PKCS11();
  module.load(library);
  module.C_Initialize();
  try {
    const [slot] = module.C_GetSlotList(true);
    if (!slot) throw new Error("no card in any reader");
    const token = module.C_GetTokenInfo(slot);
    console.error(`${token.label.trim()}, ${token.model.trim()}, number ${token.serialNumber.trim()}`);

    // A wrong PIN costs one of the card's tries: after an error ask the person, never try again by yourself.
    const session = module.C_OpenSession(slot, pkcs11js.CKF_SERIAL_SESSION);
    module.C_Login(session, pkcs11js.CKU_USER, await readPin());
    module.C_FindObjectsInit(session, [
      { type: pkcs11js.CKA_CLASS, value: pkcs11js.CKO_PRIVATE_KEY },
      { type: pkcs11js.CKA_SIGN, value: true },
    ]);
    const [key] = module.C_FindObjects(session, 1);
    module.C_FindObjectsFinal(session);

    // The module hashes the file and sends the digest to the card.
    module.C_SignInit(session, { mechanism: pkcs11js.CKM_SHA256_RSA_PKCS, parameter: null }, key);
    const signature = module.C_Sign(session, fs.readFileSync(file), Buffer.alloc(512));
    console.log(signature.toString("base64"));
    module.C_Logout(session);
  } finally {
    module.C_Finalize();
  }
}

if (process.argv.length !== 4) {
  console.error("usage: node sign.js MODULE FILE");
  process.exit(2);
}
main(process.argv[2], process.argv[3]).catch((error) => {
  console.error(error.message);
  process.exit(1);
});
