//! A command as bytes: the short ones of a listing, the extended one of a signature, a chain.
//!
//! The modules are private to the crate and stay so: their sources are compiled into this bench once more.
//! Run with `cargo bench -p cns-card`. Before its time each line tells what one call allocates.

#![allow(clippy::print_stdout, reason = "a command talks to its user")]

#[path = "../../../benches/allocations/mod.rs"]
mod allocations;

#[allow(dead_code, unused_imports, unreachable_pub, reason = "only a part of these modules is measured")]
#[path = "../src/iso7816/secret_buffer.rs"]
mod secret_buffer;

#[allow(dead_code, unused_imports, unreachable_pub, reason = "only a part of these modules is measured")]
#[path = "../src/iso7816/command.rs"]
mod command;

use criterion::Criterion;

use allocations::measured;
use command::{ChainForm, CommandApdu, LengthFields};

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    measured(&mut criterion, "READ BINARY, short", || {
        CommandApdu::new("READ BINARY", 0xB0, 0x01, 0x00).with_le(256).encode(LengthFields::Short)
    });
    let block = [0x5A; 257];
    let operation = || CommandApdu::new("PSO DECIPHER", 0x2A, 0x80, 0x86).with_data(&block).with_le(256);
    measured(&mut criterion, "PSO of 257 bytes, extended", || operation().encode(LengthFields::Extended));
    measured(&mut criterion, "PSO of 257 bytes, chain", || operation().encode_chain(ChainForm::FEWEST));
    criterion.final_summary();
}
