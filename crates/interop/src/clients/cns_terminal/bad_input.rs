//! What `cns` is given and cannot use, with a real pcscd under it: a home on a read-only disk, a place where no signature
//! can be kept, policies that are none. Each ends with a sentence in the person's language and its exit code; nothing is
//! half-written, and no PIN is asked for in vain.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use fs_err as fs;

use super::super::cns_command::{cns, program};
use super::dialogue::{line, quoted};
use crate::clients::check::{Check, on_each, pass};
use crate::clients::terminal::Terminal;
use crate::process::{self, ProgramOutput};
use crate::report::StepOutcome;
use crate::testbed::client_environment::{CLIENT_LIMIT, ClientEnvironment, Mount};
use crate::testbed::{Testbed, card};

/// How the question for a PIN begins, in both languages.
const PIN_QUESTION: &str = "PIN (";
/// A database of Chromium's, as NSS makes it, shortened.
const FRESH_LIST: &str = "library=\nname=NSS Internal PKCS #11 Module\n\
                          NSS=Flags=internal,critical trustOrder=75 cipherOrder=100\n\n";
/// What an administrator may have made of policies.json.
const MALFORMED: [&str; 5] = [
    "",
    "{ \"policies\": { \"DisableTelemetry\": true, } }\n",
    "{ \"policies\": {\n  // for the office\n} }\n",
    "[]\n",
    "{ \"policies\": { \"SecurityDevices\": \"/usr/lib/other.so\" } }\n",
];

/// What is said in a language.
struct Words {
    language: &'static str,
    read_only: &'static str,
    no_ledger: &'static str,
    not_written: &'static str,
    not_readable_cache: &'static str,
    missing_folder: &'static str,
    is_a_folder: &'static str,
    left_as_it_is: &'static str,
}

const WORDS: [Words; 2] = [
    Words {
        language: "it",
        read_only: "Il disco è in sola lettura.",
        no_ledger: "Errore: Non riesco a leggere o scrivere l'elenco delle modifiche fatte da «cns setup»: ",
        not_written: "Errore: Non riesco a scrivere ",
        not_readable_cache: "Errore: Non riesco a leggere o modificare ",
        missing_folder: "Perché: Il file o la cartella non esiste.",
        is_a_folder: "Perché: È una cartella, non un file.",
        left_as_it_is: "/etc/firefox/policies/policies.json lasciato com'è, perché contiene un errore: ",
    },
    Words {
        language: "en",
        read_only: "The disk is read-only.",
        no_ledger: "Error: The list of the changes made by `cns setup` cannot be read or written: ",
        not_written: " cannot be written.",
        not_readable_cache: ".cache/cns-pkcs11 cannot be read or changed.",
        missing_folder: "Why: The file or folder does not exist.",
        is_a_folder: "Why: It is a folder, not a file.",
        left_as_it_is: "/etc/firefox/policies/policies.json left as it is, because it has a mistake: ",
    },
];

pub fn checks() -> Vec<Check> {
    let card = [card::DEFAULT];
    [
        on_each(&card, "cns, bad input: no place for the signature, told before the PIN", no_place),
        on_each(&card, "cns, bad input: a read-only home", read_only_home),
        on_each(&card, "cns, bad input: a read-only home, as administrator", read_only_home_of_root),
        on_each(&card, "cns, bad input: malformed policies.json", malformed_policies),
    ]
    .concat()
}

/// Two places that do not do, in a terminal and from a script: nobody is asked for a PIN, none is sent.
fn no_place(testbed: &mut Testbed) -> Result<StepOutcome> {
    let client = &testbed.client;
    client.write("document", "Something to sign.\n")?;
    fs::create_dir(client.file("document.p7s"))?;
    let before = picture(&client.file(""), &["document", "document.p7s", "missing"])?;
    for words in &WORDS {
        let places = [("-o missing/signature", words.missing_folder), ("", words.is_a_folder)];
        for (option, why) in places {
            let arguments = format!("sign document {option} --module {}", quoted(&client.module));
            let line = line(words.language, &arguments)?;
            let screen = in_a_terminal(client, &line, 1)?;
            ensure!(screen.contains(why), "{screen}");
            ensure!(!screen.contains(PIN_QUESTION), "a PIN was asked for:\n{screen}");
            let mut script = cns(client, &["--lang", words.language, "sign", "document", "--pin-stdin"])?;
            script.args(option.split_whitespace()).arg("--module").arg(&client.module);
            let said = process::run(script, &format!("{}\n", client.pin), CLIENT_LIMIT)?;
            ended_with(1, said)?.expect_output(words.not_written)?.expect_output(why)?;
        }
    }
    ensure!(testbed.card.verify_count() == 0, "{} VERIFYs", testbed.card.verify_count());
    let after = picture(&testbed.client.file(""), &["document", "document.p7s", "missing"])?;
    ensure!(before == after, "{before:?} became {after:?}");
    pass("a missing folder, a folder: exit code 1, no question, no VERIFY, nothing written")
}

fn read_only_home(testbed: &mut Testbed) -> Result<StepOutcome> {
    if !testbed.client.private {
        return Ok(StepOutcome::Skipped("no mounts of our own here".into()));
    }
    let client = &testbed.client;
    let (home, module) = (client.file("home"), client.module.display().to_string());
    fs::create_dir_all(home.join(".pki/nssdb"))?;
    fs::write(home.join(".pki/nssdb/pkcs11.txt"), FRESH_LIST)?;
    fs::write(home.join("document"), "Something to sign.\n")?;
    // The module remembers the card, so that there is something to forget.
    client.run(cns(client, &["cert", "uri", "--module", &module])?)?.succeed()?;
    let before = picture(&home, &[""])?;
    ensure!(before.keys().any(|path| path.starts_with(".cache/cns-pkcs11")), "no cache: {before:?}");
    let document = home.join("document").display().to_string();
    for words in &WORDS {
        let refused: [(&[&str], &str); 4] = [
            (&["setup", "chrome", "--user", "--module", &module], words.no_ledger),
            (&["setup", "--user", "--module", &module], words.no_ledger),
            (&["cache", "clear"], words.not_readable_cache),
            (&["sign", &document, "--pin-stdin", "--module", &module], words.not_written),
        ];
        for (arguments, what) in refused {
            let command = read_only(client, &home, words.language, arguments)?;
            let said = process::run(command, &format!("{}\n", client.pin), CLIENT_LIMIT)?;
            ended_with(1, said)?.expect_output(what)?.expect_output(words.read_only)?;
        }
        let listed =
            client.run(read_only(client, &home, words.language, &["cache", "status"])?)?.succeed()?;
        listed.expect_output("CNS MARIO ROSSI")?;
        let typed = read_only(client, &home, words.language, &["sign", &document, "--module", &module])?;
        let screen = in_a_terminal(client, &shell_line(&typed), 1)?;
        ensure!(screen.contains(words.read_only) && !screen.contains(PIN_QUESTION), "{screen}");
    }
    ensure!(testbed.card.verify_count() == 0, "{} VERIFYs", testbed.card.verify_count());
    // What needs no home goes on as ever.
    let elsewhere = client.file("signature").display().to_string();
    let arguments = ["sign", &document, "-o", &elsewhere, "--pin-stdin", "--module", &module];
    let command = read_only(client, &home, "en", &arguments)?;
    process::run(command, &format!("{}\n", client.pin), CLIENT_LIMIT)?.succeed()?;
    ensure!(testbed.card.verify_count() == 1, "{} VERIFYs", testbed.card.verify_count());
    ensure!(picture(&home, &[""])? == before, "the home is another than before");
    pass("setup, cache clear, sign: exit code 1, said so, no VERIFY; a signature elsewhere is made")
}

/// The administrator's list of changes can be written, his home cannot: the list keeps nothing of what failed.
fn read_only_home_of_root(testbed: &mut Testbed) -> Result<StepOutcome> {
    if !testbed.client.private {
        return Ok(StepOutcome::Skipped("no mounts of our own here".into()));
    }
    let client = &testbed.client;
    let (home, state) = (client.file("home"), client.file("var-lib"));
    fs::create_dir_all(home.join(".pki/nssdb"))?;
    fs::create_dir_all(&state)?;
    let module = client.module.display().to_string();
    for list in [Some(FRESH_LIST), None] {
        match list {
            Some(list) => fs::write(home.join(".pki/nssdb/pkcs11.txt"), list)?,
            None => fs::remove_dir_all(home.join(".pki"))?,
        }
        let before = picture(&home, &[""])?;
        for words in &WORDS {
            let mounts =
                [Mount { folder: &home, place: &home, read_only: true }, Mount::new(&state, "/var/lib")];
            let mut command = client.command_with(&mounts, program()?);
            command.args(["--lang", words.language, "setup", "chrome", "--module", &module]);
            ended_with(1, client.run(command)?)?.expect_output(words.read_only)?;
            nothing_remembered(&state)?;
        }
        ensure!(picture(&home, &[""])? == before, "the home is another than before");
    }
    pass("with a list of modules and without: exit code 1, said so, nothing remembered of it")
}

fn malformed_policies(testbed: &mut Testbed) -> Result<StepOutcome> {
    if !testbed.client.private {
        return Ok(StepOutcome::Skipped("no mounts of our own here".into()));
    }
    let client = &testbed.client;
    let (etc, state) = (client.file("etc"), client.file("var-lib"));
    let policies = etc.join("firefox/policies");
    fs::create_dir_all(&policies)?;
    fs::create_dir_all(&state)?;
    let module = client.module.display().to_string();
    for content in MALFORMED {
        fs::write(policies.join("policies.json"), content)?;
        let before = picture(&etc, &[""])?;
        for words in &WORDS {
            let run = |arguments: &[&str]| -> Result<ProgramOutput> {
                let mounts = [Mount::new(&etc, "/etc"), Mount::new(&state, "/var/lib")];
                let mut command = client.command_with(&mounts, program()?);
                command.args(["--lang", words.language]).args(arguments);
                client.run(command)
            };
            ended_with(1, run(&["setup", "firefox", "--module", &module])?)?
                .expect_output(words.left_as_it_is)?;
            ended_with(1, run(&["setup", "firefox", "--dry-run", "--module", &module])?)?
                .expect_output(words.left_as_it_is)?;
            // There is nothing of ours to take out.
            ended_with(0, run(&["setup", "firefox", "--remove"])?)?;
            nothing_remembered(&state)?;
        }
        let after = picture(&etc, &[""])?;
        ensure!(after == before, "{content:?}: {before:?} became {after:?}");
    }
    ensure!(testbed.card.verify_count() == 0, "a PIN was sent");
    pass(format!("{} files in two languages: exit code 1, said so, every byte as before", MALFORMED.len()))
}

/// The list of what `cns setup` has changed holds nothing, not even a copy of a file.
fn nothing_remembered(state: &Path) -> Result<()> {
    let left = picture(state, &[""])?;
    ensure!(left.keys().all(|path| path == Path::new("")), "left in the list of changes: {left:?}");
    Ok(())
}

fn ended_with(code: i32, run: ProgramOutput) -> Result<ProgramOutput> {
    let ended = run.status.and_then(|status| status.code());
    ensure!(ended == Some(code), "{}", run.report(&format!("not ended with {code}")));
    Ok(run)
}

/// Runs a line of shell in a terminal to its end; the screen.
fn in_a_terminal(client: &ClientEnvironment, line: &str, code: i32) -> Result<String> {
    Terminal::start(client, line)?.ended_with(code)
}

/// `cns` where the home is on a read-only disk.
fn read_only(client: &ClientEnvironment, home: &Path, language: &str, arguments: &[&str]) -> Result<Command> {
    let mut command =
        client.command_with(&[Mount { folder: home, place: home, read_only: true }], program()?);
    command.args(["--lang", language]).args(arguments);
    Ok(command)
}

/// A command as a line of shell; its environment is the terminal's.
fn shell_line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(quoted).collect::<Vec<_>>().join(" ")
}

/// The bytes of everything in these parts of a folder, by the path inside. Missing names are passed over.
fn picture(folder: &Path, names: &[&str]) -> Result<BTreeMap<PathBuf, Vec<u8>>> {
    let mut picture = BTreeMap::new();
    let mut waiting: Vec<PathBuf> = names.iter().map(|name| folder.join(name)).collect();
    while let Some(path) = waiting.pop() {
        let Ok(metadata) = fs::symlink_metadata(&path) else { continue };
        let content = if metadata.is_dir() {
            for entry in fs::read_dir(&path)? {
                waiting.push(entry?.path());
            }
            b"a folder".to_vec()
        } else {
            fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?
        };
        picture.insert(path.strip_prefix(folder)?.to_owned(), content);
    }
    Ok(picture)
}
