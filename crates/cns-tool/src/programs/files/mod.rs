//! Files written whole or not at all, and the log of what was changed, with backups.

pub(crate) mod atomic_write;
pub(crate) mod backup_log;
pub(crate) mod log_entry;
