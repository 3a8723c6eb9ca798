//! Card reports: what is asked, what is kept, and a card that plays a report so that recognition can be repeated.

use std::cell::Cell;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cns_card::report::ReportContent;
use cns_card::{
    Cancellation, CardChannel, CardConnection, CardError, CardReport, Continuity, Disposition, OpenedCard,
    ReaderStatus, Transport, TransportError, UnsupportedCard,
};
use proptest::prelude::*;
use testkit::script::*;
use zeroize::Zeroizing;

type Answer = dyn Fn(&[u8]) -> Vec<u8> + Send + Sync;

/// A card that is a function, and what it was sent.
#[derive(Clone)]
struct Playing {
    atr: Vec<u8>,
    answer: Arc<Answer>,
    sent: Arc<Mutex<Vec<Vec<u8>>>>,
    ended: Arc<Mutex<Option<Disposition>>>,
}

impl Playing {
    fn new(atr: &[u8], answer: impl Fn(&[u8]) -> Vec<u8> + Send + Sync + 'static) -> Self {
        Self { atr: atr.to_vec(), answer: Arc::new(answer), sent: Arc::default(), ended: Arc::default() }
    }

    fn report(&self) -> CardReport {
        let report = CardReport::collect(self, "reader").unwrap();
        for command in self.sent.lock().unwrap().iter() {
            assert!(matches!(command[1], 0xA4 | 0xB0 | 0xCA | 0xC0), "{}", hex(command));
        }
        report
    }

    fn sent(&self) -> usize {
        self.sent.lock().unwrap().len()
    }
}

impl Transport for Playing {
    fn readers(&self) -> Result<Vec<ReaderStatus>, TransportError> {
        Ok(vec![])
    }
    fn reader(&self, _: &str) -> Result<ReaderStatus, TransportError> {
        Err(TransportError::ReaderUnavailable)
    }
    fn wait_for_change(
        &self,
        _: &[ReaderStatus],
        _: Option<Duration>,
        _: &Cancellation,
    ) -> Result<(), TransportError> {
        Ok(())
    }
    fn connect(&self, _: &str) -> Result<Box<dyn CardConnection>, TransportError> {
        Ok(Box::new(self.clone()))
    }
}

impl CardConnection for Playing {
    fn atr(&self) -> &[u8] {
        &self.atr
    }
    fn status(&mut self) -> Result<Continuity, TransportError> {
        Ok(Continuity::Same)
    }
    fn begin(&mut self) -> Result<(Box<dyn CardChannel + '_>, Continuity), TransportError> {
        Ok((Box::new(Channel(self)), Continuity::Same))
    }
    fn disconnect(self: Box<Self>, disposition: Disposition) -> Result<(), TransportError> {
        *self.ended.lock().unwrap() = Some(disposition);
        Ok(())
    }
}

struct Channel<'a>(&'a Playing);

impl CardChannel for Channel<'_> {
    fn transmit(&mut self, command: &[u8]) -> Result<Zeroizing<Vec<u8>>, TransportError> {
        self.0.sent.lock().unwrap().push(command.to_vec());
        Ok(Zeroizing::new((self.0.answer)(command)))
    }
    fn end(self: Box<Self>, _: Disposition) -> Result<(), TransportError> {
        Ok(())
    }
}

/// SELECT up to its data, which is what tells one from another.
fn question(command: &[u8]) -> &[u8] {
    match command {
        [_, 0xA4, _, _, lc, ..] => &command[..command.len().min(5 + usize::from(*lc))],
        [_, instruction, ..] if *instruction == 0xB0 => &command[..2],
        _ => &command[..4],
    }
}

/// A card that answers from a report; what the report does not know is not there.
fn replay(report: &CardReport) -> Playing {
    let entries = report.entries.clone();
    let position: Mutex<Cell<usize>> = Mutex::default();
    Playing::new(&report.atr, move |command| {
        let position = position.lock().unwrap();
        let asked = question(command);
        let found = match command[1] {
            // In the file or application where the last SELECT ended.
            0xB0 | 0xCA => entries
                .get(position.get() + 1)
                .filter(|entry| question(&entry.command) == asked || entry.command[1] == command[1]),
            _ => {
                let found = find(&entries, position.get(), asked);
                found.map(|at| {
                    position.set(at);
                    &entries[at]
                })
            }
        };
        let Some(entry) = found else { return bytes("6A82") };
        let body = body(&entry.content);
        let data = match command[1] {
            0xB0 => {
                let offset = usize::from(command[2]) << 8 | usize::from(command[3]);
                let le = match command[4..] {
                    [0, high, low] => usize::from(high) << 8 | usize::from(low),
                    [0] => 256,
                    _ => usize::from(command[4]),
                };
                let end = (offset + le).min(body.len());
                body.get(offset..end).unwrap_or_default().to_vec()
            }
            _ => body,
        };
        [data, entry.status.0.to_be_bytes().to_vec()].concat()
    })
}

/// The entry of a SELECT: an application anywhere, a file in the application that is current.
fn find(entries: &[cns_card::report::ReportEntry], from: usize, asked: &[u8]) -> Option<usize> {
    let is_application = |at: usize| entries[at].command[..4] == [0x00, 0xA4, 0x04, 0x00];
    if asked[2] == 0x04 {
        return (0..entries.len()).find(|at| question(&entries[*at].command) == asked);
    }
    let selected = |at: usize| is_application(at) && entries[at].status.0 == 0x9000;
    if entries.is_empty() {
        return None;
    }
    let start = (0..=from).rev().find(|at| selected(*at)).unwrap_or(0);
    let end = (start + 1..entries.len()).find(|at| is_application(*at)).unwrap_or(entries.len());
    (start..end).find(|at| question(&entries[*at].command) == asked)
}

/// A body of the same outline.
fn body(content: &ReportContent) -> Vec<u8> {
    match content {
        ReportContent::Nothing => vec![],
        ReportContent::ControlInformation(bytes) => bytes.clone(),
        ReportContent::Sequence { start, length } => {
            let mut body = vec![0x01; *start];
            body.extend(certificate(*length));
            body
        }
        ReportContent::Filled { byte, .. } => vec![*byte; 2048],
        ReportContent::Objects(objects) => {
            let slot =
                |(id, size): &(u16, u16)| [&[0xFF], &id.to_be_bytes()[..], &size.to_be_bytes()].concat();
            let mut map: Vec<u8> = objects.iter().flat_map(slot).collect();
            while map.len() < 240 {
                map.extend([0x00, 0xFA, 0xFE, 0x00, 0x00]);
            }
            map
        }
        ReportContent::JSign => b"JSign4".to_vec(),
        ReportContent::Bytes { length } => vec![b'7'; *length],
    }
}

/// A card of files, by their path as SELECT has it (`application/path`); 9000 and a control information for each.
fn card(atr: &str, files: &[(&str, Vec<u8>)]) -> Playing {
    let files: Vec<(String, Vec<u8>)> =
        files.iter().map(|(path, body)| (path.replace(' ', ""), body.clone())).collect();
    let current: Mutex<(String, Option<usize>)> = Mutex::default();
    Playing::new(&bytes(atr), move |command| {
        let mut current = current.lock().unwrap();
        match command[1] {
            0xA4 => {
                let data = hex(&command[5..5 + usize::from(command[4])]);
                if command[2] == 0x04 {
                    let prefix = format!("{data}/");
                    if !files.iter().any(|(path, _)| path.starts_with(&prefix)) {
                        return bytes("6A82");
                    }
                    *current = (prefix, None);
                    return bytes("6F00 9000");
                }
                if data == "3F00" {
                    return bytes("6F04 83023F00 9000");
                }
                let path = format!("{}{data}", current.0);
                let Some(at) = files.iter().position(|(name, _)| *name == path) else {
                    return bytes("6A82");
                };
                current.1 = Some(at);
                ok(&[&bytes("6F04 8002")[..], &(files[at].1.len() as u16).to_be_bytes()].concat())
            }
            0xB0 => {
                let Some(at) = current.1 else { return bytes("6986") };
                let offset = usize::from(command[2]) << 8 | usize::from(command[3]);
                let body = &files[at].1;
                let le = match command[4..] {
                    [0, high, low] => usize::from(high) << 8 | usize::from(low),
                    [0] => 256,
                    _ => usize::from(command[4]),
                };
                let end = (offset + le).min(body.len());
                ok(body.get(offset..end).unwrap_or_default())
            }
            0xCA if current.0.starts_with("A00000009501004D") => bytes("4A5369676E34 9000"),
            _ => bytes("6D00"),
        }
    })
}

fn container(der: &[u8]) -> Vec<u8> {
    let length = u16::try_from(der.len()).unwrap().to_be_bytes();
    [&[0x01, length[0], length[1], 0x00, 0x00], der].concat()
}

fn id() -> Vec<u8> {
    CARD_ID.to_vec()
}

fn family(card: &Playing) -> (&'static str, Option<usize>) {
    match cns_card::open(card, "reader").unwrap() {
        OpenedCard::Cns(card, files) => (card.family(), files.certificate.map(|found| found.der.len())),
        OpenedCard::Unsupported { what: UnsupportedCard::PaymentCard, .. } => ("payment", None),
        OpenedCard::Unsupported { .. } => ("unsupported", None),
    }
}

#[test]
fn a_report_of_each_layout_is_read_back_and_replayed() {
    let map = bytes("FF10070800 FF20070384 00FAFE0000");
    let aces = |path: &str| format!("A000000530455349474E/{path}");
    let cns = |path: &str| format!("A000000530000B104001021A/{path}");
    let j_sign = |path: &str| format!("A00000009501004D/{path}");
    let der = || certificate(900);
    let data = || personal_data(20);
    let cases = [
        (
            UNKNOWN_LOT,
            vec![("1000 1003".into(), id()), ("1100 1101".into(), der()), ("1100 1102".into(), data())],
            "CNS",
        ),
        (UNKNOWN_LOT, vec![("1100 1101".into(), vec![0; 2048]), ("1400 9001 2002".into(), der())], "CNS"),
        (UNKNOWN_LOT, vec![("1400 4000".into(), map.clone()), ("1400 9001 2007".into(), der())], "CNS"),
        (UNKNOWN_LOT, vec![("2FFF 8228".into(), container(&der()))], "CNS"),
        (COSMO7, vec![("1400 4000".into(), map), ("1400 9001 2007".into(), der())], "CNS Cosmo 7"),
        (
            UNKNOWN_LOT,
            vec![
                (aces("D003"), bytes("5A08 6030000000000019")),
                (aces("DA01C001"), der()),
                (cns("1100 1102"), data()),
            ],
            "CNS ACe 2025",
        ),
        (
            BARE,
            vec![(j_sign("1000 1003"), id()), (j_sign("1100 1101"), der()), (j_sign("1100 1102"), data())],
            "CNS ST 2022 NFC",
        ),
    ];
    for (atr, files, name) in cases {
        let files: Vec<(&str, Vec<u8>)> =
            files.iter().map(|(path, body): &(String, _)| (&**path, body.clone())).collect();
        let real = card(atr, &files);
        assert_eq!(family(&real), (name, Some(900)));
        let real = card(atr, &files);
        let report = real.report();
        assert!(real.sent() <= 160, "{}", real.sent());
        let text = report.to_string();
        assert_eq!(CardReport::parse(&text), Ok(report.clone()));
        assert_eq!(family(&replay(&report)), (name, Some(900)), "{text}");
        // Nothing of the holder, in whatever spelling.
        let bodies = files.iter().flat_map(|(_, body)| body.windows(6).take(100));
        for piece in bodies.filter(|piece| piece.iter().any(|byte| *byte != piece[0])) {
            assert!(!text.contains(&hex(piece)), "{} in\n{text}", hex(piece));
        }
        assert!(!text.contains("ROSSI") && !text.contains("6030000000000019"));
        assert!(text.len() < 16_384);
    }
}

#[test]
fn the_text() {
    let files = [("1000 1003", id()), ("1100 1101", certificate(900)), ("1400 4000", bytes("FF20070384"))];
    let text = card(UNKNOWN_LOT, &files).report().to_string();
    for line in [
        "CNS card report 1",
        &format!("ATR {UNKNOWN_LOT}"),
        "00A40000023F0000 9000 FCI 6F0483023F00",
        "00A40800041000100300 9000 FCI 6F0480020010",
        "00B0000010 9000 BYTES 16",
        "00A40800041100110100 9000 FCI 6F0480020384",
        "00B0000010 9000 SEQUENCE 0 900",
        "00A40800041100110200 6A82",
        "00B00000F0 9000 OBJECTS 2007:0384",
        "00A4080006140090012007 00 6A82".replace("2007 00", "200700").as_str(),
        "00A404000AA000000530455349474E00 6A82",
    ] {
        assert!(text.lines().any(|other| other == line), "{line} is not in\n{text}");
    }
}

/// A card with applications is left as a reset leaves it; any other as it was.
#[test]
fn how_the_card_is_left() {
    let plain = card(UNKNOWN_LOT, &[("1000 1003", id())]);
    plain.report();
    assert_eq!(*plain.ended.lock().unwrap(), Some(Disposition::Leave));
    let payment = card(UNKNOWN_LOT, &[("315041592E5359532E4444463031/00", vec![])]);
    payment.report();
    assert_eq!(*payment.ended.lock().unwrap(), Some(Disposition::Reset));
}

#[test]
fn a_card_without_select_by_path() {
    let stubborn = Playing::new(&bytes(UNKNOWN_LOT), |command| match command {
        [_, 0xA4, 0x08, ..] => bytes("6A86"),
        [_, 0xA4, 0x00, _, _, 0x3F, 0x00, ..] | [_, 0xA4, 0x00, _, _, 0x10, ..] => bytes("9000"),
        [_, 0xB0, ..] => ok(CARD_ID),
        _ => bytes("6A82"),
    });
    let text = stubborn.report().to_string();
    assert!(text.contains("00A4000002100300 9000\n00B0000010 9000 BYTES 16\n"), "{text}");
}

#[test]
fn a_card_that_cannot_be_asked() {
    let script = Script::new(UNKNOWN_LOT);
    script.expect_failure("00A40000 02 3F00 00", TransportError::Transmit);
    let failed = CardReport::collect(&script, "reader").map(|_| ());
    assert_eq!(failed, Err(CardError::Transport(TransportError::Transmit)));
    script.done();
}

proptest! {
    #[test]
    fn any_card_gives_a_bounded_report_that_is_read_back(answers in proptest::collection::vec(
        prop_oneof![
            3 => Just(bytes("9000")), 2 => Just(bytes("6A82")), 1 => Just(bytes("6A86")), 1 => Just(bytes("01 6110")),
            1 => proptest::collection::vec(any::<u8>(), 0..60),
            1 => proptest::collection::vec(any::<u8>(), 0..300).prop_map(|data| ok(&data)),
        ], 1..30)) {
        let at = Mutex::new(0);
        let hostile = Playing::new(&bytes(UNKNOWN_LOT), move |_| {
            let mut at = at.lock().unwrap();
            *at += 1;
            answers[*at % answers.len()].clone()
        });
        let report = hostile.report();
        prop_assert!(hostile.sent() <= 160);
        prop_assert_eq!(CardReport::parse(&report.to_string()), Ok(report.clone()));
        // A replayed nonsense is nonsense, and no more.
        let _ = cns_card::open(&replay(&report), "reader");
    }
}
