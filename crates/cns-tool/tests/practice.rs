//! `cns practice` where it cannot start; that it works is shown with a real pcscd (crates/interop).
#![cfg(target_os = "linux")]

mod environment;

use environment::{Environment, Person};
use insta::assert_snapshot;
use virtual_cns::in_process::Readers;
use virtual_cns::{Card, Personality};

#[test]
fn no_virtual_reader_and_nothing_to_stop() {
    let mut told = String::new();
    for language in ["it", "en"] {
        let card = Card::builder(&Personality::idemia_2021()).shared();
        let environment = Environment::over(Readers::new(&["One"]), card);
        let started = environment.run(language, &["practice"], Person::silent());
        let stopped = environment.run(language, &["practice", "--stop"], Person::silent());
        told += &format!("{}\n{}\n", started.transcript, stopped.transcript);
    }
    assert_snapshot!("practice", told);
}
