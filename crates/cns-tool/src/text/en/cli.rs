//! The command line.

use crate::text::{CliText, English};

impl CliText for English {
    fn about(&self) -> &'static str {
        "Your Italian National Service Card (CNS, TS-CNS): state, PIN, certificate, set-up and diagnosis"
    }

    fn usage(&self) -> &'static str {
        "Usage"
    }

    fn usage_options(&self) -> &'static str {
        "OPTIONS"
    }

    fn usage_command(&self) -> &'static str {
        "COMMAND"
    }

    fn commands(&self) -> &'static str {
        "Commands"
    }

    fn options(&self) -> &'static str {
        "Options"
    }

    fn arguments(&self) -> &'static str {
        "Arguments"
    }

    fn help_option(&self) -> &'static str {
        "Show this explanation"
    }

    fn version_option(&self) -> &'static str {
        "Show the version"
    }

    fn lang_option(&self) -> &'static str {
        "Language of the messages: it or en (if absent: the system's)"
    }

    fn color_option(&self) -> &'static str {
        "Colours: auto, always or never"
    }

    fn reader_option(&self) -> &'static str {
        "Reader to use, or a part of its name, when there are several"
    }

    fn reader_value(&self) -> &'static str {
        "READER"
    }

    fn file_value(&self) -> &'static str {
        "FILE"
    }

    fn json_option(&self) -> &'static str {
        "Write the result as JSON, for programs"
    }

    fn unknown_argument(&self, argument: &str) -> String {
        format!("\"{argument}\" is no command and no option of cns.")
    }

    fn invalid_value(&self, value: &str, argument: &str, possible: &str) -> String {
        let mut sentence = format!("\"{value}\" does not fit {argument}.");
        if !possible.is_empty() {
            sentence.push_str(&format!(" Possible values: {possible}."));
        }
        sentence
    }

    fn missing(&self, what: &str) -> String {
        format!("The command line lacks: {what}.")
    }

    fn conflict(&self, argument: &str, other: &str) -> String {
        format!("{argument} and {other} do not go together.")
    }

    fn wrong_usage(&self) -> &'static str {
        "The command line is wrong."
    }

    fn perhaps(&self, suggestion: &str) -> String {
        format!("Perhaps you meant \"{suggestion}\".")
    }

    fn see_help(&self) -> &'static str {
        "\"cns --help\" lists the commands, \"cns COMMAND --help\" explains one."
    }

    fn exit_codes(&self) -> &'static str {
        "Exit codes:\n  \
           0  done, and all is well\n  \
           1  it failed, or something that was checked is not well\n  \
           2  the command line is wrong\n  \
           3  no smart card service, or no reader\n  \
           4  no card in the reader\n  \
           5  a card that cannot be used: not a CNS, no answer, no certificate\n  \
           6  the PIN or the PUK is wrong: a try is used up\n  \
           7  the PIN or the PUK is locked\n  \
           8  nothing was sent to the card: typed wrongly, too easy to guess, or not confirmed\n\
         130  interrupted (Ctrl-C)"
    }
}
