//! The command line about itself: help and wrong usage.

/// Messages about the command line.
pub trait CliText {
    /// What the command is for: one line.
    fn about(&self) -> &'static str;
    /// Over the usage line.
    fn usage(&self) -> &'static str;
    /// In the usage line, for all options.
    fn usage_options(&self) -> &'static str;
    /// In the usage line, for a subcommand.
    fn usage_command(&self) -> &'static str;
    /// Over the list of subcommands.
    fn commands(&self) -> &'static str;
    /// Over the list of options.
    fn options(&self) -> &'static str;
    /// Over the list of arguments.
    fn arguments(&self) -> &'static str;
    /// What `--help` does.
    fn help_option(&self) -> &'static str;
    /// What `--version` does.
    fn version_option(&self) -> &'static str;
    /// What `--lang` does.
    fn lang_option(&self) -> &'static str;
    /// What `--color` does.
    fn color_option(&self) -> &'static str;
    /// What `--reader` does.
    fn reader_option(&self) -> &'static str;
    /// What stands for a reader's name.
    fn reader_value(&self) -> &'static str;
    /// What stands for a file's name.
    fn file_value(&self) -> &'static str;
    /// What `--json` does.
    fn json_option(&self) -> &'static str;

    /// A subcommand or option that does not exist.
    fn unknown_argument(&self, argument: &str) -> String;
    /// A value that an option does not take.
    fn invalid_value(&self, value: &str, argument: &str, possible: &str) -> String;
    /// What must be given and is not.
    fn missing(&self, what: &str) -> String;
    /// Options that exclude each other.
    fn conflict(&self, argument: &str, other: &str) -> String;
    /// Anything else that is wrong with the command line.
    fn wrong_usage(&self) -> &'static str;
    /// Something that was perhaps meant.
    fn perhaps(&self, suggestion: &str) -> String;
    /// Where the right usage is told.
    fn see_help(&self) -> &'static str;
    /// The exit codes, a line each.
    fn exit_codes(&self) -> &'static str;
}
