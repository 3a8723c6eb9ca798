//! `cns data`: the personal data in the chip, for the person who asks for them.

mod messages;

use serde_json::{Map, Value};

use crate::card::certificate::CertificateDetails;
use crate::card::open_card;
use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::options::ReaderOption;

/// The width of the column of names, in characters.
const WIDTH: usize = 24;

/// The options of `cns data`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    reader: ReaderOption,
    /// Write the result as JSON, for programs
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(arguments: &Arguments, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let opened = open_card::open_card(arguments.reader.reader.as_deref(), context)?;
    let language = context.language;
    let Some(data) = &opened.files.personal_data else {
        return Err(Failure::new(Exit::UnusableCard, messages::NO_PERSONAL_DATA.to(language)));
    };
    let fields = messages::fields(data)
        .into_iter()
        .filter_map(|(key, name, value)| Some((key, name, value.as_ref()?)));
    if arguments.json {
        let object: Map<String, Value> =
            fields.map(|(key, _, value)| (key.to_owned(), value.as_str().into())).collect();
        context.output.json(&Value::Object(object));
        return Ok(Exit::Success);
    }
    context.output.title(&messages::data_title(language, &opened.reader));
    for (key, name, value) in fields {
        let date = if key.ends_with("_date") { as_date(value) } else { None };
        context.output.field(name.to(language), WIDTH, date.as_ref().unwrap_or(value));
    }
    // A service compares what it knows with the certificate, so a difference is worth knowing before logging in.
    let certificate = opened.files.certificate.as_ref().and_then(|file| CertificateDetails::parse(&file.der));
    let in_certificate = certificate.as_ref().and_then(CertificateDetails::tax_code);
    if let (Some(in_certificate), Some(in_data)) = (in_certificate, &data.tax_code)
        && !in_certificate.eq_ignore_ascii_case(in_data)
    {
        context.output.warning(&messages::other_tax_code(language, in_certificate));
    }
    Ok(Exit::Success)
}

/// DDMMYYYY as people read it.
fn as_date(digits: &str) -> Option<String> {
    let all_digits = digits.len() == 8 && digits.bytes().all(|byte| byte.is_ascii_digit());
    all_digits.then(|| format!("{}/{}/{}", &digits[..2], &digits[2..4], &digits[4..]))
}
