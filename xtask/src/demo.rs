//! `cargo xtask demo`: a person without a card sees a TS-CNS log in; a person with one sees their own do it.
//!
//! What is printed is for somebody who sees the product for the first time: what is installed, what is built, what
//! each program did, and whom the portal saw.

use std::path::Path;
use std::time::Instant;

use anyhow::Result;

use crate::clients::{self, DEMONSTRATIONS};
use crate::room::Room;
use crate::stack::Stack;
use crate::stack::pcscd::Reader;
use crate::{DemoOptions, cargo, packages};

/// The exit code of the demonstration.
pub fn run(options: &DemoOptions) -> Result<u8> {
    if let Some(room) = Room::current()? {
        return show(&room, options, &clients::module(options.module.as_deref())?);
    }
    packages::ensure(packages::BUILD.iter().copied().chain(clients::packages()))?;
    if options.module.is_none() {
        println!("Building the module (target/release/libcns_pkcs11.so) …");
        cargo::release_module()?;
    }
    Room::enter()
}

fn show(room: &Room, options: &DemoOptions, module: &Path) -> Result<u8> {
    let stack = Stack::start(room, &room.folder.join("demo"), module, &options.card)?;
    let (tax_code, card_id) = stack.card.identity();
    println!("\nA virtual card is in the reader \"{}\" of a pcscd of our own:", Reader::First.name());
    println!("  card     {} ({})", stack.card.title(), options.card);
    println!("  holder   {}, {tax_code}, card {card_id}", stack.card.holder());
    println!("  PIN      {}", stack.card.pin());
    println!("  module   {}", module.display());
    println!("  portal   {} (nginx; demands a CNS certificate)\n", stack.desk.portal()?.url());
    let mut failures = 0;
    for demonstration in DEMONSTRATIONS {
        let before = stack.card.transcript().len();
        let start = Instant::now();
        match stack.login(demonstration.tls, demonstration.visit) {
            Ok(visitor) => {
                let commands = stack.card.transcript().len() - before;
                let seconds = start.elapsed().as_secs_f64();
                println!("{}", demonstration.name);
                println!("  the portal saw {visitor}");
                println!("  {commands} commands to the card, {seconds:.1} s");
            }
            Err(error) => {
                failures += 1;
                println!("{}\n  FAILED\n{error:#}", demonstration.name);
            }
        }
    }
    if failures > 0 {
        println!("{}", stack.evidence());
    }
    Ok(u8::from(failures > 0))
}
