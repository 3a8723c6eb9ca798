//! Return codes: every way a call can end, and the only place that knows the `CKR_` number of each.
//!
//! The layers above and below speak of `AbiError` and `ModelError`. The matches here have no `_` arm: a new error does
//! not compile until somebody has chosen its code.

use cryptoki_sys::*;

use crate::model::ModelError;

/// The result of every entry point.
pub(super) type Result<T> = std::result::Result<T, AbiError>;

/// Why a call failed: the errors that exist only at the C boundary, and those of the model.
#[derive(Debug, thiserror::Error)]
pub(super) enum AbiError {
    #[error("an argument is missing or impossible")]
    ArgumentsBad,
    #[error("C_Initialize was not called (in this process)")]
    NotInitialized,
    #[error("C_Initialize was already called")]
    AlreadyInitialized,
    #[error("the output buffer is too small")]
    BufferTooSmall,
    #[error("not offered by this module")]
    FunctionNotSupported,
    #[error("the function failed")]
    FunctionFailed,
    #[error("functions do not run in parallel")]
    FunctionNotParallel,
    #[error("no slot changed")]
    NoEvent,
    #[error("the session would have to be a serial one")]
    SessionParallelNotSupported,
    #[error("the object has no such attribute")]
    AttributeTypeInvalid,
    #[error("the attribute never leaves the card")]
    AttributeSensitive,
    #[error("what is on a CNS cannot be changed")]
    ActionProhibited,
    #[error("no random numbers are offered")]
    RandomNoRng,
    #[error("a fault inside the module")]
    General,
    #[error("a panic inside the module")]
    Panicked,
    #[error(transparent)]
    Model(#[from] ModelError),
}

/// A return code with its name, for the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ReturnValue {
    pub(super) code: CK_RV,
    pub(super) name: &'static str,
}

macro_rules! rv {
    ($name:ident) => {
        ReturnValue { code: $name, name: stringify!($name) }
    };
}

impl ReturnValue {
    /// The code of an outcome.
    pub(super) fn of(outcome: &Result<()>) -> Self {
        match outcome {
            Ok(()) => rv!(CKR_OK),
            Err(error) => of_error(error),
        }
    }
}

fn of_error(error: &AbiError) -> ReturnValue {
    match error {
        AbiError::ArgumentsBad => rv!(CKR_ARGUMENTS_BAD),
        AbiError::NotInitialized => rv!(CKR_CRYPTOKI_NOT_INITIALIZED),
        AbiError::AlreadyInitialized => rv!(CKR_CRYPTOKI_ALREADY_INITIALIZED),
        AbiError::BufferTooSmall => rv!(CKR_BUFFER_TOO_SMALL),
        AbiError::FunctionNotSupported => rv!(CKR_FUNCTION_NOT_SUPPORTED),
        AbiError::FunctionFailed => rv!(CKR_FUNCTION_FAILED),
        AbiError::FunctionNotParallel => rv!(CKR_FUNCTION_NOT_PARALLEL),
        AbiError::NoEvent => rv!(CKR_NO_EVENT),
        AbiError::SessionParallelNotSupported => rv!(CKR_SESSION_PARALLEL_NOT_SUPPORTED),
        AbiError::AttributeTypeInvalid => rv!(CKR_ATTRIBUTE_TYPE_INVALID),
        AbiError::AttributeSensitive => rv!(CKR_ATTRIBUTE_SENSITIVE),
        AbiError::ActionProhibited => rv!(CKR_ACTION_PROHIBITED),
        AbiError::RandomNoRng => rv!(CKR_RANDOM_NO_RNG),
        AbiError::General | AbiError::Panicked => rv!(CKR_GENERAL_ERROR),
        AbiError::Model(error) => of_model_error(error),
    }
}

fn of_model_error(error: &ModelError) -> ReturnValue {
    match error {
        ModelError::SlotIdInvalid => rv!(CKR_SLOT_ID_INVALID),
        ModelError::TokenNotPresent => rv!(CKR_TOKEN_NOT_PRESENT),
        ModelError::TokenNotRecognized => rv!(CKR_TOKEN_NOT_RECOGNIZED),
        ModelError::DeviceRemoved => rv!(CKR_DEVICE_REMOVED),
        ModelError::SessionHandleInvalid => rv!(CKR_SESSION_HANDLE_INVALID),
        ModelError::SessionReadOnly => rv!(CKR_SESSION_READ_ONLY),
        ModelError::SessionReadOnlyExists => rv!(CKR_SESSION_READ_ONLY_EXISTS),
        ModelError::SessionReadWriteSoExists => rv!(CKR_SESSION_READ_WRITE_SO_EXISTS),
        ModelError::ObjectHandleInvalid => rv!(CKR_OBJECT_HANDLE_INVALID),
        ModelError::KeyHandleInvalid => rv!(CKR_KEY_HANDLE_INVALID),
        ModelError::OperationActive => rv!(CKR_OPERATION_ACTIVE),
        ModelError::OperationNotInitialized => rv!(CKR_OPERATION_NOT_INITIALIZED),
        ModelError::MechanismInvalid => rv!(CKR_MECHANISM_INVALID),
        ModelError::MechanismParamInvalid => rv!(CKR_MECHANISM_PARAM_INVALID),
        ModelError::KeyTypeInconsistent => rv!(CKR_KEY_TYPE_INCONSISTENT),
        ModelError::KeyFunctionNotPermitted => rv!(CKR_KEY_FUNCTION_NOT_PERMITTED),
        ModelError::KeySizeRange => rv!(CKR_KEY_SIZE_RANGE),
        ModelError::DataLenRange => rv!(CKR_DATA_LEN_RANGE),
        ModelError::DataInvalid => rv!(CKR_DATA_INVALID),
        ModelError::EncryptedDataLenRange => rv!(CKR_ENCRYPTED_DATA_LEN_RANGE),
        ModelError::EncryptedDataInvalid => rv!(CKR_ENCRYPTED_DATA_INVALID),
        ModelError::SignatureInvalid => rv!(CKR_SIGNATURE_INVALID),
        ModelError::SignatureLenRange => rv!(CKR_SIGNATURE_LEN_RANGE),
        ModelError::PinIncorrect { left: _ } => rv!(CKR_PIN_INCORRECT),
        ModelError::PinLocked => rv!(CKR_PIN_LOCKED),
        ModelError::PinInvalid => rv!(CKR_PIN_INVALID),
        ModelError::PinLenRange => rv!(CKR_PIN_LEN_RANGE),
        // Browsers ask again for ever after PIN_INCORRECT, and PIN_LOCKED would be untrue. This one is in the
        // standard's list for C_Login, C_SetPIN and C_InitPIN, and clients show a failure and stop.
        ModelError::LastRetryProtected => rv!(CKR_FUNCTION_FAILED),
        ModelError::UserNotLoggedIn => rv!(CKR_USER_NOT_LOGGED_IN),
        ModelError::UserAlreadyLoggedIn => rv!(CKR_USER_ALREADY_LOGGED_IN),
        ModelError::UserAnotherAlreadyLoggedIn => rv!(CKR_USER_ANOTHER_ALREADY_LOGGED_IN),
        ModelError::NoPinPad => rv!(CKR_ARGUMENTS_BAD),
        ModelError::PinNotEntered => rv!(CKR_FUNCTION_CANCELED),
        ModelError::UserTypeInvalid => rv!(CKR_USER_TYPE_INVALID),
        ModelError::UserPinNotInitialized => rv!(CKR_USER_PIN_NOT_INITIALIZED),
        ModelError::SignatureNotConfirmed => rv!(CKR_DEVICE_ERROR),
        ModelError::DeviceBusy => rv!(CKR_DEVICE_ERROR),
        ModelError::Device(_) => rv!(CKR_DEVICE_ERROR),
        // RANDOM_NO_RNG is about C_GenerateRandom; this happens inside C_Sign with a PSS salt.
        ModelError::NoRandom => rv!(CKR_FUNCTION_FAILED),
        ModelError::NotSupported => rv!(CKR_FUNCTION_NOT_SUPPORTED),
        ModelError::ShutDown => rv!(CKR_CRYPTOKI_NOT_INITIALIZED),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_comes_with_its_own_name() {
        let busy = ReturnValue::of(&Err(ModelError::DeviceBusy.into()));
        assert_eq!(busy, ReturnValue { code: 0x30, name: "CKR_DEVICE_ERROR" });
        assert_eq!(ReturnValue::of(&Ok(())), ReturnValue { code: 0, name: "CKR_OK" });
    }

    /// Browsers prompt again after 0xA0 (PIN_INCORRECT), and say that the card is blocked after 0xA4.
    #[test]
    fn a_protected_last_try_is_neither_a_wrong_nor_a_locked_pin() {
        let protected = ReturnValue::of(&Err(ModelError::LastRetryProtected.into()));
        assert_eq!(protected.code, 0x06);
    }

    #[test]
    fn a_call_caught_by_finalize_says_not_initialized() {
        assert_eq!(ReturnValue::of(&Err(ModelError::ShutDown.into())).code, 0x190);
    }
}
