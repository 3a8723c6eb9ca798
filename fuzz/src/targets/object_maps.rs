//! Object maps of any bytes (docs/cards, family C): the certificates they name are looked for within the budget and
//! nowhere else, by a first look and by a card report.

use cns_card::{CardReport, open};
use virtual_cns::Personality;

use crate::FuzzTarget;
use crate::file_card::FileCard;
use crate::input::Input;
use crate::reader::{OneReader, READER, pin_commands};

/// See above.
pub const TARGET: FuzzTarget = FuzzTarget { name: "object_maps", longest: 1500, prepare: || (), run };

/// The most commands of a first look, and of a card report.
const MOST_COMMANDS: [usize; 2] = [128, 160];
/// The most certificates that the maps may lead to; one more is a place that is looked at anyway.
const MOST_CERTIFICATES: usize = 4 + 1;

fn run(data: &[u8]) {
    let mut input = Input::new(data);
    let name = input.one_of(&["idemia2021", "cosmo91", "cosmo7", "idemia-nfc"]);
    let with_certificates = input.byte() & 1 == 1;
    let length = input.number();
    let (public, private) = (input.take(length), input.rest());
    let mut card = FileCard::new().file(&[0x1400, 0x4000], public).file(&[0x1400, 0x5000], private);
    if with_certificates {
        card = card.every_file_of(&[0x1400, 0x9001], &[0x30, 0x03, 0x02, 0x01, 0x00]);
    }
    let personality = Personality::by_name(name).unwrap_or_else(|| panic!("no personality {name}"));
    let reader = OneReader::with(personality.atr, card);

    let _ = open(&reader, READER);
    check(&reader.sent(), MOST_COMMANDS[0]);
    let report = CardReport::collect(&reader, READER).expect("a report");
    check(&reader.sent(), MOST_COMMANDS[1]);
    assert_eq!(CardReport::parse(&report.to_string()).as_ref(), Ok(&report), "what is written is read");
}

fn check(sent: &[Vec<u8>], most: usize) {
    assert!(sent.len() <= most, "{} commands", sent.len());
    assert_eq!(pin_commands(sent), 0);
    let mut certificates: Vec<&[u8]> =
        sent.iter().filter(|command| command.len() > 10).filter_map(|c| c.get(5..11)).collect();
    certificates.retain(|path| path.starts_with(&[0x14, 0x00, 0x90, 0x01]));
    certificates.sort_unstable();
    certificates.dedup();
    assert!(certificates.iter().all(|path| path[4] == 0x20), "a certificate's number");
    assert!(certificates.len() <= MOST_CERTIFICATES + 1, "{} certificates", certificates.len());
}
