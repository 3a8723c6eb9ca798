//! What reaches a log at the most talkative level: names, lengths, status words; bodies only of commands without secrets.

use std::fmt::Write;
use std::sync::{Arc, Mutex};

use testkit::script::*;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// Writes every event down, with its level.
#[derive(Clone, Default)]
struct Everything(Arc<Mutex<String>>);

struct Text<'a>(&'a mut String);

impl Visit for Text<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        write!(self.0, " {field}={value:?}").unwrap();
    }
}

impl Subscriber for Everything {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &Event<'_>) {
        let mut text = self.0.lock().unwrap();
        write!(text, "{}", event.metadata().level()).unwrap();
        event.record(&mut Text(&mut text));
        text.push('\n');
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

/// Whether a line is wanted is known for the whole process: one test at a time.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

#[test]
fn no_secret_is_written() {
    let _alone = ONE_AT_A_TIME.lock();
    let log = Everything::default();
    let block = [0xC3; 128];
    let result = [0x7D; 128];
    tracing::subscriber::with_default(log.clone(), || {
        let script = Script::new(CARDOS);
        let (mut card, files) = logged_in(&script);
        script.expect("0022F30300", "9000").expect("0022F1B8 03 830101", "9000");
        let pso = [&bytes("002A8086 81 00")[..], &block, &[0x80]].concat();
        script.expect_bytes(&pso, &[&result[..100], &[0x61, 0x1C]].concat());
        script.expect_bytes(&bytes("00C000001C"), &ok(&result[100..]));
        assert!(card.private_key_operation(files.certificate.unwrap().key, &block).is_ok());
        script.expect("00A40000 02 3F00", "9000");
        script.expect("00240010 10 3132333435FFFFFF 3132333435FFFFFF", "63C2");
        assert!(card.change_pin(&pin(), &pin()).is_err());
        script.expect("00A40000 02 3F00", "9000");
        script.expect("002C0010 10 3837363534333231 3132333435FFFFFF", "9000");
        card.unblock_pin(&puk(), &pin()).unwrap();
        script.done();
    });
    let log = log.0.lock().unwrap();
    let has = |text: &str| log.contains(text);
    assert!(has("DEBUG message=VERIFY P1P2=0010 Lc=8 Le=- -> 0 bytes, 9000 Success\n"), "{log}");
    assert!(has("DEBUG message=CHANGE REFERENCE DATA P1P2=0010 Lc=16 Le=- -> 0 bytes, 63C2 CounterLeft\n"));
    assert!(has("DEBUG message=PSO DECIPHER P1P2=8086 Lc=129 Le=128 -> 100 bytes, 611C BytesAvailable\n"));
    assert!(has("TRACE message=> 00A40000023F00 < 9000\n"), "bodies of harmless commands are there");
    for secret in
        ["3132333435FF", "3837363534", "12345", "87654321", "C3C3", "7D7D", "195, 195", "49, 50, 51"]
    {
        assert!(!has(secret), "{secret} in\n{log}");
    }
}

#[test]
fn debug_of_public_types_shows_nobody() {
    let _alone = ONE_AT_A_TIME.lock();
    let script = Script::new(CARDOS);
    let (card, files) = opened(&script, 300);
    let remembered = card.cached_card();
    assert_eq!(format!("{remembered:?}"), "Some(CachedCard(CNS CardOS))");
    assert_eq!(
        format!("{:?} {:?}", files.card_id, files.personal_data),
        "Some(CardId(…)) Some(PersonalData(…))"
    );
    let shown = format!("{files:?} {:?} {:?}", pin(), puk());
    for personal in ["ROSSI", "MARIO", "RSSMRA", "6030000000000019", "12345", "87654321"] {
        assert!(!shown.contains(personal), "{personal} in {shown}");
    }
}
