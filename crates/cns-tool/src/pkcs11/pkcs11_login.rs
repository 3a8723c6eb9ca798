//! Logging in through the module: reader, retries left, one PIN, one `C_Login`.

use std::path::Path;

use cns_card::{CertificateProblem, Occupancy, PinPolicy, Retries, TransportError};
use cns_token::{CardName, LastRetry, Secret, allow_last_retry, recorded_state};
use cryptoki::error::{Error, RvError};
use cryptoki::object::ObjectHandle;
use cryptoki::session::{Session, UserType};
use cryptoki::types::AuthPin;

use super::messages;
use crate::card::OpenCard;
use crate::card::certificate::CertificateDetails;
use crate::card::certificate_messages;
use crate::card::failures;
use crate::card::open_card;
use crate::card::reader_selection;
use crate::commands::cert::advice_without_certificate;
use crate::commands::pin::messages as pin_messages;
use crate::commands::pin::{PinPrompts, RetryAfterWrongPin, announce_retries};
use crate::console::interrupt;
use crate::context::Context;
use crate::exit::{ErrorCode, Exit, Failure};
use crate::options::{ModuleOption, PinOptions, ReaderOption};
use crate::pkcs11::pkcs11_module::{self, Pkcs11Module};
use crate::text::Language;

/// The options of commands that log in.
#[derive(Debug, clap::Args)]
pub struct LoginOptions {
    #[command(flatten)]
    reader: ReaderOption,
    #[command(flatten)]
    module: ModuleOption,
    #[command(flatten)]
    pin: PinOptions,
}

/// A session in which the card's holder is logged in. Dropping it logs out.
pub(crate) struct LoginSession {
    pub(crate) session: Session,
    pub(crate) key: ObjectHandle,
    pub(crate) certificate: CertificateDetails,
    module: Pkcs11Module,
}

impl LoginSession {
    /// The session, its key, and what keeps them alive.
    pub(crate) fn into_parts(self) -> (Session, ObjectHandle, Pkcs11Module) {
        (self.session, self.key, self.module)
    }
}

impl LoginOptions {
    /// A person's login with the card in this reader.
    pub(crate) fn for_reader(reader: &str, module: &Path) -> Self {
        Self {
            reader: ReaderOption { reader: Some(reader.to_owned()) },
            module: ModuleOption { module: Some(module.to_owned()) },
            pin: PinOptions::default(),
        }
    }

    /// Is the standard input taken by the PIN?
    pub(crate) fn pin_from_input(&self) -> bool {
        self.pin.pin_stdin
    }
}

/// Asks for the PIN and logs in, once what is to be done with this certificate is `ready`: a PIN is not spent on what
/// cannot be done.
pub(crate) fn log_in_when<T>(
    options: &LoginOptions,
    context: &mut Context<'_>,
    ready: impl FnOnce(&CertificateDetails, &mut Context<'_>) -> Result<T, Failure>,
) -> Result<(LoginSession, T), Failure> {
    let language = context.language;
    context.choose_pinentry(&options.pin);
    let reader = reader_selection::select_reader(options.reader.reader.as_deref(), context)?;
    let mut opened = open_card::open_in(&reader, context)?;
    context.use_card_in(&reader);
    context.output.note(&pin_messages::which_card(language, &reader, opened.holder().as_deref()));
    check_signing(&mut opened, language)?;
    let state = opened.retry_state(Secret::Pin, context.transport);
    let state = state.map_err(|error| failures::card_failure(error, language))?;
    let mut prompts = PinPrompts::new(&options.pin, context);
    let mut last = announce_retries(Secret::Pin, state.left(), &mut prompts)?;
    let policy = opened.card().map_err(|error| failures::card_failure(error, language))?.pin_policy();
    let name = opened.name.clone();
    drop(opened);

    let module = Pkcs11Module::load(options.module.module.as_deref(), context)?;
    let token = module.tokens_in(&reader, language)?.swap_remove(0);
    let session = module.session(&token, language)?;
    let der =
        pkcs11_module::certificate(&session).map_err(|error| pkcs11_module::failure(&error, language))?;
    let certificate = der.as_deref().and_then(CertificateDetails::parse);
    let Some(certificate) = certificate else {
        let failure = Failure::new(Exit::UnusableCard, certificate_messages::no_certificate(language, None));
        return Err(failure.with_code(ErrorCode::NoCertificate));
    };
    let prepared = ready(&certificate, context)?;

    let typed =
        TypedPin { options: &options.pin, policy, on_pin_pad: token.has_pin_pad && !options.pin.pin_stdin };
    let mut retry = RetryAfterWrongPin::default();
    while let Err((failure, left)) = typed.log_in(&session, (&reader, &name), last, context) {
        retry.offer(failure, left, context)?;
        last = LastRetry::Withheld;
    }
    let key =
        pkcs11_module::private_key(&session).map_err(|error| pkcs11_module::failure(&error, language))?;
    let Some(key) = key else {
        return Err(messages::cannot_sign(language).with(Exit::UnusableCard));
    };
    Ok((LoginSession { session, key, certificate, module }, prepared))
}

/// One PIN that is typed, and the login with it.
struct TypedPin<'o> {
    options: &'o PinOptions,
    policy: PinPolicy,
    on_pin_pad: bool,
}

impl TypedPin<'_> {
    /// One `C_Login` at most. The tries left go with the failure; only after a wrong PIN they are asked for.
    fn log_in(
        &self,
        session: &Session,
        (reader, name): (&str, &CardName),
        mut last: LastRetry,
        context: &mut Context<'_>,
    ) -> Result<(), (Failure, Retries)> {
        let language = context.language;
        let ends = |failure| (failure, Retries::Unknown);
        let pin = if self.on_pin_pad {
            context.output.note(pin_messages::TYPE_AT_THE_READER.to(language));
            None
        } else {
            let typed =
                PinPrompts::new(self.options, context).typed_pin(Secret::Pin, self.policy).map_err(ends)?;
            Some(AuthPin::new(typed.as_str().into()))
        };
        // Now it is certain that no try is gone; after the login it would not be.
        if let Some(error) = card_removed(reader, context) {
            return Err(ends(context.nothing_was_sent(failures::card_failure(error.into(), language))));
        }
        let mut status = context.transport.reader(reader);
        // Another program may have used a try since they were announced.
        let recorded = status.as_ref().ok().and_then(|status| recorded_state(name, Secret::Pin, status));
        if last == LastRetry::Withheld && recorded.is_some_and(|state| state.is_last()) {
            PinPrompts::new(self.options, context).agree_to_last_try(Secret::Pin).map_err(ends)?;
            last = LastRetry::Agreed;
            status = context.transport.reader(reader);
        }
        let logged_in = {
            let _whole = interrupt::uninterrupted();
            let _permit = match (last, &status) {
                (LastRetry::Agreed, Ok(status)) => allow_last_retry(name, status),
                _ => None,
            };
            session.login(UserType::User, pin.as_ref())
        };
        // Also where no answer came: a try may be gone.
        let nothing_compared =
            matches!(logged_in, Err(Error::Pkcs11(RvError::FunctionFailed | RvError::FunctionCanceled, _)));
        if !nothing_compared {
            context.pin_was_sent();
        }
        logged_in.map_err(|error| login_failure(&error, reader, context))
    }
}

/// What keeps the card from signing, as far as that is known without a PIN.
fn check_signing(opened: &mut OpenCard, language: Language) -> Result<(), Failure> {
    let Some(file) = &opened.files.certificate else {
        let what = certificate_messages::no_certificate(language, opened.files.certificate_problem);
        return Err(Failure::new(Exit::UnusableCard, what)
            .with_code(ErrorCode::NoCertificate)
            .then(advice_without_certificate(opened, language)));
    };
    let Some(certificate) = CertificateDetails::parse(&file.der) else {
        let problem = Some(CertificateProblem::Unreadable);
        let what = certificate_messages::no_certificate(language, problem);
        return Err(Failure::new(Exit::UnusableCard, what).then(certificate_messages::REISSUE.to(language)));
    };
    if let Some(problem) = certificate.key_problem {
        return Err(certificate_messages::key_unusable(language, problem).with(Exit::UnusableCard));
    }
    let length = certificate.key_bits.unwrap_or_default().div_ceil(8);
    let card = opened.card().map_err(|error| failures::card_failure(error, language))?;
    card.check_reader(length).map_err(|error| failures::card_failure(error, language))
}

/// What took the card away while the PIN was typed. Another card in its place is not the one that the PIN is for: the
/// session may be with that one, if they were changed before it was opened.
fn card_removed(reader: &str, context: &Context<'_>) -> Option<TransportError> {
    match context.transport.reader(reader).map(|status| status.occupancy) {
        Ok(Occupancy::Card | Occupancy::MuteCard) => {
            (!context.card_in_use_is_there()).then_some(TransportError::CardRemoved)
        }
        Ok(Occupancy::Empty) => Some(TransportError::CardRemoved),
        Ok(Occupancy::NoReader) => Some(TransportError::ReaderUnavailable),
        Err(error) => Some(error),
    }
}

/// The failure, and after a wrong PIN the tries that are left.
fn login_failure(error: &Error, reader: &str, context: &Context<'_>) -> (Failure, Retries) {
    let language = context.language;
    let failure = match error {
        Error::Pkcs11(RvError::PinIncorrect, _) => {
            let opened = open_card::open_in(reader, context).ok();
            let state = opened.and_then(|mut opened| opened.retry_state(Secret::Pin, context.transport).ok());
            let left = state.map_or(Retries::Unknown, |state| state.left());
            return (pin_messages::wrong_secret(language, Secret::Pin, left).with(Exit::WrongPin), left);
        }
        Error::Pkcs11(RvError::FunctionCanceled, _) => {
            let text = context.first_or_later(pin_messages::NOT_ENTERED, pin_messages::NOT_ENTERED_LATER);
            Failure::new(Exit::NotDone, text)
        }
        Error::Pkcs11(RvError::PinLocked, _) => {
            pin_messages::secret_locked(language, Secret::Pin).with(Exit::Locked)
        }
        Error::Pkcs11(RvError::FunctionFailed, _) => {
            messages::last_try_protected(language).with(Exit::NotDone)
        }
        Error::Pkcs11(RvError::UserPinNotInitialized, _) => {
            pin_messages::not_activated(language).with(Exit::Failed)
        }
        error => pkcs11_module::failure(error, language),
    };
    (failure, Retries::Unknown)
}

#[cfg(test)]
mod tests {
    use std::io;

    use testkit::InProcess;
    use virtual_cns::in_process::Readers;
    use virtual_cns::{Card, Personality};

    use super::*;
    use crate::console::prompt::Terminal;
    use crate::{Output, System};

    const READER: &str = "One";

    /// The PIN was typed for the card that lay there when the question was asked.
    #[test]
    fn another_card_in_the_place_of_the_one_in_use() {
        let card = || Card::builder(&Personality::idemia_2021()).shared();
        let readers = Readers::with_card(READER, card());
        let (transport, mut terminal) = (InProcess(readers.clone()), Terminal);
        let output = Output::to(io::sink(), io::sink());
        let mut context = Context::new(&transport, &mut terminal, output, System::of_process());
        context.use_card_in(READER);
        assert_eq!(card_removed(READER, &context), None);
        let first = readers.swap(READER, card()).expect("the first card");
        assert_eq!(card_removed(READER, &context), Some(TransportError::CardRemoved));
        // Nor the same one, put in again: its PIN's tries may be others by now.
        readers.swap(READER, first);
        assert_eq!(card_removed(READER, &context), Some(TransportError::CardRemoved));
        readers.remove(READER);
        assert_eq!(card_removed(READER, &context), Some(TransportError::CardRemoved));
        readers.unplug(READER);
        assert_eq!(card_removed(READER, &context), Some(TransportError::ReaderUnavailable));
    }
}
