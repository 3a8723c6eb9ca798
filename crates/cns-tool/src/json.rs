//! What programs read (docs/json.md): one object for each command, an object a line for `cns watch`.

use std::ffi::OsString;
use std::fmt::Display;

use serde::{Serialize, Serializer};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The number of the shapes. As long as it stays, members are added and none is changed or taken away.
const SCHEMA: u32 = 1;

/// An object with its head: schema number and command.
#[derive(Serialize)]
pub(crate) struct JsonDocument<'a, T: Serialize> {
    schema: u32,
    command: &'a str,
    #[serde(flatten)]
    content: &'a T,
}

impl<'a, T: Serialize> JsonDocument<'a, T> {
    pub(crate) fn new(command: &'a str, content: &'a T) -> Self {
        Self { schema: SCHEMA, command, content }
    }
}

/// The command that is asked for its result as JSON, as in `cert show`. By the arguments as they are: a command line that
/// is wrong is reported as JSON too.
pub(crate) fn requested(command: &clap::Command, arguments: &[OsString]) -> Option<String> {
    let options = || arguments.iter().skip(1).take_while(|argument| *argument != "--");
    if !options().any(|argument| argument == "--json") {
        return None;
    }
    let mut command = command;
    let mut path = Vec::new();
    for argument in options() {
        if let Some(sub) = command.find_subcommand(argument) {
            command = sub;
            path.push(sub.get_name());
        }
    }
    Some(if path.is_empty() { command.get_name().to_owned() } else { path.join(" ") })
}

/// A moment as RFC 3339 has it, in UTC and whole seconds.
pub(crate) fn moment<S: Serializer>(moment: &OffsetDateTime, serializer: S) -> Result<S::Ok, S::Error> {
    let whole = moment.to_offset(time::UtcOffset::UTC).replace_nanosecond(0).unwrap_or(*moment);
    serializer.serialize_str(&whole.format(&Rfc3339).unwrap_or_default())
}

/// A value by its `Display`.
pub(crate) fn as_text<T: Display, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Language;

    #[test]
    fn the_command_is_named_as_it_is_typed() {
        for (line, name) in [
            ("cns status --json", Some("status")),
            ("cns --lang it cert --json show", Some("cert show")),
            ("cns cache status", None),
            ("cns --json", Some("cns")),
            ("cns stauts --json", Some("cns")),
            ("cns pin verfy --json", Some("pin")),
            ("cns sign -- --json", None),
        ] {
            let arguments: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            let command = crate::cli::command(Language::English);
            assert_eq!(requested(&command, &arguments).as_deref(), name, "{line}");
        }
    }
}
