//! Programs of the system: where they are looked for, and what a person reads when one cannot be started or a file
//! cannot be used.
//!
//! pcscd, nginx, apache2, ip, debootstrap and chroot are in `/usr/sbin`, which Debian leaves out of the PATH of
//! everybody but root. So this command runs with a PATH that has those folders too, and all it starts inherits it.

use std::env;
use std::ffi::{OsStr, OsString};
use std::io::{self, ErrorKind};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output};

use anyhow::{Context as _, Error, Result};

/// Where Debian has the programs of the administrator.
const SYSTEM_FOLDERS: [&str; 3] = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

/// What PATH means where it is not set: `_PATH_STDPATH` of glibc.
const USUAL_PATH: &str = "/usr/bin:/bin";

/// Goes on with a PATH in which the system's programs are found: the process replaces itself, once, where they are
/// not. (A variable of a running process cannot be changed without `unsafe`.)
pub fn extend_path() -> Result<()> {
    let present = env::var_os("PATH");
    let Some(path) = with_system_folders(present.as_deref())? else { return Ok(()) };
    let own_executable = own_executable()?;
    let mut command = Command::new(&own_executable);
    let name = env::args_os().next().unwrap_or_else(|| own_executable.clone().into());
    let error = command.arg0(name).args(env::args_os().skip(1)).env("PATH", path).exec();
    Err(cannot_run(&command, error))
}

/// This very program, to start it anew. While it runs, a build may have put a newer one into its place: Linux then calls
/// the one that runs "(deleted)", and the newer one, of the same sources, is meant.
pub fn own_executable() -> Result<PathBuf> {
    let path = env::current_exe().context("cannot find this very program in /proc")?;
    match path.to_str().and_then(|path| path.strip_suffix(" (deleted)")) {
        Some(replaced) => Ok(replaced.into()),
        None => Ok(path),
    }
}

/// How a person starts this very program.
pub fn own_command() -> &'static str {
    if env::var_os("CARGO").is_some() { "cargo xtask" } else { "xtask" }
}

/// The PATH with what it lacks at its end; `None` when it lacks nothing.
fn with_system_folders(present: Option<&OsStr>) -> Result<Option<OsString>> {
    let present = present.unwrap_or_else(|| OsStr::new(USUAL_PATH));
    let mut folders: Vec<PathBuf> = env::split_paths(present).collect();
    let missing = SYSTEM_FOLDERS.into_iter().map(PathBuf::from).filter(|folder| !folders.contains(folder));
    let missing: Vec<PathBuf> = missing.collect();
    if missing.is_empty() {
        return Ok(None);
    }
    folders.extend(missing);
    env::join_paths(folders).map(Some).context("the PATH cannot be extended")
}

/// Whether a program of this name is in a folder of the PATH.
pub fn is_installed(name: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).any(|folder| folder.join(name).is_file())
}

/// Runs it on our own streams, to its end.
pub fn status(command: &mut Command) -> Result<ExitStatus> {
    command.status().map_err(|error| cannot_run(command, error))
}

/// Runs it to its end; what it wrote.
pub fn output(command: &mut Command) -> Result<Output> {
    command.output().map_err(|error| cannot_run(command, error))
}

/// Starts it.
pub fn start(command: &mut Command) -> Result<Child> {
    command.spawn().map_err(|error| cannot_run(command, error))
}

/// Names the program, and what to do. The same error comes from a working directory that is not there.
fn cannot_run(command: &Command, error: io::Error) -> Error {
    let program = Path::new(command.get_program()).display();
    let remedy = match (error.kind(), command.get_current_dir()) {
        (ErrorKind::NotFound, Some(folder)) if !folder.is_dir() => {
            format!(": its working directory {} is not there", folder.display())
        }
        (ErrorKind::NotFound, _) => {
            ": it is neither in the PATH nor in /usr/sbin; install the package that has it".to_owned()
        }
        _ => String::new(),
    };
    Error::new(error).context(format!("cannot run {program}{remedy}"))
}

/// What to do about an error that the system gave, if more than its text says.
pub fn advice(error: &Error) -> Option<&'static str> {
    let kind = error.chain().find_map(|cause| cause.downcast_ref::<io::Error>()).map(io::Error::kind)?;
    match kind {
        ErrorKind::PermissionDenied => Some(
            "What this names belongs to another user: perhaps an earlier run with sudo made it. Give it back \
             (sudo chown -R \"$USER\" PATH) or remove it, and try again.",
        ),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            Some("The disk is full: cargo clean, or another CARGO_TARGET_DIR or TMPDIR, gives more.")
        }
        ErrorKind::ReadOnlyFilesystem => {
            Some("This disk cannot be written: choose another CARGO_TARGET_DIR or TMPDIR.")
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_of_an_ordinary_user_gets_the_folders_of_the_system() {
        let extended = |path: &str| with_system_folders(Some(path.as_ref())).unwrap();
        let users = "/usr/local/bin:/usr/bin:/bin:/usr/games";
        assert_eq!(extended(users).unwrap(), *format!("{users}:/usr/local/sbin:/usr/sbin:/sbin"));
        let roots = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
        assert_eq!(extended(roots), None, "or the process would replace itself for ever");
        let once = extended("/bin").unwrap();
        assert_eq!(with_system_folders(Some(&once)).unwrap(), None);
        assert_eq!(
            with_system_folders(None).unwrap().unwrap(),
            *"/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin"
        );
    }

    #[test]
    fn an_error_names_the_program_the_folder_and_the_file() {
        let error = status(&mut Command::new("no-such-program-of-interop")).unwrap_err();
        let said = format!("{error:#}");
        assert!(
            said.contains("no-such-program-of-interop") && said.contains("install the package"),
            "{said}"
        );
        let error = output(Command::new("true").current_dir("/no/such/folder")).unwrap_err();
        assert!(format!("{error:#}").contains("/no/such/folder"), "{error:#}");
        let error = Error::from(fs_err::read("/no/such/file").unwrap_err());
        assert!(format!("{error:#}").contains("/no/such/file"), "{error:#}");
    }

    #[test]
    fn a_refusal_has_advice() {
        let refused = io::Error::from(ErrorKind::PermissionDenied);
        let error = Error::new(refused).context("/run/user/0/cns-pkcs11");
        assert!(advice(&error).is_some_and(|advice| advice.contains("another user")));
        assert_eq!(advice(&Error::msg("see above")), None);
    }

    /// An operation of the standard library says neither which file nor which program it was about.
    #[test]
    fn no_error_comes_without_its_file_or_program() {
        let mut folders =
            ["crates/interop/src", "xtask/src"].map(|folder| crate::cargo::workspace().join(folder)).to_vec();
        let bare = ["status", "output", "spawn"].map(|call| format!(".{call}()?"));
        let std_fs = ["use std::fs", "std::fs::read", "std::fs::write", "std::fs::create", "std::fs::copy"];
        let std_fs = std_fs.map(|text| text.replace("std::fs", concat!("std", "::fs")));
        while let Some(folder) = folders.pop() {
            for entry in fs_err::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let text = fs_err::read_to_string(&path).unwrap();
                let code: String = text.lines().map(str::trim).collect();
                let call = bare.iter().find(|call| code.contains(*call));
                assert_eq!(call, None, "{}: use crate::programs", path.display());
                let std_fs = std_fs
                    .iter()
                    .find(|call| code.contains(*call) && !code.contains("use std::fs::Permissions"));
                assert!(std_fs.is_none(), "{}: {std_fs:?}: use fs_err", path.display());
            }
        }
    }
}
