//! `cns data`: the personal data in the chip, for the person who asks for them.

use cns_card::PersonalData;
use serde_json::{Map, Value};

use crate::card::certificate::Certificate;
use crate::card::reader_selection;
use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::options::ReaderOption;
use crate::text::DataField;

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
    let opened = reader_selection::open_card(arguments.reader.reader.as_deref(), context)?;
    let text = context.text;
    let Some(data) = &opened.files.personal_data else {
        return Err(Failure::new(Exit::UnusableCard, text.no_personal_data()));
    };
    let fields = fields(data);
    if arguments.json {
        let object: Map<String, Value> =
            fields.into_iter().map(|(field, value)| (field.key().to_owned(), value.into())).collect();
        context.output.json(&Value::Object(object));
        return Ok(Exit::Success);
    }
    context.output.title(&text.data_title(&opened.reader));
    for (field, value) in fields {
        let value = if field.is_date() { as_date(&value).unwrap_or(value) } else { value };
        context.output.field(text.data_field(field), WIDTH, &value);
    }
    // A service compares what it knows with the certificate, so a difference is worth knowing before logging in.
    let certificate = opened.files.certificate.as_ref().and_then(|file| Certificate::parse(&file.der));
    let in_certificate = certificate.as_ref().and_then(Certificate::tax_code);
    if let (Some(in_certificate), Some(in_data)) = (in_certificate, &data.tax_code)
        && !in_certificate.eq_ignore_ascii_case(in_data)
    {
        context.output.warning(&text.other_tax_code(in_certificate));
    }
    Ok(Exit::Success)
}

/// What is there, in the order of the card.
fn fields(data: &PersonalData) -> Vec<(DataField, String)> {
    let fields = [
        (DataField::Surname, &data.surname),
        (DataField::Name, &data.name),
        (DataField::BirthDate, &data.birth_date),
        (DataField::Sex, &data.sex),
        (DataField::TaxCode, &data.tax_code),
        (DataField::BirthMunicipality, &data.birth_municipality),
        (DataField::BirthCountry, &data.birth_country),
        (DataField::BirthAct, &data.birth_act),
        (DataField::ResidenceMunicipality, &data.residence_municipality),
        (DataField::ResidenceAddress, &data.residence_address),
        (DataField::Citizenship, &data.citizenship),
        (DataField::Height, &data.height),
        (DataField::Issuer, &data.issuer),
        (DataField::IssueDate, &data.issue_date),
        (DataField::ExpiryDate, &data.expiry_date),
        (DataField::Notes, &data.notes),
    ];
    fields.into_iter().filter_map(|(field, value)| Some((field, value.clone()?))).collect()
}

/// DDMMYYYY as people read it.
fn as_date(digits: &str) -> Option<String> {
    let all_digits = digits.len() == 8 && digits.bytes().all(|byte| byte.is_ascii_digit());
    all_digits.then(|| format!("{}/{}/{}", &digits[..2], &digits[2..4], &digits[4..]))
}
