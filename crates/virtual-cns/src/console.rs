//! The commands of `virtual-cns run`: from the standard input, or from a program that connects to an address.
//!
//! Every command is one line, and so is its answer, but for the transcript, which ends with a line that says so.

use std::error::Error;
use std::io::{self, BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::MutexGuard;
use virtual_cns::vpcd::Insertion;
use virtual_cns::{Card, Effect, Fault, Holder, Personality, SharedCard, When};

const HELP: &str = "remove, insert, swap NAME, kind, reset, tries [PIN PUK], count, clear, transcript, \
     fault [COMMAND ANSWER|long|reset|remove|reinsert [executed|always]], quit";

/// A new card of a personality.
pub(crate) fn make(personality: &str, holder: &str) -> Result<Card, Box<dyn Error>> {
    let personality = Personality::by_name(personality)
        .ok_or_else(|| format!("no personality {personality}; try: list"))?;
    let holder = Holder::by_name(holder).ok_or_else(|| format!("no holder {holder}"))?;
    // Other programs look at it, by the clock of today.
    let certificate = personality.certificate.clone().valid_now();
    Ok(Card::builder(&personality).holder(holder).certificate(certificate).build())
}

/// One card in one reader.
pub(crate) struct Run {
    pub(crate) address: String,
    pub(crate) state: Option<PathBuf>,
    pub(crate) transcript: Option<PathBuf>,
    pub(crate) holder: String,
}

/// The card of the moment, and the reader it is in.
struct Place {
    card: SharedCard,
    inserted: Option<Insertion>,
}

impl Run {
    pub(crate) fn run(&self, personality: &str, control: Option<&str>) -> Result<(), Box<dyn Error>> {
        let listener = control.map(TcpListener::bind).transpose()?;
        let card = self.card(personality)?;
        let inserted = Some(Insertion::start(card.clone(), &self.address)?);
        let mut place = Place { card, inserted };
        println!("inserted {personality}");
        match listener {
            None => {
                self.converse(&mut place, io::stdin().lock(), io::stdout())?;
            }
            Some(listener) => loop {
                let (connection, _) = listener.accept()?;
                // A program that ends without a word is no reason to end.
                if let Ok(true) =
                    self.converse(&mut place, BufReader::new(connection.try_clone()?), connection)
                {
                    break;
                }
            },
        }
        drop(place.inserted.take());
        self.write_transcript(&place.card)
    }

    /// Answers whether it was told to quit.
    fn converse(
        &self,
        place: &mut Place,
        input: impl BufRead,
        mut output: impl Write,
    ) -> Result<bool, Box<dyn Error>> {
        for line in input.lines() {
            let line = line?;
            let words: Vec<&str> = line.split_whitespace().collect();
            if words == ["quit"] {
                return Ok(true);
            }
            let answer = match self.obey(place, &words) {
                Ok(answer) => answer,
                Err(error) => format!("error: {error}\n"),
            };
            output.write_all(answer.as_bytes())?;
            output.flush()?;
        }
        Ok(false)
    }

    /// Carries a command out; the answer with its end of line.
    fn obey(&self, place: &mut Place, words: &[&str]) -> Result<String, Box<dyn Error>> {
        let answer = match *words {
            [] => return Ok(String::new()),
            ["remove"] => {
                place.inserted = None;
                "removed".into()
            }
            ["insert"] => {
                self.insert(place)?;
                "inserted".into()
            }
            ["swap", next] => {
                let next_card = self.card(next)?;
                place.inserted = None;
                self.write_transcript(&place.card)?;
                place.card = next_card;
                self.insert(place)?;
                format!("inserted {next}")
            }
            ["reset"] => {
                lock_card(&place.card).reset();
                "reset".into()
            }
            ["kind"] => lock_card(&place.card).personality().name().to_owned(),
            ["tries"] => {
                let card = lock_card(&place.card);
                format!("PIN {} PUK {}", card.pin_tries_left(), card.puk_tries_left())
            }
            ["tries", pin, puk] => {
                let (pin, puk) = (pin.parse()?, puk.parse()?);
                let mut card = lock_card(&place.card);
                card.set_pin_tries(pin);
                card.set_puk_tries(puk);
                format!("PIN {pin} PUK {puk}")
            }
            ["count"] => {
                let transcript = lock_card(&place.card).transcript();
                let secret = |ins, lc| matches!(ins, 0x20 | 0x24 | 0x2C) && lc > 0;
                let secrets = transcript.iter().filter(|exchange| secret(exchange.ins, exchange.lc)).count();
                format!("commands {} with a PIN {secrets}", transcript.len())
            }
            ["transcript"] => {
                let mut text: String = lock_card(&place.card)
                    .transcript()
                    .iter()
                    .map(|exchange| format!("{exchange}\n"))
                    .collect();
                self.write_transcript(&place.card)?;
                text.push_str("end of transcript");
                text
            }
            ["clear"] => {
                lock_card(&place.card).clear_transcript();
                "cleared".into()
            }
            ["fault"] => {
                lock_card(&place.card).faults().clear();
                "no fault".into()
            }
            ["fault", command, effect] => plan(&place.card, command, effect, "")?,
            ["fault", command, effect, option @ ("executed" | "always")] => {
                plan(&place.card, command, effect, option)?
            }
            ["help"] => HELP.into(),
            _ => return Err(HELP.into()),
        };
        Ok(answer + "\n")
    }

    fn insert(&self, place: &mut Place) -> io::Result<()> {
        drop(place.inserted.take());
        place.inserted = Some(Insertion::start(place.card.clone(), &self.address)?);
        Ok(())
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

/// Plans a fault at the command with this number, counted from now, or at all from there on; those planned before are
/// forgotten. There is always an answer, or no card: vpcd waits for ever for an answer of no bytes.
fn plan(card: &SharedCard, command: &str, effect: &str, option: &str) -> Result<String, Box<dyn Error>> {
    let effect = match effect {
        "reset" => Effect::Reset,
        "remove" => Effect::Remove,
        "reinsert" => Effect::Reinsert,
        // More than a short command can ask for.
        "long" => Effect::Answer([vec![0; 300], vec![0x90, 0x00]].concat()),
        bytes => Effect::Answer(bytes_from_hexadecimal(bytes).ok_or(HELP)?),
    };
    let first = command.parse()?;
    let fault = match option {
        _ if matches!(effect, Effect::Reset) => Fault::new(When::Command(first), effect).after_execution(),
        "executed" => Fault::new(When::Command(first), effect).after_execution(),
        "always" => Fault::new(When::From(first), effect).without_end(),
        _ => Fault::new(When::Command(first), effect),
    };
    let mut card = lock_card(card);
    card.faults().clear();
    card.faults().plan(fault);
    Ok("planned".into())
}

fn bytes_from_hexadecimal(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u32> = text.chars().map(|digit| digit.to_digit(16)).collect::<Option<_>>()?;
    let pair = |pair: &[u32]| u8::try_from(pair.first()? << 4 | pair.get(1)?).ok();
    digits.chunks(2).map(pair).collect()
}

fn lock_card(card: &SharedCard) -> MutexGuard<'_, Card> {
    card.lock().unwrap_or_else(|broken| broken.into_inner())
}
