//! Plays with a PKCS#11 module what a program would: one step per line of input, one line of JSON per step.
//!
//! `pkcs11-workload MODULE`, then on standard input the steps of [`Workload::play`]. It is a process of its own, linked with no
//! module, so that any two are loaded and measured alike; and it waits between the steps, so that whoever holds the
//! virtual card can count what each of them sent. Times are taken in here, around the calls of the step alone.
//!
//! An answer is `{"ms": …, "cpu_ms": …, …}` (milliseconds of wall time, of this process's processor time, and what
//! the step tells besides), with `"error": "CKR_…"` where the module refused; the next step is taken all the same.

#![allow(clippy::print_stdout, reason = "a command talks to its user")]
#![allow(missing_docs, unreachable_pub, reason = "nobody links against a command")]

mod meter;
mod objects;
mod parallel;
mod repeated_calls;
mod workload;

use std::io::{self, BufRead as _, Write as _};

use anyhow::{Context as _, Result};

use cryptoki::error::Error;
use meter::Stopwatch;
use workload::Workload;

fn main() -> Result<()> {
    let module = std::env::args().nth(1).context("usage: pkcs11-workload MODULE <STEPS")?;
    let mut workload = Workload::new(module);
    for line in io::stdin().lock().lines() {
        let line = line?;
        let watch = Stopwatch::start();
        let answer = workload.play(&line).unwrap_or_else(|error| {
            let mut answer = watch.answer();
            answer["error"] = return_code(&error).into();
            answer
        });
        println!("{answer}");
        io::stdout().flush()?;
    }
    Ok(())
}

/// By the standard's name what a module answered: cryptoki's crate spells `CKR_PIN_INCORRECT` as `PinIncorrect`. The return
/// code an error came from, `CKR_…`; the error's own words where there was no such code.
fn return_code(error: &anyhow::Error) -> String {
    match error.downcast_ref::<Error>() {
        Some(Error::Pkcs11(code, _)) => standard_name(&format!("{code:?}")),
        Some(Error::LibraryLoading(error)) => format!("cannot be loaded: {error}"),
        _ => format!("{error:#}"),
    }
}

fn standard_name(camel_case: &str) -> String {
    let mut name = "CKR".to_owned();
    for character in camel_case.chars() {
        if character.is_uppercase() {
            name.push('_');
        }
        name.extend(character.to_uppercase());
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_have_the_names_of_the_standard() {
        assert_eq!(standard_name("TokenNotRecognized"), "CKR_TOKEN_NOT_RECOGNIZED");
        assert_eq!(standard_name("DeviceError"), "CKR_DEVICE_ERROR");
    }
}
