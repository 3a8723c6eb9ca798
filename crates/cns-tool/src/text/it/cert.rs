//! `cns cert` e `cns data`.

use crate::text::{CertText, DataField, Italian};

impl CertText for Italian {
    fn cert_about(&self) -> &'static str {
        "Mostra o esporta il certificato della tessera"
    }

    fn cert_show_about(&self) -> &'static str {
        "Mostra che cosa dice il certificato"
    }

    fn cert_export_about(&self) -> &'static str {
        "Scrive il certificato in un file o sull'uscita"
    }

    fn cert_uri_about(&self) -> &'static str {
        "Mostra i nomi PKCS#11 (URI, RFC 7512) di tessera, certificato e chiave, per altri programmi"
    }

    fn signature_certificate_option(&self) -> &'static str {
        "Il certificato di firma, sulle tessere che ne hanno uno"
    }

    fn pem_option(&self) -> &'static str {
        "In formato PEM (testo); è quello che si usa se non si dice nulla"
    }

    fn der_option(&self) -> &'static str {
        "In formato DER (binario)"
    }

    fn output_option(&self) -> &'static str {
        "Scrive in questo file"
    }

    fn no_signature_certificate(&self) -> &'static str {
        "Questa tessera non ha un certificato di firma."
    }

    fn no_certificate_at_all(&self) -> &'static str {
        "Quello che la tessera mostra al posto del certificato non è un certificato."
    }

    fn certificate_title(&self, reader: &str) -> String {
        format!("Certificato della tessera nel lettore {reader}")
    }

    fn subject(&self) -> &'static str {
        "Intestato a"
    }

    fn certificate_issuer(&self) -> &'static str {
        "Emesso da"
    }

    fn serial_number(&self) -> &'static str {
        "Numero di serie"
    }

    fn validity(&self) -> &'static str {
        "Valido"
    }

    fn period(&self, from: &str, to: &str) -> String {
        format!("dal {from} al {to}")
    }

    fn policies(&self) -> &'static str {
        "Regole (policy)"
    }

    fn cns_policy(&self) -> &'static str {
        "autenticazione CNS"
    }

    fn key_usage(&self) -> &'static str {
        "Uso della chiave"
    }

    fn extended_key_usage(&self) -> &'static str {
        "Uso esteso"
    }

    fn email(&self) -> &'static str {
        "E-mail"
    }

    fn key(&self) -> &'static str {
        "Chiave"
    }

    fn rsa_key(&self, bits: usize) -> String {
        format!("RSA, {bits} bit")
    }

    fn data_about(&self) -> &'static str {
        "Mostra i dati personali scritti nel chip"
    }

    fn no_personal_data(&self) -> &'static str {
        "Nel chip di questa tessera non ci sono dati personali leggibili."
    }

    fn data_title(&self, reader: &str) -> String {
        format!("Dati nella tessera nel lettore {reader}")
    }

    fn data_field(&self, field: DataField) -> &'static str {
        match field {
            DataField::Surname => "Cognome",
            DataField::Name => "Nome",
            DataField::BirthDate => "Data di nascita",
            DataField::Sex => "Sesso",
            DataField::TaxCode => "Codice fiscale",
            DataField::BirthMunicipality => "Comune di nascita",
            DataField::BirthCountry => "Stato estero di nascita",
            DataField::BirthAct => "Atto di nascita",
            DataField::ResidenceMunicipality => "Comune di residenza",
            DataField::ResidenceAddress => "Indirizzo",
            DataField::Citizenship => "Cittadinanza",
            DataField::Height => "Statura",
            DataField::Issuer => "Ente emettitore",
            DataField::IssueDate => "Data di emissione",
            DataField::ExpiryDate => "Data di scadenza",
            DataField::Notes => "Note",
        }
    }

    fn other_tax_code(&self, in_certificate: &str) -> String {
        format!(
            "Il certificato porta un altro codice fiscale ({in_certificate}): i servizi usano quello del certificato. \
             Chiedere allo sportello di correggere la tessera."
        )
    }

    fn written(&self, file: &str) -> String {
        format!("Scritto: {file}")
    }

    fn not_written(&self, file: &str) -> String {
        format!("Non riesco a scrivere {file}.")
    }

    fn output_is_input(&self, file: &str) -> String {
        format!("{file} è il documento da firmare: la firma ne prenderebbe il posto.")
    }

    fn file_exists(&self, file: &str) -> String {
        format!("{file} esiste già: non lo sostituisco.")
    }

    fn force_or_another(&self) -> &'static str {
        "Per sostituirlo aggiungi --force; oppure indica un altro file con -o FILE."
    }

    fn link_of_another(&self, file: &str) -> String {
        format!("{file} è un collegamento (link) messo da un altro utente: non lo seguo.")
    }

    fn name_another_file(&self) -> &'static str {
        "Indicare con -o un file in una cartella in cui puoi scrivere."
    }

    fn not_on_a_terminal(&self) -> &'static str {
        "Il risultato è binario: sullo schermo non si leggerebbe."
    }

    fn name_a_file(&self) -> &'static str {
        "Indicare un file con -o FILE."
    }
}
