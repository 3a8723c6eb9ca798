//! Why a code that the standard names for a function never comes, and why one that it does not name does.

/// Functions that ask the card something.
const ASKS_THE_CARD: &[&str] = &[
    "C_GetTokenInfo",
    "C_GetMechanismList",
    "C_GetMechanismInfo",
    "C_OpenSession",
    "C_InitPIN",
    "C_SetPIN",
    "C_Login",
    "C_LoginUser",
    "C_GetAttributeValue",
    "C_Decrypt",
    "C_DecryptFinal",
    "C_Sign",
    "C_SignFinal",
];

/// A code of the standard's list for `function` that is never returned, and the reason.
pub fn reason(function: &str, code: &str) -> Option<&'static str> {
    let asks_the_card = ASKS_THE_CARD.contains(&function);
    let reason = match (function, code) {
        (_, "HOST_MEMORY") => "a Rust program that gets no memory is ended by its allocator",
        (_, "SESSION_CLOSED") => {
            "a closed session is CKR_SESSION_HANDLE_INVALID, also while it is being closed"
        }
        ("C_Login" | "C_LoginUser" | "C_SetPIN", "FUNCTION_CANCELED") => return None,
        (_, "FUNCTION_CANCELED") => "no callbacks are made, so nobody can cancel",
        (_, "DEVICE_MEMORY") => "a card that has no memory left says so with a status word: CKR_DEVICE_ERROR",
        (_, "PIN_EXPIRED") => "the PIN of a CNS does not expire",
        (_, "TOKEN_WRITE_PROTECTED") => {
            "the token does not say that it is; what cannot be changed says so itself"
        }
        (_, "OPERATION_CANCEL_FAILED") => "every operation can be cancelled",
        (_, "TOKEN_RESOURCE_EXCEEDED") => "operations take nothing of the card but the command at their end",
        (_, "FUNCTION_REJECTED") => "the reader asks nobody whether to sign",
        (_, "SESSION_COUNT") => "as many sessions as wanted",
        (_, "USER_TOO_MANY_TYPES") => {
            "one user and the security officer, never both: CKR_USER_ANOTHER_ALREADY_LOGGED_IN"
        }
        (_, "INFORMATION_SENSITIVE") => "the size of an object is no secret here",
        (_, "RANDOM_SEED_NOT_SUPPORTED") => "there is no generator at all: CKR_RANDOM_NO_RNG",
        ("C_GetSlotInfo", "DEVICE_ERROR") => "a reader that fails is a slot without token",
        ("C_Logout" | "C_CloseSession" | "C_CloseAllSessions", "DEVICE_ERROR" | "DEVICE_REMOVED") => {
            "the login is over whatever the card does; the log says if it could not be reset"
        }
        ("C_GetSessionInfo", "DEVICE_ERROR" | "DEVICE_REMOVED") => {
            "a session whose card is gone is CKR_SESSION_HANDLE_INVALID"
        }
        (_, "DEVICE_ERROR" | "DEVICE_REMOVED") if !asks_the_card => "the card is not asked",
        ("C_CloseAllSessions" | "C_SessionCancel", "TOKEN_NOT_PRESENT") => {
            "sessions are the module's own affair, card or no card"
        }
        ("C_Initialize", "CANT_LOCK" | "MUTEX_BAD") => {
            "the locks are the standard library's, not the caller's"
        }
        ("C_Initialize", "NEED_TO_CREATE_THREADS") => "no threads are made",
        ("C_InitPIN" | "C_SetPIN" | "C_Login" | "C_LoginUser", "FUNCTION_FAILED") => return None,
        ("C_Sign" | "C_SignFinal" | "C_Encrypt" | "C_EncryptFinal", "FUNCTION_FAILED") => {
            "only if the operating system gives no random numbers for a padding"
        }
        (_, "FUNCTION_FAILED") => "every failure has a code of its own",
        ("C_GetFunctionStatus" | "C_CancelFunction", "SESSION_HANDLE_INVALID") => {
            "legacy stubs: the same code for every handle"
        }
        (
            "C_SeedRandom" | "C_GenerateRandom",
            "OK" | "ARGUMENTS_BAD" | "OPERATION_ACTIVE" | "USER_NOT_LOGGED_IN",
        ) => "there is no generator at all: CKR_RANDOM_NO_RNG",
        (
            "C_CopyObject" | "C_DestroyObject" | "C_SetAttributeValue",
            "OK"
            | "ARGUMENTS_BAD"
            | "ATTRIBUTE_READ_ONLY"
            | "ATTRIBUTE_TYPE_INVALID"
            | "ATTRIBUTE_VALUE_INVALID"
            | "TEMPLATE_INCONSISTENT"
            | "SESSION_READ_ONLY"
            | "USER_NOT_LOGGED_IN",
        ) => "after session and object nothing else is looked at: CKR_ACTION_PROHIBITED",
        ("C_FindObjectsInit", "ATTRIBUTE_TYPE_INVALID" | "ATTRIBUTE_VALUE_INVALID") => {
            "an attribute or value that no object has finds nothing; clients search for classes of their own"
        }
        ("C_EncryptUpdate" | "C_DecryptUpdate", "BUFFER_TOO_SMALL") => "an update gives nothing out",
        ("C_DecryptUpdate", "ENCRYPTED_DATA_INVALID") => "the cryptogram is judged when it is whole",
        ("C_SignUpdate" | "C_DecryptUpdate", "USER_NOT_LOGGED_IN") => "an update only collects",
        ("C_EncryptInit" | "C_VerifyInit" | "C_DigestInit", "USER_NOT_LOGGED_IN") => {
            "done in software with what everybody may see"
        }
        ("C_EncryptInit" | "C_SignInit" | "C_VerifyInit", "KEY_FUNCTION_NOT_PERMITTED") => {
            "every key may do it; a certificate's key usage limits decryption only (docs/client-demands.md, libp11)"
        }
        ("C_EncryptInit" | "C_DecryptInit", "KEY_SIZE_RANGE") => "any key of 1024 to 4096 bits encrypts",
        _ => return None,
    };
    Some(reason)
}

/// A code that is returned and that the standard does not name for this function, and what allows it.
pub fn beyond(function: &str, code: &str) -> Option<&'static str> {
    let reason = match (function, code) {
        ("C_EncryptInit", "ARGUMENTS_BAD") => {
            "section 5.1.6: a rather generic code for arguments that make no sense"
        }
        ("C_SessionCancel", "SESSION_HANDLE_INVALID") => "section 5.1.2: any function with a session handle",
        ("C_InitPIN", "PIN_INCORRECT" | "PIN_LOCKED") => {
            "a CNS checks the PUK in the command that sets the PIN (decision 0004); what clients ask for is the PUK"
        }
        ("C_SetPIN", "FUNCTION_NOT_SUPPORTED") => "no CNS changes its PUK (decision 0010)",
        ("C_Sign", "OPERATION_ACTIVE") => "2.40 wants C_SignFinal after C_SignUpdate; 3.2 names the code",
        _ => return None,
    };
    Some(reason)
}
