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
use super::{Check, on_each, pass};
use crate::report::StepOutcome;
use crate::testbed::pcscd::Reader;
use crate::testbed::terminal::Terminal;
use crate::testbed::{Testbed, card};

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
        on_each(&telling, "cns, as kept: wrong and locked PIN and PUK, Italian", |testbed| {
            wrong_and_locked(testbed, "it")
        }),
        on_each(&telling, "cns, as kept: wrong and locked PIN and PUK, English", |testbed| {
            wrong_and_locked(testbed, "en")
        }),
        on_each(&card, "cns, as kept: no card, no reader's service", nothing_there),
        on_each(&card, "cns, as kept: no reader", no_reader),
        on_each(&["romanian"], "cns, as kept: the Romanian card", turned_away),
        on_each(&["emv"], "cns, as kept: a card of another kind", turned_away),
    ]
    .concat()
}

fn card_and_data(testbed: &mut Testbed) -> Result<StepOutcome> {
    let module = testbed.environment.module.display().to_string();
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
        transcript += &told(testbed, arguments, "")?;
    }
    transcript += &told(testbed, &["cache", "clear"], "")?;
    ensure!(testbed.card.verify_count() == 0, "a PIN was sent");
    as_kept(testbed, "card", &transcript)?;
    pass("nine commands in Italian and English, no VERIFY")
}

fn doctor(testbed: &mut Testbed) -> Result<StepOutcome> {
    let module = testbed.environment.module.display().to_string();
    let transcript = told(testbed, &["doctor", "--module", &module], "")?;
    let mut kept = String::new();
    for part in transcript.split("$ cns ").skip(1) {
        let end = OF_THIS_MACHINE.iter().find_map(|title| part.find(title));
        kept += &format!("$ cns {}\n\n", &part[..end.context("it does not come to the programs")?]);
    }
    ensure!(testbed.card.verify_count() == 0, "a PIN was sent");
    as_kept(testbed, "doctor", &kept)?;
    pass("service, reader, card, certificate and module; programs are this machine's own")
}

fn setup(testbed: &mut Testbed) -> Result<StepOutcome> {
    let module = testbed.environment.module.display().to_string();
    // What a person had there before.
    let theirs = testbed.environment.file("home/.ssh/config");
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
            transcript += &told_in(language, testbed, &arguments, "")?;
        }
        ensure!(
            fs::read_to_string(&theirs)? == THEIR_CONFIGURATION,
            "the configuration is another than before"
        );
        ensure!(!testbed.environment.file("home/.config/cns").exists(), "files are left");
    }
    as_kept(testbed, "setup", &transcript)?;
    pass("tried, done, done already, taken back to the byte")
}

fn pages(testbed: &mut Testbed) -> Result<StepOutcome> {
    let subjects =
        ["activate", "codes", "unblock", "lost", "minors", "inps", "inail", "fse", "readers", "romania"];
    let mut transcript = told(testbed, &["guide"], "")?;
    for subject in subjects {
        transcript += &told(testbed, &["guide", subject], "")?;
    }
    let folder = testbed.environment.file("generated").display().to_string();
    transcript += &told(testbed, &["generate", &folder], "")?;
    let mut made = Vec::new();
    for place in ["completions", "man/man1", "man/it/man1"] {
        for entry in fs::read_dir(testbed.environment.file("generated").join(place))? {
            made.push(format!("{place}/{}", entry?.file_name().to_string_lossy()));
        }
    }
    made.sort();
    as_kept(testbed, "pages", &format!("{transcript}{}\n", made.join("\n")))?;
    pass(format!("{} pages of the guide, {} generated files", subjects.len(), made.len()))
}

fn through_the_module(testbed: &mut Testbed) -> Result<StepOutcome> {
    let module = testbed.environment.module.display().to_string();
    testbed.environment.write("document", "Something to sign.\n")?;
    let mut transcript = with_pin(testbed, &["sign", "--force", "document", "--module", &module])?;
    transcript += &with_pin(testbed, &["sign", "--raw", "--force", "document", "--module", &module])?;
    let before = (testbed.card.verify_count(), testbed.card.signature_count());
    transcript += &with_pin(testbed, &["test-login", "--module", &module])?;
    let counted = (testbed.card.verify_count() - before.0, testbed.card.signature_count() - before.1);
    ensure!(counted == (2, 4), "{counted:?} VERIFYs and signatures for a login in each language");
    let portal = testbed.environment.portal()?;
    let (url, ca) = (portal.url(), portal.ca_file().display().to_string());
    transcript += &with_pin(testbed, &["test-login", &url, "--ca", &ca, "--module", &module])?;
    as_kept(testbed, "module", &transcript)?;
    pass("signatures, a login without a site (one VERIFY, two signatures), a login to a site")
}

fn watch(testbed: &mut Testbed) -> Result<StepOutcome> {
    let mut transcript = String::new();
    for language in LANGUAGES {
        let line = format!("'{}' --lang {language} watch", program()?.display());
        let terminal = Terminal::start(&testbed.environment, &line)?;
        terminal.shows(Reader::Second.name(), 1)?;
        testbed.card.remove(&testbed.pcscd)?;
        terminal.shows(Reader::First.name(), 3)?;
        testbed.card.insert(&testbed.pcscd, Reader::First)?;
        terminal.shows(Reader::First.name(), 4)?;
        terminal.interrupts()?;
        let screen = terminal.ended_with(130)?;
        let shown = screen.split("[ended ").next().unwrap_or_default();
        transcript += &format!("$ cns --lang {language} watch\n{}\n[130]\n\n", shown.trim_end());
    }
    as_kept(testbed, "watch", &transcript)?;
    pass("what is there, a card taken out and put in, Ctrl-C")
}

fn dialogues(testbed: &mut Testbed) -> Result<StepOutcome> {
    let (mut pin, puk) = (testbed.card.pin(), testbed.card.puk());
    let module = format!("--module '{}'", testbed.environment.module.display());
    testbed.environment.write("document", "Something to sign.\n")?;
    let mut transcript = String::new();
    for language in LANGUAGES {
        let sent = testbed.card.verify_count();
        transcript += &dialogue(testbed, language, "pin verify", &[&pin])?;
        // A new PIN that is easy to guess, and one that is typed differently the second time.
        let change = [&pin, WEAK_PIN, NEW_PIN, OTHER_PIN, NEW_PIN, NEW_PIN];
        transcript += &dialogue(testbed, language, "pin change", &change)?;
        transcript += &dialogue(testbed, language, "pin unblock", &[&puk, OTHER_PIN, OTHER_PIN])?;
        pin = OTHER_PIN.to_owned();
        transcript += &dialogue(testbed, language, &format!("sign --force document {module}"), &[&pin])?;
        transcript += &dialogue(testbed, language, &format!("test-login {module}"), &[&pin])?;
        let sent = testbed.card.verify_count() - sent;
        ensure!(sent == 3, "{sent} VERIFYs for the PINs of verify, sign and test-login");
    }
    as_kept(testbed, "terminal", &transcript)?;
    pass("five dialogues in two languages; three of them end in VERIFY, once each")
}

/// One card for each language: what is told depends on what was wrong before.
fn wrong_and_locked(testbed: &Testbed, language: &str) -> Result<StepOutcome> {
    let module = testbed.environment.module.display().to_string();
    let told = |arguments: &[&str], secrets: &str| {
        told_in(language, testbed, &[arguments, &["--pin-stdin"]].concat(), secrets)
    };
    let pin = format!("{WRONG_PIN}\n");
    let mut transcript = told(&["pin", "verify"], &pin)?;
    transcript += &told(&["test-login", "--module", &module], &pin)?;
    transcript += &told(&["test-login", "--module", &module], &pin)?;
    transcript += &told(&["pin", "verify"], &pin)?;
    ensure!(
        testbed.card.verify_count() == 2,
        "{} VERIFYs: the last try is not kept",
        testbed.card.verify_count()
    );
    transcript += &told(&["pin", "verify", "--last-try"], &pin)?;
    transcript += &told(&["pin", "verify", "--last-try"], &pin)?;
    transcript += &told(&["test-login", "--module", &module], &pin)?;
    ensure!(testbed.card.verify_count() == 3, "{} VERIFYs of a locked card", testbed.card.verify_count());
    let puk = format!("{WRONG_PUK}\n{NEW_PIN}\n");
    for more in [&[][..], &[], &[], &["--last-try"], &["--last-try"]] {
        transcript += &told(&[&["pin", "unblock"], more].concat(), &puk)?;
    }
    let unblocked = |name: &str| name.starts_with("RESET RETRY COUNTER");
    let sent = testbed.card.transcript().iter().filter(|exchange| unblocked(&exchange.name)).count();
    ensure!(sent == 3, "{sent} PUKs reached the card");
    as_kept(testbed, &format!("wrong-and-locked.{language}"), &transcript)?;
    pass("three wrong PINs and three wrong PUKs reach the card, the last ones only when allowed")
}

/// Everything that needs a card, in both languages; what is told and that nothing is written.
fn all_that_needs_a_card(testbed: &Testbed) -> Result<String> {
    let module = testbed.environment.module.display().to_string();
    testbed.environment.write("document", "Something to sign.\n")?;
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
        transcript += &told(testbed, arguments, "")?;
    }
    ensure!(!testbed.environment.file("document.p7s").exists(), "a signature without a card");
    Ok(transcript)
}

/// pcscd runs and has no reader.
fn no_reader(testbed: &mut Testbed) -> Result<StepOutcome> {
    testbed.card.remove(&testbed.pcscd)?;
    testbed.pcscd.unplug_readers()?;
    let transcript = all_that_needs_a_card(testbed)?;
    let ended = transcript.matches("\n[3]\n").count();
    ensure!(ended == 16, "{ended} of 16 end with exit code 3:\n{transcript}");
    ensure!(testbed.card.verify_count() == 0, "a PIN was sent");
    as_kept(testbed, "no-reader", &transcript)?;
    pass("eight commands in Italian and English: exit code 3, no VERIFY")
}

fn nothing_there(testbed: &mut Testbed) -> Result<StepOutcome> {
    testbed.card.remove(&testbed.pcscd)?;
    let mut transcript = all_that_needs_a_card(testbed)?;
    testbed.pcscd.stop();
    transcript += &all_that_needs_a_card(testbed)?;
    as_kept(testbed, "nothing-there", &transcript)?;
    pass("eight commands without a card, and without the service")
}

fn turned_away(testbed: &mut Testbed) -> Result<StepOutcome> {
    let mut transcript = String::new();
    for arguments in [&["status"][..], &["pin", "verify"], &["cert", "show"], &["test-login"]] {
        transcript += &told(testbed, arguments, "")?;
    }
    ensure!(testbed.card.verify_count() == 0, "a PIN was sent to a card that is none of ours");
    as_kept(testbed, &format!("turned-away-{}", testbed.card.kind()), &transcript)?;
    pass("advice in Italian and English, no VERIFY")
}
