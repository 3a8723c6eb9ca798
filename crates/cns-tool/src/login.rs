//! Logging in through the module: the right card, the tries told, one PIN typed, one `C_Login`.

use cns_card::{Occupancy, Retries, TransportError};
use cns_token::{LastRetry, allow_last_retry, recorded_state};
use cryptoki::error::{Error, RvError};
use cryptoki::object::ObjectHandle;
use cryptoki::session::{Session, UserType};
use cryptoki::types::AuthPin;

use crate::certificate::Certificate;
use crate::cli::{ModuleOption, ReaderOption};
use crate::commands::pin::{Dialogue, announce_retries};
use crate::exit::{Exit, Failure};
use crate::interrupt;
use crate::provider::{self, Provider};
use crate::reader_choice::{self, explained};
use crate::text::{Secret, described};
use crate::world::World;

/// The options of commands that log in.
#[derive(Debug, clap::Args)]
pub struct LoginOptions {
    #[command(flatten)]
    reader: ReaderOption,
    #[command(flatten)]
    module: ModuleOption,
    #[arg(long, help = described().pin_stdin_option())]
    pin_stdin: bool,
    #[arg(long, requires = "pin_stdin", help = described().last_try_option())]
    last_try: bool,
}

/// A session in which the card's holder is logged in. Dropping it logs out.
pub(crate) struct LoggedIn {
    pub(crate) session: Session,
    pub(crate) key: ObjectHandle,
    pub(crate) certificate: Certificate,
    provider: Provider,
}

impl LoggedIn {
    /// The session, its key, and what keeps them alive.
    pub(crate) fn into_parts(self) -> (Session, ObjectHandle, Provider) {
        (self.session, self.key, self.provider)
    }
}

/// Asks for the PIN and logs in.
pub(crate) fn log_in(options: &LoginOptions, world: &mut World<'_>) -> Result<LoggedIn, Failure> {
    let text = world.text;
    let reader = reader_choice::choose(options.reader.reader.as_deref(), world)?;
    let mut opened = reader_choice::open_in(&reader, world)?;
    world.output.note(&text.card_in_hand(&reader, opened.holder().as_deref()));
    let state = opened.retry_state(Secret::Pin, world.transport);
    let state = state.map_err(|error| reader_choice::card_failure(error, text))?;
    let mut dialogue = Dialogue::new(world, options.pin_stdin, options.last_try);
    let mut last = announce_retries(Secret::Pin, state.left(), &mut dialogue)?;
    let policy = opened.card().map_err(|error| reader_choice::card_failure(error, text))?.pin_policy();
    let name = opened.name.clone();
    drop(opened);

    let provider = Provider::load(options.module.module.as_deref(), world)?;
    let token = provider.tokens_in(&reader, text)?.swap_remove(0);
    let session = provider.session(&token, text)?;
    let der = provider::certificate(&session).map_err(|error| provider::failure(&error, text))?;
    let certificate = der.as_deref().and_then(Certificate::parse);
    let Some(certificate) = certificate else {
        return Err(Failure::new(Exit::UnusableCard, text.no_certificate(None)));
    };

    let pin = if token.has_keypad && !options.pin_stdin {
        world.output.note(text.type_at_the_reader());
        None
    } else {
        let typed =
            Dialogue::new(world, options.pin_stdin, options.last_try).typed_pin(Secret::Pin, policy)?;
        Some(AuthPin::new(typed.as_str().into()))
    };
    // Now it is certain that no try is gone; after the login it would not be.
    if let Some(gone) = gone(&reader, world) {
        let mut failure = reader_choice::card_failure(gone.into(), text);
        failure.what = format!("{} {}", failure.what, text.no_try_used());
        return Err(failure);
    }
    let mut status = world.transport.reader(&reader);
    // Another program may have used a try since they were announced.
    let recorded = status.as_ref().ok().and_then(|status| recorded_state(&name, Secret::Pin, status));
    if last == LastRetry::Withheld && recorded.is_some_and(|state| state.is_last()) {
        Dialogue::new(world, options.pin_stdin, options.last_try).agree_to_last_try(Secret::Pin)?;
        last = LastRetry::Agreed;
        status = world.transport.reader(&reader);
    }
    let logged_in = {
        let _whole = interrupt::uninterrupted();
        let _permit = match (last, &status) {
            (LastRetry::Agreed, Ok(status)) => allow_last_retry(&name, status),
            _ => None,
        };
        session.login(UserType::User, pin.as_ref())
    };
    logged_in.map_err(|error| refused(&error, &reader, world))?;
    let key = provider::private_key(&session).map_err(|error| provider::failure(&error, text))?;
    let Some(key) = key else {
        return Err(explained(Exit::UnusableCard, text.module_failed("CKO_PRIVATE_KEY")));
    };
    Ok(LoggedIn { session, key, certificate, provider })
}

/// What took the card away while the PIN was typed.
fn gone(reader: &str, world: &World<'_>) -> Option<TransportError> {
    match world.transport.reader(reader).map(|status| status.occupancy) {
        Ok(Occupancy::Card | Occupancy::MuteCard) => None,
        Ok(Occupancy::Empty) => Some(TransportError::CardRemoved),
        Ok(Occupancy::NoReader) => Some(TransportError::ReaderUnavailable),
        Err(error) => Some(error),
    }
}

fn refused(error: &Error, reader: &str, world: &World<'_>) -> Failure {
    let text = world.text;
    match error {
        Error::Pkcs11(RvError::PinIncorrect, _) => {
            let opened = reader_choice::open_in(reader, world).ok();
            let state = opened.and_then(|mut opened| opened.retry_state(Secret::Pin, world.transport).ok());
            let left = state.map_or(Retries::Unknown, |state| state.left());
            explained(Exit::WrongPin, text.wrong(Secret::Pin, left))
        }
        Error::Pkcs11(RvError::FunctionCanceled, _) => Failure::new(Exit::NotDone, text.not_entered()),
        Error::Pkcs11(RvError::PinLocked, _) => explained(Exit::Locked, text.locked(Secret::Pin)),
        Error::Pkcs11(RvError::FunctionFailed, _) => explained(Exit::NotDone, text.last_try_kept()),
        Error::Pkcs11(RvError::UserPinNotInitialized, _) => explained(Exit::Failed, text.not_activated()),
        error => provider::failure(error, text),
    }
}
