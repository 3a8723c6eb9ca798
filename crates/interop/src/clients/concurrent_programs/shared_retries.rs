//! One count of tries over the module and the command, also on cards that do not tell theirs: what was typed wrong in one
//! counts in the other, the last try wants a yes in both, and a right PIN in either lifts the guard of all.

use anyhow::{Context as _, Result, ensure};

use super::program::{CClient, CClientProgram, OK};
use crate::clients::check::{Check, on_each, pass};
use crate::clients::cns_command::cns;
use crate::process::{self, ProgramOutput};
use crate::report::StepOutcome;
use crate::testbed::client_environment::CLIENT_LIMIT;
use crate::testbed::{Testbed, card};

const WRONG_PIN: &str = "99182";
const WRONG_PUK: &str = "99182736";
/// Not one that others guess first, which the command would refuse.
const NEW_PIN: &str = "82467";
/// Wrong ones until only one try is left: these virtual cards have three, as is looked at below.
const WRONG: usize = 2;

/// `CKR_FUNCTION_FAILED`, with which the module keeps the last try, and `CKR_PIN_INCORRECT`.
const KEPT: u64 = 0x06;
const INCORRECT: u64 = 0xA0;
/// Exit codes of the command: done, a wrong PIN, nothing sent.
const DONE: i32 = 0;
const WRONG_TYPED: i32 = 6;
const NOTHING_SENT: i32 = 8;

/// Cards that tell no count of PIN tries, one that does, and one that tells the PUK's with each wrong one.
const CARDS: &[&str] = &[card::DEFAULT, "cardos", "idemia2021", "infocamere"];

pub fn checks() -> Vec<Check> {
    [
        on_each(CARDS, "one count of tries: wrong PINs in the module, then cns", module_first),
        on_each(CARDS, "one count of tries: wrong PINs in cns, then the module", command_first),
        on_each(CARDS, "one count of tries: the PUK, both ways", puk),
    ]
    .concat()
}

/// The command's ways to use a PIN.
const WAYS: [&[&str]; 3] = [&["pin", "verify"], &["sign", "document", "--force"], &["test-login"]];

fn module_first(testbed: &mut Testbed) -> Result<StepOutcome> {
    let program = CountedCard::new(testbed)?;
    for way in WAYS {
        let mut module = program.visitor()?;
        for _ in 0..WRONG {
            module.step(&format!("login {WRONG_PIN}"))?.expect(INCORRECT)?;
        }
        program.has_one_left(way)?;
        // The module that was there all the time.
        module.step(&format!("login {}", testbed.card.pin()))?.succeed()?;
        module.step("sign")?.succeed()?;
        module.step("finalize")?.succeed()?;
        program.is_full_again(way)?;
    }
    pass(format!(
        "{WRONG} wrong PINs, then {} ways of the command: refused, and done with --last-try",
        WAYS.len()
    ))
}

fn command_first(testbed: &mut Testbed) -> Result<StepOutcome> {
    let program = CountedCard::new(testbed)?;
    for way in WAYS {
        let mut module = program.visitor()?;
        for _ in 0..WRONG {
            program.cns(way, WRONG_PIN, WRONG_TYPED)?;
        }
        let heard = program.pin_commands();
        for pin in [WRONG_PIN, &testbed.card.pin()] {
            module.step(&format!("login {pin}"))?.expect(KEPT)?;
        }
        ensure!(
            module.step("token")?.succeed()?.shown.contains("FINAL_TRY"),
            "the module does not tell FINAL_TRY"
        );
        ensure!(program.pin_commands() == heard, "the card heard of a PIN that was refused");
        program.has_one_left(way)?;
        module.step(&format!("login {}", testbed.card.pin()))?.succeed()?;
        module.step("finalize")?.succeed()?;
        program.is_full_again(way)?;
    }
    pass(format!(
        "{WRONG} wrong PINs by each of {} ways of the command: the module keeps the last",
        WAYS.len()
    ))
}

fn puk(testbed: &mut Testbed) -> Result<StepOutcome> {
    let program = CountedCard::new(testbed)?;
    let unblock: &[&str] = &["pin", "unblock"];
    let (wrong, right) = (format!("{WRONG_PUK}\n{NEW_PIN}"), format!("{}\n{NEW_PIN}", testbed.card.puk()));
    let by_module = format!("puk {WRONG_PUK} {NEW_PIN}");
    let in_module = format!("puk {} {NEW_PIN}", testbed.card.puk());
    let mut module = program.visitor()?;
    let mut spent = Vec::new();
    for module_first in [true, false] {
        let tries = testbed.card.puk_tries_left();
        // Until the guard keeps the next one, which is not sent: the right one neither.
        while module_first && module.step(&by_module)?.rv == INCORRECT {}
        while !module_first && program.code(unblock, &wrong)? == Some(WRONG_TYPED) {}
        let left = testbed.card.puk_tries_left();
        ensure!(left >= 1, "no try is left for the PUK");
        spent.push(tries - left);
        let heard = program.pin_commands();
        program.cns(unblock, &right, NOTHING_SENT)?;
        module.step(&in_module)?.expect(KEPT)?;
        let told = program.tries("puk_tries")?;
        ensure!(told == 1, "cns status tells {told} tries for the PUK");
        ensure!(program.pin_commands() == heard, "the card heard of a PUK that was refused");
        program.cns(&[unblock, &["--last-try"]].concat(), &right, DONE)?;
        module.step(&in_module)?.succeed()?;
    }
    module.step(&format!("login {NEW_PIN}"))?.succeed()?;
    module.step("finalize")?.succeed()?;
    pass(format!(
        "{spent:?} wrong PUKs in the module and in the command: both keep the last, --last-try frees both"
    ))
}

/// A card whose commands are counted.
struct CountedCard<'s> {
    program: CClientProgram<'s>,
    tries: u8,
}

impl<'s> CountedCard<'s> {
    fn new(testbed: &'s Testbed) -> Result<Self> {
        testbed.client.write("document", "Un testo da firmare\n")?;
        let tries = testbed.card.pin_tries_left();
        ensure!(usize::from(tries) == WRONG + 1, "this card has {tries} tries");
        Ok(Self { program: CClientProgram::new(testbed)?, tries })
    }

    /// A program with the module that has listed.
    fn visitor(&self) -> Result<CClient> {
        let mut visitor = self.program.visitor()?;
        visitor.step("list")?.succeed()?;
        Ok(visitor)
    }

    /// Everything with a PIN or a PUK in it: VERIFY, CHANGE REFERENCE DATA, RESET RETRY COUNTER (ISO 7816-4).
    fn pin_commands(&self) -> usize {
        let transcript = self.program.testbed.card.transcript();
        transcript.iter().filter(|one| matches!(one.ins, 0x20 | 0x24 | 0x2C) && one.lc > 0).count()
    }

    /// Only one try is left: every program says so, none takes it unasked, and `way` takes it with `--last-try`.
    fn has_one_left(&self, way: &[&str]) -> Result<()> {
        let card = &self.program.testbed.card;
        let (heard, pin) = (self.pin_commands(), card.pin());
        ensure!(card.pin_tries_left() == 1, "{} tries are left", card.pin_tries_left());
        for other in WAYS {
            self.cns(other, &pin, NOTHING_SENT)?;
        }
        let told = self.tries("pin_tries")?;
        ensure!(told == 1, "cns status tells {told} tries");
        let doctor = self.run(&["doctor", "--json"], "")?;
        ensure!(doctor.stdout.contains("pin-last-try"), "{}", doctor.report("does not tell the last try"));
        let mut next = self.visitor()?;
        ensure!(
            next.step("token")?.succeed()?.shown.contains("FINAL_TRY"),
            "the next process has no FINAL_TRY"
        );
        next.step(&format!("login {pin}"))?.expect(KEPT)?;
        ensure!(self.pin_commands() == heard, "the card heard of a PIN that was refused");

        self.cns(&[way, &["--last-try"]].concat(), &pin, DONE)?;
        ensure!(self.pin_commands() == heard + 1, "not one VERIFY for the last try");
        // The next process, which kept it, is free too.
        ensure!(next.step(&format!("login {pin}"))?.rv == OK, "{} did not free the module", way.join(" "));
        next.step("finalize")?.succeed().map(drop)
    }

    /// All tries are there, and no program says otherwise.
    fn is_full_again(&self, way: &[&str]) -> Result<()> {
        let left = self.program.testbed.card.pin_tries_left();
        ensure!(left == self.tries, "{left} tries are left after {}", way.join(" "));
        let flags = self.visitor()?.step("token")?.succeed()?.shown;
        ensure!(flags.is_empty(), "flags after the right PIN: {flags}");
        Ok(())
    }

    /// Runs the command with what a person would type, and wants this exit code.
    fn cns(&self, arguments: &[&str], typed: &str, code: i32) -> Result<()> {
        let run = self.run(&[arguments, &["--pin-stdin"]].concat(), typed)?;
        let ended = run.status.and_then(|status| status.code());
        ensure!(ended == Some(code), "{}", run.report(&format!("not {code}")));
        Ok(())
    }

    /// The same, with any exit code.
    fn code(&self, arguments: &[&str], typed: &str) -> Result<Option<i32>> {
        let run = self.run(&[arguments, &["--pin-stdin"]].concat(), typed)?;
        Ok(run.status.and_then(|status| status.code()))
    }

    fn run(&self, arguments: &[&str], typed: &str) -> Result<ProgramOutput> {
        let client = &self.program.testbed.client;
        let mut command = cns(client, &["--lang", "en"])?;
        command.args(arguments);
        if !matches!(arguments[0], "pin" | "status") {
            command.arg("--module").arg(&client.module);
        }
        process::run(command, &format!("{typed}\n"), CLIENT_LIMIT)
    }

    /// By `cns status --json`, of the card in the first reader that has one.
    fn tries(&self, secret: &str) -> Result<u64> {
        let run = self.run(&["status", "--json"], "")?;
        let status: serde_json::Value =
            serde_json::from_str(&run.stdout).with_context(|| run.report("no JSON"))?;
        let readers = status["readers"].as_array().into_iter().flatten();
        let mut tries = readers.filter_map(|reader| reader["card"][secret]["left"].as_u64());
        tries.next().with_context(|| run.report("no tries"))
    }
}
