//! `cns cert` and `cns data`.

use crate::text::{CertText, DataField, English};

impl CertText for English {
    fn cert_about(&self) -> &'static str {
        "Show or export the card's certificate"
    }

    fn cert_show_about(&self) -> &'static str {
        "Show what the certificate says"
    }

    fn cert_export_about(&self) -> &'static str {
        "Write the certificate to a file or to the output"
    }

    fn cert_uri_about(&self) -> &'static str {
        "Show the PKCS#11 names (URIs, RFC 7512) of card, certificate and key, for other programs"
    }

    fn signature_certificate_option(&self) -> &'static str {
        "The signature certificate, on cards that have one"
    }

    fn pem_option(&self) -> &'static str {
        "As PEM (text); what is done when nothing is said"
    }

    fn der_option(&self) -> &'static str {
        "As DER (binary)"
    }

    fn output_option(&self) -> &'static str {
        "Write to this file"
    }

    fn no_signature_certificate(&self) -> &'static str {
        "This card has no signature certificate."
    }

    fn no_certificate_at_all(&self) -> &'static str {
        "What the card shows for its certificate is none."
    }

    fn certificate_title(&self, reader: &str) -> String {
        format!("Certificate of the card in the reader {reader}")
    }

    fn subject(&self) -> &'static str {
        "Issued to"
    }

    fn certificate_issuer(&self) -> &'static str {
        "Issued by"
    }

    fn serial_number(&self) -> &'static str {
        "Serial number"
    }

    fn validity(&self) -> &'static str {
        "Valid"
    }

    fn period(&self, from: &str, to: &str) -> String {
        format!("from {from} to {to}")
    }

    fn policies(&self) -> &'static str {
        "Policies"
    }

    fn cns_policy(&self) -> &'static str {
        "CNS authentication"
    }

    fn key_usage(&self) -> &'static str {
        "Key usage"
    }

    fn extended_key_usage(&self) -> &'static str {
        "Extended usage"
    }

    fn email(&self) -> &'static str {
        "E-mail"
    }

    fn key(&self) -> &'static str {
        "Key"
    }

    fn rsa_key(&self, bits: usize) -> String {
        format!("RSA, {bits} bits")
    }

    fn data_about(&self) -> &'static str {
        "Show the personal data in the chip"
    }

    fn no_personal_data(&self) -> &'static str {
        "The chip of this card holds no personal data that can be read."
    }

    fn data_title(&self, reader: &str) -> String {
        format!("Data on the card in the reader {reader}")
    }

    fn data_field(&self, field: DataField) -> &'static str {
        match field {
            DataField::Surname => "Surname",
            DataField::Name => "Given name",
            DataField::BirthDate => "Date of birth",
            DataField::Sex => "Sex",
            DataField::TaxCode => "Tax code",
            DataField::BirthMunicipality => "Municipality of birth",
            DataField::BirthCountry => "Country of birth",
            DataField::BirthAct => "Birth act",
            DataField::ResidenceMunicipality => "Residence",
            DataField::ResidenceAddress => "Address",
            DataField::Citizenship => "Citizenship",
            DataField::Height => "Height",
            DataField::Issuer => "Issuing body",
            DataField::IssueDate => "Date of issue",
            DataField::ExpiryDate => "Date of expiry",
            DataField::Notes => "Notes",
        }
    }

    fn other_tax_code(&self, in_certificate: &str) -> String {
        format!(
            "The certificate bears another tax code ({in_certificate}): services use the certificate's. Ask at the \
             counter to have the card put right."
        )
    }

    fn written(&self, file: &str) -> String {
        format!("Written: {file}")
    }

    fn not_written(&self, file: &str) -> String {
        format!("{file} cannot be written.")
    }

    fn output_is_input(&self, file: &str) -> String {
        format!("{file} is the document to sign: the signature would take its place.")
    }

    fn file_exists(&self, file: &str) -> String {
        format!("{file} exists already: it was not replaced.")
    }

    fn force_or_another(&self) -> &'static str {
        "To replace it add --force; or name another file with -o FILE."
    }

    fn link_of_another(&self, file: &str) -> String {
        format!("{file} is a link that another user has put there: it was not followed.")
    }

    fn name_another_file(&self) -> &'static str {
        "Name a file in a folder that you may write to: -o FILE."
    }

    fn not_on_a_terminal(&self) -> &'static str {
        "The result is binary: nobody could read it on the screen."
    }

    fn name_a_file(&self) -> &'static str {
        "Name a file with -o FILE."
    }
}
