//! `cns status`.

use cns_card::Retries;

/// Messages of `cns status`.
pub trait StatusText {
    /// What the subcommand does: one line.
    fn status_about(&self) -> &'static str;
    /// What `--show` does.
    fn show_option(&self) -> &'static str;
    /// Above what is in a reader.
    fn reader_title(&self, reader: &str) -> String;
    /// A reader without card.
    fn empty_reader(&self) -> &'static str;
    /// In place of a value that is not known.
    fn unknown(&self) -> &'static str;
    /// Which codes are printed on cards of the family.
    fn printed_codes(&self, codes: &str) -> String;
    /// Before the card's family.
    fn family(&self) -> &'static str;
    /// Before the makers of chip and mask.
    fn makers(&self) -> &'static str;
    /// Before the holder's name.
    fn holder(&self) -> &'static str;
    /// Before the tax code.
    fn tax_code(&self) -> &'static str;
    /// Before the card's number.
    fn card_number(&self) -> &'static str;
    /// Before the twenty digits on the back.
    fn number_on_the_back(&self) -> &'static str;
    /// In place of the twenty digits, when the card does not tell them.
    fn read_it_off_the_back(&self) -> &'static str;
    /// Before the user id of the Lombardia portal.
    fn lombardia_user(&self) -> &'static str;
    /// Before the issuer of the certificate.
    fn issuer(&self) -> &'static str;
    /// Before the tries left for the PIN.
    fn pin_tries(&self) -> &'static str;
    /// Before the tries left for the PUK.
    fn puk_tries(&self) -> &'static str;
    /// Before the word on a keyset for digital signatures.
    fn signature_keyset(&self) -> &'static str;
    /// The card has it, and this driver does not use it.
    fn not_used_here(&self) -> &'static str;
    /// How many tries are left.
    fn tries(&self, tries: Retries) -> String;
    /// What to do about a locked PIN.
    fn pin_is_locked(&self) -> &'static str;
    /// A certificate that is valid.
    fn valid_until(&self, end: &str) -> String;
    /// A certificate that expires in so many days; a health card is renewed by itself.
    fn expires_soon(&self, end: &str, days: i64, health_card: bool) -> String;
    /// A certificate that has expired.
    fn expired(&self, end: &str, health_card: bool) -> String;
    /// A certificate whose validity has not begun.
    fn not_yet_valid(&self, begin: &str) -> String;
}
