//! The pages of the manual: what `clap` knows of a command, with sections of our own, and the guide.

use clap::ValueEnum as _;
use clap_mangen::Man;
use roff::{Roff, bold, roman};

use super::messages;
use crate::commands::guide::page::{Block, blocks};
use crate::commands::guide::{ROMANIAN, Topic};
use crate::text::{Language, Message};

const VERSION: &str = env!("CARGO_PKG_VERSION");
/// Of a list's items.
const INDENT: &str = "4";

/// The files of a command and of all below it that people see: name and text.
pub(super) fn command_pages(
    command: &clap::Command,
    path: &str,
    language: Language,
) -> std::io::Result<Vec<(String, String)>> {
    let mut pages = vec![command_page(command, path, language)?];
    for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set()) {
        pages.extend(command_pages(sub, &format!("{path} {}", sub.get_name()), language)?);
    }
    Ok(pages)
}

fn command_page(
    command: &clap::Command,
    path: &str,
    language: Language,
) -> std::io::Result<(String, String)> {
    let page = Man::new(command.clone());
    let mut text = Vec::new();
    page.render_name_section(&mut text)?;
    page.render_synopsis_section(&mut text)?;
    page.render_description_section(&mut text)?;
    page.render_options_section(&mut text)?;
    if command.get_subcommands().any(|sub| !sub.is_hide_set()) {
        page.render_subcommands_section(&mut text)?;
    }
    let mut own = Roff::new();
    let after = command.get_after_help().map(ToString::to_string);
    match after {
        Some(codes) if path == "cns" => exit_codes(&mut own, &codes, language),
        after => {
            if let Some(note) = after {
                section(&mut own, messages::NOTES, language).text([roman(note)]);
            }
            section(&mut own, messages::EXIT_STATUS, language)
                .text([roman(messages::EXIT_STATUS_OF_CNS.to(language))]);
        }
    }
    if path == "cns" {
        definitions(&mut own, messages::ENVIRONMENT, messages::VARIABLES, language);
        definitions(&mut own, messages::FILES, messages::PATHS, language);
    }
    examples(&mut own, path, language);
    let above = if path == "cns" { "" } else { "cns(1), " };
    let see_also = format!("{above}cns\u{2d}guide(7)");
    section(&mut own, messages::SEE_ALSO, language).text([roman(see_also)]);
    let text = String::from_utf8_lossy(&text).into_owned() + &own.to_roff();
    let file = page.get_filename();
    let title = title(file.trim_end_matches(".1"), 1, language);
    Ok((file, title + &with_headings(&text, language)))
}

/// Without a date, so that a page is the same whenever it is made; `roff` leaves an empty argument out.
fn title(name: &str, section: u8, language: Language) -> String {
    format!(".TH \"{name}\" \"{section}\" \"\" \"cns {VERSION}\" \"{}\"\n", messages::MANUAL.to(language))
}

/// The list at the end of the help, an item for each code.
fn exit_codes(page: &mut Roff, codes: &str, language: Language) {
    section(page, messages::EXIT_STATUS, language);
    for line in codes.lines() {
        if let Some((code, meaning)) = line.trim_start().split_once("  ") {
            page.control("TP", [INDENT]).text([bold(code)]).text([roman(meaning)]);
        }
    }
}

fn definitions(page: &mut Roff, title: Message, list: &[(&str, Message)], language: Language) {
    section(page, title, language);
    for (name, meaning) in list {
        page.control("TP", []).text([bold(*name)]).text([roman(meaning.to(language))]);
    }
}

fn examples(page: &mut Roff, path: &str, language: Language) {
    let of_path = messages::EXAMPLES_OF.iter().filter(|(command, ..)| *command == path);
    for (number, (_, command, meaning)) in of_path.enumerate() {
        if number == 0 {
            section(page, messages::EXAMPLES, language);
        }
        page.control("TP", []).text([bold(command.to(language))]).text([roman(meaning.to(language))]);
    }
}

fn section(page: &mut Roff, title: Message, language: Language) -> &mut Roff {
    page.control("SH", [title.to(language)])
}

/// `clap_mangen` speaks English, writes the heading of the commands small, and begins every section as a page.
fn with_headings(page: &str, language: Language) -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in page.lines() {
        let is_preamble = line.starts_with(".ie ") || line.starts_with(".el ");
        if is_preamble && lines.iter().any(|earlier| earlier == line) {
            continue;
        }
        lines.push(match line.strip_prefix(".SH ") {
            Some(title) => format!(".SH {}", messages::heading(title, language)),
            None => line.to_owned(),
        });
    }
    lines.join("\n") + "\n"
}

/// All pages of `cns guide`, for readers of the manual.
pub(super) fn guide_page(language: Language) -> String {
    let mut page = Roff::new();
    page.control("SH", [messages::heading("NAME", language).as_str()]);
    page.text([roman(format!("cns-guide - {}", messages::ABOUT_THE_GUIDE.to(language)))]);
    let pages = Topic::value_variants().iter().map(|topic| topic.page(language));
    for text in pages.chain([ROMANIAN]) {
        let (title, body) = text.split_once('\n').unwrap_or((text, ""));
        page.control("SH", [title]);
        let mut begins = true;
        for block in blocks(body).iter().filter(|block| **block != Block::Gap) {
            add_block(&mut page, block, begins);
            begins = false;
        }
    }
    section(&mut page, messages::SEE_ALSO, language).text([roman("cns(1)")]);
    title("cns-guide", 7, language) + &page.to_roff()
}

/// `begins`: whether the section begins with it, which is a paragraph by itself.
fn add_block(page: &mut Roff, block: &Block<'_>, begins: bool) {
    match block {
        Block::Gap => {}
        Block::Text { marker: "", text } => {
            if !begins {
                page.control("PP", []);
            }
            page.text([roman(text)]);
        }
        Block::Text { marker, text } => {
            page.control("IP", [marker.trim_end(), INDENT]).text([roman(text)]);
        }
        Block::Command(command) => {
            page.control("RS", [INDENT]).control("nf", []).text([roman(*command)]);
            page.control("fi", []).control("RE", []);
        }
    }
}
