//! PIN commands: each is sent at most once, and its status word gets its meaning here.

use crate::card_session::{CardSession, must_exist};
use crate::error::CardError;
use crate::iso7816::{CommandApdu, StatusWord, commands};
use crate::pin::{Pin, PinFormatError, PinPolicy, Retries, coded};
use crate::profile::{CardProfile, Path};

/// A command that carries PINs. It is neither `Copy` nor `Clone`: sending consumes it.
#[derive(Debug)]
pub(crate) enum PinCommand<'a> {
    /// VERIFY.
    Verify { pin: &'a Pin },
    /// CHANGE REFERENCE DATA.
    Change { old: &'a Pin, new: &'a Pin },
    /// RESET RETRY COUNTER with a new PIN.
    ResetRetryCounter { puk: &'a Pin, new: &'a Pin },
}

impl PinCommand<'_> {
    /// Are the PINs of lengths that the policy allows, and all typed in the same place? A PUK is never typed on a PIN pad.
    pub(crate) fn check(&self, policy: PinPolicy) -> Result<(), PinFormatError> {
        match self {
            Self::Verify { pin } => policy.check_pin(pin)?,
            Self::Change { old, new } => policy.check_pin(old).and_then(|()| policy.check_pin(new))?,
            Self::ResetRetryCounter { puk, new } => {
                policy.check_puk(puk).and_then(|()| policy.check_pin(new))?;
            }
        }
        let mut on_pin_pad = self.pins().into_iter().map(Pin::is_on_pin_pad);
        let first = on_pin_pad.next();
        match on_pin_pad.all(|other| Some(other) == first) {
            true => Ok(()),
            false => Err(PinFormatError::TwoPlaces),
        }
    }

    /// The command's name in ISO/IEC 7816-4.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Verify { .. } => commands::VERIFY,
            Self::Change { .. } => commands::CHANGE_REFERENCE_DATA,
            Self::ResetRetryCounter { .. } => commands::RESET_RETRY_COUNTER,
        }
    }

    fn pins(&self) -> Vec<&Pin> {
        match self {
            Self::Verify { pin } => vec![pin],
            Self::Change { old, new } => vec![old, new],
            Self::ResetRetryCounter { puk, new } => vec![puk, new],
        }
    }

    fn apdu(&self, p2: u8) -> CommandApdu {
        let pins = coded(&self.pins());
        match self {
            Self::Verify { .. } => commands::verify(p2, pins),
            Self::Change { .. } => commands::change_reference_data(p2, pins),
            Self::ResetRetryCounter { .. } => commands::reset_retry_counter(p2, pins),
        }
    }
}

/// Selects the DF of the PIN and sends the command, at most once whatever happens.
pub(super) fn send(
    session: &mut CardSession<'_>,
    profile: &CardProfile,
    command: PinCommand<'_>,
) -> Result<(), CardError> {
    select_pin_df(session, profile)?;
    let apdu = command.apdu(profile.pin.p2);
    let pins = command.pins();
    if pins.iter().any(|pin| pin.is_on_pin_pad()) {
        let PinPolicy { min_length, max_length, .. } = profile.pin_policy;
        let response = session.transmit_pin_pad(&apdu, pins.len(), (min_length, max_length))?;
        return pin_pad_result(apdu.name, response.status);
    }
    verification_result(apdu.name, session.transmit(&apdu)?.status)
}

/// Selects the DF in which the PIN is found, in the application that it belongs to. The card answers this SELECT in this
/// transaction: before it, another program may have selected a DF where another PIN has the same P2.
pub(super) fn select_pin_df(session: &mut CardSession<'_>, profile: &CardProfile) -> Result<(), CardError> {
    let directory = profile.pin.directory;
    if let Some(application) = session.capabilities.key_application.or(profile.application) {
        must_exist(session.select_application_root(application)?)?;
        if directory == Path::MF {
            return Ok(());
        }
    }
    session.select_df(directory)
}

/// The status word of VERIFY, CHANGE REFERENCE DATA or RESET RETRY COUNTER (ISO/IEC 7816-4:2020, 11.6; docs/cards).
///
/// `6300` and any other `63xx` without counter is a wrong PIN with an unknown counter (CardOS); `63C0` is the wrong PIN that
/// blocked it; `6984` and `6985` mean that the PIN is not activated. Everything else, `61xx` included, is no verification:
/// a failed login with the right PIN is better than a login that is none. `9001` is success on CardOS and ST Incard masks,
/// with a warning that the memory wears out.
fn verification_result(command: &'static str, status: StatusWord) -> Result<(), CardError> {
    match status {
        StatusWord::SUCCESS | StatusWord::SUCCESS_MEMORY_WEAK => Ok(()),
        StatusWord::AUTHENTICATION_METHOD_BLOCKED => Err(CardError::PinBlocked),
        StatusWord::REFERENCE_DATA_NOT_USABLE | StatusWord::CONDITIONS_OF_USE_NOT_SATISFIED => {
            Err(CardError::PinNotActivated)
        }
        StatusWord(word) if word >> 8 == 0x63 => match status.counter() {
            Some(0) => Err(CardError::PinBlocked),
            Some(left) => Err(CardError::PinIncorrect { left: Retries::Left(left) }),
            None => Err(CardError::PinIncorrect { left: Retries::Unknown }),
        },
        _ => Err(CardError::Status { command, status }),
    }
}

/// The same for PINs typed on the reader's PIN pad, which has status words of its own for a command that was not sent
/// (PC/SC part 10, 2.5): `6400` timeout, `6401` cancelled, `6402` the new PINs differ, `6403` too short or too long.
fn pin_pad_result(command: &'static str, status: StatusWord) -> Result<(), CardError> {
    match status {
        StatusWord(0x6400..=0x6403) => Err(CardError::NotEntered { status }),
        _ => verification_result(command, status),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_word_has_one_meaning() {
        let result = |word| verification_result("VERIFY", StatusWord(word));
        let wrong = |left| Err(CardError::PinIncorrect { left });
        assert_eq!((result(0x9000), result(0x9001)), (Ok(()), Ok(())));
        assert_eq!(result(0x63C2), wrong(Retries::Left(2)));
        assert_eq!(result(0x63CF), wrong(Retries::Left(15)));
        assert_eq!(result(0x63C0), Err(CardError::PinBlocked));
        assert_eq!(result(0x6300), wrong(Retries::Unknown));
        assert_eq!(result(0x6302), wrong(Retries::Unknown));
        assert_eq!(result(0x6983), Err(CardError::PinBlocked));
        assert_eq!(result(0x6984), Err(CardError::PinNotActivated));
        assert_eq!(result(0x6985), Err(CardError::PinNotActivated));
        let successes = (0..=0xFFFF).filter(|&word| result(word).is_ok()).count();
        let blocked = (0..=0xFFFF).filter(|&word| result(word) == Err(CardError::PinBlocked)).count();
        assert_eq!((successes, blocked), (2, 2));
    }

    #[test]
    fn a_pin_pad_has_status_words_of_its_own() {
        for word in 0x6400..=0x6403 {
            let status = StatusWord(word);
            assert_eq!(pin_pad_result("VERIFY", status), Err(CardError::NotEntered { status }));
            assert_eq!(
                verification_result("VERIFY", status),
                Err(CardError::Status { command: "VERIFY", status }),
                "from the card it means something else"
            );
        }
        assert_eq!(pin_pad_result("VERIFY", StatusWord(0x9000)), Ok(()));
        assert_eq!(pin_pad_result("VERIFY", StatusWord(0x6983)), Err(CardError::PinBlocked));
    }
}
