//! Behaviour: where cards that follow the same standard answer differently.
//!
//! Each field is a difference that a real card shows (docs/cards/README.md, section 3); the default is the strictest reading of
//! ISO 7816-4. Fields only, no behaviour.

/// What happens to response data that the command's Le does not take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Surplus {
    /// It is lost: 9000 and only as many bytes as Le asked for, none without Le.
    Dropped,
    /// It is kept: 61xx and GET RESPONSE, although the card speaks T=1.
    GetResponse,
    /// The card names the right Le: 6Cxx; without Le it is lost.
    ExactLe,
}

/// What READ BINARY answers when fewer bytes are left than Le asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndOfFile {
    /// What is left, and 9000.
    ShortData,
    /// What is left, and 6282.
    Warning,
    /// 6Cxx with what is left.
    ExactLe,
    /// This status word, and nothing of what is left.
    Refused(u16),
}

/// What SELECT wants of its Le.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SelectLe {
    /// With or without.
    Either,
    /// Without it this status word is the answer.
    Wanted(u16),
    /// With it this status word is the answer.
    Unwanted(u16),
}

/// What a VERIFY without data does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VerifyWithoutData {
    /// 63Cx, or 9000 when verified; nothing is counted.
    TellsTries,
    /// It is a wrong try like any other.
    CountsAsWrong,
    /// 6700, nothing is counted.
    WrongLength,
}

/// What a command with the chaining bit gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chaining {
    /// It is taken.
    Accepted,
    /// This status word.
    Refused(u16),
}

/// How a card answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Behaviour {
    /// Extended length fields are understood, else 6700.
    pub extended: bool,
    /// Command chaining.
    pub chaining: Chaining,
    /// An Le in a command of a chain that is not the last is ignored, else 6700.
    pub le_in_chain: bool,
    /// Response data beyond Le.
    pub surplus: Surplus,
    /// READ BINARY at the end of a file.
    pub end_of_file: EndOfFile,
    /// READ BINARY with Le=00 is understood, else 6700.
    pub read_le_zero: bool,
    /// The most bytes one READ BINARY gives.
    pub longest_read: usize,
    /// SELECT with and without Le.
    pub select_le: SelectLe,
    /// SELECT P2=0C (no FCI) is understood, else 6A86.
    pub select_p2_0c: bool,
    /// What an empty VERIFY does.
    pub verify_without_data: VerifyWithoutData,
    /// A wrong PIN answers 63Cx, else a plain 6300.
    pub wrong_pin_tells_tries: bool,
    /// PINs are found with bit 8 of P2 from anywhere, and without it only while the MF is current.
    pub local_pin_bit: bool,
    /// PSO works only while the key's DF is current, else 6984; MSE anywhere.
    pub key_in_current_df: bool,
    /// MSE SET works only after MSE RESTORE of environment 03, else 6985.
    pub restore_first: bool,
    /// The security environment outlives the SELECT of another DF.
    pub environment_survives_select: bool,
    /// The most bytes one GET CHALLENGE gives, else 6700.
    pub longest_challenge: usize,
    /// PSO COMPUTE DIGITAL SIGNATURE (2A 9E 9A) pads a DigestInfo and signs, else 6A86.
    pub pads_signatures: bool,
}

impl Behaviour {
    /// The strictest reading of the standard, short lengths only.
    pub const STRICT: Behaviour = Behaviour {
        extended: false,
        chaining: Chaining::Refused(0x6884),
        le_in_chain: false,
        surplus: Surplus::Dropped,
        end_of_file: EndOfFile::ShortData,
        read_le_zero: true,
        longest_read: 256,
        select_le: SelectLe::Either,
        select_p2_0c: true,
        verify_without_data: VerifyWithoutData::WrongLength,
        wrong_pin_tells_tries: true,
        local_pin_bit: false,
        key_in_current_df: false,
        restore_first: true,
        environment_survives_select: false,
        longest_challenge: 255,
        pads_signatures: false,
    };
}
