//! Waiting and trying again, at a terminal only: what is said in both languages, and how many PIN commands the card gets.

mod environment;

use std::sync::Arc;

use cns_tool::Exit;
use environment::person::Answer;
use environment::{Environment, Person, READER, Sections};
use insta::assert_snapshot;
use virtual_cns::in_process::Readers;
use virtual_cns::{Card, DEFAULT_PIN, DEFAULT_PUK, Personality};

const NEW: &str = "73910";
const WRONG: &str = "99182";

fn at_a_terminal(environment: Environment) -> Environment {
    Environment { on_terminal: true, ..environment }
}

fn idemia() -> Environment {
    at_a_terminal(Environment::with(&Personality::idemia_2021()))
}

fn types(lines: &[&str]) -> impl Iterator<Item = Answer> {
    lines.iter().map(|line| Answer::Types((*line).to_owned()))
}

#[test]
fn a_wrong_pin_is_asked_for_again_but_never_the_last() {
    let mut sections = Sections::default();
    // A title, the command, what is typed; the exit code, the PIN commands, the tries left.
    type Case = (&'static str, &'static str, &'static [&'static str], Exit, usize, u8);
    let cases: [Case; 5] = [
        ("right after wrong", "verify", &[WRONG, DEFAULT_PIN], Exit::Success, 2, 3),
        ("wrong twice", "verify", &[WRONG, WRONG], Exit::WrongPin, 2, 1),
        ("changed after wrong", "change", &[WRONG, NEW, NEW, DEFAULT_PIN, NEW, NEW], Exit::Success, 2, 3),
        ("not changed", "change", &[WRONG, NEW, NEW, WRONG, NEW, NEW], Exit::WrongPin, 2, 1),
        ("a wrong PUK ends it", "unblock", &["87654321", NEW, NEW], Exit::WrongPin, 1, 3),
    ];
    for (name, action, answers, exit, commands, left) in cases {
        for language in ["it", "en"] {
            let environment = idemia();
            let told = environment.run(language, &["pin", action], Person::who(types(answers)));
            assert_eq!((told.exit, environment.pin_commands()), (exit, commands), "{}", told.transcript);
            assert_eq!(environment.card().pin_tries_left(), left, "{name}: {}", told.transcript);
            for secret in [DEFAULT_PIN, DEFAULT_PUK, WRONG, NEW] {
                assert!(!told.transcript.contains(secret), "{}", told.transcript);
            }
            sections.add(name, &told.transcript);
        }
    }
    assert_snapshot!("again-pin", sections.text());
}

/// With one try left a yes is needed before the first PIN, and no PIN is asked for after it.
#[test]
fn the_last_try_is_not_followed_by_another() {
    let environment = idemia();
    environment.card().set_pin_tries(1);
    let told = environment.run("it", &["pin", "verify"], Person::who(types(&["no"])));
    assert_eq!((told.exit, environment.pin_commands()), (Exit::NotDone, 0), "{}", told.transcript);
    let told = environment.run("it", &["pin", "verify"], Person::who(types(&["sì", WRONG])));
    assert_eq!((told.exit, environment.pin_commands()), (Exit::Locked, 1), "{}", told.transcript);
}

/// Cards that report their counter in other ways, or not at all: two wrong PINs in a run, never three.
#[test]
fn every_card_keeps_its_last_try() {
    for personality in Personality::all() {
        let environment = at_a_terminal(Environment::with(personality));
        let all = environment.card().pin_tries_left();
        let wrong = usize::from(all - 1);
        let answers = std::iter::repeat_n(WRONG, wrong.min(2)).collect::<Vec<_>>();
        let person = Person::who(types(&answers).chain((wrong > 2).then_some(Answer::CtrlC)));
        let told = environment.run("it", &["pin", "verify"], person);
        assert_eq!(environment.pin_commands(), answers.len(), "{}: {}", personality.name(), told.transcript);
        assert!(environment.card().pin_tries_left() >= 1, "{}: {}", personality.name(), told.transcript);
        // The next run asks before it spends the last, also where the card does not count.
        if wrong <= 2 {
            let told = environment.run("it", &["pin", "verify"], Person::who(types(&["no"])));
            assert_eq!(told.exit, Exit::NotDone, "{}: {}", personality.name(), told.transcript);
            assert_eq!(environment.pin_commands(), answers.len(), "{}", personality.name());
        }
    }
}

/// A script is asked once, also when its input is a terminal.
#[test]
fn a_script_is_asked_once() {
    let environment = idemia();
    let told = environment.run("it", &["pin", "verify", "--pin-stdin"], Person::script(&[WRONG]));
    assert_eq!((told.exit, environment.pin_commands()), (Exit::WrongPin, 1), "{}", told.transcript);
    environment.readers.remove(READER);
    let told = environment.run("it", &["pin", "verify", "--pin-stdin"], Person::script(&[]));
    assert_eq!(told.exit, Exit::NoCard, "{}", told.transcript);
    // With the output in a pipe as well.
    let environment = Environment { on_terminal: false, ..environment };
    let told = environment.run("it", &["cert", "show"], Person::silent());
    assert_eq!(told.exit, Exit::NoCard, "{}", told.transcript);
}

#[test]
fn ctrl_c_and_a_pulled_card_after_a_wrong_pin() {
    let mut sections = Sections::default();
    for language in ["it", "en"] {
        let environment = idemia();
        let person = Person::who(types(&[WRONG]).chain([Answer::CtrlC]));
        let told = environment.run(language, &["pin", "verify"], person);
        assert_eq!((told.exit, environment.pin_commands()), (Exit::Interrupted, 1), "{}", told.transcript);
        sections.add("Ctrl-C", &told.transcript);

        let environment = idemia();
        let readers = environment.readers.clone();
        let pull = Answer::While(Box::new(move || drop(readers.remove(READER))), DEFAULT_PIN.to_owned());
        let told = environment.run(language, &["pin", "verify"], Person::who(types(&[WRONG]).chain([pull])));
        assert_eq!((told.exit, environment.pin_commands()), (Exit::NoCard, 1), "{}", told.transcript);
        sections.add("pulled", &told.transcript);
    }
    assert_snapshot!("again-ended", sections.text());
}

#[test]
fn reader_and_card_are_waited_for() {
    let mut sections = Sections::default();
    for language in ["it", "en"] {
        let card = Card::builder(&Personality::idemia_2021()).shared();
        let environment = at_a_terminal(Environment::over(Readers::new(&[]), Arc::clone(&card)));
        for event in [0, 1] {
            let (readers, card) = (environment.readers.clone(), Arc::clone(&card));
            let happens =
                move || if event == 0 { readers.plug_in(READER) } else { readers.insert(READER, card) };
            environment.while_waiting.lock().unwrap().push_back(Box::new(happens));
        }
        let told = environment.run(language, &["pin", "verify"], Person::who(types(&[DEFAULT_PIN])));
        assert_eq!((told.exit, environment.pin_commands()), (Exit::Success, 1), "{}", told.transcript);
        sections.add("pin verify", &told.transcript);

        // A name that no reader has is a mistake, not something to wait for; and so is a service that does not run.
        let environment = idemia();
        let told = environment.run(language, &["cert", "show", "--reader", "other"], Person::silent());
        assert_eq!(told.exit, Exit::NoReader, "{}", told.transcript);
        environment.readers.stop_service();
        let told = environment.run(language, &["cert", "show"], Person::silent());
        assert_eq!(told.exit, Exit::NoReader, "{}", told.transcript);
    }
    assert_snapshot!("again-waits", sections.text());
}
