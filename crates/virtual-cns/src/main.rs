//! The command `virtual-cns`: puts a virtual card into the vpcd reader of a pcscd, and describes the cards.
//!
//! Only a shell around the library: it holds no knowledge of cards.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command talks to the person who runs it")]

mod console;

use clap::{Parser, Subcommand};
use console::{Run, make};
use std::error::Error;
use std::path::PathBuf;
use virtual_cns::holders::Authority;
use virtual_cns::vpcd::DEFAULT_ADDRESS;
use virtual_cns::{DEFAULT_PIN, DEFAULT_PUK, Personality};

/// A virtual Italian CNS smart card.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// List the personalities: name, family, key size, title
    List,
    /// Put a card into a vpcd reader; takes commands, "help" lists them
    Run {
        /// The personality
        personality: String,
        /// Where vpcd listens
        #[arg(long, default_value = DEFAULT_ADDRESS)]
        address: String,
        /// Keep PINs and counters in this file across restarts
        #[arg(long)]
        state: Option<PathBuf>,
        /// Write the transcript to this file at the end, and at each "transcript"
        #[arg(long)]
        transcript: Option<PathBuf>,
        /// The holder: rossi, dangelo, muller, bianchi, "fitzgerald montgomery", or a tax code
        #[arg(long, default_value = "rossi")]
        holder: String,
        /// Take the commands from who connects here, not from the standard input
        #[arg(long)]
        control: Option<String>,
    },
    /// Print the test authority's certificate (PEM)
    Ca,
    /// Print holder, card number, PIN, PUK and certificate of a card
    Info {
        /// The personality
        personality: String,
        /// The holder
        #[arg(long, default_value = "rossi")]
        holder: String,
    },
}

fn main() -> Result<(), Box<dyn Error>> {
    match Arguments::parse().action {
        Action::List => {
            for personality in Personality::every() {
                let Personality { name, family, key_bits, title, .. } = personality;
                println!("{name}\t{family}\t{key_bits}\t{title}");
            }
        }
        Action::Ca => print!("{}", Authority::test().certificate_pem()),
        Action::Info { personality, holder } => {
            let card = make(&personality, &holder)?;
            let person = card.holder();
            println!("personality: {}", card.personality().title);
            println!("holder: {} {}", person.surname, person.given_name);
            println!("tax code: {}", person.tax_code);
            println!("card: {}", card.card_id());
            println!("PIN: {DEFAULT_PIN}");
            println!("PUK: {DEFAULT_PUK}");
            print!("{}", card.certificate_pem());
        }
        Action::Run { personality, address, state, transcript, holder, control } => {
            Run { address, state, transcript, holder }.run(&personality, control.as_deref())?;
        }
    }
    Ok(())
}
