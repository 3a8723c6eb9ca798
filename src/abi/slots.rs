//! Slot and token management functions (PKCS#11 2.40 and 3.0, section 5.5), except those about PINs.

use std::ffi::c_void;
use std::ops::ControlFlow;

use cryptoki_sys::*;

use super::pointers::{OutBuffer, Pointer, count, pad};
use super::{AbiError, Result};
use crate::model::mechanism::MechanismInfo;
use crate::model::{ModelError, Module, PinFlags};

/// `C_GetSlotList` (PKCS#11 2.40 5.5): readers are looked for when the list is NULL; otherwise the slots are those of
/// the last such call.
pub(super) fn slot_list(
    module: &Module,
    token_present: CK_BBOOL,
    slots: OutBuffer<CK_SLOT_ID>,
) -> Result<()> {
    slots.required()?;
    if slots.is_length_query() {
        module.refresh_slots();
    }
    slots.give(&module.slot_ids(token_present != CK_FALSE))
}

/// `C_GetSlotInfo` (PKCS#11 2.40 5.5). Every slot is removable hardware: NSS gives up an empty one that is not.
pub(super) fn slot_info(module: &Module, slot: CK_SLOT_ID, info: Pointer<CK_SLOT_INFO>) -> Result<()> {
    let slot = module.slot(slot)?;
    info.required()?;
    let reader = slot.info();
    let present = if reader.token_present { CKF_TOKEN_PRESENT } else { 0 };
    info.write(CK_SLOT_INFO {
        slotDescription: pad(&reader.description),
        manufacturerID: pad(&reader.manufacturer),
        flags: CKF_REMOVABLE_DEVICE | CKF_HW_SLOT | present,
        hardwareVersion: UNKNOWN_VERSION,
        firmwareVersion: UNKNOWN_VERSION,
    })
}

/// `C_GetTokenInfo` (PKCS#11 2.40 5.5).
pub(super) fn token_info(module: &Module, slot: CK_SLOT_ID, info: Pointer<CK_TOKEN_INFO>) -> Result<()> {
    let token_slot = module.slot(slot)?;
    info.required()?;
    let token = token_slot.token_info()?;
    let (sessions, read_write_sessions) = module.session_counts(slot);
    let way_in = flags(&[
        (token.login_required, CKF_LOGIN_REQUIRED),
        (token.pin_pad, CKF_PROTECTED_AUTHENTICATION_PATH),
    ]);
    info.write(CK_TOKEN_INFO {
        label: pad(&token.label),
        manufacturerID: pad(&token.manufacturer),
        model: pad(&token.model),
        serialNumber: pad(&token.serial),
        flags: ALWAYS | way_in | user_pin_flags(token.user_pin) | so_pin_flags(token.so_pin),
        ulMaxSessionCount: CK_EFFECTIVELY_INFINITE,
        ulSessionCount: count(sessions),
        ulMaxRwSessionCount: CK_EFFECTIVELY_INFINITE,
        ulRwSessionCount: count(read_write_sessions),
        ulMaxPinLen: count(token.pin_length.1),
        ulMinPinLen: count(token.pin_length.0),
        ulTotalPublicMemory: CK_UNAVAILABLE_INFORMATION,
        ulFreePublicMemory: CK_UNAVAILABLE_INFORMATION,
        ulTotalPrivateMemory: CK_UNAVAILABLE_INFORMATION,
        ulFreePrivateMemory: CK_UNAVAILABLE_INFORMATION,
        hardwareVersion: UNKNOWN_VERSION,
        firmwareVersion: UNKNOWN_VERSION,
        // There is no clock (CKF_CLOCK_ON_TOKEN is not set), but readers of the field expect 16 digits.
        utcTime: [b'0'; 16],
    })
}

/// `C_WaitForSlotEvent` (PKCS#11 2.40 5.5). A blocking wait ends when another thread calls `C_Finalize`. To be called
/// again when nothing happened yet.
pub(super) fn wait_for_slot_event(
    module: &Module,
    flags: CK_FLAGS,
    slot: Pointer<CK_SLOT_ID>,
    reserved: Pointer<c_void>,
) -> Result<ControlFlow<()>> {
    slot.required()?;
    if !reserved.is_null() {
        return Err(AbiError::ArgumentsBad);
    }
    let block = flags & CKF_DONT_BLOCK == 0;
    match module.wait_for_slot_event(block)? {
        Some(changed) => slot.write(changed).map(ControlFlow::Break),
        None if block => Ok(ControlFlow::Continue(())),
        None => Err(AbiError::NoEvent),
    }
}

/// `C_GetMechanismList` (PKCS#11 2.40 5.5).
pub(super) fn mechanism_list(
    module: &Module,
    slot: CK_SLOT_ID,
    mechanisms: OutBuffer<CK_MECHANISM_TYPE>,
) -> Result<()> {
    let slot = module.slot(slot)?;
    mechanisms.required()?;
    let offered: Vec<_> = slot.mechanisms()?.iter().map(|offered| offered.mechanism).collect();
    mechanisms.give(&offered)
}

/// `C_GetMechanismInfo` (PKCS#11 2.40 5.5).
pub(super) fn mechanism_info(
    module: &Module,
    slot: CK_SLOT_ID,
    mechanism: CK_MECHANISM_TYPE,
    info: Pointer<CK_MECHANISM_INFO>,
) -> Result<()> {
    let slot = module.slot(slot)?;
    info.required()?;
    let offered = slot.mechanisms()?;
    let wanted =
        offered.iter().find(|offered| offered.mechanism == mechanism).ok_or(ModelError::MechanismInvalid)?;
    info.write(CK_MECHANISM_INFO {
        ulMinKeySize: count(wanted.key_bits.0),
        ulMaxKeySize: count(wanted.key_bits.1),
        flags: mechanism_flags(wanted),
    })
}

/// A recognised CNS has a holder's PIN and objects; without these flags clients refuse to log in.
const ALWAYS: CK_FLAGS = CKF_USER_PIN_INITIALIZED | CKF_TOKEN_INITIALIZED;

const UNKNOWN_VERSION: CK_VERSION = CK_VERSION { major: 0, minor: 0 };

fn user_pin_flags(pin: PinFlags) -> CK_FLAGS {
    flags(&[
        (pin.count_low, CKF_USER_PIN_COUNT_LOW),
        (pin.final_try, CKF_USER_PIN_FINAL_TRY),
        (pin.locked, CKF_USER_PIN_LOCKED),
    ])
}

fn so_pin_flags(pin: PinFlags) -> CK_FLAGS {
    flags(&[
        (pin.count_low, CKF_SO_PIN_COUNT_LOW),
        (pin.final_try, CKF_SO_PIN_FINAL_TRY),
        (pin.locked, CKF_SO_PIN_LOCKED),
    ])
}

fn mechanism_flags(mechanism: &MechanismInfo) -> CK_FLAGS {
    flags(&[
        (!mechanism.digest, CKF_HW),
        (mechanism.digest, CKF_DIGEST),
        (mechanism.sign, CKF_SIGN | CKF_VERIFY),
        (mechanism.encrypt, CKF_ENCRYPT),
        (mechanism.decrypt, CKF_DECRYPT),
    ])
}

fn flags(chosen: &[(bool, CK_FLAGS)]) -> CK_FLAGS {
    chosen.iter().filter(|(set, _)| *set).fold(0, |all, (_, flag)| all | flag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pin_flags_have_the_numbers_of_the_standard() {
        let low_and_final = PinFlags { count_low: true, final_try: true, locked: false };
        assert_eq!(user_pin_flags(low_and_final), 0x0003_0000);
        assert_eq!(so_pin_flags(PinFlags { locked: true, ..low_and_final }), 0x0070_0000);
    }

    /// JDK 9 to 22 drop a mechanism that can decrypt but not encrypt, or verify but not sign.
    #[test]
    fn a_signing_mechanism_says_that_it_also_verifies() {
        let info = MechanismInfo {
            mechanism: CKM_RSA_PKCS_PSS,
            key_bits: (2048, 2048),
            sign: true,
            digest: false,
            encrypt: false,
            decrypt: false,
        };
        assert_eq!(mechanism_flags(&info), 0x2801);
    }
}
