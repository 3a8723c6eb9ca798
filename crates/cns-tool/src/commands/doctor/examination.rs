//! What is examined, and with what.

use std::path::Path;

use time::OffsetDateTime;

use crate::context::Context;
use crate::host::{Host, WindowsSystem};
use crate::pkcs11::module_path;

/// What is to be examined, and with what.
pub struct Examination<'a> {
    /// The computer and its user.
    pub host: &'a Host,
    /// Readers and cards.
    pub transport: &'a dyn cns_card::Transport,
    /// What only Windows has.
    pub windows: &'a dyn WindowsSystem,
    /// What time it is.
    pub now: OffsetDateTime,
    /// The module that programs should use, as a path of the computer; `None` where none is installed.
    pub module: Option<String>,
    /// What this user's programs have cached of cards.
    pub cached: Vec<cns_card::CachedCard>,
}

impl<'a> Examination<'a> {
    /// Of this computer, with the module that was named, or the installed one.
    pub(crate) fn new<'w: 'a>(host: &'a Host, module: Option<&Path>, context: &Context<'w>) -> Self {
        let module = match module {
            Some(given) => Some(std::path::absolute(given).unwrap_or_else(|_| given.to_owned())),
            None => module_path::find(&host.system).map(|found| host.inside(&found)),
        };
        Self {
            host,
            transport: context.transport,
            windows: context.windows,
            now: OffsetDateTime::from(context.now),
            module: module.map(|path| path.display().to_string()),
            cached: match host.is_running_system() {
                true => cns_token::cached_cards(),
                false => Vec::new(),
            },
        }
    }
}
