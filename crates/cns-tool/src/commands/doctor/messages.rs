//! What `cns doctor` says.

use super::card_messages::card_finding;
use super::finding::Finding;
use super::finding_text::FindingText;
use super::program_messages::{program_state, sandboxed_browser};
use super::windows_messages::windows_finding;
use crate::card::service_messages::in_configuration;
use crate::host::System;
use crate::pkcs11::module_path::module_file_name;
use crate::text::{Language, Message};

pub(crate) const EXAMINING: Message = Message::new(
    "Controllo il servizio, la tessera e i programmi…",
    "Checking the service, the card and the programs…",
);

/// A finding, on this system.
pub(crate) fn finding(language: Language, finding: &Finding, system: &System) -> FindingText {
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
            language.pick("Nessun lettore collegato.", "No reader is plugged in."),
            language.pick(
                "Collega il lettore direttamente al computer, senza hub USB. Quale comprare: cns guide lettore",
                "Plug the reader directly into the computer, without a USB hub. Which one to buy: cns guide readers",
            ),
        ),
        Finding::ReaderNeedsDriver { reader, install, setting, .. } => FindingText::with_remedy(
            language.pick(
                format!("Il lettore {reader} è collegato, ma gli serve il driver del produttore."),
                format!("The reader {reader} is plugged in, but needs its maker's driver."),
            ),
            install_driver(language, install.as_deref(), *setting),
        ),
        Finding::ReaderHeldByKernel { reader, module } => FindingText::with_remedy(
            language.pick(
                format!(
                    "Il lettore {reader} è collegato, ma è occupato da un componente di Linux ({module})."
                ),
                format!(
                    "The reader {reader} is plugged in, but a part of Linux is using it ({module})."
                ),
            ),
            language.pick(
                "Per liberarlo: printf 'install %s /bin/false\\n' nfc pn533 pn533_usb | sudo tee \
                 /etc/modprobe.d/cns-nfc.conf, poi riavvia il computer.",
                "To free it: printf 'install %s /bin/false\\n' nfc pn533 pn533_usb | sudo tee \
                 /etc/modprobe.d/cns-nfc.conf, then restart the computer.",
            ),
        ),
        Finding::ReaderNotSeen { reader, install } => FindingText::with_remedy(
            language.pick(
                format!("Il lettore {reader} è collegato, ma il servizio delle smart card non lo vede."),
                format!("The reader {reader} is plugged in, but the smart card service does not see it."),
            ),
            install_driver(language, install.as_deref(), None),
        ),
        Finding::NoCard => FindingText::with_remedy(
            language.pick("Nel lettore non c'è nessuna tessera.", "There is no card in the reader."),
            language.pick(
                "Inserisci la tessera dal lato dei contatti dorati, con i contatti verso l'alto, oppure \
                 appoggiala se il lettore è senza contatto (NFC).",
                "Insert the card with the gold contacts first and facing up, or lay it on the reader if that \
                 is contactless (NFC).",
            ),
        ),
        Finding::OfCard { reader, finding } => card_finding(language, reader, finding),
        Finding::ModuleLoads { path, version } => FindingText::fact(language.pick(
            format!("Il driver della tessera è installato, versione {version} ({path})."),
            format!("The card's driver is installed, version {version} ({path})."),
        )),
        Finding::ModuleMissing => FindingText::with_remedy(
            language.pick(
                concat!("Il driver ", module_file_name!(), " non è installato."),
                concat!("The driver ", module_file_name!(), " is not installed."),
            ),
            language.pick("Installa il pacchetto cns-pkcs11.", "Install the package cns-pkcs11."),
        ),
        Finding::ModuleFails { path, .. } => FindingText::with_remedy(
            language.pick(
                format!("Il driver della tessera è installato, ma non funziona ({path})."),
                format!("The card's driver is installed, but does not work ({path})."),
            ),
            language.pick(
                "Reinstalla il pacchetto cns-pkcs11, nella versione per questo tipo di computer.",
                "Install the package cns-pkcs11 again, in the version for this kind of computer.",
            ),
        ),
        Finding::ModuleNotTried { path } => FindingText::fact(language.pick(
            format!("Il driver della tessera è installato ({path}); non l'ho provato, perché questo non è il \
                     sistema in uso."),
            format!("The card's driver is installed ({path}); it was not tried, because this is not the \
                     running system."),
        )),
        Finding::Windows(finding) => windows_finding(language, finding),
        Finding::Program(state) => program_state(language, state, system),
        Finding::SandboxedBrowser { browser } => sandboxed_browser(language, browser),
        Finding::NoOtherModules => FindingText::fact(language.pick(
            "Non ci sono altri driver per queste tessere.",
            "There are no other drivers for these cards.",
        )),
        Finding::OtherModule { name, path, registered_in } => FindingText::with_remedy(
            language.pick(
                format!("C'è un altro driver per queste tessere: {name} ({path}, indicato in {registered_in})."),
                format!("There is another driver for these cards: {name} ({path}, named in {registered_in})."),
            ),
            language.pick(
                "Se nel browser vedi due certificati uguali scegli «CNS NOME COGNOME»; non serve togliere niente.",
                "If the browser shows two equal certificates, choose \"CNS NAME SURNAME\". You can leave both.",
            ),
        ),
        Finding::Interception { product } => FindingText::with_remedy(
            language.pick(
                format!(
                    "{product} è installato. Se controlla le connessioni cifrate, non puoi accedere con la tessera."
                ),
                format!(
                    "{product} is installed. If it inspects encrypted connections, you cannot log in with the card."
                ),
            ),
            language.pick(
                "Disattiva quella funzione per il sito («analisi HTTPS», «ispezione SSL») e riprova.",
                "Turn that function off for the site (“HTTPS scanning”, “SSL inspection”), then try again.",
            ),
        ),
    }
}

/// Installs a reader's driver; `None` where the package is not known.
fn install_driver(language: Language, command: Option<&[&str]>, setting: Option<&str>) -> String {
    if let Some(setting) = setting {
        return in_configuration(language, setting);
    }
    match command.map(|words| words.join(" ")) {
        Some(command) => language.pick(
            format!("Installa il driver del lettore, poi stacca e ricollega il lettore: {command}"),
            format!("Install the reader's driver, then unplug the reader and plug it in again: {command}"),
        ),
        None => language
            .pick(
                "Installa il driver per Linux dal sito del produttore del lettore, poi stacca e ricollega il lettore.",
                "Install the Linux driver from the site of the reader's maker, then unplug the reader and \
                 plug it in again.",
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
        (0, 0) => language.pick("Tutto a posto.", "Everything is fine.").to_owned(),
        (0, 1) => language
            .pick(
                "Nessun problema. Un avviso: leggilo qui sopra.",
                "No problems. One warning: read it above.",
            )
            .to_owned(),
        (0, warnings) => language.pick(
            format!("Nessun problema. {warnings} avvisi: leggili qui sopra."),
            format!("No problems. {warnings} warnings: read them above."),
        ),
        (problems, warnings) => language.pick(
            format!("Problemi: {problems}. Avvisi: {warnings}."),
            format!("Problems: {problems}. Warnings: {warnings}."),
        ),
    }
}

pub(crate) const INCOMPLETE: Message = Message::new(
    "Controllo incompleto: inserisci la tessera, poi ripeti: cns doctor",
    "The check is incomplete: insert the card and run it again: cns doctor",
);

pub(crate) const ABOUT_THE_SUPPORT_REPORT: Message = Message::new(
    "Il rapporto non contiene dati personali. Leggilo prima di inviarlo a qualcuno.",
    "The report holds no personal data. Read it before you send it to anyone.",
);
