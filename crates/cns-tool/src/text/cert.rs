//! `cns cert` and `cns data`, and results that go to files.

/// A field of the personal data on the card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "named as the fields of cns_card::PersonalData")]
pub enum DataField {
    Surname,
    Name,
    BirthDate,
    Sex,
    TaxCode,
    BirthMunicipality,
    BirthCountry,
    BirthAct,
    ResidenceMunicipality,
    ResidenceAddress,
    Citizenship,
    Height,
    Issuer,
    IssueDate,
    ExpiryDate,
    Notes,
}

impl DataField {
    /// Its name in JSON.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Surname => "surname",
            Self::Name => "name",
            Self::BirthDate => "birth_date",
            Self::Sex => "sex",
            Self::TaxCode => "tax_code",
            Self::BirthMunicipality => "birth_municipality",
            Self::BirthCountry => "birth_country",
            Self::BirthAct => "birth_act",
            Self::ResidenceMunicipality => "residence_municipality",
            Self::ResidenceAddress => "residence_address",
            Self::Citizenship => "citizenship",
            Self::Height => "height",
            Self::Issuer => "issuer",
            Self::IssueDate => "issue_date",
            Self::ExpiryDate => "expiry_date",
            Self::Notes => "notes",
        }
    }

    /// Is it a day, DDMMYYYY?
    #[must_use]
    pub fn is_date(self) -> bool {
        matches!(self, Self::BirthDate | Self::IssueDate | Self::ExpiryDate)
    }
}

/// Messages of `cns cert` and `cns data`, and about results that go to files.
pub trait CertText {
    /// What `cns cert` does.
    fn cert_about(&self) -> &'static str;
    /// What `cns cert show` does.
    fn cert_show_about(&self) -> &'static str;
    /// What `cns cert export` does.
    fn cert_export_about(&self) -> &'static str;
    /// What `cns cert uri` does.
    fn cert_uri_about(&self) -> &'static str;
    /// What `--signature` does here.
    fn signature_certificate_option(&self) -> &'static str;
    /// What `--pem` does.
    fn pem_option(&self) -> &'static str;
    /// What `--der` does.
    fn der_option(&self) -> &'static str;
    /// What `--output` does.
    fn output_option(&self) -> &'static str;
    /// The card has no signature certificate.
    fn no_signature_certificate(&self) -> &'static str;
    /// What is on the card is no certificate.
    fn no_certificate_at_all(&self) -> &'static str;

    /// Above the facts.
    fn certificate_title(&self, reader: &str) -> String;
    /// Before the subject.
    fn subject(&self) -> &'static str;
    /// Before the issuer.
    fn certificate_issuer(&self) -> &'static str;
    /// Before the serial number.
    fn serial_number(&self) -> &'static str;
    /// Before the validity.
    fn validity(&self) -> &'static str;
    /// From one day to another.
    fn period(&self, from: &str, to: &str) -> String;
    /// Before the policies.
    fn policies(&self) -> &'static str;
    /// What the CNS policy means.
    fn cns_policy(&self) -> &'static str;
    /// Before the key usage.
    fn key_usage(&self) -> &'static str;
    /// Before the extended key usage.
    fn extended_key_usage(&self) -> &'static str;
    /// Before the e-mail address.
    fn email(&self) -> &'static str;
    /// Before the key.
    fn key(&self) -> &'static str;
    /// An RSA key of so many bits.
    fn rsa_key(&self, bits: usize) -> String;

    /// What `cns data` does.
    fn data_about(&self) -> &'static str;
    /// The card has no personal data that can be read.
    fn no_personal_data(&self) -> &'static str;
    /// Above the data.
    fn data_title(&self, reader: &str) -> String;
    /// Before a field.
    fn data_field(&self, field: DataField) -> &'static str;
    /// The certificate bears another tax code.
    fn other_tax_code(&self, in_certificate: &str) -> String;

    /// A result is in this file.
    fn written(&self, file: &str) -> String;
    /// A result could not be written.
    fn not_written(&self, file: &str) -> String;
    /// A result would take the place of what it is made from.
    fn output_is_input(&self, file: &str) -> String;
    /// There is a file that nobody asked to replace.
    fn file_exists(&self, file: &str) -> String;
    /// What to do about it.
    fn force_or_another(&self) -> &'static str;
    /// A link that is not followed.
    fn link_of_another(&self, file: &str) -> String;
    /// What to do when a result must not be written there.
    fn name_another_file(&self) -> &'static str;
    /// Bytes that are not for a terminal.
    fn not_on_a_terminal(&self) -> &'static str;
    /// What to do about it.
    fn name_a_file(&self) -> &'static str;
}
