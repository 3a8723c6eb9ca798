//! What keeps the PC/SC service from being used: one sentence for each cause, the same in every command, and no command
//! waits for ever. The library is scripted (`virtual-pcsc`); for a service that speaks another protocol, hangs up or is
//! mute, the built command meets a socket of this test with the real library.
#![cfg(target_os = "linux")]

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read as _, Write as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use cns_card::{Cancellation, CardConnection, PcscTransport, ReaderStatus, Transport, TransportError};
use cns_tool::card::bounded_transport::BoundedTransport;
use cns_tool::console::prompt::Terminal;
use cns_tool::{Context, Exit, OperatingSystem, Output, System};
use insta::assert_snapshot;
use virtual_cns::{Card, Personality};
use virtual_pcsc::codes::{self, Code};
use virtual_pcsc::{Calls, Effect, Fault, Function, When, service};

/// What pcscd's first message is: the versions of the protocol.
const CMD_VERSION: u32 = 0x11;
const READER: &str = "Virtual PCD 00 00";
/// All commands that need a reader.
const COMMANDS: &[&str] = &[
    "status",
    "pin verify",
    "pin change",
    "pin unblock",
    "cert show",
    "cert export",
    "data",
    "card-report",
    "sign document --module libcns_pkcs11.so",
    "test-login --module libcns_pkcs11.so",
];

/// A computer of the tests with the scripted library.
struct Computer {
    root: tempfile::TempDir,
    variables: BTreeMap<std::ffi::OsString, std::ffi::OsString>,
    _alone: MutexGuard<'static, ()>,
}

impl Computer {
    /// With pcscd, one card, and a library that answers `code` when a program wants a context.
    fn answering(code: Code) -> Self {
        /// One service for the process.
        static SERVICE: Mutex<()> = Mutex::new(());
        let alone = SERVICE.lock().unwrap_or_else(PoisonError::into_inner);
        assert!(virtual_pcsc::linked().iter().all(|address| *address != 0));
        service().begin(READER, &Card::new(&Personality::idemia_2021()).shared());
        let fault = Fault {
            calls: Calls::Of(Function::EstablishContext, 0),
            effect: Effect::Answers(code),
            when: When::Before,
        };
        service().plan(|plan| plan.add(fault));
        let computer = Self { root: tempfile::tempdir().unwrap(), variables: BTreeMap::new(), _alone: alone };
        computer.write("usr/sbin/pcscd");
        computer.write("libcns_pkcs11.so");
        computer.write("document");
        fs::create_dir_all(computer.root.path().join("etc")).unwrap();
        fs::write(computer.root.path().join("etc/os-release"), "ID=debian\n").unwrap();
        computer
    }

    fn write(&self, path: &str) {
        let path = self.root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "something").unwrap();
    }

    fn run(&self, language: &str, arguments: &str) -> (String, Exit) {
        let mut line: Vec<_> = vec!["cns".into(), "--lang".into(), language.into()];
        line.extend(arguments.split(' ').map(|word| match word {
            "document" | "libcns_pkcs11.so" => self.root.path().join(word).into_os_string(),
            word => word.into(),
        }));
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let system = System {
            root: self.root.path().to_owned(),
            variables: self.variables.clone(),
            program: "/usr/bin/cns".into(),
            operating_system: OperatingSystem::Linux,
        };
        let transport = BoundedTransport::new(Arc::new(PcscTransport::new()));
        let mut terminal = Terminal;
        let output = Output::to(&mut out, &mut err);
        let mut context = Context::new(&transport, &mut terminal, output, system);
        let exit = cns_tool::run(&line, &mut context);
        drop(context);
        (String::from_utf8([out, err].concat()).unwrap(), exit)
    }

    /// That every command says the same, in both languages; what `cns status` says.
    fn says_everywhere(&self, finding: &str) -> String {
        let mut text = String::new();
        for language in ["it", "en"] {
            let (json, exit) = self.run(language, "doctor --json");
            assert_eq!(exit, Exit::Failed);
            let document: serde_json::Value = serde_json::from_str(&json).unwrap();
            let rows = &document["findings"];
            assert_eq!(rows[0]["finding"], finding, "{rows:#}");
            let what = rows[0]["explanation"].as_str().unwrap();
            let remedy = rows[0]["remedy"].as_str().unwrap();
            for command in COMMANDS {
                let (said, exit) = self.run(language, command);
                assert!(said.contains(what) && said.contains(remedy), "cns {command}: {said}");
                assert_eq!(exit, Exit::NoReader, "cns {command}: {said}");
            }
            let (said, _) = self.run(language, "watch --count 1");
            assert!(said.contains(&format!("{what} {remedy}")), "{said}");
            text += &self.run(language, "status").0;
        }
        let (calls, of_a_card) = service().plan(|plan| {
            let quiet = [Function::EstablishContext, Function::ReleaseContext];
            let others = plan.calls().iter().filter(|call| !quiet.contains(&call.function)).count();
            (plan.calls().len(), others)
        });
        assert!(calls > 0 && of_a_card == 0, "no card was reached, so no PIN command was sent");
        text
    }
}

#[test]
fn each_cause_has_its_own_sentence() {
    let mut said = String::new();
    let mut add = |title: &str, text: &str| said += &format!("# {title}\n{text}\n");
    let stopped = Computer::answering(codes::E_NO_SERVICE);
    add("stopped", &stopped.says_everywhere("service-stopped"));
    drop(stopped);
    let none = Computer::answering(codes::E_NO_SERVICE);
    fs::remove_file(none.root.path().join("usr/sbin/pcscd")).unwrap();
    add("not installed", &none.says_everywhere("service-not-installed"));
    fs::write(none.root.path().join("etc/os-release"), "ID=nixos\n").unwrap();
    add("not installed, on NixOS", &none.says_everywhere("service-not-installed"));
    fs::write(none.root.path().join("etc/os-release"), "ID=void\n").unwrap();
    add("not installed, an unknown distribution", &none.says_everywhere("service-not-installed"));
    drop(none);
    let other = Computer::answering(codes::E_SERVICE_STOPPED);
    add("another version", &other.says_everywhere("service-version-mismatch"));
    drop(other);
    let mut forbidden = Computer::answering(codes::W_SECURITY_VIOLATION);
    add("forbidden", &forbidden.says_everywhere("service-forbidden"));
    forbidden.variables.insert("SSH_CONNECTION".into(), "192.0.2.1 50000 192.0.2.2 22".into());
    add("forbidden, from afar", &forbidden.says_everywhere("service-forbidden"));
    drop(forbidden);
    let failing = Computer::answering(codes::E_NO_MEMORY);
    add("an error", &failing.says_everywhere("service-fails"));
    drop(failing);
    let mute = Computer::answering(codes::E_TIMEOUT);
    add("mute", &mute.says_everywhere("service-mute"));
    assert_snapshot!("service-states", said);
}

/// libpcsclite says "no service" for all that it cannot talk to; a socket that accepts belongs to one that runs.
#[test]
fn a_socket_that_accepts_belongs_to_a_service_that_runs() {
    let computer = Computer::answering(codes::E_NO_SERVICE);
    fs::create_dir_all(computer.root.path().join("run/pcscd")).unwrap();
    let _listener = UnixListener::bind(computer.root.path().join("run/pcscd/pcscd.comm")).unwrap();
    computer.says_everywhere("service-version-mismatch");
}

/// Without libpcsclite the functions of PC/SC say "no service", too; what a process has loaded its kernel knows.
#[test]
fn a_service_without_the_library_to_reach_it() {
    let computer = Computer::answering(codes::E_NO_SERVICE);
    let root = computer.root.path();
    fs::create_dir_all(root.join("run/pcscd")).unwrap();
    fs::create_dir_all(root.join("proc/self")).unwrap();
    let listener = UnixListener::bind(root.join("run/pcscd/pcscd.comm")).unwrap();
    let mapped = |file| format!("7f0000000000-7f0000001000 r-xp 00000000 08:01 77   /usr/lib/{file}\n");
    fs::write(root.join("proc/self/maps"), mapped("libpcsclite.so.1.0.0")).unwrap();
    computer.says_everywhere("service-version-mismatch");
    fs::write(root.join("proc/self/maps"), mapped("libc.so.6")).unwrap();
    let said = computer.says_everywhere("service-library-missing");
    drop(listener);
    fs::remove_file(root.join("run/pcscd/pcscd.comm")).unwrap();
    assert_eq!(computer.says_everywhere("service-library-missing"), said, "installed, and not running");
    assert_snapshot!(said, @r"
    Errore: Il servizio delle smart card (pcscd) c'è, ma manca la libreria per raggiungerlo (libpcsclite).
      Che cosa fare: Installala: sudo apt install libpcsclite1
    Error: The smart card service (pcscd) is there, but the library to reach it (libpcsclite) is missing.
      What to do: Install it: sudo apt install libpcsclite1
    ");
    fs::remove_file(root.join("usr/sbin/pcscd")).unwrap();
    computer.says_everywhere("service-not-installed");
}

#[test]
fn a_socket_that_another_variable_names() {
    let mut computer = Computer::answering(codes::E_NO_SERVICE);
    let socket = computer.root.path().join("elsewhere");
    let _listener = UnixListener::bind(&socket).unwrap();
    computer.variables.insert("PCSCLITE_CSOCK_NAME".into(), socket.into());
    let (said, exit) = computer.run("en", "status");
    assert!(said.contains("does not match") && exit == Exit::NoReader, "{said}");
}

/// A pcscd of the tests: it takes every connection and answers as it was told.
struct FakeService {
    folder: tempfile::TempDir,
    received: Arc<Mutex<Vec<u32>>>,
}

#[derive(Clone, Copy)]
enum Answer {
    /// To the versions, this code.
    Version(u32),
    /// It hangs up at once, as on a user whom polkit does not let in.
    HangsUp,
    Nothing,
}

impl FakeService {
    fn new(answer: Answer) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(folder.path().join("pcscd.comm")).unwrap();
        let received = Arc::<Mutex<Vec<u32>>>::default();
        let record = Arc::clone(&received);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let record = Arc::clone(&record);
                thread::spawn(move || serve(client, answer, &record));
            }
        });
        Self { folder, received }
    }

    /// What the built command says, and its exit code.
    fn run(&self, arguments: &str) -> (String, Option<i32>) {
        let home = self.folder.path();
        let output = Command::new(env!("CARGO_BIN_EXE_cns"))
            .args(["--lang", "en"])
            .args(arguments.split(' '))
            .env_clear()
            .env("HOME", home)
            .env("PCSCLITE_CSOCK_NAME", home.join("pcscd.comm"))
            .stdin(Stdio::null())
            .output()
            .unwrap();
        (String::from_utf8([output.stdout, output.stderr].concat()).unwrap(), output.status.code())
    }

    /// That these commands say this sentence; in fact at the same time, since each may have to wait.
    fn is_said_to_be(&self, sentence: &str) {
        thread::scope(|scope| {
            for (arguments, code) in [("status", 3), ("doctor", 1), ("pin verify", 3)] {
                scope.spawn(move || {
                    let (said, exit) = self.run(arguments);
                    assert!(said.contains(sentence), "cns {arguments}: {said}");
                    assert_eq!(exit, Some(code), "cns {arguments}: {said}");
                });
            }
        });
        let received = self.received.lock().unwrap();
        assert!(received.iter().all(|command| *command == CMD_VERSION), "nothing for a card: {received:?}");
    }
}

fn serve(mut client: UnixStream, answer: Answer, received: &Mutex<Vec<u32>>) {
    if let Answer::HangsUp = answer {
        return;
    }
    // A header of size and command, then the versions: major, minor, and a code to be filled in.
    let mut header = [0; 8];
    while client.read_exact(&mut header).is_ok() {
        let number = |at: usize| u32::from_ne_bytes(header[at..at + 4].try_into().unwrap());
        received.lock().unwrap().push(number(4));
        let mut body = vec![0; number(0) as usize];
        if client.read_exact(&mut body).is_err() {
            return;
        }
        if let Answer::Version(code) = answer {
            body[8..12].copy_from_slice(&code.to_ne_bytes());
            let _ = client.write_all(&body);
        }
    }
}

#[test]
fn a_service_of_another_version() {
    FakeService::new(Answer::Version(codes::E_SERVICE_STOPPED)).is_said_to_be(
        "The smart card service (pcscd) is running, but its version does not match the library's",
    );
}

#[test]
fn a_service_that_hangs_up() {
    FakeService::new(Answer::HangsUp).is_said_to_be("You are not permitted to use the reader");
}

/// Three commands wait at the same time, each for the ten seconds that a starting service may need.
#[test]
fn a_mute_service() {
    let began = Instant::now();
    FakeService::new(Answer::Nothing)
        .is_said_to_be("The smart card service (pcscd) is running, but does not answer.");
    assert!(began.elapsed() < Duration::from_secs(60), "{:?}", began.elapsed());
}

#[test]
fn a_socket_without_a_service() {
    let service = FakeService { folder: tempfile::tempdir().unwrap(), received: Arc::default() };
    // Nothing listens there any more.
    drop(UnixListener::bind(service.folder.path().join("pcscd.comm")).unwrap());
    let installed = ["/usr/sbin/pcscd", "/usr/bin/pcscd"].iter().any(|path| Path::new(path).exists());
    let sentence = if installed { "is installed, but not running." } else { "is not installed." };
    service.is_said_to_be(sentence);
}

/// Readers whose service answers late, once.
struct Late(Mutex<Option<Duration>>);

impl Transport for Late {
    fn readers(&self) -> Result<Vec<ReaderStatus>, TransportError> {
        let delay = self.0.lock().unwrap().take();
        delay.into_iter().for_each(thread::sleep);
        Ok(vec![ReaderStatus::absent("late")])
    }

    fn reader(&self, name: &str) -> Result<ReaderStatus, TransportError> {
        Ok(ReaderStatus::absent(name))
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
        Err(TransportError::NoCard)
    }
}

#[test]
fn a_service_that_answers_late_is_used_from_then_on() {
    let late = Late(Mutex::new(Some(Duration::from_millis(400))));
    let transport = BoundedTransport::with_patience(Arc::new(late), Duration::from_millis(50));
    assert_eq!(transport.readers(), Err(TransportError::Timeout));
    let began = Instant::now();
    assert_eq!(transport.readers(), Err(TransportError::Timeout), "at once");
    assert_eq!(transport.reader("late"), Err(TransportError::Timeout));
    assert_eq!(transport.connect("late").err(), Some(TransportError::Timeout));
    while transport.readers() == Err(TransportError::Timeout) {
        let _ = transport.wait_for_change(&[], None, &Cancellation::new());
        assert!(began.elapsed() < Duration::from_secs(30), "it never came back");
    }
    assert_eq!(transport.readers().unwrap().len(), 1);
    assert_eq!(transport.connect("late").err(), Some(TransportError::NoCard));
}
