//! The log: one line per call and per card command, in the file that `CNS_PKCS11_LOG=path[:level]` names.
//!
//! `level` is `error`, `warn`, `info`, `debug` (the default: it has everything a bug report needs) or `trace` (adds
//! the bytes of commands that carry no secret). The file is created for its owner only (0600), never through a symbolic
//! link, and must be a plain file of the user's own. It takes 16 MiB: then this process stops writing, and the next one
//! moves the full file to `path.old` and begins again. A line is
//!
//! ```text
//! 2026-11-21T23:09:29.123456Z 4711 4712 DEBUG cns_pkcs11::call C_Sign CKR_OK micros=184203
//! ```
//!
//! time (UTC), process, thread, level, target, message, fields. Each is written with one call to the system and
//! without a lock: nothing here can be left locked by a fork. Ignored in programs that run with more rights than
//! their user has. May import nothing of this crate; must never print, and never fail a call.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fmt::{self, Write as _};
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span;
use tracing::{Event, Level, Metadata, Subscriber};

#[cfg_attr(unix, path = "log/unix.rs")]
#[cfg_attr(windows, path = "log/windows.rs")]
mod system;

/// Once per process: begins the log if the environment asks for one, and says whether it did.
pub(crate) fn install() -> bool {
    static DONE: AtomicBool = AtomicBool::new(false);
    if DONE.swap(true, Ordering::AcqRel) || system::runs_with_elevated_privileges() {
        return false;
    }
    let Some(config) = env::var_os("CNS_PKCS11_LOG").and_then(|value| LogConfig::parse(&value)) else {
        return false;
    };
    let Some(file) = open(&config.path) else { return false };
    // In a Rust program that has a subscriber of its own, that one stays.
    tracing::subscriber::set_global_default(Log { file, level: config.level }).is_ok()
}

/// The most that is kept in one file.
const LIMIT: u64 = 16 * 1024 * 1024;

/// What the environment variable says.
#[derive(Debug, PartialEq, Eq)]
struct LogConfig {
    path: PathBuf,
    level: Level,
}

impl LogConfig {
    /// `path` or `path:level`; a colon before anything else belongs to the path.
    fn parse(value: &OsStr) -> Option<Self> {
        if value.is_empty() {
            return None;
        }
        let whole = || LogConfig { path: PathBuf::from(value), level: Level::DEBUG };
        let Some((path, level)) = value.to_str().and_then(|text| text.rsplit_once(':')) else {
            return Some(whole());
        };
        // `tracing` also takes the numbers 1 to 5, but `log:1` is a file.
        let is_word = level.chars().all(char::is_alphabetic);
        match level.parse() {
            Ok(level) if is_word && !path.is_empty() => Some(LogConfig { path: PathBuf::from(path), level }),
            _ => Some(whole()),
        }
    }
}

/// `tracing` writes to this: no spans, events only.
struct Log {
    file: File,
    level: Level,
}

impl Subscriber for Log {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= self.level
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::from_level(self.level))
    }

    fn event(&self, event: &Event<'_>) {
        if self.file.metadata().is_ok_and(|file| file.len() < LIMIT) {
            let _ = (&self.file).write_all(line(event).as_bytes());
        }
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

fn line(event: &Event<'_>) -> String {
    let mut text = FieldVisitor::default();
    event.record(&mut text);
    let metadata = event.metadata();
    let time = utc(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default());
    let (process, thread) = (std::process::id(), system::thread());
    let (level, target) = (metadata.level(), metadata.target());
    format!("{time} {process} {thread} {level} {target}{}{}\n", text.message, text.fields)
}

/// The longest message or field: enough for the bytes of a long command.
const LONGEST: usize = 16 * 1024;

#[derive(Default)]
struct FieldVisitor {
    message: String,
    fields: String,
}

impl Visit for FieldVisitor {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        // Writing to a String does not fail.
        let mut text = String::new();
        let _ = write!(text, "{value:?}");
        if field.name() == "message" {
            self.message.push(' ');
            one_line(&text, &mut self.message);
        } else {
            let _ = write!(self.fields, " {}=", field.name());
            one_line(&text, &mut self.fields);
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.record_debug(field, &format_args!("{value:?}"));
    }
}

/// A reader's name, say, cannot begin a line of its own.
fn one_line(text: &str, target: &mut String) {
    for character in text.chars().take(LONGEST) {
        if character.is_control() {
            target.extend(character.escape_default())
        } else {
            target.push(character)
        }
    }
}

/// Opens the file, moving a full one out of the way.
fn open(path: &Path) -> Option<File> {
    let file = system::open(path)?;
    if file.metadata().ok()?.len() < LIMIT {
        return Some(file);
    }
    let mut old = OsString::from(path);
    old.push(".old");
    std::fs::rename(path, old).ok()?;
    system::open(path)
}

/// A time since 1970, written as RFC 3339 in UTC with microseconds.
fn utc(since: Duration) -> String {
    const FORM: &[BorrowedFormatItem<'_>] =
        format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]Z");
    let time = OffsetDateTime::UNIX_EPOCH.checked_add(since.try_into().unwrap_or_default());
    time.unwrap_or(OffsetDateTime::UNIX_EPOCH).format(FORM).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(value: &str) -> Option<(String, Level)> {
        LogConfig::parse(OsStr::new(value)).map(|config| (config.path.display().to_string(), config.level))
    }

    #[test]
    fn a_level_may_follow_the_path() {
        assert_eq!(config("/tmp/a"), Some(("/tmp/a".into(), Level::DEBUG)));
        assert_eq!(config("/tmp/a:trace"), Some(("/tmp/a".into(), Level::TRACE)));
        assert_eq!(config("/tmp/a:ERROR"), Some(("/tmp/a".into(), Level::ERROR)));
        assert_eq!(config("/tmp/a:b"), Some(("/tmp/a:b".into(), Level::DEBUG)));
        assert_eq!(config("/tmp/a:1"), Some(("/tmp/a:1".into(), Level::DEBUG)));
        assert_eq!(config(":info"), Some((":info".into(), Level::DEBUG)));
        assert_eq!(config(""), None);
    }

    #[test]
    fn times_are_written_in_utc() {
        assert_eq!(utc(Duration::ZERO), "1970-01-01T00:00:00.000000Z");
        assert_eq!(utc(Duration::new(951_827_696, 7_999)), "2000-02-29T12:34:56.000007Z");
        assert_eq!(utc(Duration::new(1_767_225_599, 999_999_999)), "2025-12-31T23:59:59.999999Z");
        assert_eq!(utc(Duration::MAX), "1970-01-01T00:00:00.000000Z", "a clock far off is no panic");
    }

    #[test]
    fn a_value_cannot_begin_a_new_line() {
        let mut target = String::new();
        one_line("reader\n2026 forged\u{1b}[0m", &mut target);
        assert_eq!(target, "reader\\n2026 forged\\u{1b}[0m");
    }

    #[cfg(unix)]
    #[test]
    fn the_file_is_private_and_never_reached_through_a_link() {
        use std::os::unix::fs::{PermissionsExt, symlink};

        let folder = env::temp_dir().join(format!("cns-log-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let (path, link) = (folder.join("log"), folder.join("link"));
        assert!(open(&path).is_some());
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        symlink(&path, &link).unwrap();
        assert!(open(&link).is_none());
        assert!(open(&folder).is_none());
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_full_file_is_moved_aside() {
        let path = env::temp_dir().join(format!("cns-full-{}", std::process::id()));
        let old = path.with_extension("old");
        File::create(&path).unwrap().set_len(LIMIT).unwrap();
        assert_eq!(open(&path).unwrap().metadata().unwrap().len(), 0);
        assert_eq!(std::fs::metadata(&old).unwrap().len(), LIMIT);
        std::fs::remove_file(path).unwrap();
        std::fs::remove_file(old).unwrap();
    }

    #[test]
    fn a_full_file_gets_no_more_lines() {
        let path = env::temp_dir().join(format!("cns-bound-{}", std::process::id()));
        let length = |written: u64| {
            let file = open(&path).unwrap();
            file.set_len(written).unwrap();
            let log = Log { file: file.try_clone().unwrap(), level: Level::INFO };
            tracing::subscriber::with_default(log, || tracing::info!("a line"));
            file.metadata().unwrap().len()
        };
        assert!(
            (LIMIT..LIMIT + 200).contains(&length(LIMIT - 1)),
            "the last line may go beyond by itself only"
        );
        std::fs::remove_file(&path).unwrap();
        assert_eq!(length(LIMIT), LIMIT);
        std::fs::remove_file(path).unwrap();
    }
}
