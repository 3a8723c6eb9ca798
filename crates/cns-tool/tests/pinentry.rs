//! PINs that are asked for in a window: what a pinentry is told and what is made of its answers, sound and hostile; how
//! many PIN commands the card hears of.
#![cfg(unix)]

mod environment;

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};

use cns_tool::Exit;
use environment::{Environment, Person, READER};
use insta::assert_snapshot;
use tempfile::TempDir;
use virtual_cns::{DEFAULT_PIN, DEFAULT_PUK, Personality};

const NEW: &str = "73910";
const WRONG: &str = "99182";
const CANCELLED: &str = "ERR 83886179 Operation cancelled <Pinentry>";

/// A process asks one person at a time.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// A program in the place of pinentry: writes down what it is told and answers questions as it was told.
struct Fake {
    folder: TempDir,
    _alone: MutexGuard<'static, ()>,
}

impl Fake {
    /// One answer a question, as lines; `\n` and the like are written as in `printf`.
    fn answering(answers: &[&str]) -> Self {
        let fake = Self::running(
            r#"echo 'OK Pleased to meet you'
            while IFS= read -r line; do
                printf '%s\n' "$line" >> "$folder/told"
                case "$line" in
                    GETPIN|CONFIRM)
                        answer=$(head -n 1 "$folder/answers")
                        sed -i 1d "$folder/answers"
                        printf "$answer\n" ;;
                    BYE) echo 'OK closing connection'; exit ;;
                    'OPTION default-tt'*) echo 'ERR 83886254 Unknown option <Pinentry>' ;;
                    *) echo OK ;;
                esac
            done"#,
        );
        let lines: String = answers.iter().map(|answer| format!("{answer}\n")).collect();
        fs::write(fake.folder.path().join("answers"), lines).expect("written");
        fake
    }

    fn running(script: &str) -> Self {
        let alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = tempfile::tempdir().expect("a folder");
        let fake = Self { folder, _alone: alone };
        fake.install("pinentry", script);
        fake
    }

    /// By another process: a file that this one wrote may still be open for writing in a child of another test.
    fn install(&self, name: &str, script: &str) {
        let path = self.folder.path();
        let script = format!("#!/bin/sh\nfolder='{}'\n{script}\n", path.display());
        fs::write(path.join("source"), script).expect("written");
        let mut install = Command::new("install");
        install.arg(path.join("source")).arg(self.program(name));
        assert!(install.status().expect("install").success());
    }

    fn program(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What it was told, without what belongs to the computer; secrets are not in it, nor is it told to keep any.
    fn told(&self) -> String {
        let told = fs::read_to_string(self.folder.path().join("told")).unwrap_or_default();
        assert!(!told.contains("cache") && !told.contains("KEYINFO"), "{told}");
        told.lines().filter(|line| !line.starts_with("OPTION tty")).map(|line| format!("{line}\n")).collect()
    }

    /// Where this program is found, on a desktop.
    fn desktop(&self, mut environment: Environment) -> Environment {
        let path = self.folder.path().into();
        for (name, value) in [("PATH", path), ("DISPLAY", ":7".into()), ("LC_ALL", "it_IT.UTF-8".into())] {
            environment.system.variables.insert(name.into(), value);
        }
        environment
    }
}

fn idemia() -> Environment {
    Environment::with(&Personality::idemia_2021())
}

/// No terminal, no lines on the standard input.
fn nobody() -> Person {
    Person::script(&[])
}

#[test]
fn verify_change_and_unblock_in_both_languages() {
    let mut told = String::new();
    for language in ["it", "en"] {
        let pin = format!("D {DEFAULT_PIN}\\nOK");
        let new = format!("S PIN_REPEATED\\nD {NEW}\\nOK");
        // This one can only ask once.
        let once = "D 80264\\nOK";
        let puk = format!("D {DEFAULT_PUK}\\nOK");
        let pins = [&*pin, &pin, "D 11%%3111\\nOK", &new, &puk, once, once];
        let fake = Fake::answering(&pins);
        let environment = fake.desktop(idemia());
        for (arguments, commands) in [("verify", 1), ("change", 2), ("unblock", 3)] {
            let run = environment.run(language, &["pin", arguments], nobody());
            assert_eq!(
                (run.exit, environment.pin_commands()),
                (Exit::Success, commands),
                "{}",
                run.transcript
            );
            told += &run.transcript;
        }
        told += &fake.told();
    }
    for secret in [DEFAULT_PIN, NEW, DEFAULT_PUK, "80264"] {
        assert!(!told.contains(secret), "{secret} in {told}");
    }
    assert_snapshot!("pinentry-dialogues", told);
}

#[test]
fn the_last_try_needs_a_button() {
    let mut told = String::new();
    for (language, answers, exit, commands) in [
        ("it", &["ERR 83886194 Not confirmed"][..], Exit::NotDone, 0),
        ("en", &[CANCELLED], Exit::NotDone, 0),
        ("it", &["OK", &format!("D {DEFAULT_PIN}\\nOK")], Exit::Success, 1),
    ] {
        let fake = Fake::answering(answers);
        let environment = fake.desktop(idemia());
        environment.card().set_pin_tries(1);
        let run = environment.run(language, &["pin", "verify"], nobody());
        assert_eq!((run.exit, environment.pin_commands()), (exit, commands), "{}", run.transcript);
        told += &format!("{}{}\n", run.transcript, fake.told());
    }
    assert_snapshot!("pinentry-last-try", told);
}

/// At a terminal a wrong PIN is asked for again: the next window says so, and no count that is no longer true.
#[test]
fn after_a_wrong_pin_the_window_says_what_is_left() {
    for (language, before, after) in [
        ("it", "Tentativi rimasti per il PIN: 3", "PIN errato. Tentativi rimasti per il PIN: 2"),
        ("en", "Tries left for the PIN: 3", "Wrong PIN. Tries left for the PIN: 2"),
    ] {
        let answers = [format!("D {WRONG}\\nOK"), format!("D {DEFAULT_PIN}\\nOK")];
        let fake = Fake::answering(&[&answers[0], &answers[1]]);
        let environment = Environment { on_terminal: true, ..fake.desktop(idemia()) };
        let run = environment.run(language, &["pin", "verify", "--pinentry"], Person::silent());
        assert_eq!((run.exit, environment.pin_commands()), (Exit::Success, 2), "{}", run.transcript);
        let told = fake.told();
        let (first, second) = told.split_once("GETPIN").expect("a question");
        let shows = |window: &str, text: &str| window.lines().any(|line| line.contains(text));
        assert!(shows(first, before), "{first}");
        assert!(shows(second, after) && !shows(second, before), "{second}");
    }
}

/// A program that answers by itself gives the same PIN for ever.
#[test]
fn a_program_that_answers_by_itself_spends_two_tries_at_most() {
    let answer = format!("D {WRONG}\\nOK");
    let fake = Fake::answering(&[answer.as_str(); 12]);
    let card = virtual_cns::Card::builder(&Personality::idemia_2021()).pin_tries(10);
    let environment = Environment { on_terminal: true, ..fake.desktop(Environment::built(card)) };
    let run = environment.run("en", &["pin", "verify", "--pinentry"], Person::silent());
    assert_eq!((run.exit, environment.pin_commands()), (Exit::WrongPin, 2), "{}", run.transcript);
    assert_eq!(environment.card().pin_tries_left(), 8);
}

/// A try is gone then: a second window that is closed says nothing else.
#[test]
fn a_window_closed_after_a_wrong_pin() {
    let timeout = "ERR 83886142 Timeout <Pinentry>";
    for (language, more, untrue) in
        [("it", ["altro", "nessun tentativo"], "inviato nulla"), ("en", ["more", "no try"], "nothing was")]
    {
        for second in [CANCELLED, timeout, "ERR 83886085 no such device", "garbage"] {
            let fake = Fake::answering(&[&format!("D {WRONG}\\nOK"), second]);
            let environment = Environment { on_terminal: true, ..fake.desktop(idemia()) };
            let run = environment.run(language, &["pin", "verify", "--pinentry"], Person::silent());
            // Not 8: something was sent.
            assert_eq!((run.exit, environment.pin_commands()), (Exit::WrongPin, 1), "{}", run.transcript);
            let [more, no_try] = more;
            let refused =
                ["Errore: Annullato", "Error: Cancelled"].iter().any(|no| run.transcript.contains(no));
            assert!(!refused, "a no is no error: {}", run.transcript);
            let end = run.transcript.to_lowercase();
            assert!(!end.contains(no_try) && !end.contains(untrue), "{second}: {}", run.transcript);
            assert!(end.contains(more) || end.contains("no other code"), "{second}: {}", run.transcript);
        }
    }
}

/// The card is changed while its window is open, and the window answers all the same.
#[test]
fn a_window_about_a_card_ends_with_the_card() {
    for question in ["CONFIRM", "GETPIN"] {
        let fake = Fake::running(&format!(
            r#"echo OK
            while IFS= read -r line; do
                printf '%s\n' "$line" >> "$folder/told"
                case "$line" in
                    {question}) while [ ! -e "$folder/changed" ]; do sleep 0.02; done ;;
                esac
                case "$line" in GETPIN) echo 'D {DEFAULT_PIN}' ;; esac
                echo OK
            done"#
        ));
        let environment = fake.desktop(idemia());
        environment.card().set_pin_tries(1);
        let (readers, told) = (environment.readers.clone(), fake.folder.path().join("told"));
        let changed = fake.folder.path().join("changed");
        let other = virtual_cns::Card::builder(&Personality::idemia_2021()).pin_tries(1).shared();
        let put_in = std::sync::Arc::clone(&other);
        let person = std::thread::spawn(move || {
            let asked = || fs::read_to_string(&told).is_ok_and(|told| told.contains(question));
            while !asked() {
                std::thread::sleep(std::time::Duration::from_millis(5));
            }
            readers.swap(READER, put_in);
            fs::write(changed, "").expect("written");
        });
        let run = environment.run("en", &["pin", "verify"], nobody());
        person.join().expect("it ends");
        assert_eq!((run.exit, environment.pin_commands()), (Exit::NoCard, 0), "{}", run.transcript);
        let tries = other.lock().unwrap_or_else(PoisonError::into_inner).pin_tries_left();
        assert_eq!(tries, 1, "{}", run.transcript);
        assert!(run.transcript.contains("No try was used"), "{}", run.transcript);
        let asked = fake.told().matches("GETPIN").count();
        assert_eq!(asked, usize::from(question == "GETPIN"), "asked for the PIN of a card that is gone");
    }
}

#[test]
fn wrong_closed_and_not_answered() {
    for (answer, exit, commands) in [
        (format!("D {WRONG}\\nOK"), Exit::WrongPin, 1),
        (CANCELLED.to_owned(), Exit::NotDone, 0),
        ("ERR 83886278 fully cancelled".to_owned(), Exit::NotDone, 0),
        ("ERR 83886142 Timeout <Pinentry>".to_owned(), Exit::NotDone, 0),
        // It began to answer.
        (format!("D {DEFAULT_PIN}\\n{CANCELLED}"), Exit::NotDone, 0),
    ] {
        for language in ["it", "en"] {
            let fake = Fake::answering(&[&answer]);
            let environment = fake.desktop(idemia());
            let run = environment.run(language, &["pin", "verify"], nobody());
            assert_eq!((run.exit, environment.pin_commands()), (exit, commands), "{}", run.transcript);
            if exit == Exit::NotDone {
                let sentence = ["nessun tentativo è stato usato", "no try was used"];
                assert!(sentence.iter().any(|text| run.transcript.contains(text)), "{}", run.transcript);
            }
        }
    }
}

/// What is no PIN is asked again, though not without end.
#[test]
fn what_cannot_be_a_pin_never_reaches_the_card() {
    for answer in
        ["OK", "D 1234\\nOK", "D 12%%e2%%82\\nOK", "D 12345%%00\\nOK", "D 12345 \\nOK", "D 12%%0a345\\nOK"]
    {
        let right = format!("D {DEFAULT_PIN}\\nOK");
        let fake = Fake::answering(&[answer, answer, &right]);
        let environment = fake.desktop(idemia());
        let run = environment.run("en", &["pin", "verify"], nobody());
        assert_eq!(
            (run.exit, environment.pin_commands()),
            (Exit::Success, 1),
            "{answer}: {}",
            run.transcript
        );
        assert_eq!(fake.told().matches("SETERROR The PIN must have").count(), 2);
        drop(fake);
        let fake = Fake::answering(&[answer; 99]);
        let environment = fake.desktop(idemia());
        let run = environment.run("en", &["pin", "verify"], nobody());
        assert_eq!(
            (run.exit, environment.pin_commands()),
            (Exit::NotDone, 0),
            "{answer}: {}",
            run.transcript
        );
    }
}

#[test]
fn hostile_programs_get_no_pin_to_the_card() {
    let pin = DEFAULT_PIN;
    let answers = [
        // Percent garbage, lines that are too long, an answer that is, a question back, a death in mid-line.
        format!("D {pin}%%\\nOK"),
        format!("D {pin}%%4\\nOK"),
        format!("D {pin}%%zz\\nOK"),
        format!("D {pin}{}\\nOK", "0".repeat(1001)),
        format!("D {}\\nD {}\\nD {pin}\\nOK", "0".repeat(900), "0".repeat(900)),
        format!("INQUIRE QUALITY {pin}\\nD {pin}\\nOK"),
        format!("HELLO\\nD {pin}\\nOK"),
        format!("\\nD {pin}\\nOK"),
        format!("ERR 83886085 no such device\\nD {pin}\\nOK"),
        "ERR not a number".to_owned(),
    ];
    for answer in &answers {
        let fake = Fake::answering(&[answer]);
        let environment = fake.desktop(idemia());
        let run = environment.run("en", &["pin", "verify"], nobody());
        assert_eq!(
            (run.exit, environment.pin_commands()),
            (Exit::NotDone, 0),
            "{answer}: {}",
            run.transcript
        );
        assert!(run.transcript.contains("nothing was sent to the card"), "{}", run.transcript);
    }
    let steps = "while IFS= read -r line; do case \"$line\" in GETPIN) break ;; *) echo OK ;; esac; done\n";
    for script in [
        "exit 0".to_owned(),
        "echo 'ERR 1 no'; exit 1".to_owned(),
        "echo 'D 12345'; echo OK; cat".to_owned(),
        "head -c 100000 /dev/zero".to_owned(),
        format!("echo OK\n{steps} printf 'D {pin}'"),
        format!("echo OK\n{steps} echo 'D {pin}'"),
        format!("echo OK\n{steps} exec 1>&-; sleep 0.2"),
        format!("echo OK\n{steps} printf 'D {pin}\\nOK'; kill -9 $$"),
    ] {
        let fake = Fake::running(&script);
        let environment = fake.desktop(idemia());
        let run = environment.run("it", &["pin", "verify"], nobody());
        assert_eq!(
            (run.exit, environment.pin_commands()),
            (Exit::NotDone, 0),
            "{script}: {}",
            run.transcript
        );
        assert!(run.transcript.contains("alla tessera non è stato inviato nulla"), "{}", run.transcript);
    }
}

#[test]
fn a_program_that_has_no_screen_makes_room_for_the_next() {
    let fake = Fake::answering(&["ERR 83918950 Inappropriate ioctl", &format!("D {DEFAULT_PIN}\\nOK")]);
    fs::copy(fake.program("pinentry"), fake.folder.path().join("copy")).expect("copied");
    let mut install = Command::new("install");
    install.arg(fake.folder.path().join("copy")).arg(fake.program("pinentry-qt"));
    assert!(install.status().expect("install").success());
    let environment = fake.desktop(idemia());
    let run = environment.run("en", &["pin", "verify"], nobody());
    assert_eq!((run.exit, environment.pin_commands()), (Exit::Success, 1), "{}", run.transcript);
    assert_eq!(fake.told().matches("GETPIN").count(), 2);
}

#[test]
fn when_a_window_asks() {
    let right = format!("D {DEFAULT_PIN}\\nOK");
    let fake = Fake::answering(&[right.as_str(); 5]);
    let program = fake.program("pinentry").display().to_string();
    let desktop = || fake.desktop(idemia());
    let asked = || fake.told().matches("GETPIN").count();

    // In a terminal, for scripts, and without a display nothing changes.
    let run = desktop().run("en", &["pin", "verify"], Person::typing(&[DEFAULT_PIN]));
    assert_eq!((run.exit, asked()), (Exit::Success, 0));
    let run = desktop().run("en", &["pin", "verify", "--pin-stdin"], Person::script(&[DEFAULT_PIN]));
    assert_eq!((run.exit, asked()), (Exit::Success, 0));
    let mut cron = desktop();
    cron.system.variables.remove::<std::ffi::OsStr>("DISPLAY".as_ref());
    let run = cron.run("en", &["pin", "verify"], nobody());
    assert_eq!((run.exit, asked()), (Exit::NotDone, 0));
    assert!(!run.transcript.contains("pinentry"), "{}", run.transcript);

    // In a terminal, because it was said; without a display, because it was said; on another kind of display.
    let run = desktop().run("en", &["pin", "verify", "--pinentry"], Person::silent());
    assert_eq!((run.exit, asked()), (Exit::Success, 1), "{}", run.transcript);
    let option = format!("--pinentry={program}");
    let run = idemia().run("en", &["pin", "verify", &option], nobody());
    assert_eq!((run.exit, asked()), (Exit::Success, 2), "{}", run.transcript);
    let mut wayland = idemia();
    for (name, value) in [("WAYLAND_DISPLAY", "wayland-0"), ("PINENTRY", program.as_str())] {
        wayland.system.variables.insert(name.into(), value.into());
    }
    let run = wayland.run("en", &["pin", "verify"], nobody());
    assert_eq!((run.exit, asked()), (Exit::Success, 3), "{}", run.transcript);

    // Both at once make no sense.
    let run = desktop().run("en", &["pin", "verify", &option, "--pin-stdin"], Person::script(&[]));
    assert_eq!(run.exit, Exit::Usage);
}

#[test]
fn no_pinentry() {
    let mut told = String::new();
    for language in ["it", "en"] {
        let mut empty = idemia();
        for (name, value) in [("DISPLAY", ":7"), ("PATH", ".:relative:/nowhere")] {
            empty.system.variables.insert(name.into(), value.into());
        }
        for option in [None, Some("--pinentry"), Some("--pinentry=pinentry-nowhere")] {
            let arguments: Vec<&str> = ["pin", "verify"].into_iter().chain(option).collect();
            let run = empty.run(language, &arguments, nobody());
            assert_eq!((run.exit, empty.pin_commands()), (Exit::NotDone, 0), "{}", run.transcript);
            told += &run.transcript;
        }
        let fake = Fake::running("exit 0");
        fs::write(fake.program("pinentry"), "no program").expect("written");
        let environment = fake.desktop(idemia());
        let run = environment.run(language, &["pin", "verify"], nobody());
        assert_eq!((run.exit, environment.pin_commands()), (Exit::NotDone, 0));
        told += &run.transcript;
    }
    assert_snapshot!("pinentry-none", told);
}
