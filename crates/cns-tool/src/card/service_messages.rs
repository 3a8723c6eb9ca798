//! What is said of the PC/SC service, by every command alike.

use cns_card::TransportError;

use super::service::{ServiceFailure, ServiceState};
use crate::exit::{ErrorCode, Exit, Failure, FailureText};
use crate::host::{Distribution, Software};
use crate::text::{Language, Message};

const POLKIT: Message = Message::new(
    "org.debian.pcsc-lite.access_pcsc e access_card",
    "org.debian.pcsc-lite.access_pcsc and access_card",
);

impl ServiceFailure {
    /// What is the matter, and what to do.
    pub(crate) fn texts(&self, language: Language) -> (String, String) {
        texts(language, self)
    }

    /// The failure that ends a command.
    pub(crate) fn failure(&self, language: Language) -> Failure {
        let (what, next) = self.texts(language);
        Failure::new(Exit::NoReader, what).with_code(ErrorCode::NoService).then(next)
    }
}

fn texts(language: Language, failure: &ServiceFailure) -> (String, String) {
    let distribution = failure.distribution;
    match &failure.state {
        ServiceState::NotInstalled => (
            language
                .pick(
                    "Il servizio delle smart card (pcscd) non è installato.",
                    "The smart card service (pcscd) is not installed.",
                )
                .to_owned(),
            install(language, distribution),
        ),
        ServiceState::LibraryMissing => library_missing(language, distribution),
        ServiceState::Stopped => (
            language
                .pick(
                    "Il servizio delle smart card (pcscd) è installato, ma non è avviato.",
                    "The smart card service (pcscd) is installed, but not running.",
                )
                .to_owned(),
            format!("{}: {}", language.pick("Avvialo", "Start it"), distribution.start_service().join(" ")),
        ),
        ServiceState::Forbidden { remote } => forbidden(language, *remote),
        ServiceState::VersionMismatch => version_mismatch(language, &restart(distribution)),
        ServiceState::Mute => (
            language
                .pick(
                    "Il servizio delle smart card (pcscd) è avviato, ma non risponde.",
                    "The smart card service (pcscd) is running, but does not answer.",
                )
                .to_owned(),
            language.pick(
                format!(
                    "Stacca il lettore, riavvia il servizio e ricollega il lettore: {}",
                    restart(distribution)
                ),
                format!(
                    "Unplug the reader, restart the service and plug the reader in again: {}",
                    restart(distribution)
                ),
            ),
        ),
        ServiceState::Fails { error } => (
            language.pick(
                format!("Il servizio delle smart card (pcscd) risponde con un errore{}.", code(*error)),
                format!("The smart card service (pcscd) answers with an error{}.", code(*error)),
            ),
            format!("{}: {}", language.pick("Riavvialo", "Restart it"), restart(distribution)),
        ),
        ServiceState::WaitsForReader => waits_for_reader(language),
        ServiceState::SystemFails { error } => (
            language.pick(
                format!("Il servizio delle smart card del sistema risponde con un errore{}.", code(*error)),
                format!("The system's smart card service answers with an error{}.", code(*error)),
            ),
            language
                .pick(
                    "Stacca e ricollega il lettore; se non basta, riavvia il computer.",
                    "Unplug the reader and plug it in again; if that does not help, restart the computer.",
                )
                .to_owned(),
        ),
    }
}

fn install(language: Language, distribution: Distribution) -> String {
    if let Some(setting) = distribution.setting(Software::SmartCardService) {
        return in_configuration(language, setting);
    }
    match distribution.install(Software::SmartCardService) {
        Some(command) => format!("{}: {}", language.pick("Installalo", "Install it"), command.join(" ")),
        None => language
            .pick(
                "Installa pcsc-lite e il driver CCID con il gestore dei pacchetti della tua distribuzione.",
                "Install pcsc-lite and the CCID driver with your distribution's package manager.",
            )
            .to_owned(),
    }
}

/// On NixOS, which installs what its configuration names.
pub(crate) fn in_configuration(language: Language, setting: &str) -> String {
    language.pick(
        format!(
            "Aggiungi alla configurazione di NixOS (configuration.nix) la riga «{setting}» e applicala: sudo \
             nixos-rebuild switch"
        ),
        format!(
            "Add to the configuration of NixOS (configuration.nix) the line “{setting}” and apply it: sudo \
             nixos-rebuild switch"
        ),
    )
}

fn library_missing(language: Language, distribution: Distribution) -> (String, String) {
    let what = language.pick(
        "Il servizio delle smart card (pcscd) c'è, ma manca la libreria per raggiungerlo (libpcsclite).",
        "The smart card service (pcscd) is there, but the library to reach it (libpcsclite) is missing.",
    );
    if let Some(setting) = distribution.setting(Software::PcscLibrary) {
        return (what.to_owned(), in_configuration(language, setting));
    }
    let remedy = match distribution.install(Software::PcscLibrary) {
        Some(command) => format!("{}: {}", language.pick("Installala", "Install it"), command.join(" ")),
        None => language
            .pick(
                "Installa il pacchetto della tua distribuzione che contiene libpcsclite.so.1.",
                "Install the package of your distribution that has libpcsclite.so.1.",
            )
            .to_owned(),
    };
    (what.to_owned(), remedy)
}

fn restart(distribution: Distribution) -> String {
    distribution.restart_service().join(" ")
}

fn forbidden(language: Language, remote: bool) -> (String, String) {
    let polkit = POLKIT.to(language);
    if remote {
        return (
            language
                .pick(
                    "Non hai il permesso di usare il lettore: sei collegato a distanza (ssh).",
                    "You are not permitted to use the reader: you are connected remotely (ssh).",
                )
                .to_owned(),
            language.pick(
                format!(
                    "Prova direttamente al computer, oppure chiedi all'amministratore una regola polkit \
                         per {polkit}."
                ),
                format!(
                    "Try at the computer itself, or ask its administrator for a polkit rule for {polkit}."
                ),
            ),
        );
    }
    (
        language
            .pick(
                "Non hai il permesso di usare il lettore.",
                "You are not permitted to use the reader.",
            )
            .to_owned(),
        language.pick(
            format!(
                "Esci dalla sessione del desktop e rientra; se non basta, chiedi all'amministratore una regola \
                 polkit per {polkit}."
            ),
            format!(
                "Log out of the desktop and in again; if that does not help, ask the administrator for a polkit \
                 rule for {polkit}."
            ),
        ),
    )
}

fn version_mismatch(language: Language, restart: &str) -> (String, String) {
    (
        language
            .pick(
                "Il servizio delle smart card (pcscd) è avviato, ma la sua versione è diversa da quella della \
                 libreria (libpcsclite).",
                "The smart card service (pcscd) is running, but its version does not match the library's \
                 (libpcsclite).",
            )
            .to_owned(),
        language.pick(
            format!(
                "Dopo un aggiornamento riavvia il servizio: {restart}. Se usi un contenitore, uno snap o un \
                 flatpak, aggiorna quell'ambiente (runtime), oppure pcscd sul sistema."
            ),
            format!(
                "After an upgrade restart the service: {restart}. If you use a container, a snap or a \
                 flatpak, update that environment (runtime), or pcscd on the system."
            ),
        ),
    )
}

fn waits_for_reader(language: Language) -> (String, String) {
    (
        language
            .pick(
                "Il servizio delle smart card di Windows (SCardSvr) non è avviato: si avvia quando colleghi \
                 un lettore, e nessun lettore è collegato.",
                "The smart card service of Windows (SCardSvr) is not running: it starts when you plug in a \
                 reader, and none is plugged in.",
            )
            .to_owned(),
        language
            .pick(
                "Collega il lettore direttamente al computer, senza hub USB. Se non basta, avvia il servizio \
                 «Smart card» in services.msc. Quale lettore comprare: cns guide lettore",
                "Plug the reader directly into the computer, without a USB hub. If that does not help, start \
                 the service “Smart Card” in services.msc. Which reader to buy: cns guide readers",
            )
            .to_owned(),
    )
}

/// The number by which PC/SC calls an error, where that is all there is.
fn code(error: TransportError) -> String {
    match error {
        TransportError::Service { code } => format!(" (PC/SC {code:08X})"),
        _ => String::new(),
    }
}

/// The service went away while a command was at work with a card.
pub(crate) fn went_away(language: Language) -> FailureText {
    FailureText::new(
        language.pick(
            "Il servizio delle smart card (PC/SC) si è interrotto.",
            "The smart card service (PC/SC) stopped.",
        ),
        "",
        language.pick(
            "Ripeti il comando. Se succede ancora, cerca la causa con «cns doctor».",
            "Run the command again. If it happens again, find the cause with \"cns doctor\".",
        ),
    )
}

/// The service took a question about a card and did not answer in time.
pub(crate) fn did_not_answer(language: Language) -> FailureText {
    FailureText::new(
        language.pick(
            "Il servizio delle smart card (PC/SC) non ha risposto in tempo.",
            "The smart card service (PC/SC) did not answer in time.",
        ),
        "",
        language.pick(
            "Stacca e ricollega il lettore, poi ripeti il comando. Se succede ancora, cerca la causa con «cns doctor».",
            "Unplug the reader and plug it in again, then run the command again. If it happens again, find \
             the cause with \"cns doctor\".",
        ),
    )
}

/// Readers may be seen, and their cards may not be used (polkit's `access_card`).
pub(crate) fn card_forbidden(language: Language) -> FailureText {
    FailureText::new(
        language.pick(
            "Non hai il permesso di usare la tessera nel lettore.",
            "You are not permitted to use the card in the reader.",
        ),
        "",
        language.pick(
            "Se sei collegato a distanza (ssh), prova direttamente al computer, oppure chiedi \
             all'amministratore una regola polkit per org.debian.pcsc-lite.access_card.",
            "If you are connected remotely (ssh), try at the computer itself, or ask its administrator for a \
             polkit rule for org.debian.pcsc-lite.access_card.",
        ),
    )
}
