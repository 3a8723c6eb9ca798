//! The environment of the tests: virtual cards in readers of this process, a scripted person at the keyboard, and everything
//! the command tells in the order of telling.
#![allow(dead_code, unreachable_pub, reason = "each test binary uses its part")]

pub mod person;
pub mod waits;
pub mod windows;

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::ffi::OsString;
use std::io::{self, Write};
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use cns_tool::host::{CommandRunner, ThisWindows, WindowsSystem};
use cns_tool::{Context, Exit, OperatingSystem, Output, System};
use serde_json::Value;
use virtual_cns::in_process::Readers;
use virtual_cns::{Card, CardBuilder, Personality, SharedCard};

pub use person::Person;

/// The reader of most tests.
pub const READER: &str = "Virtual PCD 00 00";
/// 1 July 2026, seconds since 1970: in the middle of the validity of the virtual certificates.
const TODAY: u64 = 1_782_864_000;

/// Readers with a card.
pub struct Environment {
    pub readers: Readers,
    pub card: SharedCard,
    pub today: SystemTime,
    pub system: System,
    pub commands: Box<dyn CommandRunner>,
    pub windows: Box<dyn WindowsSystem>,
    /// A person sees and types everything: cards are waited for, a wrong PIN is asked for again.
    pub on_terminal: bool,
    /// What happens when the command waits for readers and cards, one for each wait.
    pub while_waiting: Mutex<VecDeque<waits::Event>>,
}

/// No command of the system is expected.
struct NoCommands;

impl CommandRunner for NoCommands {
    fn run(&self, command: &[String]) -> io::Result<Option<i32>> {
        panic!("nobody expected the command: {command:?}")
    }
}

/// What a run of the command told, and how it ended.
pub struct FindingText {
    pub transcript: String,
    pub exit: Exit,
}

impl Environment {
    pub fn with(personality: &Personality) -> Self {
        Self::of(Card::new(personality))
    }

    pub fn named(personality: &str) -> Self {
        Self::with(&Personality::by_name(personality).expect("a personality"))
    }

    pub fn built(builder: CardBuilder) -> Self {
        Self::of(builder.build())
    }

    pub fn of(card: Card) -> Self {
        let card = Arc::new(Mutex::new(card));
        Self::over(Readers::with_card(READER, Arc::clone(&card)), card)
    }

    /// Readers as the test made them.
    pub fn over(readers: Readers, card: SharedCard) -> Self {
        let today = SystemTime::UNIX_EPOCH + Duration::from_secs(TODAY);
        let system = System {
            root: PathBuf::from("/nowhere"),
            variables: BTreeMap::new(),
            program: "/usr/bin/cns".into(),
            operating_system: OperatingSystem::Linux,
        };
        Self {
            readers,
            card,
            today,
            system,
            commands: Box::new(NoCommands),
            windows: Box::new(ThisWindows),
            on_terminal: false,
            while_waiting: Mutex::default(),
        }
    }

    pub fn card(&self) -> MutexGuard<'_, Card> {
        self.card.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs the command in a language, with a person who answers; the transcript begins with the command line.
    pub fn run(&self, language: &str, arguments: &[&str], mut person: Person) -> FindingText {
        let told = Shared::default();
        person.write_to(told.clone());
        let line: Vec<OsString> =
            ["cns", "--lang", language].iter().chain(arguments).map(OsString::from).collect();
        let transport = waits::Waits(testkit::InProcess(self.readers.clone()), &self.while_waiting);
        let output = Output::to(told.clone(), told.clone());
        let mut context = Context::new(&transport, &mut person, output, self.system.clone());
        context.now = self.today;
        context.commands = &*self.commands;
        context.windows = &*self.windows;
        context.on_terminal = self.on_terminal;
        let exit = cns_tool::run(&line, &mut context);
        drop(context);
        assert!(person.is_done(), "the person was not asked for: {:?}", person.left());
        let transcript = String::from_utf8(told.0.take()).expect("UTF-8");
        FindingText {
            transcript: format!("$ cns {}\n{transcript}[{}]\n", arguments.join(" "), exit.code()),
            exit,
        }
    }

    /// Runs the command as a script does: the standard output, and how it ended.
    pub fn output(&self, language: &str, arguments: &[&str]) -> (String, Exit) {
        let (out, mut person) = (Shared::default(), Person::script(&[]));
        let line: Vec<OsString> =
            ["cns", "--lang", language].iter().chain(arguments).map(OsString::from).collect();
        let transport = testkit::InProcess(self.readers.clone());
        let output = Output::to(out.clone(), io::sink());
        let mut context = Context::new(&transport, &mut person, output, self.system.clone());
        context.now = self.today;
        context.commands = &*self.commands;
        context.windows = &*self.windows;
        let exit = cns_tool::run(&line, &mut context);
        drop(context);
        (String::from_utf8(out.0.take()).expect("UTF-8"), exit)
    }

    /// The same of a command that writes one JSON object.
    pub fn json(&self, language: &str, arguments: &[&str]) -> (Value, Exit) {
        let (out, exit) = self.output(language, arguments);
        (serde_json::from_str(&out).unwrap_or_else(|error| panic!("{error}: {out}")), exit)
    }

    /// With pcscd installed, on Debian; as long as the folder is there.
    pub fn on_debian(&mut self) -> tempfile::TempDir {
        let root = tempfile::tempdir().expect("a folder");
        for (file, content) in [("usr/sbin/pcscd", ""), ("etc/os-release", "ID=debian\n")] {
            let file = root.path().join(file);
            std::fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
            std::fs::write(file, content).expect("a file");
        }
        self.system.root = root.path().to_owned();
        root
    }

    /// The readers as the command gets them.
    pub fn transport(&self) -> impl cns_card::Transport + use<> {
        testkit::InProcess(self.readers.clone())
    }

    /// Runs it in both languages, asking nothing.
    pub fn in_both(&self, arguments: &[&str]) -> String {
        let tell = |language| self.run(language, arguments, Person::silent()).transcript;
        format!("{}\n{}", tell("it"), tell("en"))
    }

    /// How many VERIFY, CHANGE REFERENCE DATA and RESET RETRY COUNTER commands with data the card got.
    pub fn pin_commands(&self) -> usize {
        let pin = |name: &String| {
            ["VERIFY", "CHANGE REFERENCE DATA", "RESET RETRY COUNTER"].iter().any(|pin| name.starts_with(pin))
                && !name.contains("empty")
        };
        self.card().transcript_names().iter().filter(|name| pin(name)).count()
    }
}

/// Several texts for one snapshot, each below its title.
#[derive(Default)]
pub struct Sections(String);

impl Sections {
    pub fn add(&mut self, title: &str, text: &str) {
        self.0.push_str(&format!("# {title}\n{text}\n"));
    }

    pub fn text(&self) -> &str {
        &self.0
    }
}

/// One place for both outputs.
#[derive(Clone, Default)]
pub struct Shared(Rc<RefCell<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
