//! The properties of the card and of its container, as bytes: structures of little-endian numbers of 32 bits.

use crate::container::check_rsa;
use crate::context::CardContext;
use crate::error::{Error, Result};

/// `ROLE_USER`: the PIN.
pub(crate) const USER: u32 = 1;
/// `ROLE_ADMIN`: the PUK, which only unblocks.
pub(crate) const ADMINISTRATOR: u32 = 2;

/// `CP_CACHE_MODE_SESSION_ONLY`: PIN and certificate are changed behind Windows' back, by the public office or `cns pin`.
const CACHE_FOR_THE_SESSION: u32 = 2;
/// `CARD_PIN_STRENGTH_PLAINTEXT`.
const PLAIN_TEXT: u32 = 1;
/// `UnblockOnlyPin`, and `AuthenticationPin` before it.
const UNBLOCK_ONLY: u32 = 6;
const AUTHENTICATION: u32 = 0;
/// `PIN_INFO_CURRENT_VERSION` and `PIN_CACHE_POLICY_CURRENT_VERSION`.
const PIN_INFO_VERSION: u32 = 6;
/// `PinCacheNormal` and `PinCacheNone`.
const CACHED_PER_PROCESS: u32 = 0;
const NOT_CACHED: u32 = 2;

/// `CARD_FREE_SPACE_INFO`: nothing can be written.
pub(crate) const FREE_SPACE: [u32; 4] = [1, 0, 0, 1];
/// `CARD_CAPABILITIES`: certificates are given as they are, so that Windows must not unpack them; no keys are made.
pub(crate) const CAPABILITIES: [u32; 3] = [1, 1, 0];
/// The length of a key where the card has none, in bits.
const USUAL_KEY: usize = 2048;

impl CardContext {
    /// `CARD_KEY_SIZES`: the one that there is.
    pub(crate) fn key_sizes(&self) -> [u32; 5] {
        let bits = self.token.key.as_ref().map_or(USUAL_KEY, |key| key.public.bits());
        let bits = u32::try_from(bits).unwrap_or_default();
        [1, bits, bits, bits, 1]
    }

    /// `CardGetProperty`.
    ///
    /// # Errors
    /// [`Error::UnsupportedFeature`] for a property that there is not or that can only be set.
    pub(crate) fn property(&self, handles: (usize, usize), name: &str, flags: u32) -> Result<Vec<u8>> {
        let numbers: Vec<u32> = match name {
            "Key Sizes" => {
                check_rsa(flags)?;
                self.key_sizes().into()
            }
            "PIN Information" => pin_info(flags)?.into(),
            "PIN Strength Verify" | "PIN Strength Change" | "PIN Strength Unblock" => {
                pin_info(flags)?;
                vec![PLAIN_TEXT]
            }
            _ => {
                let value = self.property_without_flags(handles, name)?;
                return if flags == 0 { Ok(value) } else { Err(Error::InvalidParameter) };
            }
        };
        Ok(bytes(&numbers))
    }

    fn property_without_flags(&self, handles: (usize, usize), name: &str) -> Result<Vec<u8>> {
        let numbers: Vec<u32> = match name {
            "Free Space" => FREE_SPACE.into(),
            "Capabilities" => CAPABILITIES.into(),
            "Read Only Mode" => vec![1],
            "Cache Mode" => vec![CACHE_FOR_THE_SESSION],
            "Supports Windows x.509 Enrollment" => vec![0],
            "Key Import Support" => vec![0],
            "PIN List" => vec![set(USER) | set(ADMINISTRATOR)],
            "Authenticated State" => vec![if self.is_authenticated(handles)? { set(USER) } else { 0 }],
            "Card Identifier" => {
                let _card = self.lock_card(handles)?;
                return Ok(self.token.card_id().to_vec());
            }
            "Card Serial Number" => {
                let _card = self.lock_card(handles)?;
                return Ok(self.token.identity.serial.as_bytes().to_vec());
            }
            _ => return Err(Error::UnsupportedFeature),
        };
        Ok(bytes(&numbers))
    }
}

/// `CardSetProperty`: what a program says of its windows is taken, and not needed; nothing on the card is set. A program may
/// have no context string.
pub(crate) fn set_property(name: &str, has_value: bool, flags: u32) -> Result<()> {
    let is_possible = match name {
        "Parent Window" => has_value,
        "PIN Context String" => true,
        _ => return Err(Error::UnsupportedFeature),
    };
    if is_possible && flags == 0 { Ok(()) } else { Err(Error::InvalidParameter) }
}

/// `PIN_INFO` of a role.
fn pin_info(role: u32) -> Result<[u32; 9]> {
    let (purpose, change, unblock, cache) = match role {
        USER => (AUTHENTICATION, set(USER), set(ADMINISTRATOR), CACHED_PER_PROCESS),
        ADMINISTRATOR => (UNBLOCK_ONLY, 0, 0, NOT_CACHED),
        _ => return Err(Error::InvalidParameter),
    };
    Ok([PIN_INFO_VERSION, 0, purpose, change, unblock, PIN_INFO_VERSION, cache, 0, 0])
}

/// A `PIN_SET` of one role.
fn set(role: u32) -> u32 {
    1 << role
}

/// Numbers as they lie in memory.
pub(crate) fn bytes(numbers: &[u32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}
