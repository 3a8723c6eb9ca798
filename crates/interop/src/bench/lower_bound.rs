//! What no module could beat: the bytes that must cross at least, and the card's own arithmetic.
//!
//! Reckoned from ISO 7816-4: a header of four bytes, Lc, data, Le; an answer's data and its status word. An answer
//! holds 256 bytes, or the whole certificate where the card takes extended lengths.

use virtual_cns::Personality;

use super::fixture::CERTIFICATE;
use super::results::{Figure, Results, count};
use super::scenario::{Pace, Row, Scenario};

/// SELECT by a path of two file identifiers, no FCI wanted.
const SELECT: usize = 5 + 4 + 2;
/// VERIFY with a PIN of eight bytes.
const VERIFY: usize = 5 + 8 + 2;
/// MSE SET with the reference of one key.
const SET_KEY: usize = 5 + 3 + 2;
/// As many bytes of a certificate's beginning, and of its end, as identify it.
const SAMPLE: usize = 16;

/// READ BINARY of so many bytes; more than 256 take an extended Le of three.
fn read(bytes: usize) -> usize {
    let le = if bytes > 256 { 3 } else { 1 };
    4 + le + bytes + 2
}

/// PSO with a block as long as the key, a padding indicator before it, and the signature.
fn operation(card: &str) -> usize {
    let key = Personality::by_name(card).map_or(256, |personality| personality.key_bits() / 8);
    // Beyond 255 bytes of data the lengths are extended: three bytes for Lc, two for Le.
    let lengths = if key + 1 > 255 { 3 + 2 } else { 1 + 1 };
    4 + lengths + 1 + key + key + 2
}

/// The most bytes in one answer.
fn longest_read(card: &str) -> usize {
    let behaviour = Personality::by_name(card).map(|personality| personality.behaviour);
    behaviour.filter(|behaviour| behaviour.extended).map_or(256, |behaviour| behaviour.longest_read)
}

/// The commands that a scenario cannot do without, by the bytes of each with its answer; None where the card is not
/// what counts.
fn commands(scenario: Scenario, card: &str) -> Option<Vec<usize>> {
    let list = || {
        let most = longest_read(card);
        let pieces = (0..CERTIFICATE).step_by(most).map(|at| read((CERTIFICATE - at).min(most)));
        [SELECT].into_iter().chain(pieces).collect::<Vec<_>>()
    };
    // Each end alone may stay where it was when a certificate is renewed in place.
    let again = || vec![SELECT, read(SAMPLE), read(SAMPLE)];
    let login = || vec![VERIFY, SET_KEY, operation(card)];
    Some(match scenario {
        Scenario::ColdList => list(),
        Scenario::SecondList => again(),
        Scenario::FirstSignature => login(),
        Scenario::LaterSignature => vec![operation(card)],
        Scenario::TenSignatures => vec![operation(card); 10],
        Scenario::EightThreads => vec![operation(card); 8],
        Scenario::FirefoxLogin | Scenario::FirefoxLoginWait | Scenario::FirefoxLoginCard => {
            [list(), login(), vec![operation(card); 2]].concat()
        }
        Scenario::FirefoxThrice | Scenario::FirefoxThriceWait | Scenario::FirefoxThriceCard => {
            [list(), login(), again(), login(), again(), login()].concat()
        }
        // Its answer to reset tells what it is.
        Scenario::Foreign | Scenario::StartWithCard => Vec::new(),
        _ => return None,
    })
}

/// How often the private key is used.
fn signatures(scenario: Scenario) -> usize {
    match scenario {
        Scenario::FirstSignature | Scenario::LaterSignature => 1,
        Scenario::FirefoxLogin
        | Scenario::FirefoxLoginWait
        | Scenario::FirefoxLoginCard
        | Scenario::FirefoxThrice
        | Scenario::FirefoxThriceWait
        | Scenario::FirefoxThriceCard => 3,
        Scenario::TenSignatures => 10,
        Scenario::EightThreads => 8,
        _ => 0,
    }
}

/// The limit of a line; the time of one RSA operation is what this very card took for a signature at no latency.
pub fn of(row: Row, results: &Results) -> Option<Figure> {
    let commands = commands(row.scenario, row.card)?;
    let signature = Row { pace: Pace::Instant, scenario: Scenario::LaterSignature, card: row.card };
    let rsa = results.median(signature, 0).and_then(Result::ok).map_or(0.0, |figure| figure.busy);
    let latency = row.pace.latency();
    let crossing: f64 = commands.iter().map(|bytes| latency.of(*bytes).as_secs_f64() * 1000.0).sum();
    let time = crossing + count(signatures(row.scenario)) * rsa;
    Some(Figure {
        commands: count(commands.len()),
        bytes: count(commands.iter().sum()),
        value: time,
        busy: time,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_of_a_listing() {
        let least = |card| {
            of(Row { pace: Pace::Contact, scenario: Scenario::ColdList, card }, &Results::default()).unwrap()
        };
        // 1885 = 7 · 256 + 93: one SELECT and eight reads.
        let figure = least("oberthur");
        assert_eq!((figure.commands, figure.bytes), (9.0, 11.0 + 1885.0 + 8.0 * 7.0));
        assert!((figure.value - (9.0 * 20.0 + 195.2)).abs() < 0.001);
        // One SELECT and one read with an extended Le.
        let figure = least("st2021");
        assert_eq!((figure.commands, figure.bytes), (2.0, 11.0 + 1885.0 + 9.0));
    }

    #[test]
    fn a_long_key_needs_extended_lengths() {
        assert_eq!(operation("oberthur"), 4 + 2 + 129 + 130);
        assert_eq!(operation("st2021"), 4 + 5 + 257 + 258);
    }
}
