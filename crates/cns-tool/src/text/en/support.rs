//! `cns card-report`, `cns watch`, `cns cache`.

use crate::text::{English, Event, SupportText};

impl SupportText for English {
    fn card_report_about(&self) -> &'static str {
        "Prepare a report about an unknown card, without personal data"
    }

    fn asking_every_file(&self) -> &'static str {
        "Asking the card which files it has…"
    }

    fn about_the_report(&self) -> &'static str {
        "The report tells how the card answers: no name, tax code, numbers, certificate or PIN are in it. Attach it to an \
         issue of the project, with the code printed beside the letters TS."
    }

    fn watch_about(&self) -> &'static str {
        "Show readers and cards as they come and go, for support people"
    }

    fn count_option(&self) -> &'static str {
        "Ends after N events"
    }

    fn watching(&self) -> &'static str {
        "Watching; Ctrl-C ends. The time is universal time (UTC)."
    }

    fn event(&self, event: &Event) -> String {
        match event {
            Event::ServiceGone => "The smart card service (PC/SC) does not answer.".into(),
            Event::ServiceBack => "The smart card service (PC/SC) answers again.".into(),
            Event::Reader { reader } => format!("Reader: {reader}"),
            Event::ReaderGone { reader } => format!("Reader unplugged: {reader}"),
            Event::Cns { reader, family, certificate: true } => {
                format!("Card put in: {family}, with a certificate ({reader})")
            }
            Event::Cns { reader, family, certificate: false } => {
                format!("Card put in: {family}, without certificate ({reader})")
            }
            Event::OtherCard { reader, what } => format!("Card put in: {what} ({reader})"),
            Event::MuteCard { reader } => format!("Card put in: it does not answer ({reader})"),
            Event::UnreadableCard { reader, error } => {
                format!("Card put in: it cannot be read, {error} ({reader})")
            }
            Event::CardGone { reader } => format!("Card taken out ({reader})"),
        }
    }

    fn cache_about(&self) -> &'static str {
        "Show or forget what the module remembers of cards"
    }

    fn cache_status_about(&self) -> &'static str {
        "Show which cards the module remembers: public data only, never the PIN"
    }

    fn cache_clear_about(&self) -> &'static str {
        "Forget everything that the module remembers"
    }

    fn no_cache_directory(&self) -> &'static str {
        "The module remembers nothing: there is no folder of your own to write to."
    }

    fn cache_unreadable(&self, directory: &str) -> String {
        format!("{directory} cannot be read or changed.")
    }

    fn cache_at(&self, directory: &str, entries: usize) -> String {
        match entries {
            0 => format!("{directory}: no cards"),
            1 => format!("{directory}: one card"),
            entries => format!("{directory}: {entries} cards"),
        }
    }

    fn cache_is_off(&self) -> &'static str {
        "CNS_PKCS11_CACHE is set: programs started from here remember nothing."
    }

    fn cache_damaged(&self) -> &'static str {
        "damaged file, not used"
    }

    fn cache_entry(&self, label: &str, bytes: u64, used: &str) -> String {
        format!("  {label}, {bytes} bytes, last used: {used}")
    }

    fn cache_cleared(&self, entries: usize) -> String {
        match entries {
            0 => "There was nothing to forget.".into(),
            1 => "One card forgotten.".into(),
            entries => format!("{entries} cards forgotten."),
        }
    }
}
