//! One run of `cns` as a text, without what is another at each run.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use sha1::Sha1;
use sha2::{Digest as _, Sha256};
use time::{Date, Month};
use virtual_cns::holders::CertificateOptions;

use super::super::cns_command::{cns, program};
use super::dates;
use crate::clients::terminal::{Terminal, without_marks};
use crate::process;
use crate::testbed::client_environment::CLIENT_LIMIT;
use crate::testbed::{Testbed, certificates};

pub const LANGUAGES: [&str; 2] = ["it", "en"];

/// What stands before a number that is another at each run: ports, days, names of backups.
const PASSING: &[&str] =
    &["https://localhost:", " localhost:", "\"localhost:", "\"days_left\": ", "cns/setup/"];

/// The second reader of the test bed: the tests of `cns` have one.
const SECOND_READER: [&str; 2] = [
    "\n\nLettore: Virtual PCD 00 01\n– Nessuna tessera inserita.",
    "\n\nReader: Virtual PCD 00 01\n– No card in it.",
];

/// What a failure begins with.
const FAILURES: [&str; 2] = ["Errore: ", "Error: "];

/// A command and everything it wrote, its exit code in brackets at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    pub command: String,
    pub text: String,
}

/// Runs the command in both languages.
pub fn run_in_both(testbed: &Testbed, arguments: &[&str], input: &str) -> Result<Vec<Run>> {
    LANGUAGES.iter().map(|language| run_in(language, testbed, arguments, input)).collect()
}

pub fn run_in(language: &str, testbed: &Testbed, arguments: &[&str], input: &str) -> Result<Run> {
    let command = cns(&testbed.client, &[&["--lang", language], arguments].concat())?;
    let run = process::run(command, input, CLIENT_LIMIT)?;
    let code = run.status.and_then(|status| status.code()).context("it did not end")?;
    let command = format!("$ cns --lang {language} {}", arguments.join(" "));
    Ok(Run { command, text: format!("{}{}[{code}]", run.stdout, run.stderr) })
}

pub fn run_with_pin(testbed: &Testbed, arguments: &[&str]) -> Result<Vec<Run>> {
    run_in_both(testbed, &[arguments, &["--pin-stdin"]].concat(), &format!("{}\n", testbed.client.pin))
}

/// `test-login` says first that it tries the login with a site of its own, which the check with a module shows.
pub fn only_failures(mut runs: Vec<Run>) -> Vec<Run> {
    for run in runs.iter_mut().filter(|run| run.command.contains(" test-login")) {
        if let Some(failure) = FAILURES.iter().find_map(|failure| run.text.find(failure)) {
            run.text.drain(..failure);
        }
    }
    runs
}

/// Holds a whole dialogue in a terminal; what is on the screen at its end.
pub fn dialogue(testbed: &Testbed, language: &str, arguments: &str, answers: &[&str]) -> Result<Run> {
    let line = format!("'{}' --lang {language} {arguments}", program()?.display());
    let terminal = Terminal::start(&testbed.client, &line)?;
    for (already, answer) in answers.iter().enumerate() {
        terminal.asks(already + 1)?;
        terminal.types(answer)?;
    }
    let screen = terminal.shows("[ended ", 1)?;
    ensure!(!terminal.shows("echo ", 1)?.contains("-echo "), "the terminal is left without echo:\n{screen}");
    let secrets = answers.iter().filter(|answer| answer.len() >= 5);
    for secret in secrets {
        ensure!(!screen.contains(secret), "a secret is on the screen:\n{screen}");
    }
    let (shown, rest) = screen.split_once("[ended ").context("the end")?;
    let code = rest.split(']').next().unwrap_or_default();
    let lines: Vec<&str> = shown.lines().map(without_marks).filter(|line| !line.is_empty()).collect();
    let command = format!("$ cns --lang {language} {arguments}");
    Ok(Run { command, text: format!("{}\n[{code}]", lines.join("\n")) })
}

/// What is another at each run, or on another day, has a placeholder. The card's certificate is issued for the year in
/// which it is used; that what is shown of it is right is in the comparison all the same.
pub fn normalized(testbed: &Testbed, text: &str) -> String {
    let text = without_the_certificate(&testbed.client.certificate, text);
    let text = without_days(CertificateOptions::PLAIN.valid_now().years, &text);
    let text = SECOND_READER.iter().fold(text, |text, empty| text.replace(empty, ""));

    let path = |path: &Path| path.display().to_string();
    let text = text.replace(&path(&testbed.client.module), "MODULE");
    let text = text.replace(&path(&testbed.client.file("")), "FOLDER/");
    let text = text.replace(env!("CARGO_PKG_VERSION"), "VERSION");
    let lines = text.lines().map(|line| {
        let line = match line.split_once(' ') {
            Some((clock, event)) if is_clock(clock) => format!("HH:MM:SS {event}"),
            _ => line.trim_end().to_owned(),
        };
        PASSING.iter().fold(line, |line, before| without_number_after(before, &line))
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// `10:11:12`.
fn is_clock(word: &str) -> bool {
    word.len() == 8 && word.bytes().all(|byte| byte.is_ascii_digit() || byte == b':')
}

/// Its PEM and its fingerprints, where they are those of this certificate.
fn without_the_certificate(der: &[u8], transcript: &str) -> String {
    let fingerprint =
        |digest: &[u8]| digest.iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(":");
    let mut text = transcript.to_owned();
    if let Ok(pem) = certificates::pem(der) {
        text = text.replace(pem.trim_end(), "<the card's certificate, PEM>");
    }
    text = text.replace(&fingerprint(&Sha256::digest(der)), "<its SHA-256>");
    text.replace(&fingerprint(&Sha1::digest(der)), "<its SHA-1>")
}

/// First and last day of the certificate, the day of the run, and the day on which a card was used last: by the clock
/// of the file system, which a test run may not have moved.
pub fn without_days((first, last): (u16, u16), transcript: &str) -> String {
    const LAST_USED: [&str; 2] = ["usata l'ultima volta: ", "last used: "];
    let mut text = transcript.to_owned();
    for (year, placeholder) in [(first, "<first day>"), (last, "<last day>")] {
        if let Ok(date) = Date::from_calendar_date(year.into(), Month::January, 1) {
            // The card's own file of personal data has days too, which are printed there and stay.
            let lines = text.split('\n').map(|line| match line.contains('/') {
                true => line.to_owned(),
                false => dates::without(date, placeholder, line),
            });
            text = lines.collect::<Vec<_>>().join("\n");
        }
    }
    for date in dates::run_days() {
        text = dates::without(date, "<today>", &text);
    }
    let lines = text.split('\n').map(|line| {
        let used =
            LAST_USED.iter().find_map(|before| line.split_once(before).map(|(start, _)| (start, before)));
        used.map_or_else(|| line.to_owned(), |(start, before)| format!("{start}{before}<date>"))
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// `localhost:40321` → `localhost:…`; also for hexadecimal numbers.
fn without_number_after(before: &str, line: &str) -> String {
    let Some((start, rest)) = line.split_once(before) else { return line.to_owned() };
    format!("{start}{before}…{}", rest.trim_start_matches(|character: char| character.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_the_same_on_every_day() {
        let (first, last) = CertificateOptions::PLAIN.valid_now().years;
        let today = dates::run_days()[1];
        let told = format!(
            "dal 1º gennaio {first} al 1º gennaio {last}\n\"not_after\": \"{last}-01-01\"\nsigned on {today}\n\
             CNS MARIO ROSSI, 1272 bytes, last used: 9 May 2020\nusata l'ultima volta: 9 maggio 2020\n"
        );
        let same = "dal <first day> al <last day>\n\"not_after\": \"<last day>\"\nsigned on <today>\n\
                    CNS MARIO ROSSI, 1272 bytes, last used: <date>\nusata l'ultima volta: <date>\n";
        assert_eq!(without_days((first, last), &told), same);
    }

    #[test]
    fn only_this_certificate_has_a_placeholder() {
        // SHA-1 and SHA-256 of "abc": FIPS 180-2, appendices A.1 and B.1.
        let sha1 = "A9:99:3E:36:47:06:81:6A:BA:3E:25:71:78:50:C2:6C:9C:D0:D8:9D";
        let sha256 =
            "BA:78:16:BF:8F:01:CF:EA:41:41:40:DE:5D:AE:22:23:B0:03:61:A3:96:17:7A:9C:B4:10:FF:61:F2:00:15:AD";
        let told = format!("-----BEGIN CERTIFICATE-----\nYWJj\n-----END CERTIFICATE-----\n{sha1} {sha256}");
        let taken_out = "<the card's certificate, PEM>\n<its SHA-1> <its SHA-256>";
        assert_eq!(without_the_certificate(b"abc", &told), taken_out);
        assert_eq!(without_the_certificate(b"abd", &told), told);
    }
}
