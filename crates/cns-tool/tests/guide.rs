//! `cns guide`: every page in both languages, and what `cns generate` writes for packages.

mod environment;

use clap::ValueEnum as _;
use cns_tool::Exit;
use cns_tool::commands::guide::Topic;
use cns_tool::text::Language;
use environment::{Environment, Person};
use insta::assert_snapshot;
use virtual_cns::Personality;

fn environment() -> Environment {
    Environment::with(&Personality::st2021())
}

#[test]
fn the_list() {
    assert_snapshot!("guide-list", environment().in_both(&["guide"]));
}

#[test]
fn every_page() {
    let topics = Topic::value_variants().iter().filter_map(clap::ValueEnum::to_possible_value);
    let pages: Vec<String> =
        topics.map(|topic| environment().in_both(&["guide", topic.get_name()])).collect();
    assert_snapshot!("guide-pages", pages.join("\n"));
}

#[test]
fn every_page_fits_a_terminal_and_names_commands_that_exist() {
    for language in Language::ALL {
        let commands = cns_tool::cli::command(language);
        for topic in Topic::value_variants() {
            let page = topic.page(language);
            let (title, body) = page.split_once("\n\n").expect("a title and an empty line");
            assert!(!title.contains('\n') && body.len() > 200, "{topic:?}");
            for line in page.lines() {
                assert!(line.chars().count() <= 80 && line.trim_end() == line, "{topic:?}: {line}");
            }
            for (at, _) in page.match_indices("cns ") {
                let mut words = page[at..].split_whitespace().skip(1);
                let word = words.next().unwrap_or_default().trim_matches(|c: char| !c.is_ascii_alphabetic());
                let command = commands.find_subcommand(word);
                assert!(command.is_some(), "{topic:?} in {language:?}: there is no `cns {word}`");
                if word == "guide" {
                    let page =
                        words.next().unwrap_or_default().trim_matches(|c: char| !c.is_ascii_lowercase());
                    assert!(Topic::from_str(page, false).is_ok(), "{topic:?}: there is no page {page}");
                }
            }
        }
    }
}

#[test]
fn the_romanian_page_comes_in_romanian_too() {
    let told = environment().run("it", &["guide", "romania"], Person::silent());
    assert_eq!(told.exit, Exit::Success);
    for sentence in ["errore 15", "eroarea 15", "0000", "CID", "numărul de"] {
        assert!(told.transcript.contains(sentence), "{sentence}");
    }
    assert_eq!(environment().pin_commands(), 0);
}

#[test]
fn an_unknown_page() {
    assert_snapshot!("guide-unknown", environment().in_both(&["guide", "unblok"]));
}

#[test]
fn man_pages_and_completions() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = folder.path().to_str().expect("UTF-8");
    assert_eq!(environment().run("en", &["generate", place], Person::silent()).exit, Exit::Success);
    let read = |file: &str| {
        std::fs::read_to_string(folder.path().join(file)).unwrap_or_else(|e| panic!("{file}: {e}"))
    };
    for command in cns_tool::cli::command(Language::English).get_subcommands().filter(|c| !c.is_hide_set()) {
        let page = read(&format!("man/man1/cns-{}.1", command.get_name()));
        assert!(page.starts_with(".ie") || page.contains(".TH"), "{page}");
    }
    assert!(!folder.path().join("man/man1/cns-generate.1").exists());
    assert!(read("man/it/man1/cns-status.1").contains("titolare"));
    for file in ["completions/cns.bash", "completions/_cns", "completions/cns.fish"] {
        assert!(read(file).contains("unblock"), "{file}");
    }
}
