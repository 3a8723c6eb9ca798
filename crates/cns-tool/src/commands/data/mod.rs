//! `cns data`: the personal data in the chip, for the person who asks for them.

mod messages;

use std::collections::BTreeMap;

use serde::Serialize;
use time::{Date, Month};

use crate::card::certificate::CertificateDetails;
use crate::card::open_card;
use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::options::{JsonOption, ReaderOption};

/// The width of the column of names, in characters.
const WIDTH: usize = 24;

/// The options of `cns data`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    reader: ReaderOption,
    /// Whether a program reads the result.
    #[command(flatten)]
    pub json: JsonOption,
}

pub(crate) fn run(arguments: &Arguments, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let opened = open_card::open_card(arguments.reader.reader.as_deref(), context)?;
    let language = context.language;
    let Some(data) = &opened.files.personal_data else {
        return Err(Failure::new(Exit::UnusableCard, messages::NO_PERSONAL_DATA.to(language)));
    };
    let fields = messages::fields(data).into_iter();
    // A service compares what it knows with the certificate, so a difference is worth knowing before logging in.
    let certificate = opened.files.certificate.as_ref().and_then(|file| CertificateDetails::parse(&file.der));
    let in_certificate = certificate.as_ref().and_then(CertificateDetails::tax_code);
    if context.wants_json() {
        let value = |key: &str, value: &Option<String>| match value {
            Some(digits) if key.ends_with("_date") => date(digits).map(|date| date.to_string()),
            value => value.clone(),
        };
        let data = fields.map(|(key, _, text)| (key, value(key, text))).collect();
        context.write_json(&Data { reader: &opened.reader, data, certificate_tax_code: in_certificate });
        return Ok(Exit::Success);
    }
    context.output.title(&messages::data_title(language, &opened.reader));
    for (key, name, value) in fields.filter_map(|(key, name, value)| Some((key, name, value.as_ref()?))) {
        let plain = match key {
            key if key.ends_with("_date") => as_date(value),
            key if key.ends_with("_municipality") => messages::municipality(language, value),
            _ => None,
        };
        context.output.field(name.to(language), WIDTH, plain.as_ref().unwrap_or(value));
    }
    match (in_certificate, &data.tax_code) {
        (Some(in_certificate), Some(in_data)) if !in_certificate.eq_ignore_ascii_case(in_data) => {
            context.output.warning(&messages::other_tax_code(language, in_certificate));
        }
        _ => {}
    }
    Ok(Exit::Success)
}

/// The result as JSON has it.
#[derive(Serialize)]
struct Data<'a> {
    reader: &'a str,
    data: BTreeMap<&'static str, Option<String>>,
    /// By it services know the holder.
    certificate_tax_code: Option<&'a str>,
}

/// DDMMYYYY, if it is a day.
fn date(digits: &str) -> Option<Date> {
    as_date(digits)?;
    let [day, month] = [0..2, 2..4].map(|range| digits[range].parse::<u8>().ok());
    Date::from_calendar_date(digits[4..].parse().ok()?, Month::try_from(month?).ok()?, day?).ok()
}

/// DDMMYYYY as people read it.
fn as_date(digits: &str) -> Option<String> {
    let all_digits = digits.len() == 8 && digits.bytes().all(|byte| byte.is_ascii_digit());
    all_digits.then(|| format!("{}/{}/{}", &digits[..2], &digits[2..4], &digits[4..]))
}
