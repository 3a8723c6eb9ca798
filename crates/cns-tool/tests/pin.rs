//! `cns pin` with a scripted person: what is told, and how many PIN commands the card hears of.

mod environment;

use std::sync::Arc;

use cns_tool::Exit;
use environment::person::Answer;
use environment::{Environment, FindingText, Person, READER, Sections};
use insta::assert_snapshot;
use virtual_cns::in_process::Readers;
use virtual_cns::{Card, DEFAULT_PIN, DEFAULT_PUK, Holder, Personality};

const NEW: &str = "73910";
const WRONG: &str = "99182";

fn idemia() -> Environment {
    Environment::with(&Personality::idemia_2021())
}

/// A card of which so many tries for PIN and PUK are left.
fn with_tries(pin: u8, puk: u8) -> Environment {
    let environment = idemia();
    environment.card().set_pin_tries(pin);
    environment.card().set_puk_tries(puk);
    environment
}

/// The same dialogue in both languages, each with a card of its own, and what the card heard.
fn in_both(
    make: impl Fn() -> Environment,
    arguments: &[&str],
    lines: &[&str],
) -> (String, [Exit; 2], [usize; 2]) {
    let run = |language| {
        let environment = make();
        let answers = lines.iter().map(|line| match *line {
            "^C" => Answer::CtrlC,
            line => Answer::Types(line.to_owned()),
        });
        let FindingText { transcript, exit } = environment.run(language, arguments, Person::who(answers));
        for secret in lines.iter().filter(|line| line.len() >= 5) {
            assert!(!transcript.contains(secret), "a PIN on the screen:\n{transcript}");
        }
        (transcript, exit, environment.pin_commands())
    };
    let (it, en) = (run("it"), run("en"));
    (format!("{}\n{}", it.0, en.0), [it.1, en.1], [it.2, en.2])
}

#[test]
fn the_right_pin_on_every_card() {
    let mut sections = Sections::default();
    for personality in Personality::all() {
        let environment = Environment::with(personality);
        let told = environment.run("it", &["pin", "verify"], Person::typing(&[DEFAULT_PIN]));
        assert_eq!((told.exit, environment.pin_commands()), (Exit::Success, 1), "{}", told.transcript);
        assert!(!environment.card().is_pin_verified(), "{}: the door is left open", personality.name());
        sections.add(personality.name(), &told.transcript);
    }
    assert_snapshot!("pin-verify-cards", sections.text());
}

#[test]
fn verify() {
    let mut sections = Sections::default();
    let (told, exits, heard) = in_both(idemia, &["pin", "verify"], &[DEFAULT_PIN]);
    sections.add("right", &told);
    assert_eq!((exits, heard), ([Exit::Success; 2], [1; 2]));
    let (told, exits, heard) = in_both(idemia, &["pin", "verify"], &[WRONG]);
    sections.add("wrong", &told);
    assert_eq!((exits, heard), ([Exit::WrongPin; 2], [1; 2]));
    let unknown = || Environment::with(&Personality::cardos());
    let (told, exits, heard) = in_both(unknown, &["pin", "verify"], &[WRONG]);
    sections.add("wrong, tries not told", &told);
    assert_eq!((exits, heard), ([Exit::WrongPin; 2], [1; 2]));
    assert_snapshot!("pin-verify", sections.text());
}

#[test]
fn what_cannot_be_a_pin_never_reaches_the_card() {
    for typed in ["", "1234", "123456789", "12a45", " 12345", "１２３４５"] {
        let environment = idemia();
        // However often: nothing is sent, and a person ends it with Ctrl-C.
        let tries = [typed; 5].map(|typed| Answer::Types(typed.to_owned()));
        let person = Person::who(tries.into_iter().chain([Answer::CtrlC]));
        let told = environment.run("it", &["pin", "verify"], person);
        assert_eq!((told.exit, environment.pin_commands()), (Exit::Interrupted, 0), "{typed}");
        let environment = idemia();
        let told = environment.run("it", &["pin", "verify"], Person::typing(&[typed, DEFAULT_PIN]));
        assert_eq!((told.exit, environment.pin_commands()), (Exit::Success, 1), "{typed}");
        assert_eq!(environment.card().pin_tries_left(), 3);
    }
    let (told, ..) = in_both(idemia, &["pin", "verify"], &["12", "12a45", "", "^C"]);
    assert_snapshot!("pin-verify-no-pin", told);
}

#[test]
fn the_last_try_is_confirmed() {
    let mut sections = Sections::default();
    let last = || with_tries(1, 3);
    let (told, exits, heard) = in_both(last, &["pin", "verify"], &["no"]);
    sections.add("not confirmed", &told);
    assert_eq!((exits, heard), ([Exit::NotDone; 2], [0; 2]));
    let environment = last();
    let told = environment.run("it", &["pin", "verify"], Person::typing(&["sì", WRONG]));
    sections.add("wrong", &told.transcript);
    assert_eq!((told.exit, environment.pin_commands()), (Exit::Locked, 1));
    let told = environment.run("en", &["pin", "verify"], Person::silent());
    sections.add("locked", &told.transcript);
    assert_eq!((told.exit, environment.pin_commands()), (Exit::Locked, 1));
    assert_snapshot!("pin-last-try", sections.text());
}

#[test]
fn a_script() {
    let mut sections = Sections::default();
    let environment = idemia();
    let script = |lines: &[&str], arguments: &[&str]| environment.run("en", arguments, Person::script(lines));
    let told = script(&[DEFAULT_PIN], &["pin", "verify", "--pin-stdin"]);
    assert_eq!((told.exit, environment.pin_commands()), (Exit::Success, 1), "{}", told.transcript);
    let told = script(&[DEFAULT_PIN, NEW], &["pin", "change", "--pin-stdin"]);
    assert_eq!((told.exit, environment.pin_commands()), (Exit::Success, 2), "{}", told.transcript);
    let told = script(&[DEFAULT_PUK, DEFAULT_PIN], &["pin", "unblock", "--pin-stdin"]);
    sections.add("weak", &told.transcript);
    assert_eq!((told.exit, environment.pin_commands()), (Exit::NotDone, 2));
    let told = script(&[], &["pin", "verify", "--pin-stdin"]);
    sections.add("ended", &told.transcript);
    assert_eq!((told.exit, environment.pin_commands()), (Exit::NotDone, 2));
    let told = environment.run("it", &["pin", "verify"], Person::script(&[]));
    sections.add("no terminal", &told.transcript);
    assert_eq!((told.exit, environment.pin_commands()), (Exit::NotDone, 2));

    environment.card().set_pin_tries(1);
    let told = script(&[], &["pin", "verify", "--pin-stdin"]);
    sections.add("last try", &told.transcript);
    assert_eq!((told.exit, environment.pin_commands()), (Exit::NotDone, 2));
    let told = script(&[NEW], &["pin", "verify", "--pin-stdin", "--last-try"]);
    assert_eq!((told.exit, environment.pin_commands()), (Exit::Success, 3), "{}", told.transcript);
    assert_snapshot!("pin-script", sections.text());
}

#[test]
fn change() {
    let mut sections = Sections::default();
    let (told, exits, heard) = in_both(idemia, &["pin", "change"], &[DEFAULT_PIN, NEW, NEW]);
    sections.add("right", &told);
    assert_eq!((exits, heard), ([Exit::Success; 2], [1; 2]));
    let (told, exits, heard) = in_both(idemia, &["pin", "change"], &[WRONG, NEW, NEW]);
    sections.add("wrong", &told);
    assert_eq!((exits, heard), ([Exit::WrongPin; 2], [1; 2]));

    for personality in Personality::all() {
        let environment = Environment::with(personality);
        let told = environment.run("it", &["pin", "change"], Person::typing(&[DEFAULT_PIN, NEW, NEW]));
        assert_eq!((told.exit, environment.pin_commands()), (Exit::Success, 1), "{}", told.transcript);
        let told = environment.run("it", &["pin", "verify"], Person::typing(&[NEW]));
        assert_eq!((told.exit, environment.pin_commands()), (Exit::Success, 2), "{}", told.transcript);
    }
    assert_snapshot!("pin-change", sections.text());
}

#[test]
fn a_new_pin_that_will_not_do() {
    let mut sections = Sections::default();
    // ROSSI was born on 1 January 1980.
    let weak = [DEFAULT_PIN, "00000", "987654", "010180", "^C"];
    let (told, exits, heard) = in_both(idemia, &["pin", "change"], &weak);
    sections.add("weak", &told);
    assert_eq!((exits, heard), ([Exit::Interrupted; 2], [0; 2]));
    let other = [DEFAULT_PIN, DEFAULT_PIN, NEW, "73911", "1980", "^C"];
    let (told, exits, heard) = in_both(idemia, &["pin", "change"], &other);
    sections.add("refused", &told);
    assert_eq!((exits, heard), ([Exit::Interrupted; 2], [0; 2]));
    assert_snapshot!("pin-change-weak", sections.text());
}

#[test]
fn unblock() {
    let mut sections = Sections::default();
    let locked = || with_tries(0, 3);
    let (told, exits, heard) = in_both(locked, &["pin", "unblock"], &[DEFAULT_PUK, NEW, NEW]);
    sections.add("right", &told);
    assert_eq!((exits, heard), ([Exit::Success; 2], [1; 2]));
    let (told, exits, heard) = in_both(locked, &["pin", "unblock"], &["87654321", NEW, NEW]);
    sections.add("wrong", &told);
    assert_eq!((exits, heard), ([Exit::WrongPin; 2], [1; 2]));
    let (_, exits, heard) = in_both(locked, &["pin", "unblock"], &[NEW, NEW, NEW, NEW, "^C"]);
    assert_eq!((exits, heard), ([Exit::Interrupted; 2], [0; 2]), "five digits are no PUK");

    let dead = || with_tries(0, 0);
    let (told, exits, heard) = in_both(dead, &["pin", "unblock"], &[]);
    sections.add("locked", &told);
    assert_eq!((exits, heard), ([Exit::Locked; 2], [0; 2]));

    // On a card that does not tell its tries the PUK may be at its last.
    let silent = Environment::with(&Personality::st2021());
    silent.card().set_pin_tries(0);
    let told = silent.run("it", &["pin", "unblock"], Person::typing(&["sì", DEFAULT_PUK, NEW, NEW]));
    sections.add("tries not told", &told.transcript);
    assert_eq!((told.exit, silent.pin_commands()), (Exit::Success, 1));
    let told = silent.run("it", &["pin", "unblock"], Person::typing(&[""]));
    assert_eq!((told.exit, silent.pin_commands()), (Exit::NotDone, 1));
    assert_snapshot!("pin-unblock", sections.text());
}

/// The keyset for digital signatures has a PIN of its own, which is not ours to send.
#[test]
fn the_pin_of_a_signature_keyset_is_never_asked_for() {
    let environment = Environment::built(Card::builder(&Personality::st2021()).signature_keyset());
    for action in ["verify", "change", "unblock"] {
        let refused = environment.run("it", &["pin", action, "--signature"], Person::silent());
        assert_eq!((refused.exit, environment.pin_commands()), (Exit::Usage, 0), "{}", refused.transcript);
    }
    let verify = environment.run("it", &["pin", "verify"], Person::typing(&[DEFAULT_PIN]));
    assert_eq!((verify.exit, environment.pin_commands()), (Exit::Success, 1));
}

#[test]
fn ctrl_c_at_every_question_sends_nothing() {
    let environment = with_tries(1, 1);
    let dialogues: [(&str, &[&str]); 3] = [
        ("verify", &["sì", DEFAULT_PIN]),
        ("change", &["sì", DEFAULT_PIN, NEW, NEW]),
        ("unblock", &["sì", DEFAULT_PUK, NEW, NEW]),
    ];
    for (action, answers) in dialogues {
        for at in 0..answers.len() {
            let typed = answers[..at].iter().map(|answer| Answer::Types((*answer).to_owned()));
            let person = Person::who(typed.chain([Answer::CtrlC]));
            let told = environment.run("it", &["pin", action], person);
            assert_eq!(
                (told.exit, environment.pin_commands()),
                (Exit::Interrupted, 0),
                "{action}, question {at}"
            );
            let last = "^C\nInterrotto: nessun codice è stato inviato alla tessera, nessun tentativo è stato usato.\n[130]\n";
            assert!(told.transcript.ends_with(last), "{}", told.transcript);
        }
    }
}

#[test]
fn the_card_goes_while_the_pin_is_typed() {
    let environment = idemia();
    let pull = |then: Option<Arc<std::sync::Mutex<Card>>>| {
        let readers = environment.readers.clone();
        let happens = move || {
            readers.remove(READER);
            if let Some(card) = then {
                readers.insert(READER, card);
            }
        };
        Person::who([Answer::While(Box::new(happens), DEFAULT_PIN.to_owned())])
    };
    let told = environment.run("it", &["pin", "verify"], pull(None));
    assert_snapshot!(told.transcript, @r"
    $ cns pin verify
    Tessera di MARIO ROSSI, nel lettore Virtual PCD 00 00.
    Tentativi rimasti per il PIN: 3.
    PIN (da 5 a 8 cifre): 
    Errore: La tessera è stata tolta dal lettore. Nessun tentativo è stato usato.
      Che cosa fare: Reinseriscila e ripeti il comando.
    [4]
    ");
    assert_eq!((told.exit, environment.pin_commands()), (Exit::NoCard, 0));

    // Put back, or another in its place: the person is told, and begins again.
    let other = Card::builder(&Personality::idemia_2021()).holder(Holder::BIANCHI).shared();
    for then in [&environment.card, &other] {
        environment.readers.remove(READER);
        environment.readers.insert(READER, Arc::clone(&environment.card));
        let told = environment.run("it", &["pin", "verify"], pull(Some(Arc::clone(then))));
        assert_eq!((told.exit, environment.pin_commands()), (Exit::NoCard, 0), "{}", told.transcript);
    }
    assert_eq!(other.lock().expect("the card").verify_count(), 0, "the PIN went to another card");
}

#[test]
fn cards_that_get_no_pin() {
    // The one among them that is a CNS has a PIN, and may be asked for it.
    let without_certificate = |card: &&Personality| card.name() == "ts-without-certificate";
    for personality in Personality::foreign().iter().filter(|card| !without_certificate(card)) {
        let environment = Environment::with(personality);
        let told = environment.run("it", &["pin", "verify"], Person::silent());
        assert_eq!(
            (told.exit, environment.pin_commands()),
            (Exit::UnusableCard, 0),
            "{}",
            personality.name()
        );
    }
    let romanian = Environment::named("romanian");
    assert_snapshot!("pin-romanian", romanian.in_both(&["pin", "verify"]));
}

#[test]
fn several_cards() {
    let mut sections = Sections::default();
    let readers = Readers::new(&["One", "Two"]);
    let rossi = Card::builder(&Personality::idemia_2021()).shared();
    let bianchi = Card::builder(&Personality::idemia_2021()).holder(Holder::BIANCHI).shared();
    readers.insert("One", Arc::clone(&rossi));
    readers.insert("Two", Arc::clone(&bianchi));
    let environment = Environment::over(readers, bianchi);
    let told = environment.run("en", &["pin", "verify"], Person::typing(&["2", DEFAULT_PIN]));
    sections.add("chosen", &told.transcript);
    assert_eq!((told.exit, environment.pin_commands()), (Exit::Success, 1));
    for nonsense in ["0", "3", "", "two"] {
        let answers = [nonsense, nonsense, nonsense, nonsense].map(|line| Answer::Types(line.to_owned()));
        let person = Person::who(answers.into_iter().chain([Answer::CtrlC]));
        let told = environment.run("en", &["pin", "verify"], person);
        assert_eq!((told.exit, environment.pin_commands()), (Exit::Interrupted, 1), "{nonsense}");
        assert_eq!(told.transcript.matches("Type one of the numbers 1 to 2").count(), 4);
    }
    let told = environment.run("it", &["pin", "verify", "--pin-stdin"], Person::script(&[]));
    sections.add("script", &told.transcript);
    let told = environment.run("it", &["pin", "verify", "--reader", "two"], Person::typing(&[DEFAULT_PIN]));
    assert_eq!((told.exit, environment.pin_commands()), (Exit::Success, 2));
    let told = environment.run("it", &["pin", "verify"], Person::typing(&["3", "2", DEFAULT_PIN]));
    assert_eq!((told.exit, environment.pin_commands()), (Exit::Success, 3), "{}", told.transcript);
    assert_eq!(rossi.lock().expect("the card").verify_count(), 0);
    assert_snapshot!("pin-two-cards", sections.text());
}

#[test]
fn a_card_that_is_not_activated() {
    // 6985 to VERIFY: the reference data cannot be used (docs/cards, PIN).
    let environment = Environment::with(&Personality::cardos());
    let not_usable = virtual_cns::Effect::Answer(vec![0x69, 0x85]);
    environment
        .card()
        .faults()
        .plan(virtual_cns::Fault::new(virtual_cns::When::Instruction(0x20), not_usable));
    let told = environment.run("it", &["pin", "verify"], Person::typing(&[DEFAULT_PIN]));
    assert_snapshot!(told.transcript, @r"
    $ cns pin verify
    Tessera di MARIO ROSSI, nel lettore Virtual PCD 00 00.
    Questa tessera non dice quanti tentativi restano per il PIN: di solito sono tre, poi si blocca.
    PIN (da 5 a 8 cifre): 
    Errore: La tessera non accetta il PIN perché non è attivata.
      Perché: La Tessera sanitaria arriva per posta con la funzione CNS non ancora attiva.
      Che cosa fare: Attivala con un documento d'identità: la Tessera sanitaria a uno sportello abilitato della Regione (ASL o altro), un'altra carta da chi l'ha rilasciata. «cns guide attivare» spiega come.
    [1]
    ");
    assert_eq!(told.exit, Exit::Failed);
}
