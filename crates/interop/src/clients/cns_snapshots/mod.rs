//! What every subcommand of `cns` writes, in Italian and English, with a real pcscd under it: the same as in the snapshots
//! of its own tests, or as in `crates/interop/kept` where they have no such text. What asks a person is driven in a real
//! terminal.
//!
//! After a change of the texts: `KEEP=1 cargo xtask clients "as kept"` writes the kept ones anew; then read the difference.
//! Only what is another at each run is taken out: folders, ports, the time of day, the version.

mod compare;
mod dates;
pub mod snapshot;
mod transcript;

use anyhow::{Context as _, Result, ensure};
use fs_err as fs;

use self::compare::expect_known;
use self::transcript::{LANGUAGES, Run, dialogue, only_failures, run_in, run_in_both, run_with_pin};
use super::cns_command::program;
use crate::clients::check::{Check, on_each, pass};
use crate::clients::terminal::Terminal;
use crate::report::StepOutcome;
use crate::testbed::pcscd::Reader;
use crate::testbed::{Testbed, card};

const THEIR_CONFIGURATION: &str = "Host *.example\n\tUser mario\n";
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
    let module = testbed.client.module.display().to_string();
    let commands: [&[&str]; 11] = [
        &["status"],
        &["status", "--show"],
        &["status", "--json"],
        &["cert", "show"],
        &["cert", "show", "--json"],
        &["cert", "export"],
        &["cert", "uri", "--module", &module],
        &["cert", "uri", "--json", "--module", &module],
        &["data"],
        &["card-report"],
        &["cache", "status"],
    ];
    let mut runs = Vec::new();
    for arguments in commands {
        runs.extend(run_in_both(testbed, arguments, "")?);
    }
    runs.extend(run_in_both(testbed, &["cache", "clear"], "")?);
    ensure!(testbed.card.verify_count() == 0, "a PIN was sent");
    expect_known(testbed, "card", &["status__status-cards#st2021", "certificate__data#all of it"], runs)?;
    pass("twelve commands in Italian and English, no VERIFY")
}

fn doctor(testbed: &mut Testbed) -> Result<StepOutcome> {
    let module = testbed.client.module.display().to_string();
    let mut runs = run_in_both(testbed, &["doctor", "--module", &module], "")?;
    for run in &mut runs {
        let end = OF_THIS_MACHINE.iter().find_map(|title| run.text.find(title));
        run.text.truncate(end.context("it does not come to the programs")?);
    }
    ensure!(testbed.card.verify_count() == 0, "a PIN was sent");
    expect_known(testbed, "doctor", &[], runs)?;
    pass("service, reader, card, certificate and module; programs are this machine's own")
}

fn setup(testbed: &mut Testbed) -> Result<StepOutcome> {
    let module = testbed.client.module.display().to_string();
    // What a person had there before.
    let theirs = testbed.client.file("home/.ssh/config");
    fs::create_dir_all(theirs.parent().context("a folder")?)?;
    fs::write(&theirs, THEIR_CONFIGURATION)?;
    let named = ["setup", "openssl", "ssh", "java", "--user"];
    let with_module = [&named[..], &["--module", &module]].concat();
    let mut runs = Vec::new();
    for language in LANGUAGES {
        for arguments in [
            [&with_module[..], &["--dry-run"]].concat(),
            with_module.clone(),
            with_module.clone(),
            [&named[..], &["--remove"]].concat(),
        ] {
            runs.push(run_in(language, testbed, &arguments, "")?);
        }
        ensure!(
            fs::read_to_string(&theirs)? == THEIR_CONFIGURATION,
            "the configuration is another than before"
        );
        ensure!(!testbed.client.file("home/.config/cns").exists(), "files are left");
    }
    expect_known(testbed, "setup", &[], runs)?;
    pass("tried, done, done already, taken back to the byte")
}

fn pages(testbed: &mut Testbed) -> Result<StepOutcome> {
    let subjects = "first-login activate codes unblock lost minors inps inail fse readers browser romania";
    let subjects: Vec<&str> = subjects.split(' ').collect();
    let mut runs = run_in_both(testbed, &["guide"], "")?;
    for subject in &subjects {
        runs.extend(run_in_both(testbed, &["guide", subject], "")?);
    }
    let folder = testbed.client.file("generated").display().to_string();
    runs.extend(run_in_both(testbed, &["generate", &folder], "")?);
    let mut made = Vec::new();
    for place in ["completions", "man/man1", "man/man7", "man/it/man1", "man/it/man7"] {
        for entry in fs::read_dir(testbed.client.file("generated").join(place))? {
            made.push(format!("{place}/{}", entry?.file_name().to_string_lossy()));
        }
    }
    made.sort();
    runs.push(Run { command: "generated".into(), text: made.join("\n") });
    expect_known(testbed, "generated", &["guide__guide"], runs)?;
    pass(format!("{} pages of the guide, {} generated files", subjects.len(), made.len()))
}

fn through_the_module(testbed: &mut Testbed) -> Result<StepOutcome> {
    let module = testbed.client.module.display().to_string();
    testbed.client.write("document", "Something to sign.\n")?;
    let mut runs = run_with_pin(testbed, &["sign", "--force", "document", "--module", &module])?;
    runs.extend(run_with_pin(testbed, &["sign", "--raw", "--force", "document", "--module", &module])?);
    let before = (testbed.card.verify_count(), testbed.card.signature_count());
    runs.extend(run_with_pin(testbed, &["test-login", "--module", &module])?);
    let counted = (testbed.card.verify_count() - before.0, testbed.card.signature_count() - before.1);
    ensure!(counted == (2, 4), "{counted:?} VERIFYs and signatures for a login in each language");
    let portal = testbed.client.portal()?;
    let (url, ca) = (portal.url(), portal.ca_file().display().to_string());
    runs.extend(run_with_pin(testbed, &["test-login", &url, "--ca", &ca, "--module", &module])?);
    runs.extend(run_with_pin(testbed, &["test-login", "--json", "--module", &module])?);
    runs.extend(run_with_pin(testbed, &["test-login", "--json", &url, "--ca", &ca, "--module", &module])?);
    expect_known(testbed, "module", &[], runs)?;
    pass("signatures, a login without a site (one VERIFY, two signatures), a login to a site")
}

fn watch(testbed: &mut Testbed) -> Result<StepOutcome> {
    let mut runs = Vec::new();
    for language in LANGUAGES {
        let line = format!("'{}' --lang {language} watch", program()?.display());
        let terminal = Terminal::start(&testbed.client, &line)?;
        terminal.shows(Reader::Second.name(), 1)?;
        testbed.card.remove(&testbed.pcscd)?;
        terminal.shows(Reader::First.name(), 3)?;
        testbed.card.insert(&testbed.pcscd, Reader::First)?;
        terminal.shows(Reader::First.name(), 4)?;
        terminal.interrupts()?;
        let screen = terminal.ended_with(130)?;
        let shown = screen.split("[ended ").next().unwrap_or_default().trim_end();
        runs.push(Run { command: format!("$ cns --lang {language} watch"), text: format!("{shown}\n[130]") });
    }
    expect_known(testbed, "watch", &[], runs)?;
    pass("what is there, a card taken out and put in, Ctrl-C")
}

fn dialogues(testbed: &mut Testbed) -> Result<StepOutcome> {
    let (mut pin, puk) = (testbed.card.pin(), testbed.card.puk());
    let module = format!("--module '{}'", testbed.client.module.display());
    testbed.client.write("document", "Something to sign.\n")?;
    let mut runs = Vec::new();
    for language in LANGUAGES {
        let sent = testbed.card.verify_count();
        runs.push(dialogue(testbed, language, "pin verify", &[&pin])?);
        // A new PIN that is easy to guess, and one that is typed differently the second time.
        let change = [&pin, WEAK_PIN, NEW_PIN, OTHER_PIN, NEW_PIN, NEW_PIN];
        runs.push(dialogue(testbed, language, "pin change", &change)?);
        runs.push(dialogue(testbed, language, "pin unblock", &[&puk, OTHER_PIN, OTHER_PIN])?);
        pin = OTHER_PIN.to_owned();
        runs.push(dialogue(testbed, language, &format!("sign --force document {module}"), &[&pin])?);
        runs.push(dialogue(testbed, language, &format!("test-login {module}"), &[&pin])?);
        let sent = testbed.card.verify_count() - sent;
        ensure!(sent == 3, "{sent} VERIFYs for the PINs of verify, sign and test-login");
    }
    expect_known(testbed, "terminal", &[], runs)?;
    pass("five dialogues in two languages; three of them end in VERIFY, once each")
}

/// One card for each language: what is told depends on what was wrong before.
fn wrong_and_locked(testbed: &Testbed, language: &str) -> Result<StepOutcome> {
    let module = testbed.client.module.display().to_string();
    let mut runs = Vec::new();
    let mut enter = |arguments: &[&str], secrets: &str| -> Result<()> {
        runs.push(run_in(language, testbed, &[arguments, &["--pin-stdin"]].concat(), secrets)?);
        Ok(())
    };
    let pin = format!("{WRONG_PIN}\n");
    enter(&["pin", "verify"], &pin)?;
    enter(&["test-login", "--module", &module], &pin)?;
    enter(&["test-login", "--module", &module], &pin)?;
    enter(&["pin", "verify"], &pin)?;
    ensure!(
        testbed.card.verify_count() == 2,
        "{} VERIFYs: the last try is not kept",
        testbed.card.verify_count()
    );
    enter(&["pin", "verify", "--last-try"], &pin)?;
    enter(&["pin", "verify", "--last-try"], &pin)?;
    enter(&["test-login", "--module", &module], &pin)?;
    ensure!(testbed.card.verify_count() == 3, "{} VERIFYs of a locked card", testbed.card.verify_count());
    let puk = format!("{WRONG_PUK}\n{NEW_PIN}\n");
    for more in [&[][..], &[], &[], &["--last-try"], &["--last-try"]] {
        enter(&[&["pin", "unblock"], more].concat(), &puk)?;
    }
    let unblocked = |name: &str| name.starts_with("RESET RETRY COUNTER");
    let sent = testbed.card.transcript().iter().filter(|exchange| unblocked(&exchange.name)).count();
    ensure!(sent == 3, "{sent} PUKs reached the card");
    // Two of the three are in English only.
    let snapshots = ["pin__pin-unblock#locked", "pin__pin-script#last try", "pin__pin-last-try#locked"];
    let snapshots = if language == "en" { &snapshots[..] } else { &snapshots[..1] };
    expect_known(testbed, &format!("wrong-and-locked.{language}"), snapshots, runs)?;
    pass("three wrong PINs and three wrong PUKs reach the card, the last ones only when allowed")
}

/// Everything that needs a card, in both languages; what is told and that nothing is written.
fn all_that_needs_a_card(testbed: &Testbed) -> Result<Vec<Run>> {
    let module = testbed.client.module.display().to_string();
    testbed.client.write("document", "Something to sign.\n")?;
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
    let mut runs = Vec::new();
    for arguments in commands {
        runs.extend(run_in_both(testbed, arguments, "")?);
    }
    ensure!(!testbed.client.file("document.p7s").exists(), "a signature without a card");
    Ok(only_failures(runs))
}

/// pcscd runs and has no reader.
fn no_reader(testbed: &mut Testbed) -> Result<StepOutcome> {
    testbed.card.remove(&testbed.pcscd)?;
    testbed.pcscd.unplug_readers()?;
    let runs = all_that_needs_a_card(testbed)?;
    ensure!(runs.len() == 16 && runs.iter().all(|run| run.text.ends_with("\n[3]")), "{runs:#?}");
    ensure!(testbed.card.verify_count() == 0, "a PIN was sent");
    expect_known(testbed, "no-reader", &["status__status-nothing#no reader"], runs)?;
    pass("eight commands in Italian and English: exit code 3, no VERIFY")
}

fn nothing_there(testbed: &mut Testbed) -> Result<StepOutcome> {
    testbed.card.remove(&testbed.pcscd)?;
    expect_known(testbed, "no-card", &["status__status-nothing#no card"], all_that_needs_a_card(testbed)?)?;
    testbed.pcscd.stop();
    expect_known(
        testbed,
        "no-service",
        &["status__status-nothing#no service"],
        all_that_needs_a_card(testbed)?,
    )?;
    pass("eight commands without a card, and without the service")
}

fn turned_away(testbed: &mut Testbed) -> Result<StepOutcome> {
    let mut runs = Vec::new();
    for arguments in [&["status"][..], &["pin", "verify"], &["cert", "show"], &["test-login"]] {
        runs.extend(run_in_both(testbed, arguments, "")?);
    }
    ensure!(testbed.card.verify_count() == 0, "a PIN was sent to a card that is none of ours");
    let kind = testbed.card.kind();
    let (status, pin) = (format!("status__status-cards#{kind}"), format!("pin__pin-{kind}"));
    let snapshots = if kind == "emv" { vec![&*status] } else { vec![&*status, &*pin] };
    expect_known(testbed, &format!("unsupported-{kind}"), &snapshots, only_failures(runs))?;
    pass("advice in Italian and English, no VERIFY")
}
