//! What a client program gets: the module, a way to the reader, the PIN, a portal to log in to.
//!
//! Clients see nothing else of the testbed, so the same login runs with a virtual card in a test and with a person's
//! own card in a demonstration.

use std::cell::OnceCell;
use std::ffi::OsStr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, ensure};
use fs_err as fs;

use crate::process::{self, ProgramOutput};
use crate::testbed::certificates;
use crate::testbed::portal::{Issuer, Portal, Visitor};

/// Long enough for a client on a slow machine, short enough to notice a hang.
pub const CLIENT_LIMIT: Duration = Duration::from_secs(60);

/// The protocol versions a portal may insist on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    V1_2,
    V1_3,
}

impl Tls {
    /// `1.2` or `1.3`.
    pub fn number(self) -> &'static str {
        match self {
            Self::V1_2 => "1.2",
            Self::V1_3 => "1.3",
        }
    }
}

/// Everything a client needs.
#[derive(Debug)]
pub struct ClientEnvironment {
    pub module: PathBuf,
    pub pin: String,
    /// The holder's certificate, DER.
    pub certificate: Vec<u8>,
    /// Whose cards the portal takes.
    pub issuer: Issuer,
    /// RFC 7512 attributes that single out the token, ready to be followed by `type=…`; empty where there is only one.
    pub token: String,
    /// Whether mounts can be replaced: see [`ClientEnvironment::command_with`].
    pub private: bool,
    /// The system that browsers belong to, where it is not this one. This environment's folder is at the same place in it.
    pub root: Option<PathBuf>,
    /// Environment variables that clients get besides, or do not get.
    pub variables: Vec<(&'static str, Option<PathBuf>)>,
    folder: PathBuf,
    /// pcscd's socket, unless it is the system's.
    socket: Option<PathBuf>,
    portal: OnceCell<Portal>,
}

/// A folder, and where it stands for a client.
#[derive(Debug, Clone, Copy)]
pub struct Mount<'a> {
    pub folder: &'a Path,
    pub place: &'a Path,
    /// As on a disk that nobody can write to.
    pub read_only: bool,
}

impl<'a> Mount<'a> {
    /// With everything in it as it is.
    pub fn new(folder: &'a Path, place: &'a (impl AsRef<Path> + ?Sized)) -> Self {
        Self { folder, place: place.as_ref(), read_only: false }
    }
}

impl ClientEnvironment {
    /// An environment with its files in `folder`, without a card yet.
    pub fn new(folder: &Path, module: &Path, socket: Option<PathBuf>) -> Result<Self> {
        fs::create_dir_all(folder.join("home"))?;
        fs::create_dir_all(folder.join("runtime"))?;
        fs::set_permissions(folder.join("runtime"), std::fs::Permissions::from_mode(0o700))?;
        Ok(Self {
            module: module.to_owned(),
            pin: String::new(),
            certificate: Vec::new(),
            issuer: Issuer::Any,
            token: String::new(),
            private: false,
            root: None,
            variables: Vec::new(),
            folder: folder.to_owned(),
            socket,
            portal: OnceCell::new(),
        })
    }

    /// A file of this name in the folder.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Writes a file into the folder.
    pub fn write(&self, name: &str, content: &str) -> Result<PathBuf> {
        let path = self.file(name);
        fs::write(&path, content).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(path)
    }

    /// A new, empty folder whose name begins like this.
    pub fn fresh_folder(&self, name: &str) -> Result<PathBuf> {
        Ok(tempfile::Builder::new().prefix(name).tempdir_in(&self.folder)?.keep())
    }

    /// The holder's certificate as a PEM file.
    pub fn certificate_file(&self) -> Result<PathBuf> {
        self.write("card.pem", &certificates::pem(&self.certificate)?)
    }

    /// The private key as clients name it that take RFC 7512 URIs.
    pub fn key_uri(&self) -> String {
        format!("pkcs11:{}type=private", self.token)
    }

    /// The token, for clients that list what is on it.
    pub fn token_uri(&self) -> String {
        format!("pkcs11:{}", self.token.trim_end_matches(';'))
    }

    /// A client, not started yet: in the folder, with a home and a runtime directory of its own (the module keeps its
    /// locks there), told where pcscd is and where the module may log.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.folder).env("HOME", self.file("home")).env("LC_ALL", "C.UTF-8");
        command.env_remove("XDG_CONFIG_HOME").env_remove("XDG_CACHE_HOME");
        // Windows come up where a check makes a screen, not on the developer's.
        command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
        command.env("XDG_RUNTIME_DIR", self.file("runtime"));
        command.env("CNS_PKCS11_LOG", self.module_log());
        if let Some(socket) = &self.socket {
            command.env("PCSCLITE_CSOCK_NAME", socket);
        }
        for (name, value) in &self.variables {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command
    }

    /// A browser, not started yet: of this system, or of the one that is its [`ClientEnvironment::root`].
    pub fn browser(&self, program: &str) -> Command {
        let Some(root) = &self.root else { return self.command(program) };
        let mut command = self.command("chroot");
        command.arg(root).arg(program);
        command
    }

    /// A client for which, and for which alone, folders stand in other places. Needs a sandbox with mounts of its own.
    pub fn command_with(&self, mounts: &[Mount<'_>], program: impl AsRef<OsStr>) -> Command {
        let mut script = String::new();
        for mount in mounts {
            script += r#"mount --bind "$1" "$2" && "#;
            if mount.read_only {
                script += r#"mount -o remount,bind,ro "$2" && "#;
            }
            script += "shift 2 && ";
        }
        script += r#"exec "$@""#;
        let mut command = self.command("unshare");
        command.args(["--mount", "--propagation", "private", "--", "sh", "-c"]).arg(script).arg("sh");
        for mount in mounts {
            command.arg(mount.folder).arg(mount.place);
        }
        command.arg(program);
        command
    }

    /// Runs a client to its end, with nothing to read.
    pub fn run(&self, command: Command) -> Result<ProgramOutput> {
        process::run(command, "", CLIENT_LIMIT)
    }

    /// Where the module logs.
    pub fn module_log(&self) -> PathBuf {
        self.file("module.log")
    }

    /// The portal; started at the first use.
    pub fn portal(&self) -> Result<&Portal> {
        if self.portal.get().is_none() {
            let _ = self.portal.set(Portal::start(&self.file("portal"), &self.issuer)?);
        }
        self.started_portal().context("the portal was just started")
    }

    /// The portal, if it was needed so far.
    pub fn started_portal(&self) -> Option<&Portal> {
        self.portal.get()
    }

    /// Lets a client open the portal's page once. Whatever the client says, what counts is whom the portal saw.
    pub fn visit(&self, tls: Tls, client: impl FnOnce(&Portal) -> Result<ProgramOutput>) -> Result<Visitor> {
        let portal = self.portal()?;
        let before = portal.visitors()?.len();
        let said = client(portal)?;
        let visitor = portal.last_visitor(before);
        let visitor = visitor.map_err(|error| anyhow!("{error:#}\n{}", said.report("let in nobody")))?;
        ensure!(
            visitor.protocol == format!("TLSv{}", tls.number()),
            "asked for TLS {}: {visitor}",
            tls.number()
        );
        Ok(visitor)
    }
}
