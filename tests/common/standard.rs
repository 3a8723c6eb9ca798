//! The return values that PKCS#11 2.40 and 3.0 (OASIS Standards of 2015 and 2020) name for each function, section 5.

/// A function and the codes that the standard names for it. Codes stand without `CKR_`.
pub struct Function {
    pub name: &'static str,
    /// Its section in 3.0.
    pub section: &'static str,
    codes: &'static [&'static str],
}

impl Function {
    pub fn codes(&self) -> impl Iterator<Item = &'static str> {
        self.codes.iter().flat_map(|group| group.split_whitespace())
    }
}

const fn function(name: &'static str, section: &'static str, codes: &'static [&'static str]) -> Function {
    Function { name, section, codes }
}

/// A row of an interface that only says that it is not offered: 5.1.5 wants such a stub, and nothing but this code of it.
const fn stub(name: &'static str, section: &'static str) -> Function {
    function(name, section, &["CRYPTOKI_NOT_INITIALIZED FUNCTION_NOT_SUPPORTED GENERAL_ERROR"])
}

const ANY: &str = "FUNCTION_FAILED GENERAL_ERROR HOST_MEMORY OK";
const SLOT: &str = "CRYPTOKI_NOT_INITIALIZED DEVICE_ERROR DEVICE_MEMORY DEVICE_REMOVED FUNCTION_FAILED GENERAL_ERROR \
                    HOST_MEMORY OK SLOT_ID_INVALID TOKEN_NOT_PRESENT";
const SESSION: &str = "CRYPTOKI_NOT_INITIALIZED DEVICE_ERROR DEVICE_MEMORY DEVICE_REMOVED FUNCTION_FAILED \
                       GENERAL_ERROR HOST_MEMORY OK SESSION_CLOSED SESSION_HANDLE_INVALID";
const INIT: &str = "FUNCTION_CANCELED KEY_FUNCTION_NOT_PERMITTED KEY_HANDLE_INVALID KEY_SIZE_RANGE \
                    KEY_TYPE_INCONSISTENT MECHANISM_INVALID MECHANISM_PARAM_INVALID OPERATION_ACTIVE \
                    OPERATION_CANCEL_FAILED PIN_EXPIRED USER_NOT_LOGGED_IN";
const STEP: &str = "ARGUMENTS_BAD FUNCTION_CANCELED OPERATION_NOT_INITIALIZED";
const OUTPUT: &str = "BUFFER_TOO_SMALL";
const CIPHERTEXT: &str = "ENCRYPTED_DATA_INVALID ENCRYPTED_DATA_LEN_RANGE USER_NOT_LOGGED_IN";
const WRITE: &str = "ACTION_PROHIBITED OBJECT_HANDLE_INVALID SESSION_READ_ONLY TOKEN_WRITE_PROTECTED";
const TEMPLATE: &str = "ARGUMENTS_BAD ATTRIBUTE_READ_ONLY ATTRIBUTE_TYPE_INVALID ATTRIBUTE_VALUE_INVALID TEMPLATE_INCONSISTENT \
     USER_NOT_LOGGED_IN";
const LOGIN: &str = "ARGUMENTS_BAD FUNCTION_CANCELED OPERATION_NOT_INITIALIZED PIN_INCORRECT PIN_LOCKED \
                     SESSION_READ_ONLY_EXISTS USER_ALREADY_LOGGED_IN USER_ANOTHER_ALREADY_LOGGED_IN \
                     USER_PIN_NOT_INITIALIZED USER_TOO_MANY_TYPES USER_TYPE_INVALID";
const RANDOM: &str = "ARGUMENTS_BAD FUNCTION_CANCELED OPERATION_ACTIVE RANDOM_NO_RNG USER_NOT_LOGGED_IN";
const LEGACY: &[&str] = &[
    "CRYPTOKI_NOT_INITIALIZED FUNCTION_FAILED FUNCTION_NOT_PARALLEL GENERAL_ERROR HOST_MEMORY SESSION_CLOSED \
       SESSION_HANDLE_INVALID",
];

/// In the order of the 3.0 function list.
pub const FUNCTIONS: &[Function] = &[
    function(
        "C_Initialize",
        "5.4",
        &[ANY, "ARGUMENTS_BAD CANT_LOCK CRYPTOKI_ALREADY_INITIALIZED NEED_TO_CREATE_THREADS MUTEX_BAD"],
    ),
    function("C_Finalize", "5.4", &[ANY, "ARGUMENTS_BAD CRYPTOKI_NOT_INITIALIZED"]),
    function("C_GetInfo", "5.4", &[ANY, "ARGUMENTS_BAD CRYPTOKI_NOT_INITIALIZED"]),
    function("C_GetFunctionList", "5.4", &[ANY, "ARGUMENTS_BAD"]),
    function("C_GetInterfaceList", "5.4", &[ANY, "ARGUMENTS_BAD", OUTPUT]),
    function("C_GetInterface", "5.4", &[ANY, "ARGUMENTS_BAD"]),
    function("C_GetSlotList", "5.5", &[ANY, "ARGUMENTS_BAD CRYPTOKI_NOT_INITIALIZED", OUTPUT]),
    function(
        "C_GetSlotInfo",
        "5.5",
        &[ANY, "ARGUMENTS_BAD CRYPTOKI_NOT_INITIALIZED DEVICE_ERROR SLOT_ID_INVALID"],
    ),
    function("C_GetTokenInfo", "5.5", &[SLOT, "ARGUMENTS_BAD TOKEN_NOT_RECOGNIZED"]),
    function("C_WaitForSlotEvent", "5.5", &[ANY, "ARGUMENTS_BAD CRYPTOKI_NOT_INITIALIZED NO_EVENT"]),
    function("C_GetMechanismList", "5.5", &[SLOT, "ARGUMENTS_BAD TOKEN_NOT_RECOGNIZED", OUTPUT]),
    function("C_GetMechanismInfo", "5.5", &[SLOT, "ARGUMENTS_BAD MECHANISM_INVALID TOKEN_NOT_RECOGNIZED"]),
    stub("C_InitToken", "5.5"),
    function(
        "C_InitPIN",
        "5.5",
        &[
            SESSION,
            "ARGUMENTS_BAD FUNCTION_CANCELED PIN_INVALID PIN_LEN_RANGE SESSION_READ_ONLY TOKEN_WRITE_PROTECTED \
             USER_NOT_LOGGED_IN",
        ],
    ),
    function(
        "C_SetPIN",
        "5.5",
        &[
            SESSION,
            "ARGUMENTS_BAD FUNCTION_CANCELED PIN_INCORRECT PIN_INVALID PIN_LEN_RANGE PIN_LOCKED \
             SESSION_READ_ONLY TOKEN_WRITE_PROTECTED",
        ],
    ),
    function(
        "C_OpenSession",
        "5.6",
        &[
            SLOT,
            "ARGUMENTS_BAD SESSION_COUNT SESSION_PARALLEL_NOT_SUPPORTED SESSION_READ_WRITE_SO_EXISTS \
             TOKEN_NOT_RECOGNIZED TOKEN_WRITE_PROTECTED",
        ],
    ),
    function("C_CloseSession", "5.6", &[SESSION]),
    function("C_CloseAllSessions", "5.6", &[SLOT]),
    function("C_GetSessionInfo", "5.6", &[SESSION, "ARGUMENTS_BAD"]),
    function(
        "C_SessionCancel",
        "5.6",
        &[
            ANY,
            "CRYPTOKI_NOT_INITIALIZED DEVICE_ERROR DEVICE_MEMORY DEVICE_REMOVED OPERATION_CANCEL_FAILED \
             TOKEN_NOT_PRESENT",
        ],
    ),
    stub("C_GetOperationState", "5.6"),
    stub("C_SetOperationState", "5.6"),
    function("C_Login", "5.6", &[SESSION, LOGIN]),
    function("C_LoginUser", "5.6", &[SESSION, LOGIN]),
    function("C_Logout", "5.6", &[SESSION, "USER_NOT_LOGGED_IN"]),
    // Not offered, but said after the session was looked at (decision 0010).
    function(
        "C_CreateObject",
        "5.7",
        &["CRYPTOKI_NOT_INITIALIZED FUNCTION_NOT_SUPPORTED GENERAL_ERROR SESSION_HANDLE_INVALID"],
    ),
    function("C_CopyObject", "5.7", &[SESSION, WRITE, TEMPLATE, "PIN_EXPIRED"]),
    function("C_DestroyObject", "5.7", &[SESSION, WRITE, "PIN_EXPIRED"]),
    function(
        "C_GetObjectSize",
        "5.7",
        &[SESSION, "ARGUMENTS_BAD INFORMATION_SENSITIVE OBJECT_HANDLE_INVALID"],
    ),
    function(
        "C_GetAttributeValue",
        "5.7",
        &[SESSION, "ARGUMENTS_BAD ATTRIBUTE_SENSITIVE ATTRIBUTE_TYPE_INVALID OBJECT_HANDLE_INVALID", OUTPUT],
    ),
    function("C_SetAttributeValue", "5.7", &[SESSION, WRITE, TEMPLATE]),
    function(
        "C_FindObjectsInit",
        "5.7",
        &[
            SESSION,
            "ARGUMENTS_BAD ATTRIBUTE_TYPE_INVALID ATTRIBUTE_VALUE_INVALID OPERATION_ACTIVE PIN_EXPIRED",
        ],
    ),
    function("C_FindObjects", "5.7", &[SESSION, "ARGUMENTS_BAD OPERATION_NOT_INITIALIZED"]),
    function("C_FindObjectsFinal", "5.7", &[SESSION, "OPERATION_NOT_INITIALIZED"]),
    function("C_EncryptInit", "5.8", &[SESSION, INIT]),
    function("C_Encrypt", "5.8", &[SESSION, STEP, OUTPUT, "DATA_INVALID DATA_LEN_RANGE"]),
    function("C_EncryptUpdate", "5.8", &[SESSION, STEP, OUTPUT, "DATA_LEN_RANGE"]),
    function("C_EncryptFinal", "5.8", &[SESSION, STEP, OUTPUT, "DATA_LEN_RANGE"]),
    function("C_DecryptInit", "5.10", &[SESSION, INIT, "ARGUMENTS_BAD"]),
    function("C_Decrypt", "5.10", &[SESSION, STEP, OUTPUT, CIPHERTEXT]),
    function("C_DecryptUpdate", "5.10", &[SESSION, STEP, OUTPUT, CIPHERTEXT]),
    function("C_DecryptFinal", "5.10", &[SESSION, STEP, OUTPUT, CIPHERTEXT]),
    function(
        "C_DigestInit",
        "5.12",
        &[
            SESSION,
            "ARGUMENTS_BAD FUNCTION_CANCELED MECHANISM_INVALID MECHANISM_PARAM_INVALID OPERATION_ACTIVE \
             OPERATION_CANCEL_FAILED PIN_EXPIRED USER_NOT_LOGGED_IN",
        ],
    ),
    function("C_Digest", "5.12", &[SESSION, STEP, OUTPUT]),
    function("C_DigestUpdate", "5.12", &[SESSION, STEP]),
    stub("C_DigestKey", "5.12"),
    function("C_DigestFinal", "5.12", &[SESSION, STEP, OUTPUT]),
    function("C_SignInit", "5.13", &[SESSION, INIT, "ARGUMENTS_BAD"]),
    function(
        "C_Sign",
        "5.13",
        &[
            SESSION,
            STEP,
            OUTPUT,
            "DATA_INVALID DATA_LEN_RANGE FUNCTION_REJECTED TOKEN_RESOURCE_EXCEEDED USER_NOT_LOGGED_IN",
        ],
    ),
    function(
        "C_SignUpdate",
        "5.13",
        &[SESSION, STEP, "DATA_LEN_RANGE TOKEN_RESOURCE_EXCEEDED USER_NOT_LOGGED_IN"],
    ),
    function(
        "C_SignFinal",
        "5.13",
        &[
            SESSION,
            STEP,
            OUTPUT,
            "DATA_LEN_RANGE FUNCTION_REJECTED TOKEN_RESOURCE_EXCEEDED USER_NOT_LOGGED_IN",
        ],
    ),
    stub("C_SignRecoverInit", "5.13"),
    stub("C_SignRecover", "5.13"),
    function("C_VerifyInit", "5.15", &[SESSION, INIT, "ARGUMENTS_BAD"]),
    function(
        "C_Verify",
        "5.15",
        &[SESSION, STEP, "DATA_INVALID DATA_LEN_RANGE SIGNATURE_INVALID SIGNATURE_LEN_RANGE"],
    ),
    function("C_VerifyUpdate", "5.15", &[SESSION, STEP, "DATA_LEN_RANGE TOKEN_RESOURCE_EXCEEDED"]),
    function(
        "C_VerifyFinal",
        "5.15",
        &[SESSION, STEP, "DATA_LEN_RANGE SIGNATURE_INVALID SIGNATURE_LEN_RANGE TOKEN_RESOURCE_EXCEEDED"],
    ),
    stub("C_VerifyRecoverInit", "5.15"),
    stub("C_VerifyRecover", "5.15"),
    stub("C_DigestEncryptUpdate", "5.17"),
    stub("C_DecryptDigestUpdate", "5.17"),
    stub("C_SignEncryptUpdate", "5.17"),
    stub("C_DecryptVerifyUpdate", "5.17"),
    stub("C_GenerateKey", "5.18"),
    stub("C_GenerateKeyPair", "5.18"),
    stub("C_WrapKey", "5.18"),
    stub("C_UnwrapKey", "5.18"),
    stub("C_DeriveKey", "5.18"),
    function("C_SeedRandom", "5.19", &[SESSION, RANDOM, "RANDOM_SEED_NOT_SUPPORTED"]),
    function("C_GenerateRandom", "5.19", &[SESSION, RANDOM]),
    function("C_GetFunctionStatus", "5.20", LEGACY),
    function("C_CancelFunction", "5.20", LEGACY),
    stub("C_MessageEncryptInit", "5.9"),
    stub("C_EncryptMessage", "5.9"),
    stub("C_EncryptMessageBegin", "5.9"),
    stub("C_EncryptMessageNext", "5.9"),
    stub("C_MessageEncryptFinal", "5.9"),
    stub("C_MessageDecryptInit", "5.11"),
    stub("C_DecryptMessage", "5.11"),
    stub("C_DecryptMessageBegin", "5.11"),
    stub("C_DecryptMessageNext", "5.11"),
    stub("C_MessageDecryptFinal", "5.11"),
    stub("C_MessageSignInit", "5.14"),
    stub("C_SignMessage", "5.14"),
    stub("C_SignMessageBegin", "5.14"),
    stub("C_SignMessageNext", "5.14"),
    stub("C_MessageSignFinal", "5.14"),
    stub("C_MessageVerifyInit", "5.16"),
    stub("C_VerifyMessage", "5.16"),
    stub("C_VerifyMessageBegin", "5.16"),
    stub("C_VerifyMessageNext", "5.16"),
    stub("C_MessageVerifyFinal", "5.16"),
];

/// Whether the standard names this code, without its `CKR_`, for this function.
pub fn names(function: &str, code: &str) -> bool {
    FUNCTIONS.iter().any(|known| known.name == function && known.codes().any(|named| named == code))
}
