//! What `cns doctor` says about Windows.

use super::finding_text::FindingText;
use super::windows_finding::WindowsFinding;
use crate::text::Language;

/// What Windows knows of the card.
pub(super) fn windows_finding(language: Language, finding: &WindowsFinding) -> FindingText {
    match finding {
        WindowsFinding::WindowsServiceDisabled { service } => FindingText::with_remedy(
            language.pick(
                format!("Il servizio {} è disattivato.", service_name(language, service)),
                format!("The service {} is disabled.", service_name(language, service)),
            ),
            as_administrator(
                language,
                &finding.command().unwrap_or_default().join(" "),
                language.pick("poi riavvia il computer", "then restart the computer"),
            ),
        ),
        WindowsFinding::WindowsServiceStopped { service } => FindingText::with_remedy(
            language.pick(
                format!(
                    "Il servizio {} non è avviato: i browser non trovano il certificato della tessera.",
                    service_name(language, service)
                ),
                format!(
                    "The service {} does not run: browsers do not find the card's certificate.",
                    service_name(language, service)
                ),
            ),
            as_administrator(
                language,
                &finding.command().unwrap_or_default().join(" "),
                language.pick("poi togli la tessera e inseriscila di nuovo", "then take the card out and insert it again"),
            ),
        ),
        WindowsFinding::WindowsUsesMinidriver { reader, entry } => FindingText::fact(language.pick(
            format!("Windows usa la tessera nel lettore {reader} con il driver di cns-pkcs11 (voce «{entry}»)."),
            format!("Windows uses the card in the reader {reader} with cns-pkcs11's driver (entry \"{entry}\")."),
        )),
        WindowsFinding::WindowsUsesOtherDriver { reader, entry, path } => FindingText::with_remedy(
            language.pick(
                format!("Windows usa la tessera nel lettore {reader} con un altro driver: {entry} ({path})."),
                format!("Windows uses the card in the reader {reader} with another driver: {entry} ({path})."),
            ),
            language.pick(
                "Se Chrome ed Edge accedono con la tessera, lascia così. Altrimenti, come amministratore: cns setup \
                 windows --take-over",
                "If Chrome and Edge log in with the card, leave it so. Otherwise, as administrator: cns setup windows \
                 --take-over",
            ),
        ),
        WindowsFinding::WindowsKnowsNoDriver { reader, installed } => FindingText::with_remedy(
            language.pick(
                format!("Windows non ha un driver per la tessera nel lettore {reader}: Chrome ed Edge non la vedono."),
                format!("Windows has no driver for the card in the reader {reader}: Chrome and Edge do not see it."),
            ),
            match installed {
                true => register(language),
                false => language
                    .pick(
                        "Installa cns-pkcs11 con il suo file .msi, oppure usa Firefox.",
                        "Install cns-pkcs11 by its .msi file, or use Firefox.",
                    )
                    .to_owned(),
            },
        ),
        WindowsFinding::WindowsMinidriverMissing { entry, path, .. } => FindingText::with_remedy(
            language.pick(
                format!("Windows cerca il driver della tessera dove non c'è: {path} (voce «{entry}»)."),
                format!("Windows looks for the card's driver where it is not: {path} (entry \"{entry}\")."),
            ),
            register(language),
        ),
        WindowsFinding::WindowsKeyStorageProviderMissing { entry, ours, .. } => FindingText::with_remedy(
            language.pick(
                format!(
                    "Nel registro di Windows, alla voce «{entry}» manca «Smart Card Key Storage Provider»: molti siti \
                     (TLS 1.3) non accettano la tessera."
                ),
                format!(
                    "In the registry of Windows, the entry \"{entry}\" lacks \"Smart Card Key Storage Provider\": many \
                     sites (TLS 1.3) do not accept the card."
                ),
            ),
            match ours {
                true => register(language),
                false => language
                    .pick(
                        "Chiedi un aggiornamento a chi ha fatto quel driver oppure, come amministratore: cns setup \
                         windows --take-over",
                        "Ask the maker of that driver for an update or, as administrator: cns setup windows --take-over",
                    )
                    .to_owned(),
            },
        ),
        WindowsFinding::CertificateInWindows { .. } => FindingText::fact(language.pick(
            "Il certificato della tessera è tra i certificati personali di Windows: Chrome, Edge e Firefox lo vedono.",
            "The card's certificate is among the personal certificates of Windows: Chrome, Edge and Firefox see it.",
        )),
        WindowsFinding::CertificateNotInWindows { .. } => FindingText::with_remedy(
            language.pick(
                "Il certificato della tessera non è tra i certificati personali di Windows: i browser non lo trovano.",
                "The card's certificate is not among the personal certificates of Windows: browsers do not find it.",
            ),
            language.pick(
                "Togli la tessera, inseriscila di nuovo e aspetta dieci secondi; se non basta, riavvia il computer.",
                "Take the card out, insert it again and wait ten seconds; if that does not help, restart the computer.",
            ),
        ),
    }
}

/// As Windows shows it in the list of services.
fn service_name(language: Language, service: &str) -> String {
    match service {
        "CertPropSvc" => {
            language.pick("Propagazione certificati (CertPropSvc)", "Certificate Propagation (CertPropSvc)")
        }
        _ => "Smart card (SCardSvr)",
    }
    .to_owned()
}

fn register(language: Language) -> String {
    language.pick("Come amministratore: cns setup windows", "As administrator: cns setup windows").to_owned()
}

fn as_administrator(language: Language, command: &str, then: &str) -> String {
    language.pick(
        format!("Come amministratore: {command}; {then}."),
        format!("As administrator: {command}; {then}."),
    )
}
