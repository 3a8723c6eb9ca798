//! What every subcommand of `cns` tells, in Italian and English, with a real pcscd under it: held against the texts in
//! `crates/interop/kept`. What asks a person is driven in a real terminal.
//!
//! After a change of the texts: `KEEP=1 cargo xtask clients "as kept"` writes them anew; then read the difference. Only
//! what is another at each run is taken out: folders, ports, the time of day, the version.

mod transcript;

use anyhow::{Context as _, Result, ensure};
use fs_err as fs;

use self::transcript::{as_kept, dialogue, told, told_in, with_pin};
use super::cns_command::program;
use super::{Check, on_each, shown};
use crate::report::Outcome;
use crate::testbed::pcscd::Reader;
use crate::testbed::terminal::Terminal;
use crate::testbed::{Stack, card};

const THEIR_CONFIGURATION: &str = "Host *.example\n\tUser mario\n";
const LANGUAGES: [&str; 2] = ["it", "en"];
const NEW_PIN: &str = "73910";
const OTHER_PIN: &str = "0246813";
const WEAK_PIN: &str = "11111";
const WRONG_PIN: &str = "99182";
const WRONG_PUK: &str = "87654321";
/// Where `cns doctor` goes on with what is installed on this very machine.
const OF_THIS_MACHINE: &[&str] = &["\nProgrammi\n", "\nPrograms\n"];

pub fn checks() -> Vec<Check> {
    let card = [card::DEFAULT];
    // This one tells its tries, and so has more to say.
    let telling = ["idemia2021"];
    [
        on_each(&card, "cns, as kept: card, certificate, data, cache", card_and_data),
        on_each(&card, "cns, as kept: doctor", doctor),
        on_each(&card, "cns, as kept: setup", setup),
        on_each(&card, "cns, as kept: guide, generate", pages),
        on_each(&card, "cns, as kept: sign, test-login", through_the_module),
        on_each(&card, "cns, as kept: watch", watch),
        on_each(&telling, "cns, as kept: pin, sign and test-login in a terminal", dialogues),
        on_each(&telling, "cns, as kept: wrong and locked PIN and PUK, Italian", |stack| {
            wrong_and_locked(stack, "it")
        }),
        on_each(&telling, "cns, as kept: wrong and locked PIN and PUK, English", |stack| {
            wrong_and_locked(stack, "en")
        }),
        on_each(&card, "cns, as kept: no card, no reader's service", nothing_there),
        on_each(&card, "cns, as kept: no reader", no_reader),
        on_each(&["romanian"], "cns, as kept: the Romanian card", turned_away),
        on_each(&["emv"], "cns, as kept: a card of another kind", turned_away),
    ]
    .concat()
}

fn card_and_data(stack: &mut Stack) -> Result<Outcome> {
    let module = stack.desk.module.display().to_string();
    let commands: [&[&str]; 8] = [
        &["status", "--show"],
        &["status", "--json"],
        &["cert", "show"],
        &["cert", "export"],
        &["cert", "uri", "--module", &module],
        &["data"],
        &["card-report"],
        &["cache", "status"],
    ];
    let mut transcript = String::new();
    for arguments in commands {
        transcript += &told(stack, arguments, "")?;
    }
    transcript += &told(stack, &["cache", "clear"], "")?;
    ensure!(stack.card.verify_count() == 0, "a PIN was sent");
    as_kept(stack, "card", &transcript)?;
    shown("nine commands in Italian and English, no VERIFY")
}

fn doctor(stack: &mut Stack) -> Result<Outcome> {
    let module = stack.desk.module.display().to_string();
    let transcript = told(stack, &["doctor", "--module", &module], "")?;
    let mut kept = String::new();
    for part in transcript.split("$ cns ").skip(1) {
        let end = OF_THIS_MACHINE.iter().find_map(|title| part.find(title));
        kept += &format!("$ cns {}\n\n", &part[..end.context("it does not come to the programs")?]);
    }
    ensure!(stack.card.verify_count() == 0, "a PIN was sent");
    as_kept(stack, "doctor", &kept)?;
    shown("service, reader, card, certificate and module; programs are this machine's own")
}

fn setup(stack: &mut Stack) -> Result<Outcome> {
    let module = stack.desk.module.display().to_string();
    // What a person had there before.
    let theirs = stack.desk.file("home/.ssh/config");
    fs::create_dir_all(theirs.parent().context("a folder")?)?;
    fs::write(&theirs, THEIR_CONFIGURATION)?;
    let named = ["setup", "openssl", "ssh", "java", "--user"];
    let with_module = [&named[..], &["--module", &module]].concat();
    let mut transcript = String::new();
    for language in LANGUAGES {
        for arguments in [
            [&with_module[..], &["--dry-run"]].concat(),
            with_module.clone(),
            with_module.clone(),
            [&named[..], &["--remove"]].concat(),
        ] {
            transcript += &told_in(language, stack, &arguments, "")?;
        }
        ensure!(
            fs::read_to_string(&theirs)? == THEIR_CONFIGURATION,
            "the configuration is another than before"
        );
        ensure!(!stack.desk.file("home/.config/cns").exists(), "files are left");
    }
    as_kept(stack, "setup", &transcript)?;
    shown("tried, done, done already, taken back to the byte")
}

fn pages(stack: &mut Stack) -> Result<Outcome> {
    let subjects =
        ["activate", "codes", "unblock", "lost", "minors", "inps", "inail", "fse", "readers", "romania"];
    let mut transcript = told(stack, &["guide"], "")?;
    for subject in subjects {
        transcript += &told(stack, &["guide", subject], "")?;
    }
    let folder = stack.desk.file("generated").display().to_string();
    transcript += &told(stack, &["generate", &folder], "")?;
    let mut made = Vec::new();
    for place in ["completions", "man/man1", "man/it/man1"] {
        for entry in fs::read_dir(stack.desk.file("generated").join(place))? {
            made.push(format!("{place}/{}", entry?.file_name().to_string_lossy()));
        }
    }
    made.sort();
    as_kept(stack, "pages", &format!("{transcript}{}\n", made.join("\n")))?;
    shown(format!("{} pages of the guide, {} generated files", subjects.len(), made.len()))
}

fn through_the_module(stack: &mut Stack) -> Result<Outcome> {
    let module = stack.desk.module.display().to_string();
    stack.desk.write("document", "Something to sign.\n")?;
    let mut transcript = with_pin(stack, &["sign", "--force", "document", "--module", &module])?;
    transcript += &with_pin(stack, &["sign", "--raw", "--force", "document", "--module", &module])?;
    let before = (stack.card.verify_count(), stack.card.signature_count());
    transcript += &with_pin(stack, &["test-login", "--module", &module])?;
    let counted = (stack.card.verify_count() - before.0, stack.card.signature_count() - before.1);
    ensure!(counted == (2, 4), "{counted:?} VERIFYs and signatures for a login in each language");
    let portal = stack.desk.portal()?;
    let (url, ca) = (portal.url(), portal.ca_file().display().to_string());
    transcript += &with_pin(stack, &["test-login", &url, "--ca", &ca, "--module", &module])?;
    as_kept(stack, "module", &transcript)?;
    shown("signatures, a login without a site (one VERIFY, two signatures), a login to a site")
}

fn watch(stack: &mut Stack) -> Result<Outcome> {
    let mut transcript = String::new();
    for language in LANGUAGES {
        let line = format!("'{}' --lang {language} watch", program()?.display());
        let terminal = Terminal::start(&stack.desk, &line)?;
        terminal.shows(Reader::Second.name(), 1)?;
        stack.card.remove(&stack.pcscd)?;
        terminal.shows(Reader::First.name(), 3)?;
        stack.card.insert(&stack.pcscd, Reader::First)?;
        terminal.shows(Reader::First.name(), 4)?;
        terminal.interrupts()?;
        let screen = terminal.ended_with(130)?;
        let shown = screen.split("[ended ").next().unwrap_or_default();
        transcript += &format!("$ cns --lang {language} watch\n{}\n[130]\n\n", shown.trim_end());
    }
    as_kept(stack, "watch", &transcript)?;
    shown("what is there, a card taken out and put in, Ctrl-C")
}

fn dialogues(stack: &mut Stack) -> Result<Outcome> {
    let (mut pin, puk) = (stack.card.pin(), stack.card.puk());
    let module = format!("--module '{}'", stack.desk.module.display());
    stack.desk.write("document", "Something to sign.\n")?;
    let mut transcript = String::new();
    for language in LANGUAGES {
        let sent = stack.card.verify_count();
        transcript += &dialogue(stack, language, "pin verify", &[&pin])?;
        // A new PIN that is easy to guess, and one that is typed differently the second time.
        let change = [&pin, WEAK_PIN, NEW_PIN, OTHER_PIN, NEW_PIN, NEW_PIN];
        transcript += &dialogue(stack, language, "pin change", &change)?;
        transcript += &dialogue(stack, language, "pin unblock", &[&puk, OTHER_PIN, OTHER_PIN])?;
        pin = OTHER_PIN.to_owned();
        transcript += &dialogue(stack, language, &format!("sign --force document {module}"), &[&pin])?;
        transcript += &dialogue(stack, language, &format!("test-login {module}"), &[&pin])?;
        let sent = stack.card.verify_count() - sent;
        ensure!(sent == 3, "{sent} VERIFYs for the PINs of verify, sign and test-login");
    }
    as_kept(stack, "terminal", &transcript)?;
    shown("five dialogues in two languages; three of them end in VERIFY, once each")
}

/// One card for each language: what is told depends on what was wrong before.
fn wrong_and_locked(stack: &Stack, language: &str) -> Result<Outcome> {
    let module = stack.desk.module.display().to_string();
    let told = |arguments: &[&str], secrets: &str| {
        told_in(language, stack, &[arguments, &["--pin-stdin"]].concat(), secrets)
    };
    let pin = format!("{WRONG_PIN}\n");
    let mut transcript = told(&["pin", "verify"], &pin)?;
    transcript += &told(&["test-login", "--module", &module], &pin)?;
    transcript += &told(&["test-login", "--module", &module], &pin)?;
    transcript += &told(&["pin", "verify"], &pin)?;
    ensure!(
        stack.card.verify_count() == 2,
        "{} VERIFYs: the last try is not kept",
        stack.card.verify_count()
    );
    transcript += &told(&["pin", "verify", "--last-try"], &pin)?;
    transcript += &told(&["pin", "verify", "--last-try"], &pin)?;
    transcript += &told(&["test-login", "--module", &module], &pin)?;
    ensure!(stack.card.verify_count() == 3, "{} VERIFYs of a locked card", stack.card.verify_count());
    let puk = format!("{WRONG_PUK}\n{NEW_PIN}\n");
    for more in [&[][..], &[], &[], &["--last-try"], &["--last-try"]] {
        transcript += &told(&[&["pin", "unblock"], more].concat(), &puk)?;
    }
    let unblocked = |name: &str| name.starts_with("RESET RETRY COUNTER");
    let sent = stack.card.transcript().iter().filter(|exchange| unblocked(&exchange.name)).count();
    ensure!(sent == 3, "{sent} PUKs reached the card");
    as_kept(stack, &format!("wrong-and-locked.{language}"), &transcript)?;
    shown("three wrong PINs and three wrong PUKs reach the card, the last ones only when allowed")
}

/// Everything that needs a card, in both languages; what is told and that nothing is written.
fn all_that_needs_a_card(stack: &Stack) -> Result<String> {
    let module = stack.desk.module.display().to_string();
    stack.desk.write("document", "Something to sign.\n")?;
    let commands: [&[&str]; 8] = [
        &["status"],
        &["pin", "verify"],
        &["pin", "unblock"],
        &["cert", "show"],
        &["data"],
        &["card-report"],
        &["sign", "document", "--module", &module],
        &["test-login", "--module", &module],
    ];
    let mut transcript = String::new();
    for arguments in commands {
        transcript += &told(stack, arguments, "")?;
    }
    ensure!(!stack.desk.file("document.p7s").exists(), "a signature without a card");
    Ok(transcript)
}

/// pcscd runs and has no reader.
fn no_reader(stack: &mut Stack) -> Result<Outcome> {
    stack.card.remove(&stack.pcscd)?;
    stack.pcscd.unplug_readers()?;
    let transcript = all_that_needs_a_card(stack)?;
    let ended = transcript.matches("\n[3]\n").count();
    ensure!(ended == 16, "{ended} of 16 end with exit code 3:\n{transcript}");
    ensure!(stack.card.verify_count() == 0, "a PIN was sent");
    as_kept(stack, "no-reader", &transcript)?;
    shown("eight commands in Italian and English: exit code 3, no VERIFY")
}

fn nothing_there(stack: &mut Stack) -> Result<Outcome> {
    stack.card.remove(&stack.pcscd)?;
    let mut transcript = all_that_needs_a_card(stack)?;
    stack.pcscd.stop();
    transcript += &all_that_needs_a_card(stack)?;
    as_kept(stack, "nothing-there", &transcript)?;
    shown("eight commands without a card, and without the service")
}

fn turned_away(stack: &mut Stack) -> Result<Outcome> {
    let mut transcript = String::new();
    for arguments in [&["status"][..], &["pin", "verify"], &["cert", "show"], &["test-login"]] {
        transcript += &told(stack, arguments, "")?;
    }
    ensure!(stack.card.verify_count() == 0, "a PIN was sent to a card that is none of ours");
    as_kept(stack, &format!("turned-away-{}", stack.card.kind()), &transcript)?;
    shown("advice in Italian and English, no VERIFY")
}
