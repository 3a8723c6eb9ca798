//! The sandbox in which daemons, servers and clients run.
//!
//! vpcd, the virtual reader, listens on every network interface, and nothing tells it otherwise (the way it has to
//! connect outwards brings pcscd 1.9.9 down). So demo and client tests run in a network of their own that holds
//! nothing but a loopback: no port can be taken, nobody outside can reach a test server. The sandbox also has its own
//! mounts, so that files under /run and /etc can be replaced for the clients without touching the system, and its
//! own process ids: when this command ends, however it ends, the kernel ends everything that was started inside.
//!
//! A root of another release (`debian_root`) can be in the place of the system: what is changed there goes with the
//! sandbox, what was built is at the same place as outside.
//!
//! Root makes such a sandbox with `unshare`; anybody else too where the kernel lets users have namespaces, otherwise
//! through sudo. In a container that forbids it root does without: then there is one pcscd, in its usual place.

use std::env;
use std::ffi::OsStr;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Error, Result, bail, ensure};
use fs_err as fs;
use rustix::process::{Pid, Signal, kill_process};

use crate::process::{self, wait_until};
use crate::{cargo, programs};

/// For what takes no time.
const TIMEOUT: Duration = Duration::from_secs(20);

/// Set inside a sandbox: which kind it is.
const KIND: &str = "INTEROP_SANDBOX";
const FOLDER: &str = "INTEROP_SANDBOX_FOLDER";
/// The system to move into, until that was done.
const ROOT: &str = "INTEROP_SANDBOX_ROOT";
const NAMESPACES: &[&str] = &["--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"];
const AS_MYSELF: &[&str] = &["--user", "--map-root-user"];

/// The process id of the running sandbox; 0 for none.
static SANDBOX_PID: AtomicI32 = AtomicI32::new(0);

/// The folder of a sandbox that is still prepared.
static PREPARATION_FOLDER: Mutex<Option<PathBuf>> = Mutex::new(None);

/// For Ctrl-C and its like. Outside, the process that made the sandbox asks it to end, then ends it, and goes on a
/// moment longer to remove the temporary folder. Inside, what was started is ended; in a private sandbox the kernel
/// would do it too.
pub fn terminate() {
    let process = || Pid::from_raw(SANDBOX_PID.load(Ordering::SeqCst));
    let Some(sandbox) = process() else {
        process::kill_all();
        if let Some(folder) = PREPARATION_FOLDER.lock().unwrap_or_else(PoisonError::into_inner).take() {
            // Those that were just ended may still have been writing there.
            let _ = wait_until("the folder", Duration::from_secs(3), || {
                Ok(fs::remove_dir_all(&folder).is_ok() || !folder.exists())
            });
        }
        std::process::exit(130);
    };
    let _ = kill_process(sandbox, Signal::TERM);
    let in_vain = wait_until("the sandbox", Duration::from_millis(500), || Ok(process().is_none())).is_err();
    if let (true, Some(sandbox)) = (in_vain, process()) {
        let _ = kill_process(sandbox, Signal::KILL);
    }
}

/// Where we are: what can be replaced, and where files may be left.
#[derive(Debug, Clone)]
pub struct Sandbox {
    /// Whether mounts, network and process ids are our own.
    pub private: bool,
    /// For everything the run writes; removed by the process that made the sandbox.
    pub folder: PathBuf,
}

impl Sandbox {
    /// The sandbox this process was started in, if it was.
    pub fn current() -> Result<Option<Self>> {
        let (Some(kind), Some(folder)) = (env::var_os(KIND), env::var_os(FOLDER)) else { return Ok(None) };
        let sandbox = Self { private: kind == "private", folder: folder.into() };
        if let Some(root) = env::var_os(ROOT) {
            return Err(sandbox.move_into(Path::new(&root))?);
        }
        if sandbox.private {
            ip(&["link", "set", "lo", "up"])?;
            // vpcd writes a message in two pieces; without this each command waits 40 ms for a delayed
            // acknowledgement of the first.
            for to in ["127.0.0.0/8", "127.0.0.1"] {
                ip(&["route", "change", "local", to, "dev", "lo", "table", "local", "quickack", "1"])?;
            }
            sandbox.mount_runtime_directories()?;
        }
        Ok(Some(sandbox))
    }

    /// The module keeps its count of wrong PINs and its locks at places that no variable moves, and rightly never
    /// forgets them; what checks leave there goes with the sandbox. The user's number says nothing here: in a namespace of
    /// their own everybody is 0, and `/run/user/0` is there when root is logged in, closed to all others. So the folders
    /// above are replaced, and where the system lacks one of them, all of /run: then nothing is left in /tmp either.
    fn mount_runtime_directories(&self) -> Result<()> {
        let run = self.folder.join("run");
        let user = rustix::process::geteuid().as_raw().to_string();
        for (folder, mode) in [("user", 0o755), (&*format!("user/{user}"), 0o700), ("lock", 0o1777)] {
            let folder = run.join(folder);
            fs::create_dir_all(&folder)?;
            fs::set_permissions(&folder, Permissions::from_mode(mode))?;
        }
        for place in mounted_directories(|place| place.is_dir()) {
            let inside = place.strip_prefix("/run").context("a place in /run")?;
            mount([OsStr::new("--bind"), run.join(inside).as_ref()].as_ref(), place)?;
        }
        Ok(())
    }

    /// A folder of this name that holds what `base` does, and can be changed: changes are kept in memory, for no other place
    /// is sure to serve as the upper half of an overlay, and go with the sandbox.
    pub fn overlay(&self, base: &Path, name: &str) -> Result<PathBuf> {
        ensure!(self.private, "no mounts of our own here");
        let (place, changes) = (self.folder.join(name), self.folder.join(format!("{name}-changes")));
        fs::create_dir_all(&place)?;
        fs::create_dir_all(&changes)?;
        mount(["-t", "tmpfs", "tmpfs"].as_ref(), &changes)?;
        let [upper, work] = ["upper", "work"].map(|half| changes.join(half));
        fs::create_dir(&upper)?;
        fs::create_dir(&work)?;
        let halves =
            format!("lowerdir={},upperdir={},workdir={}", base.display(), upper.display(), work.display());
        mount(["-t", "overlay", "overlay", "-o", &halves].as_ref(), &place)?;
        Ok(place)
    }

    /// Makes `root` the system, and starts this command once more, in there; answers only why it could not.
    fn move_into(&self, root: &Path) -> Result<Error> {
        let system = self.overlay(root, "system")?;
        for part in ["/proc", "/sys", "/dev"].map(Path::new) {
            mount([OsStr::new("--rbind"), part.as_ref()].as_ref(), &below(&system, part))?;
        }
        for folder in [cargo::workspace().to_owned(), cargo::target(), self.folder.clone()] {
            let place = below(&system, &folder);
            fs::create_dir_all(&place)?;
            mount([OsStr::new("--bind"), folder.as_ref()].as_ref(), &place)?;
        }
        let mut command = Command::new("sh");
        command.args(["-c", r#"cd "$0" && pivot_root . mnt && umount --lazy /mnt && cd / && exec "$@""#]);
        command.arg(system).arg(programs::own_executable()?).args(env::args_os().skip(1)).env_remove(ROOT);
        Ok(Error::new(command.exec()).context("cannot run sh"))
    }

    /// Runs this very command again, inside a new sandbox where the system is another one; answers its exit code.
    pub fn enter_root(root: &Path, prepare: impl FnOnce(&Path)) -> Result<u8> {
        Self::enter_with(Some(root), prepare)
    }

    /// Runs this very command again, inside a new sandbox; answers its exit code. What has to be fetched from the
    /// network is put into the sandbox's folder by `prepare`: inside there is none.
    pub fn enter(prepare: impl FnOnce(&Path)) -> Result<u8> {
        Self::enter_with(None, prepare)
    }

    fn enter_with(root: Option<&Path>, prepare: impl FnOnce(&Path)) -> Result<u8> {
        let folder = tempfile::Builder::new().prefix("cns-").tempdir_in(temporary_folder(env::temp_dir()))?;
        *PREPARATION_FOLDER.lock().unwrap_or_else(PoisonError::into_inner) = Some(folder.path().to_owned());
        prepare(folder.path());
        let mut command = Self::enter_command()?;
        command.env(FOLDER, folder.path());
        if let Some(root) = root {
            command.env(ROOT, root);
        }
        let mut sandbox = programs::start(&mut command).context("cannot start the private sandbox")?;
        SANDBOX_PID.store(i32::try_from(sandbox.id())?, Ordering::SeqCst);
        let status = sandbox.wait()?;
        SANDBOX_PID.store(0, Ordering::SeqCst);
        Ok(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1))
    }

    /// The command that leads into the best sandbox this machine allows.
    fn enter_command() -> Result<Command> {
        let own_executable = programs::own_executable()?;
        let root = rustix::process::geteuid().is_root();
        let arguments = env::args_os().skip(1);
        let own: Vec<&str> = if root { vec![] } else { AS_MYSELF.to_vec() };
        let mut command = if namespaces_allowed("unshare", &own) {
            // setpriv: should this process be killed outright, the sandbox goes with it.
            let mut command = Command::new("setpriv");
            command
                .args(["--pdeathsig", "KILL", "unshare"])
                .args(own)
                .args(NAMESPACES)
                .arg("--")
                .arg(own_executable)
                .env(KIND, "private");
            command
        } else if !root && namespaces_allowed("sudo", &["-n", "unshare"]) {
            println!("(private namespaces need root here: going on through sudo)");
            let mut command = Command::new("sudo");
            command.args(["-n", "--preserve-env", "unshare"]).args(NAMESPACES).arg("--").arg(own_executable);
            command.env(KIND, "private");
            command
        } else if root && UnixStream::connect("/run/pcscd/pcscd.comm").is_err() {
            println!("(this machine allows no private namespaces: using its own network and /run/pcscd)");
            let mut command = Command::new(own_executable);
            command.env(KIND, "shared");
            command
        } else {
            bail!(
                "no place for a pcscd of our own: this account may make no namespaces, and root's /run/pcscd is \
                 taken or out of reach. Run this as root, or allow unprivileged user namespaces."
            );
        };
        command.args(arguments);
        Ok(command)
    }
}

/// The folders in whose place the sandbox has its own: see [`Sandbox::mount_runtime_directories`].
fn mounted_directories(exists: impl Fn(&Path) -> bool) -> Vec<&'static Path> {
    let parts = ["/run/user", "/run/lock"].map(Path::new);
    if parts.iter().all(|part| exists(part)) { parts.to_vec() } else { vec![Path::new("/run")] }
}

/// Where a sandbox's folder may be made: not below /run, of which the sandbox does not see everything.
fn temporary_folder(usual: PathBuf) -> PathBuf {
    if usual.starts_with("/run") || usual.starts_with("/var/run") { "/tmp".into() } else { usual }
}

/// Sets up the private network.
fn ip(arguments: &[&str]) -> Result<()> {
    let status = programs::status(Command::new("ip").args(arguments))?;
    ensure!(status.success(), "the private network could not be set up: ip {}", arguments.join(" "));
    Ok(())
}

/// Whether root can have mounts, network and process ids of his own here.
pub fn private_namespaces_allowed() -> bool {
    namespaces_allowed("unshare", &[])
}

fn mount(arguments: &[impl AsRef<OsStr>], place: &Path) -> Result<()> {
    let mut mount = Command::new("mount");
    mount.args(arguments).arg(place);
    process::run(mount, "", TIMEOUT)?.succeed().map(|_| ())
}

/// The place of an absolute path in the system in this folder.
fn below(system: &Path, path: &Path) -> PathBuf {
    system.join(path.strip_prefix("/").unwrap_or(path))
}

/// Whether `program arguments --mount … true` works.
fn namespaces_allowed(program: &str, arguments: &[&str]) -> bool {
    let mut command = Command::new(program);
    command.args(arguments).args(NAMESPACES).args(["--", "true"]);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_modules_places_are_the_rooms_own_on_every_system() {
        let places =
            |there: &[&str]| mounted_directories(|place| there.iter().any(|there| Path::new(there) == place));
        assert_eq!(places(&["/run/user", "/run/lock"]), ["/run/user", "/run/lock"].map(Path::new));
        for there in [&["/run/lock"][..], &["/run/user"], &[]] {
            assert_eq!(places(there), [Path::new("/run")], "{there:?}");
        }
    }

    #[test]
    fn a_room_sees_its_own_folder() {
        for (usual, used) in [("/tmp", "/tmp"), ("/var/tmp", "/var/tmp"), ("/run/user/1000", "/tmp")] {
            assert_eq!(temporary_folder(usual.into()), Path::new(used));
        }
    }

    #[test]
    fn what_was_built_is_at_the_same_place_in_the_other_system() {
        let place = below(Path::new("/tmp/cns-1/system"), Path::new("/home/anna/cns/target"));
        assert_eq!(place, Path::new("/tmp/cns-1/system/home/anna/cns/target"));
    }
}
