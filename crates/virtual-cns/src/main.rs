//! The command `virtual-cns`: puts a virtual card into the vpcd reader of a pcscd, and describes the cards.
//!
//! Only a shell around the library: it holds no knowledge of cards.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command talks to the person who runs it")]

use clap::{Parser, Subcommand};
use std::error::Error;
use std::io::{BufRead, Write};
use std::path::PathBuf;
use std::sync::MutexGuard;
use virtual_cns::holders::Authority;
use virtual_cns::vpcd::{DEFAULT_ADDRESS, Insertion};
use virtual_cns::{Card, DEFAULT_PIN, DEFAULT_PUK, Holder, Personality, SharedCard};

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
    /// Put a card into a vpcd reader; takes the commands remove, insert, reset, tries, transcript, swap NAME, quit
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
        Action::Run { personality, address, state, transcript, holder } => {
            Run { address, state, transcript, holder }.run(&personality)?;
        }
    }
    Ok(())
}

fn make(personality: &str, holder: &str) -> Result<Card, Box<dyn Error>> {
    let personality = Personality::by_name(personality)
        .ok_or_else(|| format!("no personality {personality}; try: list"))?;
    let holder = Holder::by_name(holder).ok_or_else(|| format!("no holder {holder}"))?;
    // Other programs look at it, by the clock of today.
    let certificate = personality.certificate.clone().valid_now();
    Ok(Card::builder(&personality).holder(holder).certificate(certificate).build())
}

struct Run {
    address: String,
    state: Option<PathBuf>,
    transcript: Option<PathBuf>,
    holder: String,
}

impl Run {
    fn run(&self, personality: &str) -> Result<(), Box<dyn Error>> {
        let mut card = self.card(personality)?;
        let mut inserted = Some(Insertion::start(card.clone(), &self.address)?);
        println!("inserted {personality}");
        for line in std::io::stdin().lock().lines() {
            let line = line?;
            match line.split_whitespace().collect::<Vec<_>>()[..] {
                [] => {}
                ["remove"] => {
                    inserted = None;
                    println!("removed");
                }
                ["insert"] => {
                    drop(inserted.take());
                    inserted = self.insert(&card, "inserted");
                }
                ["swap", next] => match self.card(next) {
                    Err(error) => println!("error: {error}"),
                    Ok(next_card) => {
                        drop(inserted.take());
                        self.write_transcript(&card)?;
                        card = next_card;
                        inserted = self.insert(&card, &format!("inserted {next}"));
                    }
                },
                ["reset"] => {
                    lock_card(&card).reset();
                    println!("reset");
                }
                ["tries"] => {
                    let card = lock_card(&card);
                    println!("PIN {} PUK {}", card.pin_tries_left(), card.puk_tries_left());
                }
                ["transcript"] => {
                    for exchange in lock_card(&card).transcript() {
                        println!("{exchange}");
                    }
                    println!("end of transcript");
                    self.write_transcript(&card)?;
                }
                ["clear"] => {
                    lock_card(&card).clear_transcript();
                    println!("cleared");
                }
                ["quit"] => break,
                _ => println!("error: remove, insert, reset, tries, transcript, clear, swap NAME, quit"),
            }
            std::io::stdout().flush()?;
        }
        drop(inserted);
        self.write_transcript(&card)
    }

    /// Puts the card in and says so, or says why not.
    fn insert(&self, card: &SharedCard, message: &str) -> Option<Insertion> {
        match Insertion::start(card.clone(), &self.address) {
            Ok(insertion) => {
                println!("{message}");
                Some(insertion)
            }
            Err(error) => {
                println!("error: {error}");
                None
            }
        }
    }

    fn card(&self, personality: &str) -> Result<SharedCard, Box<dyn Error>> {
        let mut card = make(personality, &self.holder)?;
        if let Some(state) = &self.state {
            card.attach_state(state)?;
        }
        Ok(card.shared())
    }

    fn write_transcript(&self, card: &SharedCard) -> Result<(), Box<dyn Error>> {
        let Some(path) = &self.transcript else { return Ok(()) };
        let lines: String =
            lock_card(card).transcript().iter().map(|exchange| format!("{exchange}\n")).collect();
        Ok(std::fs::write(path, lines)?)
    }
}

fn lock_card(card: &SharedCard) -> MutexGuard<'_, Card> {
    card.lock().unwrap_or_else(|broken| broken.into_inner())
}
