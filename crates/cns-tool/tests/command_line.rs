//! The command line about itself: every help text, and wrong usage, in both languages.

mod environment;

use cns_tool::Exit;
use cns_tool::text::Language;
use environment::{Environment, Person, Sections};
use insta::assert_snapshot;
use virtual_cns::Personality;

#[test]
fn every_help_text() {
    let mut sections = Sections::default();
    for language in Language::ALL {
        let mut command = cns_tool::cli::command(language);
        command.build();
        add_help(&mut command, "", language, &mut sections);
    }
    assert_snapshot!("help", sections.text());
}

/// The help of a command and of all below it.
fn add_help(command: &mut clap::Command, above: &str, language: Language, sections: &mut Sections) {
    let name = format!("{above}{}", command.get_name());
    sections.add(&format!("{name}, {}", language.code()), &command.render_help().to_string());
    for sub in command.get_subcommands_mut() {
        add_help(sub, &format!("{name} "), language, sections);
    }
}

/// Scripts act on these numbers: the help names each, and no other.
#[test]
fn every_exit_code_is_explained() {
    let codes = [
        Exit::Success,
        Exit::Failed,
        Exit::Usage,
        Exit::NoReader,
        Exit::NoCard,
        Exit::UnusableCard,
        Exit::WrongPin,
        Exit::Locked,
        Exit::NotDone,
        Exit::Interrupted,
    ]
    .map(|exit| exit.code().to_string());
    for (language, title) in [(Language::English, "Exit codes:"), (Language::Italian, "Codici di uscita:")] {
        let help = cns_tool::cli::command(language).render_help().to_string();
        let (_, list) = help.split_once(title).expect("a list of the exit codes");
        let named: Vec<&str> = list.lines().filter_map(|line| line.split_whitespace().next()).collect();
        assert_eq!(named, codes, "{help}");
    }
}

#[test]
fn wrong_usage() {
    let environment = Environment::with(&Personality::st2021());
    let wrong: [&[&str]; 14] = [
        &["stauts"],
        &["status", "--readers", "x"],
        &["status", "--reader"],
        &["pin", "verfy"],
        &["pin", "verify", "--last-try"],
        &["cert", "export", "--pem", "--der"],
        &["sign"],
        &["status", "--color", "blue"],
        &["test-login", "--ca", "ca.pem"],
        &["test-login", "the INPS site"],
        &["setup", "foo"],
        &["setup", "firefix"],
        &["guide", "sblocare"],
        &["guide", "unblok"],
    ];
    let mut told = String::new();
    for arguments in wrong {
        for language in ["it", "en"] {
            let run = environment.run(language, arguments, Person::silent());
            assert_eq!(run.exit, Exit::Usage, "{}", run.transcript);
            told.push_str(&run.transcript);
        }
    }
    assert_snapshot!("wrong-usage", told);
    assert!(environment.card().transcript_names().is_empty(), "the card was asked");
}

/// As people write it.
#[test]
fn an_address_needs_no_scheme() {
    let environment = Environment::with(&Personality::st2021());
    // Nothing answers there; the sentence names the site that was meant.
    let run = environment.run("it", &["test-login", "127.0.0.1:1"], Person::silent());
    assert_eq!(run.exit, Exit::Failed, "{}", run.transcript);
    for part in ["Non riesco a collegarmi a 127.0.0.1:1", "Controlla l'indirizzo e la connessione"] {
        assert!(run.transcript.contains(part), "{}", run.transcript);
    }
    assert_eq!(environment.pin_commands(), 0);
}

#[test]
fn a_pin_is_no_argument() {
    let environment = Environment::with(&Personality::st2021());
    for arguments in [&["pin", "verify", "12345"][..], &["pin", "verify", "--pin", "12345"]] {
        assert_eq!(environment.run("en", arguments, Person::silent()).exit, Exit::Usage);
    }
    assert_eq!(environment.pin_commands(), 0);
}
