//! Status words SW1-SW2 (ISO/IEC 7816-4:2020, 5.6): a value from the wire, so a newtype with named constants.

/// The two status bytes that end every answer.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct StatusWord(pub u16);

/// One constant and one name per status word that this engine or its log speaks of.
macro_rules! status_words {
    ($($(#[$doc:meta])* $constant:ident = $value:literal, $name:literal;)+) => {
        impl StatusWord {
            $($(#[$doc])* pub const $constant: Self = Self($value);)+

            fn exact_name(self) -> Option<&'static str> {
                match self.0 {
                    $($value => Some($name),)+
                    _ => None,
                }
            }
        }
    };
}

status_words! {
    /// Success.
    SUCCESS = 0x9000, "Success";
    /// Success, and the card's memory wears out (CardOS, ST Incard).
    SUCCESS_MEMORY_WEAK = 0x9001, "SuccessMemoryWeak";
    /// Part of the returned data may be corrupted.
    DATA_MAY_BE_CORRUPTED = 0x6281, "DataMayBeCorrupted";
    /// End of file reached before reading as many bytes as asked.
    END_OF_FILE = 0x6282, "EndOfFile";
    /// The selected file is deactivated.
    FILE_DEACTIVATED = 0x6283, "FileDeactivated";
    /// Verification failed, no counter given.
    VERIFICATION_FAILED = 0x6300, "VerificationFailed";
    /// Wrong length.
    WRONG_LENGTH = 0x6700, "WrongLength";
    /// Logical channel not supported.
    LOGICAL_CHANNEL_NOT_SUPPORTED = 0x6881, "LogicalChannelNotSupported";
    /// Command chaining not supported.
    CHAINING_NOT_SUPPORTED = 0x6884, "ChainingNotSupported";
    /// Security status not satisfied: no PIN verified.
    SECURITY_STATUS_NOT_SATISFIED = 0x6982, "SecurityStatusNotSatisfied";
    /// Authentication method blocked: no tries left.
    AUTHENTICATION_METHOD_BLOCKED = 0x6983, "AuthenticationMethodBlocked";
    /// Reference data not usable.
    REFERENCE_DATA_NOT_USABLE = 0x6984, "ReferenceDataNotUsable";
    /// Conditions of use not satisfied.
    CONDITIONS_OF_USE_NOT_SATISFIED = 0x6985, "ConditionsOfUseNotSatisfied";
    /// Command not allowed, no EF selected.
    NO_CURRENT_EF = 0x6986, "NoCurrentEf";
    /// Incorrect parameters in the command data field.
    INCORRECT_DATA = 0x6A80, "IncorrectData";
    /// Function not supported.
    FUNCTION_NOT_SUPPORTED = 0x6A81, "FunctionNotSupported";
    /// File or application not found.
    FILE_NOT_FOUND = 0x6A82, "FileNotFound";
    /// Record not found.
    RECORD_NOT_FOUND = 0x6A83, "RecordNotFound";
    /// Incorrect parameters P1-P2.
    INCORRECT_P1_P2 = 0x6A86, "IncorrectP1P2";
    /// Nc inconsistent with parameters P1-P2.
    LC_INCONSISTENT_WITH_P1_P2 = 0x6A87, "LcInconsistentWithP1P2";
    /// Referenced data or reference data not found.
    REFERENCE_DATA_NOT_FOUND = 0x6A88, "ReferenceDataNotFound";
    /// Wrong parameters P1-P2, as for an offset outside the file.
    WRONG_P1_P2 = 0x6B00, "WrongP1P2";
    /// Instruction code not supported.
    INSTRUCTION_NOT_SUPPORTED = 0x6D00, "InstructionNotSupported";
    /// Class not supported.
    CLASS_NOT_SUPPORTED = 0x6E00, "ClassNotSupported";
    /// The key object was not found (CardOS, ST Incard).
    KEY_OBJECT_NOT_FOUND = 0x6F86, "KeyObjectNotFound";
    /// No precise diagnosis.
    NO_PRECISE_DIAGNOSIS = 0x6F00, "NoPreciseDiagnosis";
}

impl StatusWord {
    /// `61xx`: the number of bytes that GET RESPONSE can fetch, 1 to 256.
    #[must_use]
    pub fn bytes_available(self) -> Option<u16> {
        (self.0 >> 8 == 0x61).then(|| one_to_256(self.0))
    }

    /// `6Cxx`: the Le that the card wants instead, 1 to 256.
    #[must_use]
    pub fn exact_le(self) -> Option<u16> {
        (self.0 >> 8 == 0x6C).then(|| one_to_256(self.0))
    }

    /// `63Cx`: the counter, 0 to 15.
    #[must_use]
    pub fn counter(self) -> Option<u8> {
        (self.0 & 0xFFF0 == 0x63C0).then_some((self.0 & 0x000F) as u8)
    }

    /// Was the command executed? `9000`, `9001`, or `61xx` before its data are fetched.
    #[must_use]
    pub fn is_success(self) -> bool {
        matches!(self, Self::SUCCESS | Self::SUCCESS_MEMORY_WEAK) || self.bytes_available().is_some()
    }

    fn name(self) -> &'static str {
        if let Some(name) = self.exact_name() {
            return name;
        }
        match self.0 >> 8 {
            0x61 => "BytesAvailable",
            0x62 => "Warning",
            0x63 if self.counter().is_some() => "CounterLeft",
            0x63 => "WarningMemoryChanged",
            0x64..=0x66 => "ExecutionError",
            0x67..=0x6B | 0x6D | 0x6E | 0x6F => "CheckingError",
            0x6C => "WrongLe",
            _ => "Unknown",
        }
    }
}

fn one_to_256(word: u16) -> u16 {
    match word & 0x00FF {
        0 => 256,
        n => n,
    }
}

impl std::fmt::Debug for StatusWord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04X} {}", self.0, self.name())
    }
}

impl std::fmt::Display for StatusWord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Debug::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::StatusWord;

    #[test]
    fn debug_names_what_the_standard_names() {
        assert_eq!(format!("{:?}", StatusWord(0x6983)), "6983 AuthenticationMethodBlocked");
        assert_eq!(format!("{:?}", StatusWord(0x9000)), "9000 Success");
        assert_eq!(format!("{:?}", StatusWord(0x63C2)), "63C2 CounterLeft");
        assert_eq!(format!("{:?}", StatusWord(0x0000)), "0000 Unknown");
    }

    /// ISO/IEC 7816-4:2020, 5.6, table 5: what the first byte says where the whole word has no name of its own.
    #[test]
    fn every_first_byte_has_its_kind() {
        let named = |word| StatusWord(word).to_string();
        assert_eq!(named(0x6110), "6110 BytesAvailable");
        assert_eq!(
            (named(0x62FF), named(0x63A0)),
            ("62FF Warning".into(), "63A0 WarningMemoryChanged".into())
        );
        for execution in [0x64FF, 0x6501, 0x66FF] {
            assert_eq!(named(execution), format!("{execution:04X} ExecutionError"));
        }
        for checking in [0x67FF, 0x68FF, 0x69FF, 0x6AFF, 0x6BFF, 0x6DFF, 0x6EFF, 0x6FFF] {
            assert_eq!(named(checking), format!("{checking:04X} CheckingError"));
        }
        assert_eq!(named(0x6C10), "6C10 WrongLe");
        assert_eq!((named(0x60FF), named(0x9001)), ("60FF Unknown".into(), "9001 SuccessMemoryWeak".into()));
    }

    #[test]
    fn embedded_numbers() {
        assert_eq!(StatusWord(0x6100).bytes_available(), Some(256));
        assert_eq!(StatusWord(0x6110).bytes_available(), Some(16));
        assert_eq!(StatusWord(0x6C00).exact_le(), Some(256));
        assert_eq!(StatusWord(0x6C0A).exact_le(), Some(10));
        assert_eq!(StatusWord(0x63C0).counter(), Some(0));
        assert_eq!(StatusWord(0x63CF).counter(), Some(15));
        assert_eq!(StatusWord(0x6300).counter(), None);
        assert_eq!(StatusWord(0x63D1).counter(), None);
        assert_eq!(StatusWord(0x9000).bytes_available(), None);
        assert_eq!(StatusWord(0x9000).exact_le(), None);
    }

    #[test]
    fn success_is_9000_9001_and_61xx_only() {
        let good: Vec<u16> = (0..=0xFFFF).filter(|&w| StatusWord(w).is_success()).collect();
        assert_eq!(good.len(), 258);
        assert!(
            good.contains(&0x9000)
                && good.contains(&0x9001)
                && good.contains(&0x6100)
                && good.contains(&0x61FF)
        );
    }
}
