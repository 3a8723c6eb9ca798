//! `cns guide`.

use crate::text::{English, GuideText};

impl GuideText for English {
    fn guide_about(&self) -> &'static str {
        "Explain how to activate the card, what the codes are, how to log in"
    }

    fn topic_value(&self) -> &'static str {
        "TOPIC"
    }

    fn topic_argument(&self) -> &'static str {
        "The page to read (default: the list)"
    }

    fn guide_topics(&self) -> &'static str {
        "Pages"
    }

    fn guide_how(&self) -> &'static str {
        "To read one: cns guide TOPIC"
    }

    fn manual_not_written(&self, folder: &str) -> String {
        format!("The manual pages could not be written into {folder}.")
    }
}
