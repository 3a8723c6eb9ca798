//! `cns start` with a scripted person on a prepared computer: what is said in both languages, how it ends, what is
//! written, and how many PIN commands the card gets.
#![cfg(unix)]

mod environment;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::sync::Arc;

use cns_tool::Exit;
use environment::person::Answer;
use environment::{Environment, Person, READER, Sections};
use insta::assert_snapshot;
use virtual_cns::in_process::Readers;
use virtual_cns::{Card, DEFAULT_PIN, Effect, Fault, Holder, Personality, When};

const MODULE: &str = "/usr/lib/x86_64-linux-gnu/libcns_pkcs11.so";
/// What `certutil -N` of NSS writes, shortened.
const FRESH_LIST: &str = "library=\nname=NSS Internal PKCS #11 Module\nNSS=Flags=internal,critical\n\n";
const LIST: &str = "home/anna/.mozilla/firefox/ab.default/pkcs11.txt";
const LOCK: &str = "home/anna/.mozilla/firefox/ab.default/lock";
const WRONG: &str = "99182";

/// A computer with the module, Firefox and its profile; a card in the reader.
struct Computer {
    folder: tempfile::TempDir,
    environment: Environment,
}

impl Computer {
    fn with(environment: Environment) -> Self {
        let computer = Self { folder: tempfile::tempdir().unwrap(), environment };
        computer.write(MODULE, "an ELF file, say");
        computer.write("/proc/sys/kernel/hostname", "casa\n");
        computer.write("/usr/bin/firefox", "");
        computer
            .write("/home/anna/.mozilla/firefox/profiles.ini", "[Profile0]\nIsRelative=1\nPath=ab.default\n");
        computer.write(LIST, FRESH_LIST);
        let mut computer = computer;
        computer.environment.system.root = computer.folder.path().to_owned();
        computer.environment.system.variables.insert("HOME".into(), computer.path("home/anna").into());
        computer.environment.on_terminal = true;
        computer
    }

    fn new() -> Self {
        Self::with(Environment::with(&Personality::idemia_2021()))
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path.trim_start_matches('/'))
    }

    fn write(&self, path: &str, content: &str) {
        fs::create_dir_all(self.path(path).parent().unwrap()).unwrap();
        fs::write(self.path(path), content).unwrap();
    }

    fn list(&self) -> String {
        fs::read_to_string(self.path(LIST)).unwrap()
    }

    /// Runs `cns start` with further options; the user's own part alone, so that root sees the same.
    fn start(&self, language: &str, options: &[&str], answers: Vec<Answer>) -> (String, Exit, usize) {
        let arguments = [&["start", "--user"], options].concat();
        let told = self.environment.run(language, &arguments, Person::who(answers));
        let transcript = told.transcript.replace(self.folder.path().to_str().unwrap(), "");
        (transcript, told.exit, self.environment.pin_commands())
    }
}

fn types(lines: &[&str]) -> Vec<Answer> {
    lines.iter().map(|line| Answer::Types((*line).to_owned())).collect()
}

/// Without a module the PIN is checked by itself, with one VERIFY.
const NO_MODULE: &[&str] = &["--module", "/nowhere/libcns_pkcs11.so"];

#[test]
fn all_is_well_and_a_second_run_finds_it_done() {
    let mut sections = Sections::default();
    for language in ["it", "en"] {
        let computer = Computer::new();
        // The browsers, no PIN, no site.
        let (told, exit, sent) = computer.start(language, &[], types(&["", "n", ""]));
        assert_eq!((exit, sent), (Exit::Success, 0), "{told}");
        assert!(computer.list().contains(MODULE), "{}", computer.list());
        sections.add("first", &told);
        let before = computer.list();
        let (told, exit, sent) = computer.start(language, &[], types(&["n", ""]));
        assert_eq!((exit, sent, computer.list()), (Exit::Success, 0, before), "{told}");
        sections.add("again", &told);
    }
    assert_snapshot!("start", sections.text());
}

/// Without a desktop the person opens the site.
#[test]
fn the_site() {
    let mut sections = Sections::default();
    for language in ["it", "en"] {
        let computer = Computer::new();
        let (told, exit, sent) = computer.start(language, &[], types(&["", "n", "4", "2"]));
        assert_eq!((exit, sent), (Exit::Success, 0), "{told}");
        sections.add("site", told.split_once("7/7").unwrap().1);
    }
    assert_snapshot!("start-site", sections.text());
}

#[test]
fn reader_and_card_are_waited_for() {
    let mut sections = Sections::default();
    for language in ["it", "en"] {
        let card = Card::builder(&Personality::idemia_2021()).shared();
        let computer = Computer::with(Environment::over(Readers::new(&[]), Arc::clone(&card)));
        let readers = computer.environment.readers.clone();
        let plug = Answer::While(Box::new(move || readers.plug_in(READER)), String::new());
        let readers = computer.environment.readers.clone();
        let insert = Answer::While(Box::new(move || readers.insert(READER, card)), String::new());
        let answers = [plug, insert].into_iter().chain(types(&["", "n", ""])).collect();
        let (told, exit, sent) = computer.start(language, &[], answers);
        assert_eq!((exit, sent), (Exit::Success, 0), "{told}");
        sections.add("waits", &told);

        let card = Card::builder(&Personality::idemia_2021()).shared();
        let computer = Computer::with(Environment::over(Readers::new(&[]), card));
        let (told, exit, _) = computer.start(language, &[], types(&["what?", "s", ""]));
        assert_eq!(exit, Exit::NoReader, "{told}");
        assert!(computer.list().contains(MODULE), "the browsers need no reader");
        sections.add("left out", &told);
    }
    assert_snapshot!("start-waits", sections.text());
}

#[test]
fn cards_that_cannot_log_in() {
    let mut sections = Sections::default();
    for language in ["it", "en"] {
        let computer = Computer::with(Environment::named("emv"));
        let card = Card::builder(&Personality::idemia_2021()).shared();
        let readers = computer.environment.readers.clone();
        let change = Answer::While(Box::new(move || drop(readers.swap(READER, card))), String::new());
        let answers = [change].into_iter().chain(types(&["n", "n"])).collect();
        let (told, exit, sent) = computer.start(language, &[], answers);
        assert_eq!((exit, sent), (Exit::NotDone, 0), "{told}");
        assert_eq!(computer.list(), FRESH_LIST, "written without a yes");
        sections.add("another card", &told);

        // The certificate is missing; then there is another card with one.
        let computer = Computer::with(Environment::named("ts-without-certificate"));
        let card = Card::builder(&Personality::idemia_2021()).shared();
        let readers = computer.environment.readers.clone();
        let change = Answer::While(Box::new(move || drop(readers.swap(READER, card))), String::new());
        let answers = [change].into_iter().chain(types(&["", "n", "", ""])).collect();
        let (told, exit, sent) = computer.start(language, &["--pause"], answers);
        assert_eq!((exit, sent), (Exit::Success, 0), "{told}");
        sections.add("without a certificate", &told);

        let mut computer = Computer::new();
        computer.environment.today += std::time::Duration::from_secs(20 * 365 * 24 * 3600);
        let (told, exit, sent) = computer.start(language, &[], types(&["s", ""]));
        assert_eq!((exit, sent), (Exit::UnusableCard, 0), "told before a PIN is asked for: {told}");
        sections.add("expired", &told);
    }
    assert_snapshot!("start-cards", sections.text());
}

#[test]
fn two_cards() {
    let mut sections = Sections::default();
    for language in ["it", "en"] {
        let readers = Readers::new(&["One", "Two"]);
        let rossi = Card::builder(&Personality::idemia_2021()).shared();
        readers.insert("One", Arc::clone(&rossi));
        let bianchi = Card::builder(&Personality::idemia_2021()).holder(Holder::BIANCHI).shared();
        readers.insert("Two", bianchi);
        let computer = Computer::with(Environment::over(readers, rossi));
        let (told, exit, sent) = computer.start(language, &[], types(&["3", "2", "", "n", ""]));
        assert_eq!((exit, sent), (Exit::Success, 0), "{told}");
        sections.add("two cards", &told);
    }
    assert_snapshot!("start-two-cards", sections.text());
}

#[test]
fn what_keeps_the_browsers_from_being_set_up() {
    let mut sections = Sections::default();
    for language in ["it", "en"] {
        let computer = Computer::new();
        fs::create_dir_all(computer.path("/proc/4711")).unwrap();
        symlink("127.0.0.1:+4711", computer.path(LOCK)).unwrap();
        let lock = computer.path(LOCK);
        let close = Answer::While(Box::new(move || fs::remove_file(lock).unwrap()), String::new());
        let answers = types(&[""]).into_iter().chain([close]).chain(types(&["n", ""])).collect();
        let (told, exit, _) = computer.start(language, &[], answers);
        assert_eq!(exit, Exit::Success, "{told}");
        assert!(computer.list().contains(MODULE));
        sections.add("open", &told);

        // No place for the list of what was changed: nothing is written.
        let computer = Computer::new();
        computer.write("/home/anna/.local", "a file");
        let (told, exit, _) = computer.start(language, &[], types(&["", "s", "n"]));
        assert_eq!((exit, computer.list()), (Exit::Failed, FRESH_LIST.to_owned()), "{told}");
        sections.add("no place", &told);

        let computer = Computer::new();
        let (told, exit, _) = computer.start(language, NO_MODULE, types(&["s", "n"]));
        assert_eq!((exit, computer.list()), (Exit::Failed, FRESH_LIST.to_owned()), "{told}");
        sections.add("no module", &told);
    }
    assert_snapshot!("start-browsers", sections.text());
}

/// A right PIN costs one VERIFY. A wrong one is asked for again, but never for the last try.
#[test]
fn the_pin() {
    let mut sections = Sections::default();
    let cases: [(&str, &[&str], Exit, usize, u8); 5] = [
        ("right", &["perhaps", "s", DEFAULT_PIN], Exit::Failed, 1, 3),
        ("wrong, then right", &["s", WRONG, DEFAULT_PIN], Exit::Failed, 2, 3),
        ("wrong twice", &["s", WRONG, WRONG, "s"], Exit::Failed, 2, 1),
        ("wrong twice, then not the last", &["s", WRONG, WRONG, "", "s", "no", "s"], Exit::Failed, 2, 1),
        ("no", &["n"], Exit::Failed, 0, 3),
    ];
    for (name, answers, exit, commands, left) in cases {
        for language in ["it", "en"] {
            let computer = Computer::new();
            // Without a module the browsers are left out.
            let answers = [&["s"], answers].concat();
            let (told, ended, sent) = computer.start(language, NO_MODULE, types(&answers));
            assert_eq!((ended, sent), (exit, commands), "{name}: {told}");
            assert_eq!(computer.environment.card().pin_tries_left(), left, "{name}: {told}");
            assert!(!told.contains(DEFAULT_PIN) && !told.contains(WRONG), "{told}");
            sections.add(&format!("{name}, {language}"), &told);
        }
    }
    assert_snapshot!("start-pin", sections.text());
}

/// A card that does not report its counter: two wrong PINs leave one by the shared record.
#[test]
fn a_card_that_does_not_count() {
    for personality in [Personality::cardos(), Personality::st2021()] {
        let computer = Computer::with(Environment::with(&personality));
        let answers = types(&["s", "s", WRONG, WRONG, "s"]);
        let (told, _, sent) = computer.start("it", NO_MODULE, answers);
        assert_eq!(sent, 2, "{told}");
        assert_eq!(computer.environment.card().pin_tries_left(), 1, "{told}");
    }
}

#[test]
fn ctrl_c_at_every_question_leaves_everything_as_it_was() {
    let answers = ["", "n", ""];
    for at in 0..answers.len() {
        let computer = Computer::new();
        let typed = types(&answers[..at]).into_iter().chain([Answer::CtrlC]).collect();
        let (told, exit, sent) = computer.start("it", &[], typed);
        assert_eq!((exit, sent), (Exit::Interrupted, 0), "{told}");
        assert!(told.ends_with("nessun tentativo è stato usato.\n[130]\n"), "{told}");
        assert_eq!(computer.list() == FRESH_LIST, at == 0, "{told}");
    }
    // After a wrong PIN it is not said that no try was used up.
    let computer = Computer::new();
    let answers = types(&["s", "s", WRONG]).into_iter().chain([Answer::CtrlC]).collect();
    let (told, exit, sent) = computer.start("it", NO_MODULE, answers);
    assert_eq!((exit, sent), (Exit::Interrupted, 1), "{told}");
    assert!(
        told.ends_with("\nInterrotto: nessun altro codice è stato inviato alla tessera.\n[130]\n"),
        "{told}"
    );
}

/// A PIN whose answer is lost may have cost a try: neither Ctrl-C nor a pulled card is told otherwise afterwards.
#[test]
fn after_a_lost_answer_it_is_not_said_that_no_try_is_gone() {
    for (language, no_other) in [("it", "nessun altro"), ("en", "no other")] {
        for pulled in [false, true] {
            let computer = Computer::new();
            let lost = Fault::new(When::Secret, Effect::Answer(Vec::new())).after_execution();
            computer.environment.card().faults().plan(lost);
            let mut answers = types(&["s", "s", WRONG]);
            if pulled {
                let readers = computer.environment.readers.clone();
                let pull = Box::new(move || drop(readers.remove(READER)));
                answers.extend(types(&["", "s"]));
                answers.extend([Answer::While(pull, DEFAULT_PIN.to_owned()), Answer::CtrlC]);
            } else {
                answers.push(Answer::CtrlC);
            }
            let (told, exit, sent) = computer.start(language, NO_MODULE, answers);
            assert_eq!((exit, sent), (Exit::Interrupted, 1), "{told}");
            assert!(told.to_lowercase().contains(no_other), "{told}");
            assert!(!told.contains("nessun tentativo") && !told.contains("o try was used"), "{told}");
        }
    }
}

#[test]
fn it_needs_a_person() {
    let mut sections = Sections::default();
    let environment = Environment::with(&Personality::idemia_2021());
    for language in ["it", "en"] {
        for name in ["start", "inizia"] {
            let told = environment.run(language, &[name], Person::script(&[]));
            assert_eq!(told.exit, Exit::NotDone, "{}", told.transcript);
            sections.add(name, &told.transcript);
        }
        // Without a terminal the help is shown, as ever.
        let told = environment.run(language, &[], Person::script(&[]));
        assert_eq!(told.exit, Exit::Usage, "{}", told.transcript);
    }
    assert!(environment.card().transcript_names().is_empty(), "the card was asked");
    assert_snapshot!("start-script", sections.text());
}

/// At a terminal `cns` alone is `cns start`; another command without its part is not.
#[test]
fn alone_it_begins() {
    let mut computer = Computer::new();
    for (alone, exit) in [(&[][..], Exit::Interrupted), (&["pin"], Exit::Usage), (&["cert"], Exit::Usage)] {
        let answers = if alone.is_empty() { vec![Answer::CtrlC] } else { Vec::new() };
        let told = computer.environment.run("it", alone, Person::who(answers));
        assert_eq!(told.exit, exit, "{}", told.transcript);
        assert_eq!(told.transcript.contains("1/7"), alone.is_empty(), "{}", told.transcript);
    }
    computer.environment.on_terminal = false;
    assert_eq!(computer.environment.run("it", &[], Person::silent()).exit, Exit::Usage);
}
