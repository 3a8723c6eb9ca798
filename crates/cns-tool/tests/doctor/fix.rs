//! `cns doctor --fix`: which commands it offers, what it asks, what it does about the answer. No PIN command is ever among
//! them, and none is sent.

use std::cell::RefCell;
use std::io;
use std::rc::Rc;

use cns_tool::Exit;
use cns_tool::host::CommandRunner;
use insta::assert_snapshot;
use serde_json::{Value, json};
use virtual_cns::in_process::Readers;
use virtual_cns::{Card, Personality};

use crate::environment::person::Answer;
use crate::environment::{Environment, Person};
use crate::patient::{DATABASE, LIST, MODULE, Patient};

/// Commands that were run, one a line.
type Log = Rc<RefCell<Vec<String>>>;
/// What a command line does, in the place of a process.
type Act = dyn Fn(&str) -> io::Result<Option<i32>>;

/// Runs nothing: writes the command down, and does what a test wants in its place.
struct Pretended {
    log: Log,
    act: Box<Act>,
}

impl CommandRunner for Pretended {
    fn run(&self, command: &[String]) -> io::Result<Option<i32>> {
        let line = command.join(" ");
        self.log.borrow_mut().push(line.clone());
        (self.act)(&line)
    }
}

fn pretend(patient: &mut Patient, act: impl Fn(&str) -> io::Result<Option<i32>> + 'static) -> Log {
    let log = Log::default();
    patient.environment.commands = Box::new(Pretended { log: Rc::clone(&log), act: Box::new(act) });
    log
}

fn stopped() -> Patient {
    let patient = Patient::healthy();
    patient.environment.readers.stop_service();
    patient
}

/// The service comes back with the first command; readers are as they were.
fn starts(readers: &Readers) -> impl Fn(&str) -> io::Result<Option<i32>> + 'static {
    let readers = readers.clone();
    move |_| {
        readers.start_service();
        Ok(Some(0))
    }
}

fn sudo() -> &'static str {
    if rustix::process::geteuid().is_root() { "" } else { "sudo " }
}

/// As a user who is no administrator sees it.
fn shown(text: &str) -> String {
    if sudo().is_empty() {
        text.replace("systemctl", "sudo systemctl").replace("sudo sudo", "sudo")
    } else {
        text.to_owned()
    }
}

#[test]
fn the_service_is_started_after_a_yes() {
    let mut told = String::new();
    for (language, yes) in [("it", "sì"), ("en", "yes")] {
        let mut patient = stopped();
        let act = starts(&patient.environment.readers);
        let log = pretend(&mut patient, act);
        let run = patient.environment.run(language, &["doctor", "--fix"], Person::typing(&[yes]));
        assert_eq!(*log.borrow(), [format!("{}systemctl enable --now pcscd.socket", sudo())]);
        assert_eq!((run.exit, patient.environment.pin_commands()), (Exit::Success, 0), "{}", run.transcript);
        told += &shown(&run.transcript);
    }
    assert_snapshot!(told);
}

/// By the path of this very program, in the person's language.
#[test]
fn the_administrators_part_is_run_by_this_program() {
    for (program, typed) in [("/usr/bin/cns", "cns"), ("/usr/local/bin/cns", "/usr/local/bin/cns")] {
        let mut patient = Patient::healthy();
        patient.environment.system.program = program.into();
        patient.write("/etc/cns/java.cfg", "library = /usr/lib64/libcns_pkcs11.so\n");
        let log = pretend(&mut patient, |_| Ok(Some(0)));
        let run = patient.environment.run("en", &["doctor", "--fix"], Person::typing(&["yes"]));
        assert_eq!(*log.borrow(), [format!("{}{program} --lang en setup java", sudo())]);
        let question = format!("Run \"{}{typed} setup java\"?", sudo());
        assert!(run.transcript.contains(&question), "{question}: {}", run.transcript);
        assert_eq!(patient.environment.pin_commands(), 0);
    }
}

#[test]
fn nothing_is_run_after_a_no() {
    for answer in ["", "no", "x"] {
        let mut patient = stopped();
        let log = pretend(&mut patient, |_| Ok(Some(0)));
        let run = patient.environment.run("it", &["doctor", "--fix"], Person::typing(&[answer]));
        assert_eq!((run.exit, log.borrow().len()), (Exit::Failed, 0), "{}", run.transcript);
        assert!(run.transcript.contains("– Saltato.\n"), "{}", run.transcript);
    }
    let mut patient = stopped();
    let log = pretend(&mut patient, |_| Ok(Some(0)));
    let run = patient.environment.run("it", &["doctor", "--fix"], Person::who([Answer::CtrlC]));
    assert_eq!((run.exit, log.borrow().len()), (Exit::Interrupted, 0), "{}", run.transcript);
}

/// sudo ends with 1 when it refuses; or it is not there at all.
#[test]
fn a_command_that_fails_is_said() {
    let mut told = String::new();
    for (language, yes) in [("it", "s"), ("en", "y")] {
        let mut patient = stopped();
        pretend(&mut patient, |_| Ok(Some(1)));
        let run = patient.environment.run(language, &["doctor", "--fix"], Person::typing(&[yes]));
        assert_eq!((run.exit, patient.environment.pin_commands()), (Exit::Failed, 0));
        told += &run.transcript;
    }
    assert!(
        told.contains("✗ Il comando non è riuscito (codice 1).") && told.contains("Non è cambiato nulla."),
        "{told}"
    );
    assert!(
        told.contains("✗ The command did not succeed (code 1).") && told.contains("Nothing has changed."),
        "{told}"
    );
    assert_eq!(told.contains("chiedi all'amministratore del computer"), !sudo().is_empty(), "{told}");
    let mut patient = stopped();
    pretend(&mut patient, |_| Err(io::ErrorKind::NotFound.into()));
    let run = patient.environment.run("it", &["doctor", "--fix"], Person::typing(&["sì"]));
    assert_eq!(run.exit, Exit::Failed);
    assert!(run.transcript.contains("✗ Non riesco ad avviare "), "{}", run.transcript);
}

/// One question for each command, however many files it is about; what is another afterwards is shown, and nothing else.
#[test]
fn programs_are_set_up_one_by_one() {
    let mut patient = Patient::healthy();
    patient.write("/home/anna/.mozilla/firefox/profiles.ini", "Path=ab.default\nPath=cd.second\n");
    patient.write("/home/anna/.mozilla/firefox/cd.second/prefs.js", "");
    patient.write(LIST, "");
    patient.write(DATABASE, "");
    let (list, entry) = (patient.path(LIST), format!("library={MODULE}\nname=CNS\n\n"));
    let log = pretend(&mut patient, move |_| std::fs::write(&list, &entry).map(|()| Some(0)));
    let run = patient.environment.run("en", &["doctor", "--fix"], Person::typing(&["yes", "no"]));
    assert_eq!(*log.borrow(), ["/usr/bin/cns --lang en setup firefox"]);
    assert_eq!(run.exit, Exit::Failed, "Chrome is left");
    let afterwards = run.transcript.split("After the fixes\n").nth(1).expect("a title");
    assert!(afterwards.contains("✓ Firefox: ") && !afterwards.contains("Chrome"), "{afterwards}");
    assert!(!afterwards.contains("Smart card service"), "{afterwards}");
}

#[test]
fn what_no_command_can_fix() {
    let patient = Patient::with(Environment::built(Card::builder(&Personality::idemia_2021()).pin_tries(0)));
    let run = patient.environment.run("it", &["doctor", "--fix"], Person::silent());
    assert_eq!((run.exit, patient.environment.pin_commands()), (Exit::Failed, 0));
    assert!(
        run.transcript.contains("Nessuna di queste cose si sistema con un comando"),
        "{}",
        run.transcript
    );
    let run = Patient::healthy().environment.run("it", &["doctor", "--fix"], Person::silent());
    assert_eq!(run.exit, Exit::Success);
    assert!(run.transcript.ends_with("\nTutto a posto.\n[0]\n"), "{}", run.transcript);
}

/// Scripts have the actions in JSON.
#[test]
fn without_a_person_it_refuses() {
    let patient = stopped();
    for (language, words) in
        [("it", "Esegui «cns doctor --fix» in un terminale"), ("en", "in a terminal: it asks")]
    {
        let run = patient.environment.run(language, &["doctor", "--fix"], Person::script(&[]));
        assert_eq!(run.exit, Exit::NotDone);
        assert!(run.transcript.contains(words), "{}", run.transcript);
    }
    for more in [&["--json"][..], &["--module", MODULE]] {
        let run = patient.environment.run("en", &[&["doctor", "--fix"], more].concat(), Person::silent());
        assert_eq!(run.exit, Exit::Usage, "{}", run.transcript);
    }
}

fn actions(patient: &Patient) -> Vec<Value> {
    let (findings, _) = patient.findings();
    findings.iter().map(|finding| finding["action"].clone()).filter(|action| !action.is_null()).collect()
}

#[test]
fn packages_by_distribution() {
    for (release, service, driver) in [
        ("ID=debian\n", "apt install pcscd libccid", "apt install libccid"),
        ("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n", "apt install pcscd libccid", "apt install libccid"),
        ("NAME=x\nID=fedora\n", "dnf install pcsc-lite pcsc-lite-ccid", "dnf install pcsc-lite-ccid"),
        (
            "ID='rocky'\nID_LIKE='rhel centos fedora'\n",
            "dnf install pcsc-lite pcsc-lite-ccid",
            "dnf install pcsc-lite-ccid",
        ),
        ("ID=arch\n", "pacman -S pcsclite ccid", "pacman -S ccid"),
        (
            "ID=\"opensuse-leap\"\nID_LIKE=\"suse opensuse\"\n",
            "zypper install pcsc-lite pcsc-ccid",
            "zypper install pcsc-ccid",
        ),
    ] {
        let expected = |command: &str| {
            vec![json!({ "command": format!("{}{command}", sudo()).split(' ').collect::<Vec<_>>() })]
        };
        let patient = stopped();
        patient.write("/etc/os-release", release);
        patient.remove("/usr/sbin/pcscd");
        assert_eq!(actions(&patient), expected(service), "{release}");
        let patient = Patient::healthy();
        patient.write("/etc/os-release", release);
        patient.plug_in("miniLector EVO", "25dd:3503", "0b");
        assert_eq!(actions(&patient), expected(driver), "{release}");
    }
    let patient = stopped();
    patient.write("/etc/os-release", "ID=nixos\n");
    patient.remove("/usr/sbin/pcscd");
    assert_eq!(actions(&patient), [json!(null); 0]);
}
