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
        ServiceState::Stopped => (
            language
                .pick(
                    "Il servizio delle smart card (pcscd) è installato, ma non è in funzione.",
                    "The smart card service (pcscd) is installed, but does not run.",
                )
                .to_owned(),
            format!("{}: {}", language.pick("Avvialo", "Start it"), distribution.start_service().join(" ")),
        ),
        ServiceState::Forbidden { remote } => forbidden(language, *remote),
        ServiceState::VersionMismatch => version_mismatch(language, &restart(distribution)),
        ServiceState::Mute => (
            language
                .pick(
                    "Il servizio delle smart card (pcscd) è in funzione, ma non risponde.",
                    "The smart card service (pcscd) runs, but does not answer.",
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
                    "Staccare e ricollegare il lettore; se non basta, riavviare il computer.",
                    "Unplug the reader and plug it in again; if that does not help, restart the computer.",
                )
                .to_owned(),
        ),
    }
}

fn install(language: Language, distribution: Distribution) -> String {
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
                format!("Prova davanti al computer, oppure chiedi all'amministratore una regola polkit per {polkit}."),
                format!("Try at the computer itself, or ask its administrator for a polkit rule for {polkit}."),
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
                "Il servizio delle smart card (pcscd) è in funzione, ma la sua versione non va d'accordo con quella \
                 della libreria (libpcsclite).",
                "The smart card service (pcscd) runs, but its version and that of the library (libpcsclite) do \
                 not match.",
            )
            .to_owned(),
        language.pick(
            format!(
                "Dopo un aggiornamento riavvia il servizio: {restart}. In un contenitore, uno snap o un flatpak \
                 aggiorna quell'ambiente (runtime), o pcscd fuori di esso."
            ),
            format!(
                "After an upgrade restart the service: {restart}. In a container, a snap or a flatpak update that \
                 environment (runtime), or pcscd outside of it."
            ),
        ),
    )
}

fn waits_for_reader(language: Language) -> (String, String) {
    (
        language
            .pick(
                "Il servizio delle smart card di Windows (SCardSvr) non è in funzione: parte con il primo \
                 lettore, e nessun lettore è collegato.",
                "The smart card service of Windows (SCardSvr) does not run: it starts with the first \
                 reader, and none is plugged in.",
            )
            .to_owned(),
        language
            .pick(
                "Collegare il lettore, senza hub se possibile. Se non basta, accendere il servizio «Smart \
                 card» in services.msc. Quale lettore comprare: cns guide readers",
                "Plug the reader in, without a hub if possible. If that does not help, start the service \
                 “Smart Card” in services.msc. Which reader to buy: cns guide readers",
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
            "The smart card service (PC/SC) went away.",
        ),
        "",
        language.pick(
            "Ripeti il comando. Se succede ancora, «cns doctor» cerca la causa.",
            "Run the command again. If it happens again, \"cns doctor\" looks for the cause.",
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
            "Stacca e ricollega il lettore, poi ripeti il comando; «cns doctor» cerca la causa.",
            "Unplug the reader and plug it in again, then run the command again; \"cns doctor\" looks for the cause.",
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
            "A distanza (ssh) di solito è vietato: prova davanti al computer, oppure chiedi all'amministratore una \
             regola polkit per org.debian.pcsc-lite.access_card.",
            "Remotely (ssh) it usually is not allowed: try at the computer itself, or ask its administrator for a \
             polkit rule for org.debian.pcsc-lite.access_card.",
        ),
    )
}
