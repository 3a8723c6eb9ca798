//! `cns setup`.

use crate::context::OperatingSystem;
use crate::programs::{Client, SetupResult};

/// Messages of `cns setup`.
pub trait SetupText {
    /// What the subcommand does: one line.
    fn setup_about(&self) -> &'static str;
    /// What stands for a program's name.
    fn setup_program_value(&self) -> &'static str;
    /// What the names of programs are.
    fn setup_programs(&self) -> &'static str;
    /// What `--remove` does.
    fn setup_remove_option(&self) -> &'static str;
    /// What `--dry-run` does.
    fn setup_dry_run_option(&self) -> &'static str;
    /// What `--module` does.
    fn setup_module_option(&self) -> &'static str;
    /// What `--user` does.
    fn setup_user_option(&self) -> &'static str;

    /// The name of a program or a group of programs.
    fn client(&self, client: Client) -> &'static str;
    /// What was done or found.
    fn setup_note(&self, note: &SetupResult) -> String;
    /// What a person has to do so that a program that is set up uses the card; `path` is the file that was written.
    fn setup_hint(&self, client: Client, path: &str, system: OperatingSystem) -> Option<String>;

    /// No module is installed.
    fn no_module(&self) -> &'static str;
    /// How to get one.
    fn install_it(&self) -> &'static str;
    /// The path given leads to no module of ours.
    fn not_the_module(&self, path: &str) -> String;
    /// The path holds letters that cannot be written into other programs' files.
    fn odd_path(&self, path: &str) -> String;
    /// Nobody says where the home is.
    fn no_home(&self) -> &'static str;
    /// The ledger cannot be used.
    fn cannot_remember(&self, folder: &str) -> String;
    /// Another `cns setup` has the ledger.
    fn another_setup_runs(&self) -> &'static str;
    /// What to do about it.
    fn wait_for_it(&self) -> &'static str;
    /// The home cannot be written.
    fn make_writable(&self) -> &'static str;
}
