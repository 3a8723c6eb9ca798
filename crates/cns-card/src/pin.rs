//! PINs, and all rules about wrong ones.
use zeroize::Zeroizing;

/// A PIN or PUK on its way to the card: ASCII digits, wiped when dropped, never printed, never copied.
pub struct Pin(Zeroizing<Vec<u8>>);

impl std::fmt::Debug for Pin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pin(…)")
    }
}

/// What a PIN and a PUK look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PinPolicy {
    /// The shortest PIN, in digits.
    pub min_length: usize,
    /// The longest PIN, in digits.
    pub max_length: usize,
    /// The length of a PUK, in digits.
    pub puk_length: usize,
}

impl PinPolicy {
    /// The CNS specification: PIN of 5 to 8 digits, PUK of 8.
    pub const CNS: Self = Self { min_length: 5, max_length: 8, puk_length: 8 };

    /// A PIN from what a person typed.
    ///
    /// # Errors
    /// [`PinFormatError`] when it cannot be a PIN of this card, so that it never gets near it.
    pub fn pin(&self, digits: &[u8]) -> Result<Pin, PinFormatError> {
        Self::parse(digits, self.min_length, self.max_length)
    }

    /// A PUK from what a person typed.
    ///
    /// # Errors
    /// [`PinFormatError`] when it cannot be a PUK of this card.
    pub fn puk(&self, digits: &[u8]) -> Result<Pin, PinFormatError> {
        Self::parse(digits, self.puk_length, self.puk_length)
    }

    fn parse(digits: &[u8], min: usize, max: usize) -> Result<Pin, PinFormatError> {
        if !(min..=max).contains(&digits.len()) {
            return Err(PinFormatError::Length { min, max });
        }
        if !digits.iter().all(u8::is_ascii_digit) {
            return Err(PinFormatError::NotDigits);
        }
        Ok(Pin(Zeroizing::new(digits.to_vec())))
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
    /// Something other than the digits 0 to 9.
    #[error("it must consist of digits only")]
    NotDigits,
}

/// How many wrong tries are left, as far as the card said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retries {
    /// So many.
    Left(u8),
    /// None: the PIN is blocked.
    Blocked,
    /// The card did not say.
    Unknown,
}
