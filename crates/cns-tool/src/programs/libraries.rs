//! Libraries of the system that programs load.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use crate::host::{Host, OperatingSystem};

/// Where a program for another processor lies beside ours (Debian's `i386`, Fedora's `/usr/lib`), its libraries do, too.
pub(super) fn is_loadable(library: &Path) -> bool {
    let own = std::env::current_exe().and_then(|program| processor(&program)).ok().flatten();
    library.is_file()
        && processor(library).is_ok_and(|found| found.is_none() || own.is_none() || found == own)
}

/// Word length, byte order and processor by the head of an ELF file; `None` for another kind of file.
fn processor(file: &Path) -> io::Result<Option<[u8; 4]>> {
    let mut head = [0; 20];
    let read = File::open(file)?.take(20).read(&mut head)?;
    let is_elf = read == head.len() && head.starts_with(b"\x7fELF");
    Ok(is_elf.then(|| [head[4], head[5], head[18], head[19]]))
}

/// Where the system's libraries may be, and OpenSSL's folders.
pub(super) fn libraries(host: &Host) -> Vec<PathBuf> {
    let at = |places: &[&str]| places.iter().map(|place| host.at(place)).collect::<Vec<_>>();
    match host.system.operating_system {
        OperatingSystem::Linux => {
            // Debian has one folder for each architecture.
            let entries = std::fs::read_dir(host.at("/usr/lib")).into_iter().flatten().flatten();
            let is_architecture = |path: &Path| path.to_string_lossy().contains("-linux-");
            let architectures = entries.map(|entry| entry.path()).filter(|path| is_architecture(path));
            let fixed = at(&["/usr/lib64", "/usr/lib", "/usr/local/lib64", "/usr/local/lib"]);
            architectures.chain(fixed).collect()
        }
        OperatingSystem::MacOs => at(&["/opt/homebrew/lib", "/usr/local/lib", "/opt/local/lib"]),
        OperatingSystem::Windows => {
            let folders = host.program_folders().into_iter();
            folders
                .flat_map(|folder| ["OpenSSL-Win64", "OpenSSL"].map(|name| folder.join(name).join("lib")))
                .collect()
        }
    }
}
