//! What one card and its reader were found to take and to refuse.

use crate::profile::Application;

/// What one card and its reader support, as found by trying. Kept as long as the card stays in the reader.
#[derive(Debug, Default)]
pub(crate) struct Capabilities {
    /// What the reader says that it carries, in bytes of command data.
    pub(crate) max_command_data: Option<usize>,
    /// SELECT by path is refused: files are selected one by one from the MF.
    pub(crate) select_step_by_step: bool,
    /// SELECT of a file needs an Le.
    pub(crate) select_wants_le: bool,
    /// SELECT of an application is refused with an Le.
    pub(crate) application_wants_no_le: bool,
    /// The most bytes that the card gives for one READ BINARY in short form, where that is not what its row says.
    pub(crate) longest_read: Option<u16>,
    /// READ BINARY in extended form worked, or was refused; `None`: not tried.
    pub(crate) extended_reads: Option<bool>,
    /// A command of more than 255 bytes succeeded as a chain and failed in extended form.
    pub(crate) chain_wanted: bool,
    /// An extended command was sent and there was no response: the reader may not support it.
    pub(crate) extended_without_response: bool,
    /// Another application than the profile's holds PIN and key.
    pub(crate) key_application: Option<&'static Application>,
    /// An application in which a PIN was verified and the key was not found.
    pub(crate) application_without_key: Option<&'static Application>,
}
