//! The PKCS#11 module, loaded as any program loads it.
//!
//! Its tokens, certificates and key, and its errors as failures. It never logs in.

use std::path::Path;

use cns_token::Secret;
use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::object::{Attribute, AttributeType, ObjectClass, ObjectHandle};
use cryptoki::session::Session;
use cryptoki::slot::Slot;

use super::messages;
use crate::card::failures::card_failure;
use crate::commands::pin::messages as pin_messages;
use crate::console::one_line;
use crate::context::Context;
use crate::exit::{ErrorCode, Exit, Failure};
use crate::pkcs11::module_path;
use crate::text::Language;

/// The longest slot description, in bytes (PKCS#11 3.0, `CK_SLOT_INFO`): longer reader names are cut.
const DESCRIPTION_LENGTH: usize = 64;

/// The loaded module; finalised when dropped.
pub(crate) struct Pkcs11Module {
    pkcs11: Option<Pkcs11>,
}

/// A token and its slot.
#[derive(Debug, Clone)]
pub(crate) struct ListedToken {
    slot: Slot,
    /// The PIN is typed at the reader.
    pub(crate) has_pin_pad: bool,
    pub(crate) names: TokenNames,
}

/// The names in `CK_TOKEN_INFO`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TokenNames {
    pub(crate) model: String,
    pub(crate) manufacturer: String,
    pub(crate) serial: String,
    pub(crate) label: String,
}

/// An object that anybody may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PublicObject {
    /// `cert` or `public`, as in an RFC 7512 URI.
    pub(crate) kind: &'static str,
    pub(crate) id: Vec<u8>,
    pub(crate) label: String,
}

impl Pkcs11Module {
    /// Loads the module that was named, or the installed one.
    pub(crate) fn load(named: Option<&Path>, context: &Context<'_>) -> Result<Self, Failure> {
        let language = context.language;
        let path = match named {
            Some(path) => path.to_owned(),
            None => module_path::find(&context.system).ok_or_else(|| {
                Failure::new(Exit::Failed, messages::NO_MODULE.to(language))
                    .with_code(ErrorCode::NoModule)
                    .then(messages::INSTALL_IT.to(language))
            })?,
        };
        let failed = |error: Error| {
            Failure::new(
                Exit::Failed,
                messages::module_not_loaded(language, &one_line(&path.display().to_string())),
            )
            .with_code(ErrorCode::ModuleNotLoaded)
            .because(messages::why_not_loaded(language, &error))
            .then(messages::INSTALL_AGAIN.to(language))
        };
        let pkcs11 = Pkcs11::new(&path).map_err(failed)?;
        pkcs11.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)).map_err(failed)?;
        Ok(Self { pkcs11: Some(pkcs11) })
    }

    /// The tokens of the card in a reader: the one for logging in, then the one for signatures where there is one.
    pub(crate) fn tokens_in(&self, reader: &str, language: Language) -> Result<Vec<ListedToken>, Failure> {
        let tokens = self.tokens(reader).map_err(|error| failure(&error, language))?;
        if tokens.is_empty() {
            return Err(messages::no_token(language, &one_line(reader)).with(Exit::UnusableCard));
        }
        Ok(tokens)
    }

    fn tokens(&self, reader: &str) -> Result<Vec<ListedToken>, Error> {
        let pkcs11 = self.pkcs11();
        let mut tokens = Vec::new();
        for slot in pkcs11.get_slots_with_token()? {
            let description = pkcs11.get_slot_info(slot)?.slot_description().trim_end().to_owned();
            let in_reader = description == reader
                || description.len() + 4 >= DESCRIPTION_LENGTH && reader.starts_with(&description);
            if in_reader {
                let info = pkcs11.get_token_info(slot)?;
                let names = TokenNames {
                    model: info.model().to_owned(),
                    manufacturer: info.manufacturer_id().to_owned(),
                    serial: info.serial_number().to_owned(),
                    label: info.label().to_owned(),
                };
                tokens.push(ListedToken { slot, has_pin_pad: info.protected_authentication_path(), names });
            }
        }
        Ok(tokens)
    }

    /// Certificate and public key of a token.
    pub(crate) fn objects(
        &self,
        token: &ListedToken,
        language: Language,
    ) -> Result<Vec<PublicObject>, Failure> {
        let named = || -> Result<Vec<PublicObject>, Error> {
            let session = self.pkcs11().open_ro_session(token.slot)?;
            let mut all = Vec::new();
            for (class, kind) in [(ObjectClass::CERTIFICATE, "cert"), (ObjectClass::PUBLIC_KEY, "public")] {
                for object in session.find_objects(&[Attribute::Class(class)])? {
                    let mut named = PublicObject { kind, id: Vec::new(), label: String::new() };
                    for attribute in
                        session.get_attributes(object, &[AttributeType::Id, AttributeType::Label])?
                    {
                        match attribute {
                            Attribute::Id(id) => named.id = id,
                            Attribute::Label(label) => {
                                named.label = String::from_utf8_lossy(&label).into_owned()
                            }
                            _ => {}
                        }
                    }
                    all.push(named);
                }
            }
            Ok(all)
        };
        named().map_err(|error| failure(&error, language))
    }

    /// A session with a token, not logged in.
    pub(crate) fn session(&self, token: &ListedToken, language: Language) -> Result<Session, Failure> {
        self.pkcs11().open_ro_session(token.slot).map_err(|error| failure(&error, language))
    }

    fn pkcs11(&self) -> &Pkcs11 {
        self.pkcs11.as_ref().expect("taken by drop only")
    }
}

impl Drop for Pkcs11Module {
    fn drop(&mut self) {
        if let Some(pkcs11) = self.pkcs11.take() {
            // The process is about to end: an error has no consequence.
            let _ = pkcs11.finalize();
        }
    }
}

/// The certificate that the session shows, DER.
pub(crate) fn certificate(session: &Session) -> Result<Option<Vec<u8>>, Error> {
    let Some(object) = first(session, ObjectClass::CERTIFICATE)? else { return Ok(None) };
    let attributes = session.get_attributes(object, &[AttributeType::Value])?;
    Ok(attributes.into_iter().find_map(|attribute| match attribute {
        Attribute::Value(der) => Some(der),
        _ => None,
    }))
}

/// The private key that the session shows; none before a login.
pub(crate) fn private_key(session: &Session) -> Result<Option<ObjectHandle>, Error> {
    first(session, ObjectClass::PRIVATE_KEY)
}

fn first(session: &Session, class: ObjectClass) -> Result<Option<ObjectHandle>, Error> {
    Ok(session.find_objects(&[Attribute::Class(class)])?.first().copied())
}

/// The failure for an error of a signature.
pub(crate) fn signing_failure(error: &Error, language: Language) -> Failure {
    match error {
        Error::Pkcs11(RvError::DeviceError, _) => messages::not_signed(language).with(Exit::Failed),
        error => failure(error, language),
    }
}

/// The failure for an error of the module outside a login, in words of our own: its codes mean nothing to a person.
pub(crate) fn failure(error: &Error, language: Language) -> Failure {
    use RvError as Rv;
    let Error::Pkcs11(rv, _) = error else { return messages::module_failed(language).with(Exit::Failed) };
    match rv {
        Rv::DeviceRemoved | Rv::TokenNotPresent | Rv::SessionHandleInvalid | Rv::SlotIdInvalid => {
            let removed = cns_card::TransportError::CardRemoved;
            card_failure(removed.into(), language)
        }
        Rv::TokenNotRecognized => messages::not_recognized(language).with(Exit::UnusableCard),
        Rv::UserNotLoggedIn => messages::login_ended(language).with(Exit::Failed),
        Rv::PinLocked => pin_messages::secret_locked(language, Secret::Pin).with(Exit::Locked),
        Rv::FunctionNotSupported
        | Rv::KeyFunctionNotPermitted
        | Rv::KeyHandleInvalid
        | Rv::KeySizeRange
        | Rv::KeyTypeInconsistent
        | Rv::MechanismInvalid => messages::cannot_sign(language).with(Exit::UnusableCard),
        _ => messages::module_failed(language).with(Exit::Failed),
    }
}

#[cfg(test)]
mod tests {
    use cryptoki::context::Function;

    use super::*;

    #[test]
    fn no_code_reaches_a_person() {
        let codes = [
            (RvError::DeviceRemoved, Exit::NoCard, "tolta dal lettore", "taken out"),
            (RvError::TokenNotRecognized, Exit::UnusableCard, "non riconosce", "not recognise"),
            (RvError::UserNotLoggedIn, Exit::Failed, "interrotto prima", "ended before"),
            (RvError::PinLocked, Exit::Locked, "bloccato", "locked"),
            (RvError::DeviceError, Exit::Failed, "non ha fatto la firma", "not make the signature"),
            (RvError::MechanismInvalid, Exit::UnusableCard, "non sa firmare", "cannot sign"),
            (RvError::GeneralError, Exit::Failed, "un errore", "an error"),
            (RvError::UnknownErrorCode(0x8000_0001), Exit::Failed, "un errore", "an error"),
        ];
        for (rv, exit, italian, english) in codes {
            let error = Error::Pkcs11(rv, Function::Sign);
            for (language, words) in [(Language::Italian, italian), (Language::English, english)] {
                let failure = signing_failure(&error, language);
                assert!(failure.exit == exit && failure.what.contains(words), "{rv:?}: {failure:?}");
                let told = format!("{} {:?} {:?}", failure.what, failure.why, failure.next);
                let raw = ["CKR", "PKCS11", "C_", "Sign:"]
                    .into_iter()
                    .find(|raw| told.replace("CNS_PKCS11_LOG", "").contains(raw));
                assert_eq!(raw, None, "{told}");
                assert!(failure.next.is_some(), "{rv:?}");
            }
        }
    }
}
