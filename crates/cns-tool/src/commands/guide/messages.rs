//! What `cns guide` says.

use crate::text::Message;

pub(crate) const GUIDE_TOPICS: Message = Message::new("Pagine", "Pages");
pub(crate) const GUIDE_HOW: Message =
    Message::new("Per leggerne una: cns guide ARGOMENTO", "To read one: cns guide TOPIC");
