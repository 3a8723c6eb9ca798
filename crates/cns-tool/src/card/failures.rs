//! Failures of cards and questions: their sentences and exit codes.

use cns_card::{CardError, TransportError, UnsupportedCard};

use super::service::SECURITY_VIOLATION;
use super::{messages, unsupported_text};
use crate::console::messages as console_messages;
use crate::console::pinentry::{ConnectionError, PinentryError};
use crate::exit::{ErrorCode, Exit, Failure};
use crate::text::Language;

/// The failure for a card that is not a CNS. For a Romanian card the advice is added in Romanian.
pub(crate) fn unsupported(what: UnsupportedCard, language: Language) -> Failure {
    let mut next = unsupported_text::advice(what.advice(), language).to_owned();
    if what == UnsupportedCard::RomanianHealthCard {
        next.push_str(&format!("\nRomână: {}", unsupported_text::ROMANIAN_HEALTH_CARD_IN_ROMANIAN));
    }
    let card = unsupported_text::card(what, language);
    let failure = Failure::new(Exit::UnusableCard, messages::unsupported_card(language, card));
    failure.with_code(ErrorCode::UnsupportedCard).then(next)
}

/// The failure for a card that does not answer.
pub(crate) fn mute_card(language: Language) -> Failure {
    messages::mute_card(language).with(Exit::UnusableCard).with_code(ErrorCode::MuteCard)
}

/// The failure for an error of the card outside PIN commands.
pub(crate) fn card_failure(error: CardError, language: Language) -> Failure {
    messages::card_failed(language, error).with(exit_of(error)).with_code(code_of(error))
}

/// The exit code that goes with an error of the card.
pub(crate) fn exit_of(error: CardError) -> Exit {
    match error {
        CardError::Transport(
            TransportError::ServiceUnavailable
            | TransportError::ServiceVersion
            | TransportError::Timeout
            | TransportError::Service { code: SECURITY_VIOLATION }
            | TransportError::ReaderUnavailable,
        ) => Exit::NoReader,
        CardError::Transport(TransportError::NoCard | TransportError::CardRemoved) => Exit::NoCard,
        CardError::Transport(TransportError::MuteCard) | CardError::ReaderTooShort { .. } => {
            Exit::UnusableCard
        }
        CardError::PinIncorrect { .. } => Exit::WrongPin,
        CardError::PinBlocked => Exit::Locked,
        CardError::PinFormat(_) => Exit::NotDone,
        _ => Exit::Failed,
    }
}

/// The code that goes with an error of the card, for programs.
pub(crate) fn code_of(error: CardError) -> ErrorCode {
    match error {
        CardError::Transport(
            TransportError::ServiceUnavailable
            | TransportError::ServiceVersion
            | TransportError::Timeout
            | TransportError::Service { code: SECURITY_VIOLATION },
        ) => ErrorCode::NoService,
        CardError::Transport(TransportError::CardRemoved) => ErrorCode::CardRemoved,
        CardError::Transport(TransportError::MuteCard) => ErrorCode::MuteCard,
        CardError::Transport(TransportError::Busy) => ErrorCode::CardBusy,
        CardError::ReaderTooShort { .. } => ErrorCode::ReaderCannotSign,
        error => exit_of(error).into(),
    }
}

/// Why no window asks. Nothing was sent to the card, or nothing more than a PIN before.
pub(crate) fn pinentry_failure(error: PinentryError, pin_was_sent: bool, language: Language) -> Failure {
    let text = match &error {
        PinentryError::NotFoundInstead => console_messages::no_terminal_nor_pinentry(language),
        PinentryError::NotFound => console_messages::no_pinentry(language),
        PinentryError::Refused(code) => {
            console_messages::pinentry_failed(language, Some(*code), pin_was_sent)
        }
        _ => console_messages::pinentry_failed(language, None, pin_was_sent),
    };
    let failure = text.with(Exit::NotDone);
    match error {
        PinentryError::Connection(ConnectionError::NotStarted(error)) => failure.because_of(error, language),
        _ => failure,
    }
}
