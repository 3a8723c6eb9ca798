//! One run of `cns` as a text, and the text that is kept of it.

use std::env;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use fs_err as fs;
use sha1::Sha1;
use sha2::{Digest as _, Sha256};
use time::{Date, Month};
use virtual_cns::holders::CertificateOptions;

use super::super::cns_command::{cns, program};
use crate::testbed::client_environment::CLIENT_LIMIT;
use crate::testbed::terminal::Terminal;
use crate::testbed::{Testbed, certificates};
use crate::{cargo, dates, process};

/// What stands before a number that is another at each run: ports, days, names of backups.
const PASSING: &[&str] = &["https://localhost:", " localhost:", "\"days_left\": ", "cns/setup/"];

/// Runs the command in both languages; its transcript.
pub fn told(testbed: &Testbed, arguments: &[&str], input: &str) -> Result<String> {
    Ok(told_in("it", testbed, arguments, input)? + &told_in("en", testbed, arguments, input)?)
}

pub fn told_in(language: &str, testbed: &Testbed, arguments: &[&str], input: &str) -> Result<String> {
    let command = cns(&testbed.environment, &[&["--lang", language], arguments].concat())?;
    let run = process::run(command, input, CLIENT_LIMIT)?;
    let code = run.status.and_then(|status| status.code()).context("it did not end")?;
    let line = arguments.join(" ");
    Ok(format!("$ cns --lang {language} {line}\n{}{}[{code}]\n\n", run.stdout, run.stderr))
}

pub fn with_pin(testbed: &Testbed, arguments: &[&str]) -> Result<String> {
    told(testbed, &[arguments, &["--pin-stdin"]].concat(), &format!("{}\n", testbed.environment.pin))
}

/// Holds a whole dialogue in a terminal; what is on the screen at its end.
pub fn dialogue(testbed: &Testbed, language: &str, arguments: &str, answers: &[&str]) -> Result<String> {
    let line = format!("'{}' --lang {language} {arguments}", program()?.display());
    let terminal = Terminal::start(&testbed.environment, &line)?;
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
    let lines: Vec<&str> = shown.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
    Ok(format!("$ cns --lang {language} {arguments}\n{}\n[{code}]\n\n", lines.join("\n")))
}

/// Compares with the text that is kept under this name, or keeps it.
pub fn as_kept(testbed: &Testbed, name: &str, transcript: &str) -> Result<()> {
    let told = without_what_passes(testbed, transcript);
    let path = cargo::workspace().join("crates/interop/kept").join(format!("{name}.txt"));
    if env::var_os("KEEP").is_some() {
        fs::create_dir_all(path.parent().context("a folder")?)?;
        return Ok(fs::write(&path, told)?);
    }
    let kept = fs::read_to_string(&path).with_context(|| format!("nothing is kept in {}", path.display()))?;
    let (told, kept) = (told.trim_end(), kept.trim_end());
    let first = told.lines().zip(kept.lines()).find(|(told, kept)| told != kept);
    ensure!(told == kept, "not as kept in {}; first {first:?}\n--- told\n{told}", path.display());
    Ok(())
}

/// What is another at each run, or on another day, has a placeholder. The card's certificate is issued for the year in
/// which it is used; that what is shown of it is right is in the comparison all the same.
fn without_what_passes(testbed: &Testbed, transcript: &str) -> String {
    let transcript = without_the_certificate(&testbed.environment.certificate, transcript);
    let transcript = without_days(&transcript);

    let path = |path: &Path| path.display().to_string();
    let text = transcript.replace(&path(&testbed.environment.module), "MODULE");
    let text = text.replace(&path(&testbed.environment.file("")), "FOLDER/");
    let text = text.replace(env!("CARGO_PKG_VERSION"), "VERSION");
    let lines = text.lines().map(|line| {
        let line = match line.split_once("Z ") {
            Some((clock, event)) if clock.len() == 8 => format!("HH:MM:SSZ {event}"),
            _ => line.trim_end().to_owned(),
        };
        PASSING.iter().fold(line, |line, before| without_number_after(before, &line))
    });
    lines.collect::<Vec<_>>().join("\n") + "\n"
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
fn without_days(transcript: &str) -> String {
    const LAST_USED: [&str; 2] = ["usata l'ultima volta: ", "last used: "];
    let (first, last) = CertificateOptions::PLAIN.valid_now().years;
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
        assert_eq!(without_days(&told), same);
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
