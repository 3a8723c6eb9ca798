//! The codes of PC/SC: `pcsclite.h`, and those that only `winerror.h` of Windows has. No logic.
//!
//! Windows has one more, 8010_0022: its `SCARD_E_UNSUPPORTED_FEATURE`, for which pcsc-lite uses 8010_001F. It is left
//! out, because no pcsc-lite answers it and the crate `pcsc` has no value for it outside Windows.

/// An `SCARD_…` code.
pub type Code = u32;

macro_rules! codes {
    ($($name:ident = $value:literal;)*) => {
        $(
            #[doc = concat!("`SCARD_", stringify!($name), "`")]
            pub const $name: Code = $value;
        )*

        /// Every error, with its name without `SCARD_`.
        pub const ERRORS: &[(Code, &str)] = &[$(($name, stringify!($name))),*];
    };
}

/// `SCARD_S_SUCCESS`
pub const SUCCESS: Code = 0;

codes! {
    F_INTERNAL_ERROR = 0x8010_0001;
    E_CANCELLED = 0x8010_0002;
    E_INVALID_HANDLE = 0x8010_0003;
    E_INVALID_PARAMETER = 0x8010_0004;
    E_INVALID_TARGET = 0x8010_0005;
    E_NO_MEMORY = 0x8010_0006;
    F_WAITED_TOO_LONG = 0x8010_0007;
    E_INSUFFICIENT_BUFFER = 0x8010_0008;
    E_UNKNOWN_READER = 0x8010_0009;
    E_TIMEOUT = 0x8010_000A;
    E_SHARING_VIOLATION = 0x8010_000B;
    E_NO_SMARTCARD = 0x8010_000C;
    E_UNKNOWN_CARD = 0x8010_000D;
    E_CANT_DISPOSE = 0x8010_000E;
    E_PROTO_MISMATCH = 0x8010_000F;
    E_NOT_READY = 0x8010_0010;
    E_INVALID_VALUE = 0x8010_0011;
    E_SYSTEM_CANCELLED = 0x8010_0012;
    F_COMM_ERROR = 0x8010_0013;
    F_UNKNOWN_ERROR = 0x8010_0014;
    E_INVALID_ATR = 0x8010_0015;
    E_NOT_TRANSACTED = 0x8010_0016;
    E_READER_UNAVAILABLE = 0x8010_0017;
    P_SHUTDOWN = 0x8010_0018;
    E_PCI_TOO_SMALL = 0x8010_0019;
    E_READER_UNSUPPORTED = 0x8010_001A;
    E_DUPLICATE_READER = 0x8010_001B;
    E_CARD_UNSUPPORTED = 0x8010_001C;
    E_NO_SERVICE = 0x8010_001D;
    E_SERVICE_STOPPED = 0x8010_001E;
    E_UNSUPPORTED_FEATURE = 0x8010_001F;
    E_ICC_INSTALLATION = 0x8010_0020;
    E_ICC_CREATEORDER = 0x8010_0021;
    E_DIR_NOT_FOUND = 0x8010_0023;
    E_FILE_NOT_FOUND = 0x8010_0024;
    E_NO_DIR = 0x8010_0025;
    E_NO_FILE = 0x8010_0026;
    E_NO_ACCESS = 0x8010_0027;
    E_WRITE_TOO_MANY = 0x8010_0028;
    E_BAD_SEEK = 0x8010_0029;
    E_INVALID_CHV = 0x8010_002A;
    E_UNKNOWN_RES_MNG = 0x8010_002B;
    E_NO_SUCH_CERTIFICATE = 0x8010_002C;
    E_CERTIFICATE_UNAVAILABLE = 0x8010_002D;
    E_NO_READERS_AVAILABLE = 0x8010_002E;
    E_COMM_DATA_LOST = 0x8010_002F;
    E_NO_KEY_CONTAINER = 0x8010_0030;
    E_SERVER_TOO_BUSY = 0x8010_0031;
    W_UNSUPPORTED_CARD = 0x8010_0065;
    W_UNRESPONSIVE_CARD = 0x8010_0066;
    W_UNPOWERED_CARD = 0x8010_0067;
    W_RESET_CARD = 0x8010_0068;
    W_REMOVED_CARD = 0x8010_0069;
    W_SECURITY_VIOLATION = 0x8010_006A;
    W_WRONG_CHV = 0x8010_006B;
    W_CHV_BLOCKED = 0x8010_006C;
    W_EOF = 0x8010_006D;
    W_CANCELLED_BY_USER = 0x8010_006E;
    W_CARD_NOT_AUTHENTICATED = 0x8010_006F;
    W_CACHE_ITEM_NOT_FOUND = 0x8010_0070;
    W_CACHE_ITEM_STALE = 0x8010_0071;
    W_CACHE_ITEM_TOO_BIG = 0x8010_0072;
}

/// The name of a code, without `SCARD_`.
pub fn name(code: Code) -> &'static str {
    ERRORS.iter().find(|(known, _)| *known == code).map_or("unknown", |(_, name)| name)
}
