//! The command `cns`, run in this process over the virtual readers, with whoever is at the keyboard.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::ffi::OsString;
use std::io::{self, Write};
use std::path::PathBuf;
use std::rc::Rc;
use std::time::{Duration, SystemTime};

use cns_tool::console::prompt::{NoAnswer, Prompt};
use cns_tool::{Context, Exit, OperatingSystem, Output, System};
use virtual_cns::in_process::Readers;
use zeroize::Zeroizing;

use crate::steps::Front;
use testkit::InProcess;

/// 1 July 2026, seconds since 1970: in the middle of the validity of the virtual certificates.
const TODAY: u64 = 1_782_864_000;

/// Who answers: secrets in the order in which they are wanted, and the same word to each question.
pub(crate) struct Keyboard {
    person: Option<bool>,
    secrets: VecDeque<String>,
    /// Questions answered with yes.
    pub(crate) agreed: usize,
}

impl Keyboard {
    /// Nobody, who is asked nothing.
    pub(crate) fn nobody() -> Self {
        Self { person: None, secrets: VecDeque::new(), agreed: 0 }
    }

    /// Whoever asks through `cns pin`; a person types a new PIN twice.
    pub(crate) fn of(front: Front, secret: &str, new: Option<&str>) -> Self {
        let person = if let Front::Person { yes } = front { Some(yes) } else { None };
        let again = new.filter(|_| person.is_some());
        let secrets = [Some(secret), new, again].into_iter().flatten().map(str::to_owned).collect();
        Self { person, secrets, agreed: 0 }
    }
}

impl Prompt for Keyboard {
    fn is_interactive(&self) -> bool {
        self.person.is_some()
    }

    fn secret(&mut self, _: &str, _: &mut dyn FnMut() -> bool) -> Result<Zeroizing<String>, NoAnswer> {
        self.person.ok_or(NoAnswer::NoTerminal)?;
        self.secrets.pop_front().map(Zeroizing::new).ok_or(NoAnswer::Interrupted)
    }

    fn line(&mut self, _: &str) -> Result<String, NoAnswer> {
        let yes = self.person.ok_or(NoAnswer::NoTerminal)?;
        self.agreed += usize::from(yes);
        Ok(if yes { "yes" } else { "no" }.to_owned())
    }

    fn script_line(&mut self) -> Result<Zeroizing<String>, NoAnswer> {
        assert!(self.person.is_none(), "a person is at the terminal");
        self.secrets.pop_front().map(Zeroizing::new).ok_or(NoAnswer::Interrupted)
    }
}

/// Runs it; what came on the standard output, and what on the other one.
pub(crate) fn cns(readers: &Readers, arguments: &[&str], keyboard: &mut Keyboard) -> (String, String, Exit) {
    let line: Vec<OsString> = ["cns", "--lang", "en"].iter().chain(arguments).map(OsString::from).collect();
    let transport = InProcess(readers.clone());
    let (out, err) = (Lines::default(), Lines::default());
    let system = System {
        root: PathBuf::from("/nowhere"),
        program: PathBuf::from("/usr/bin/cns"),
        variables: BTreeMap::new(),
        operating_system: OperatingSystem::Linux,
    };
    let mut context = Context::new(&transport, keyboard, Output::to(out.clone(), err.clone()), system);
    context.now = SystemTime::UNIX_EPOCH + Duration::from_secs(TODAY);
    let exit = cns_tool::run(&line, &mut context);
    drop(context);
    (out.text(), err.text(), exit)
}

#[derive(Clone, Default)]
struct Lines(Rc<RefCell<Vec<u8>>>);

impl Lines {
    fn text(&self) -> String {
        String::from_utf8(self.0.take()).expect("UTF-8")
    }
}

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
