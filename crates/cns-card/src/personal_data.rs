//! EF Dati_personali.

/// The sixteen fields of EF Dati_personali; `None` where the card has an empty or no field.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct PersonalData {
    /// The issuing body's code.
    pub issuer: Option<String>,
    /// Date of issue, DDMMYYYY.
    pub issue_date: Option<String>,
    /// Date of expiry, DDMMYYYY.
    pub expiry_date: Option<String>,
    /// Surname.
    pub surname: Option<String>,
    /// Given name.
    pub name: Option<String>,
    /// Date of birth, DDMMYYYY.
    pub birth_date: Option<String>,
    /// Sex, `M` or `F`.
    pub sex: Option<String>,
    /// Height in centimetres.
    pub height: Option<String>,
    /// The tax code (codice fiscale).
    pub tax_code: Option<String>,
    /// Citizenship.
    pub citizenship: Option<String>,
    /// Municipality of birth (code).
    pub birth_municipality: Option<String>,
    /// Foreign country of birth.
    pub birth_country: Option<String>,
    /// Birth act.
    pub birth_act: Option<String>,
    /// Municipality of residence (code).
    pub residence_municipality: Option<String>,
    /// Address of residence.
    pub residence_address: Option<String>,
    /// Notes (validity for travelling abroad).
    pub notes: Option<String>,
}

impl std::fmt::Debug for PersonalData {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PersonalData(…)")
    }
}
