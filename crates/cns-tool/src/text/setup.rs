//! `cns setup`.

use crate::context::OperatingSystem;
use crate::programs::{Client, SetupResult};

/// Messages of `cns setup`.
pub trait SetupText {
    /// The name of a program or a group of programs.
    fn client(&self, client: Client) -> &'static str;
    /// Outcome was done or found.
    fn setup_note(&self, note: &SetupResult) -> String;
    /// Outcome a person has to do so that a program that is set up uses the card; `path` is the file that was written.
    fn setup_hint(&self, client: Client, path: &str, system: OperatingSystem) -> Option<String>;

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
    /// Outcome to do about it.
    fn wait_for_it(&self) -> &'static str;
    /// The home cannot be written.
    fn make_writable(&self) -> &'static str;
}
