//! PINs and PUKs: their lengths, their coding, and the values of a retry counter. Sends nothing and keeps no PIN.

use crate::iso7816::SecretBuffer;

/// The length of a PIN in a PIN command, in bytes (CNS Functional Specification, VERIFY: padded with `FF` on the right).
const CODED_LENGTH: usize = 8;
const PADDING: u8 = 0xFF;

/// A PIN or PUK on its way to the card: ASCII digits, wiped when dropped, never printed, never copied. Or a mark that it is
/// typed on the reader's PIN pad.
///
/// Only [`PinPolicy::pin`], [`PinPolicy::puk`] and [`Pin::on_pin_pad`] make one, so its form was checked.
pub struct Pin(Option<SecretBuffer>);

impl Pin {
    /// The PIN that the person types on the reader's PIN pad when the command is sent. Not for a PUK: a PIN pad checks one
    /// range of lengths for both, and a PUK that is too short would decrement the counter.
    #[must_use]
    pub const fn on_pin_pad() -> Self {
        Self(None)
    }

    pub(crate) fn is_on_pin_pad(&self) -> bool {
        self.0.is_none()
    }

    /// Length in digits, where it is known.
    #[must_use]
    pub(crate) fn length(&self) -> Option<usize> {
        self.0.as_ref().map(|digits| digits.len())
    }
}

impl std::fmt::Debug for Pin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pin(…)")
    }
}

/// The data field of a PIN command: each PIN as ASCII padded with `FF` to 8 bytes (docs/cards/README.md, section 3).
///
/// A PIN fits: what was checked is no longer than its field.
pub(crate) fn coded(pins: &[&Pin]) -> SecretBuffer {
    let mut data = SecretBuffer::locked(pins.len() * CODED_LENGTH);
    for pin in pins {
        let digits = pin.0.as_deref().unwrap_or_default();
        let padding = [PADDING; CODED_LENGTH];
        let fits = data.append(digits).and_then(|()| data.append(padding.get(digits.len()..)?));
        debug_assert!(fits.is_some(), "a PIN fits its field");
    }
    data
}

/// The lengths of PIN and PUK of a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PinPolicy {
    /// The shortest PIN, in digits.
    pub min_length: usize,
    /// The longest PIN, in digits; at most 8.
    pub max_length: usize,
    /// The length of a PUK, in digits; at most 8.
    pub puk_length: usize,
}

impl PinPolicy {
    /// The CNS specification: PIN of 5 to 8 digits, PUK of 8 (docs/cards/README.md, section 4).
    pub const CNS: Self = Self { min_length: 5, max_length: 8, puk_length: 8 };

    /// A PIN from what a person typed.
    ///
    /// # Errors
    /// [`PinFormatError`] when it cannot be a PIN of this card.
    pub fn pin(&self, digits: &[u8]) -> Result<Pin, PinFormatError> {
        parse(digits, self.min_length, self.max_length)
    }

    /// A PUK from what a person typed.
    ///
    /// # Errors
    /// [`PinFormatError`] when it cannot be a PUK of this card.
    pub fn puk(&self, digits: &[u8]) -> Result<Pin, PinFormatError> {
        parse(digits, self.puk_length, self.puk_length)
    }

    /// A PIN that was made under another policy is checked again before it is sent.
    pub(crate) fn check_pin(&self, pin: &Pin) -> Result<(), PinFormatError> {
        // The reader counts what is typed on its PIN pad.
        pin.length().map_or(Ok(()), |length| within(length, self.min_length, self.max_length))
    }

    /// The same for a PUK: a five-digit [`Pin`] is none.
    pub(crate) fn check_puk(&self, puk: &Pin) -> Result<(), PinFormatError> {
        within(puk.length().unwrap_or_default(), self.puk_length, self.puk_length)
    }
}

fn within(length: usize, min: usize, max: usize) -> Result<(), PinFormatError> {
    match (min..=max.min(CODED_LENGTH)).contains(&length) {
        true => Ok(()),
        false => Err(PinFormatError::Length { min, max }),
    }
}

fn parse(digits: &[u8], min: usize, max: usize) -> Result<Pin, PinFormatError> {
    within(digits.len(), min, max)?;
    if !digits.iter().all(u8::is_ascii_digit) {
        return Err(PinFormatError::NotDigits);
    }
    let mut pin = SecretBuffer::locked(digits.len());
    match pin.append(digits) {
        Some(()) => Ok(Pin(Some(pin))),
        None => Err(PinFormatError::Length { min, max }),
    }
}

/// Why something typed cannot be a PIN (or PUK).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PinFormatError {
    /// Too short or too long.
    #[error("it must have {min} to {max} digits")]
    Length {
        /// The fewest digits.
        min: usize,
        /// The most digits.
        max: usize,
    },
    /// One PIN typed here and the other on the reader's PIN pad: a command takes both from one place.
    #[error("both must be typed in the same place")]
    TwoPlaces,
    /// Something other than the digits 0 to 9.
    #[error("it must consist of digits only")]
    NotDigits,
}

/// A retry counter, as far as the card gave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retries {
    /// So many wrong PINs block it, 1 to 15.
    Left(u8),
    /// 0: the PIN is blocked.
    Blocked,
    /// The card did not give it.
    Unknown,
}

/// The response to VERIFY without data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryQuery {
    /// The PIN is verified: its counter is at its maximum, which the card does not give.
    Verified,
    /// The retry counter; unknown when the card did not give it, or was not asked because that may decrement it.
    Counter(Retries),
}

impl RetryQuery {
    /// The retry counter, as far as the card gave it.
    #[must_use]
    pub fn retries(self) -> Retries {
        match self {
            Self::Verified => Retries::Unknown,
            Self::Counter(retries) => retries,
        }
    }
}

#[cfg(test)]
mod tests {
    use hex_literal::hex;

    use super::*;

    #[test]
    fn coding_of_one_and_two() {
        let pin = PinPolicy::CNS.pin(b"12345").unwrap();
        let puk = PinPolicy::CNS.puk(b"87654321").unwrap();
        assert_eq!(*coded(&[&pin]), hex!("3132333435FFFFFF"));
        assert_eq!(*coded(&[&puk, &pin]), hex!("3837363534333231 3132333435FFFFFF"));
    }

    #[test]
    fn only_five_to_eight_digits_become_a_pin() {
        for bad in
            [&b""[..], b"1", b"1234", b"123456789", b"12a45", b"12345\0", " 1234".as_bytes(), b"1234\xFF"]
        {
            assert!(PinPolicy::CNS.pin(bad).is_err(), "{bad:?}");
        }
        for good in [&b"00000"[..], b"123456", b"1234567", b"12345678"] {
            assert!(PinPolicy::CNS.pin(good).is_ok());
        }
        assert!(PinPolicy::CNS.puk(b"1234567").is_err());
        assert_eq!(
            PinPolicy::CNS.check_puk(&PinPolicy::CNS.pin(b"12345").unwrap()),
            Err(PinFormatError::Length { min: 8, max: 8 })
        );
    }

    /// A PIN of another card's policy: what that allowed is not what this card has.
    #[test]
    fn a_pin_is_checked_again_by_the_policy_of_the_card() {
        let other = PinPolicy { min_length: 4, max_length: 8, puk_length: 4 };
        let (four, eight) = (other.pin(b"1234").unwrap(), other.pin(b"12345678").unwrap());
        let too_short = Err(PinFormatError::Length { min: 5, max: 8 });
        assert_eq!((PinPolicy::CNS.check_pin(&four), PinPolicy::CNS.check_pin(&eight)), (too_short, Ok(())));
        assert!(!four.is_on_pin_pad() && Pin::on_pin_pad().is_on_pin_pad());
    }

    #[test]
    fn debug_hides_it() {
        assert_eq!(format!("{:?}", PinPolicy::CNS.pin(b"12345").unwrap()), "Pin(…)");
    }

    #[test]
    fn a_pin_on_the_pin_pad_is_padding_and_no_puk() {
        let pin = Pin::on_pin_pad();
        assert_eq!(*coded(&[&pin]), [PADDING; 8]);
        assert_eq!(PinPolicy::CNS.check_pin(&pin), Ok(()));
        assert!(PinPolicy::CNS.check_puk(&pin).is_err());
    }
}
