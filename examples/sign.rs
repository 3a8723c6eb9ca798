//! Signs a file with a CNS, through any PKCS#11 module, with the crate `cryptoki`.
//!
//! ```sh
//! cargo run --example sign -- /usr/local/lib/libcns_pkcs11.so FILE | base64 -d >FILE.signature
//! openssl dgst -sha256 -verify key.pem -signature FILE.signature FILE
//! ```
//!
//! `key.pem` is the public key: `openssl x509 -in card.pem -noout -pubkey -out key.pem`. The PIN is read from the
//! terminal, or from standard input where that is none; never from an argument, which every user of the machine can
//! read, nor from the environment, which children inherit.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command talks to its user")]

use std::error::Error;
use std::io::{self, IsTerminal as _};
use std::{env, fs};

use base64ct::{Base64, Encoding as _};
use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::mechanism::Mechanism;
use cryptoki::object::{Attribute, ObjectClass};
use cryptoki::session::UserType;
use cryptoki::types::AuthPin;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [module, file] = arguments.as_slice() else { return Err("usage: sign MODULE FILE".into()) };
    let text = fs::read(file)?;

    let pkcs11 = Pkcs11::new(module)?;
    pkcs11.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK))?;
    let slot = *pkcs11.get_slots_with_token()?.first().ok_or("no card in any reader")?;
    let token = pkcs11.get_token_info(slot)?;
    eprintln!("{}, {}, number {}", token.label(), token.model(), token.serial_number());

    // A wrong PIN costs one of the card's tries: after an error ask the person, never try again by yourself.
    let session = pkcs11.open_ro_session(slot)?;
    session.login(UserType::User, Some(&AuthPin::new(pin()?.into())))?;
    let key = session.find_objects(&[Attribute::Class(ObjectClass::PRIVATE_KEY), Attribute::Sign(true)])?;
    let key = *key.first().ok_or("no key on this card")?;

    // The module hashes the file and sends the digest to the card.
    let signature = session.sign(&Mechanism::Sha256RsaPkcs, key, &text)?;
    println!("{}", Base64::encode_string(&signature));
    session.logout()?;
    Ok(())
}

/// Asks the person for the PIN.
fn pin() -> io::Result<String> {
    if io::stdin().is_terminal() {
        return rpassword::prompt_password("PIN: ");
    }
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
