//! What support people use: `cns card-report`, `cns watch`, `cns cache`.

/// Something that happened to readers and cards.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the fields say what they are")]
pub enum Event {
    /// The PC/SC service went away.
    ServiceGone,
    /// It is back.
    ServiceBack,
    /// A reader is there.
    Reader { reader: String },
    /// It is not there any more.
    ReaderGone { reader: String },
    /// A CNS was put in.
    Cns { reader: String, family: &'static str, certificate: bool },
    /// Another card was put in.
    OtherCard { reader: String, what: &'static str },
    /// A card that does not answer.
    MuteCard { reader: String },
    /// A CNS that could not be read.
    UnreadableCard { reader: String, error: String },
    /// The card was taken out.
    CardGone { reader: String },
}

/// Messages of `cns card-report`, `cns watch` and `cns cache`.
pub trait SupportText {
    /// What `cns card-report` does.
    fn card_report_about(&self) -> &'static str;
    /// What is shown while the card is asked.
    fn asking_every_file(&self) -> &'static str;
    /// What the report is for and what is in it.
    fn about_the_report(&self) -> &'static str;

    /// What `cns watch` does.
    fn watch_about(&self) -> &'static str;
    /// What `--count` does.
    fn count_option(&self) -> &'static str;
    /// How to end it.
    fn watching(&self) -> &'static str;
    /// What happened.
    fn event(&self, event: &Event) -> String;

    /// What `cns cache` does.
    fn cache_about(&self) -> &'static str;
    /// What `cns cache status` does.
    fn cache_status_about(&self) -> &'static str;
    /// What `cns cache clear` does.
    fn cache_clear_about(&self) -> &'static str;
    /// The system has no place for it.
    fn no_cache_directory(&self) -> &'static str;
    /// It could not be looked at.
    fn cache_unreadable(&self, directory: &str) -> String;
    /// Where it is and how many cards it remembers.
    fn cache_at(&self, directory: &str, entries: usize) -> String;
    /// The module is told to remember nothing.
    fn cache_is_off(&self) -> &'static str;
    /// In place of whose card a damaged entry is about.
    fn cache_damaged(&self) -> &'static str;
    /// An entry.
    fn cache_entry(&self, label: &str, bytes: u64, used: &str) -> String;
    /// How many were forgotten.
    fn cache_cleared(&self, entries: usize) -> String;
}
