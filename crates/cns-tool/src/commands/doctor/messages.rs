//! What `cns doctor` says.

use super::card_messages::card_finding;
use super::finding::Finding;
use super::finding_text::FindingText;
use super::program_messages::{program_state, sandboxed_browser};
use crate::pkcs11::module_path::module_file_name;
use crate::text::{Language, Message};

pub(crate) const EXAMINING: Message =
    Message::new("Controllo servizio, tessera e programmi…", "Looking at service, card and programs…");

/// A finding.
pub(crate) fn finding(language: Language, finding: &Finding) -> FindingText {
    match finding {
        Finding::ServiceRuns => FindingText::fact(language.pick(
            "Il servizio delle smart card (pcscd) risponde.",
            "The smart card service (pcscd) answers.",
        )),
        Finding::Service(failure) => {
            let (what, remedy) = failure.texts(language);
            FindingText::with_remedy(what, remedy)
        }
        Finding::SystemServiceRuns => FindingText::fact(language.pick(
            "Il servizio delle smart card del sistema risponde.",
            "The system's smart card service answers.",
        )),
        Finding::ReaderSeen { reader } => FindingText::fact(
            language.pick(format!("Il lettore funziona: {reader}."), format!("The reader works: {reader}.")),
        ),
        Finding::NoReader => FindingText::with_remedy(
            language.pick("Nessun lettore è collegato.", "No reader is plugged in."),
            language.pick(
                "Collegare il lettore, se possibile senza prese multiple USB. Quale comprare: cns guide \
                 readers",
                "Plug the reader in, without a hub if possible. Which one to buy: cns guide readers",
            ),
        ),
        Finding::ReaderNeedsDriver { reader, install, .. } => FindingText::with_remedy(
            language.pick(
                format!("Il lettore {reader} è collegato, ma gli serve il driver del produttore."),
                format!("The reader {reader} is plugged in, but needs its maker's driver."),
            ),
            install_driver(language, install.as_deref()),
        ),
        Finding::ReaderHeldByKernel { reader, module } => FindingText::with_remedy(
            language.pick(
                format!(
                    "Il lettore {reader} è collegato, ma Linux lo tiene per sé (modulo del kernel {module})."
                ),
                format!(
                    "The reader {reader} is plugged in, but Linux keeps it for itself (kernel module \
                     {module})."
                ),
            ),
            language.pick(
                "Liberarlo: printf 'install %s /bin/false\\n' nfc pn533 pn533_usb | sudo tee \
                 /etc/modprobe.d/cns-nfc.conf, poi riavviare il computer.",
                "Give it free: printf 'install %s /bin/false\\n' nfc pn533 pn533_usb | sudo tee \
                 /etc/modprobe.d/cns-nfc.conf, then restart the computer.",
            ),
        ),
        Finding::ReaderNotSeen { reader, install } => FindingText::with_remedy(
            language.pick(
                format!("Il lettore {reader} è collegato, ma il servizio delle smart card non lo vede."),
                format!("The reader {reader} is plugged in, but the smart card service does not see it."),
            ),
            install_driver(language, install.as_deref()),
        ),
        Finding::NoCard => FindingText::with_remedy(
            language.pick("Nel lettore non c'è nessuna tessera.", "No card is in the reader."),
            language.pick(
                "Inserire la tessera dalla parte del chip, con il chip in alto, oppure appoggiarla se il \
                 lettore è NFC.",
                "Push the card in with the chip first and the chip up, or lay it on the reader if it reads \
                 by radio.",
            ),
        ),
        Finding::OfCard { reader, finding } => card_finding(language, reader, finding),
        Finding::ModuleLoads { path, version } => FindingText::fact(language.pick(
            format!("I programmi possono caricare il modulo, versione {version} ({path})."),
            format!("Programs can load the module, version {version} ({path})."),
        )),
        Finding::ModuleMissing => FindingText::with_remedy(
            language.pick(
                concat!("Il modulo ", module_file_name!(), " non è installato."),
                concat!("The module ", module_file_name!(), " is not installed."),
            ),
            language.pick("Installare il pacchetto cns-pkcs11.", "Install the package cns-pkcs11."),
        ),
        Finding::ModuleFails { path, why } => FindingText::with_remedy(
            language.pick(
                format!("Il modulo non si può caricare ({path}): {why}."),
                format!("The module cannot be loaded ({path}): {why}."),
            ),
            language.pick(
                "Reinstallare il pacchetto cns-pkcs11, quello per questo tipo di computer.",
                "Install the package cns-pkcs11 again, for this kind of computer.",
            ),
        ),
        Finding::ModuleNotTried { path } => FindingText::fact(language.pick(
            format!("Il modulo c'è ({path}); non l'ho caricato, perché questo non è il sistema in funzione."),
            format!("The module is there ({path}); it was not loaded, as this is not the running system."),
        )),
        Finding::Program(state) => program_state(language, state),
        Finding::SandboxedBrowser { browser } => sandboxed_browser(language, browser),
        Finding::NoOtherModules => FindingText::fact(language.pick(
            "Nessun altro modulo per queste tessere è in uso.",
            "No other module for these cards is in use.",
        )),
        Finding::OtherModule { name, path, registered_in } => FindingText::with_remedy(
            language.pick(
                format!("È in uso un altro modulo per queste tessere: {name} ({path}, da {registered_in})."),
                format!("Another module for these cards is in use: {name} ({path}, by {registered_in})."),
            ),
            language.pick(
                "Funzionano insieme, ma il certificato viene proposto due volte. Togliere quello che non \
                 serve.",
                "Both work side by side, but the certificate is offered twice. Take the one out that you do \
                 not need.",
            ),
        ),
        Finding::Interception { product } => FindingText::with_remedy(
            language.pick(
                format!(
                    "{product} è installato. Se guarda dentro le connessioni cifrate, l'accesso con la \
                     tessera non riesce."
                ),
                format!(
                    "{product} is installed. If it looks into encrypted connections, logging in with the \
                     card fails."
                ),
            ),
            language.pick(
                "Disattivare quella funzione per il sito («analisi HTTPS», «ispezione SSL») e riprovare.",
                "Turn that off for the site (“HTTPS scanning”, “SSL inspection”), then try again.",
            ),
        ),
    }
}

/// Installs a reader's driver; `None` where the package is not known.
fn install_driver(language: Language, command: Option<&[&str]>) -> String {
    match command.map(|words| words.join(" ")) {
        Some(command) => language.pick(
            format!("Installa il driver del lettore, poi stacca e ricollega il lettore: {command}"),
            format!("Install the reader's driver, then unplug the reader and plug it in again: {command}"),
        ),
        None => language
            .pick(
                "Installa il driver Linux che il produttore del lettore offre, poi stacca e ricollega il lettore.",
                "Install the Linux driver that the reader's maker offers, then unplug the reader and plug it in \
                 again.",
            )
            .to_owned(),
    }
}

/// The beginning of the support report.
pub(crate) fn support_report(language: Language, version: &str) -> String {
    language.pick(
        format!(
            "Rapporto di assistenza di cns {version}\nQui non ci sono nomi, codici fiscali, numeri di tessera \
             né certificati.\n\n"
        ),
        format!(
            "cns {version} support report\nNo name, tax code, card number or certificate is in here.\n\n"
        ),
    )
}

pub(crate) const FOR_THE_MAINTAINERS: Message = Message::new(
    "Da qui in poi: lo stesso per chi sviluppa cns, in inglese.",
    "From here on: the same for the maintainers of cns, in English.",
);

pub(crate) const REMEDY: Message = Message::new("Da fare", "To do");

/// The last line.
pub(crate) fn summary(language: Language, problems: usize, warnings: usize) -> String {
    match (problems, warnings) {
        (0, 0) => language.pick("Tutto a posto.", "All is well.").to_owned(),
        (0, warnings) => language.pick(
            format!("Nessun problema. Avvisi: {warnings}."),
            format!("No problem found. Warnings: {warnings}."),
        ),
        (problems, warnings) => language.pick(
            format!("Problemi: {problems}. Avvisi: {warnings}."),
            format!("Problems: {problems}. Warnings: {warnings}."),
        ),
    }
}

pub(crate) const INCOMPLETE: Message = Message::new(
    "Controllo incompleto: inserisci la tessera e ripeti: cns doctor",
    "The check is incomplete: insert the card and run it again: cns doctor",
);

pub(crate) const ABOUT_THE_SUPPORT_REPORT: Message = Message::new(
    "Il rapporto non contiene dati personali; leggilo prima di darlo ad altri.",
    "The report holds no personal data; read it before you pass it on.",
);
