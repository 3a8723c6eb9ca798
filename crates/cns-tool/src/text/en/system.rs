//! Why the system did not read, write or connect.

use std::io::ErrorKind;

use crate::programs::Malformed;
use crate::text::{English, SystemError, SystemText};

impl SystemText for English {
    fn system_error(&self, error: &SystemError) -> String {
        let words = &error.words;
        let clause = match error.kind {
            ErrorKind::PermissionDenied => "You are not permitted to do that",
            ErrorKind::ReadOnlyFilesystem => "The disk is read-only",
            ErrorKind::StorageFull => "There is no space left on the disk",
            ErrorKind::QuotaExceeded => "You have used up your share of this disk",
            ErrorKind::NotFound => "The file or folder does not exist",
            ErrorKind::IsADirectory => "It is a folder, not a file",
            ErrorKind::NotADirectory => "A part of the path is no folder",
            ErrorKind::ResourceBusy => "Another program is using it",
            ErrorKind::InvalidData | ErrorKind::UnexpectedEof => "What is in it is not what should be",
            ErrorKind::ConnectionRefused => "No service answers at that address",
            ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe => {
                "The other side closed the connection"
            }
            ErrorKind::TimedOut | ErrorKind::WouldBlock => "No answer came in time",
            ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable | ErrorKind::NetworkDown => {
                "The network does not reach there"
            }
            _ => return format!("The system says: {words}"),
        };
        format!("{clause} (the system says: {words})")
    }

    fn mistake(&self, mistake: &Malformed) -> String {
        match mistake {
            Malformed::NotText => "it is no text (UTF-8)".to_owned(),
            Malformed::NotJson { line, column, words } => format!("line {line}, column {column} ({words})"),
            Malformed::NotAnObject("{}") => "it is no JSON object".to_owned(),
            Malformed::Duplicate(name) => format!("“{name}” is there twice"),
            Malformed::NotAnObject(name) => format!("\"{name}\" is no JSON object"),
        }
    }
}
