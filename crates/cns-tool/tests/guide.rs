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
fn the_list_and_every_page() {
    let mut pages = vec![environment().in_both(&["guide"])];
    let topics = Topic::value_variants().iter().filter_map(clap::ValueEnum::to_possible_value);
    pages.extend(topics.map(|topic| environment().in_both(&["guide", topic.get_name()])));
    assert_snapshot!("guide", pages.join("\n"));
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

/// The list names the pages in the language's own words; those of the other language are understood all the same.
#[test]
fn a_page_has_a_name_in_each_language() {
    let names = [
        ("primo-accesso", "first-login"),
        ("attivare", "activate"),
        ("codici", "codes"),
        ("sbloccare", "unblock"),
        ("smarrita", "lost"),
        ("minori", "minors"),
        ("lettore", "readers"),
    ];
    let page = |language, name| {
        let told = environment().run(language, &["guide", name], Person::silent());
        assert_eq!(told.exit, Exit::Success, "{}", told.transcript);
        told.transcript.split_once('\n').expect("a page").1.to_owned()
    };
    let lists =
        ["it", "en"].map(|language| environment().run(language, &["guide"], Person::silent()).transcript);
    for (italian, english) in names {
        for language in ["it", "en"] {
            assert_eq!(page(language, italian), page(language, english));
        }
        assert!(lists[0].contains(&format!("  {italian} ")) && !lists[0].contains(&format!("  {english} ")));
        assert!(lists[1].contains(&format!("  {english} ")) && !lists[1].contains(&format!("  {italian} ")));
    }
}

#[test]
fn no_region_is_said_to_be_like_lombardia() {
    for language in Language::ALL {
        for topic in Topic::value_variants() {
            let page = topic.page(language);
            let sentences = page.split(['.', ':', ';']);
            for of_lombardia in
                sentences.filter(|sentence| sentence.contains("ultime 10") || sentence.contains("last 10"))
            {
                assert!(of_lombardia.contains("Lombardia"), "{topic:?}: {of_lombardia}");
            }
        }
    }
    assert!(Topic::Activate.page(Language::Italian).contains("La procedura è simile in tutte le Regioni"));
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

/// Everything that `cns generate` writes.
fn generated() -> (tempfile::TempDir, impl Fn(&str) -> String) {
    let folder = tempfile::tempdir().expect("a folder");
    let place = folder.path().to_owned();
    let told = environment().run("en", &["generate", place.to_str().expect("UTF-8")], Person::silent());
    assert_eq!(told.exit, Exit::Success);
    let read = move |file: &str| {
        std::fs::read_to_string(place.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
    };
    (folder, read)
}

fn visible(language: Language) -> Vec<clap::Command> {
    let command = cns_tool::cli::command(language);
    command.get_subcommands().filter(|sub| !sub.is_hide_set()).cloned().collect()
}

#[test]
fn each_command_has_its_page_of_the_manual() {
    let (folder, read) = generated();
    let english = ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "\"EXIT STATUS\"", "\"SEE ALSO\""];
    let italian = ["NOME", "SINTASSI", "DESCRIZIONE", "OPZIONI", "\"CODICI DI USCITA\"", "\"VEDERE ANCHE\""];
    for (language, place, headings) in
        [(Language::English, "man", english), (Language::Italian, "man/it", italian)]
    {
        for command in visible(language) {
            let page = read(&format!("{place}/man1/cns-{}.1", command.get_name()));
            for heading in headings {
                let heading = format!(".SH {heading}\n");
                assert_eq!(page.matches(&heading).count(), 1, "{heading} in {}", command.get_name());
            }
            let title = page.lines().find(|line| line.starts_with(".TH ")).expect("a title");
            // The third is the date: none, so that a page is the same whenever it is made.
            let version = env!("CARGO_PKG_VERSION");
            assert!(title.contains(&format!(" \"1\" \"\" \"cns {version}\" \"")), "{title}");
            let foreign = if language == Language::Italian { ".SH NAME" } else { ".SH NOME" };
            assert!(!page.contains(foreign) && !page.contains("EXTRA"), "{page}");
        }
    }
    assert!(!folder.path().join("man/man1/cns-generate.1").exists());
    assert!(read("man/it/man1/cns-status.1").contains("titolare"));
}

/// Each in an item of its own; run together, 130 was read as the end of 8.
#[test]
fn the_manual_explains_exit_codes_variables_and_files() {
    let (_folder, read) = generated();
    for (place, exit_status) in [("man", "EXIT STATUS"), ("man/it", "CODICI DI USCITA")] {
        let page = read(&format!("{place}/man1/cns.1"));
        let (_, codes) = page.split_once(&format!(".SH \"{exit_status}\"\n")).expect("the section");
        let codes = codes.split(".SH ").next().unwrap_or_default();
        for code in ["0", "1", "2", "3", "4", "5", "6", "7", "8", "130"] {
            assert!(codes.contains(&format!(".TP 4\n\\fB{code}\\fR\n")), "{code} in {codes}");
        }
        for name in ["CNS_PKCS11_LOG", "CNS_PKCS11_CACHE", "CNS_PKCS11_PINPAD", "PINENTRY", "NO_COLOR"] {
            assert!(page.contains(&format!("\n\\fB{name}\\fR\n")), "{name}");
        }
        assert!(page.contains("/var/lib/cns/setup") && page.contains("guide(7)"), "{page}");
    }
}

#[test]
fn the_guide_is_a_page_of_the_manual() {
    let (_folder, read) = generated();
    for (language, place) in [(Language::English, "man"), (Language::Italian, "man/it")] {
        let page = read(&format!("{place}/man7/cns-guide.7"));
        assert_eq!(page.matches(".SH ").count(), Topic::value_variants().len() + 3, "{page}");
        for topic in Topic::value_variants() {
            let title = topic.page(language).lines().next().expect("a title");
            assert!(page.contains(title), "{title}");
        }
    }
}

#[test]
fn completions_have_what_people_see() {
    let (_folder, read) = generated();
    for file in ["completions/cns.bash", "completions/_cns", "completions/cns.fish"] {
        let completion = read(file);
        assert!(completion.contains("unblock"), "{file}");
        for command in visible(Language::English) {
            assert!(completion.contains(command.get_name()), "{file}: {}", command.get_name());
        }
        for hidden in ["load-module", "load__module", "generate"] {
            assert!(!completion.contains(hidden), "{file}: {hidden}");
        }
    }
}
