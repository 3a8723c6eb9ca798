//! A prepared computer with a user's home, and the command run on it.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::time::Duration;

use cns_card::{Cancellation, CardConnection, ReaderStatus, Transport, TransportError};
use cns_tool::console::prompt::Terminal;
use cns_tool::{Context, Exit, OperatingSystem, Output, System};

pub const MODULE: &str = "/usr/lib/x86_64-linux-gnu/libcns_pkcs11.so";

/// Debian's package libengine-pkcs11-openssl.
pub const ENGINE: &str = "/usr/lib/x86_64-linux-gnu/engines-3/pkcs11.so";

/// Debian's package pkcs11-provider.
pub const PROVIDER: &str = "/usr/lib/x86_64-linux-gnu/ossl-modules/pkcs11.so";

/// What `certutil -N` of NSS 3.87 writes, shortened.
pub const FRESH_LIST: &str = "library=\nname=NSS Internal PKCS #11 Module\n\
                              NSS=Flags=internal,critical trustOrder=75 cipherOrder=100\n\n";

pub struct Tree {
    folder: tempfile::TempDir,
    operating_system: OperatingSystem,
}

/// Everything under a folder: of files content and mode, of links their target.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture(BTreeMap<PathBuf, (u32, Vec<u8>)>);

impl std::fmt::Debug for Picture {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let lines = self.0.iter().map(|(path, (mode, content))| {
            format!("{} {mode:o} {:?}", path.display(), String::from_utf8_lossy(content))
        });
        out.debug_list().entries(lines).finish()
    }
}

impl Tree {
    /// A computer with the module and OpenSSL's engine installed, and an empty home.
    pub fn new() -> Self {
        let tree = Self { folder: tempfile::tempdir().unwrap(), operating_system: OperatingSystem::Linux };
        tree.write(MODULE, "an ELF file, say");
        tree.write(ENGINE, "OpenSSL's engine");
        tree.write("/proc/sys/kernel/hostname", "casa\n");
        fs::create_dir_all(tree.path("/home/anna")).unwrap();
        tree
    }

    /// Another system with the module installed, Firefox used once, and nothing else.
    pub fn of(operating_system: OperatingSystem, module: &str, firefox: &str) -> Self {
        let tree = Self { folder: tempfile::tempdir().unwrap(), operating_system };
        tree.write(module, "a library, say");
        tree.write(
            &format!("{firefox}/profiles.ini"),
            "[Profile0]\nIsRelative=1\nPath=Profiles/ab.default\n",
        );
        tree.write(&format!("{firefox}/Profiles/ab.default/pkcs11.txt"), FRESH_LIST);
        tree
    }

    /// With a Firefox profile and Chromium's older database.
    pub fn with_browsers() -> Self {
        let tree = Self::new();
        tree.write("/usr/bin/firefox", "");
        tree.write("/usr/bin/chromium", "");
        tree.write(
            "/home/anna/.mozilla/firefox/profiles.ini",
            "[Profile0]\nName=default\nIsRelative=1\nPath=ab.default\n",
        );
        tree.write("/home/anna/.mozilla/firefox/ab.default/pkcs11.txt", FRESH_LIST);
        tree.write("/home/anna/.pki/nssdb/pkcs11.txt", FRESH_LIST);
        tree
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path.trim_start_matches('/'))
    }

    pub fn write(&self, path: &str, content: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    pub fn link(&self, path: &str, target: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        symlink(target, path).unwrap();
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    pub fn exists(&self, path: &str) -> bool {
        self.path(path).exists()
    }

    pub fn picture(&self) -> Picture {
        let mut picture = BTreeMap::new();
        draw(self.folder.path(), &mut picture);
        Picture(picture)
    }

    fn variables(&self) -> Vec<(&'static str, PathBuf)> {
        match self.operating_system {
            OperatingSystem::Windows => vec![
                ("USERPROFILE", self.path("/Users/anna")),
                ("HOME", self.path("/a/unix/shell's")),
                ("APPDATA", self.path("/Users/anna/AppData/Roaming")),
                ("LOCALAPPDATA", self.path("/Users/anna/AppData/Local")),
                ("ProgramFiles", self.path("/Program Files")),
                ("ProgramData", self.path("/ProgramData")),
            ],
            OperatingSystem::MacOs => vec![("HOME", self.path("/Users/anna"))],
            OperatingSystem::Linux => vec![("HOME", self.path("/home/anna"))],
        }
    }

    /// Runs `cns setup …` for the user's own programs; what it said, and how it ended.
    pub fn setup(&self, arguments: &str) -> (String, Exit) {
        self.run(&format!("setup --user {arguments}"))
    }

    /// The same, whole command line after `cns`.
    pub fn run(&self, arguments: &str) -> (String, Exit) {
        self.run_with(arguments, &[])
    }

    /// The same, with further variables.
    pub fn run_with(&self, arguments: &str, further: &[(&'static str, PathBuf)]) -> (String, Exit) {
        let words: Vec<_> = ["cns"].into_iter().chain(arguments.split_whitespace()).map(Into::into).collect();
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let variables = [self.variables().as_slice(), further].concat();
        let variables = variables.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        let root = self.folder.path().to_owned();
        let program = "/usr/bin/cns".into();
        let system = System { root, program, variables, operating_system: self.operating_system };
        let mut terminal = Terminal;
        let mut context = Context::new(&NoReaders, &mut terminal, Output::to(&mut out, &mut err), system);
        let exit = cns_tool::run(&words, &mut context);
        drop(context);
        let said = [String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap()].concat();
        (said.replace(self.folder.path().to_str().unwrap(), ""), exit)
    }

    /// What a command says in both languages, one after the other; for commands that change nothing.
    pub fn in_both_languages(&self, arguments: &str) -> String {
        let said = ["it", "en"].map(|language| self.run(&format!("--lang {language} {arguments}")).0);
        said.join("\n")
    }
}

fn draw(folder: &Path, picture: &mut BTreeMap<PathBuf, (u32, Vec<u8>)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let metadata = fs::symlink_metadata(&path).unwrap();
        let content = if metadata.is_symlink() {
            fs::read_link(&path).unwrap().into_os_string().into_encoded_bytes()
        } else if metadata.is_dir() {
            draw(&path, picture);
            Vec::new()
        } else {
            fs::read(&path).unwrap()
        };
        picture.insert(path, (metadata.permissions().mode(), content));
    }
}

/// `setup` asks no card anything.
struct NoReaders;

impl Transport for NoReaders {
    fn readers(&self) -> Result<Vec<ReaderStatus>, TransportError> {
        unreachable!("a card was asked")
    }

    fn reader(&self, _: &str) -> Result<ReaderStatus, TransportError> {
        unreachable!("a card was asked")
    }

    fn wait_for_change(
        &self,
        _: &[ReaderStatus],
        _: Option<Duration>,
        _: &Cancellation,
    ) -> Result<(), TransportError> {
        unreachable!("a card was asked")
    }

    fn connect(&self, _: &str) -> Result<Box<dyn CardConnection>, TransportError> {
        unreachable!("a card was asked")
    }
}
