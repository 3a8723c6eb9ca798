//! This program as a command: by its path where another program starts it, and as a person types it.
//!
//! sudo looks for programs in its own list of folders (`secure_path`), and that of openSUSE and RHEL lacks
//! /usr/local/bin. So what is run has the path, and so has what a person is told to type, unless every sudo knows the
//! folder.

use std::path::Path;

use super::System;

/// Folders that are in each distribution's `secure_path`.
const SUDO_FOLDERS: [&str; 4] = ["/usr/bin", "/usr/sbin", "/bin", "/sbin"];
/// What NixOS has on everybody's `PATH`: links to the folder that a program is really in. sudo there keeps `PATH`.
const NIXOS_PROFILE: &str = "/run/current-system/sw/bin";

/// The command that runs this program with these arguments by sudo.
pub(crate) fn with_sudo(arguments: &[&str], system: &System) -> Vec<String> {
    let path = system.program.to_string_lossy().into_owned();
    let words = ["sudo".to_owned(), path].into_iter();
    words.chain(arguments.iter().map(|&argument| argument.to_owned())).collect()
}

/// The same, as a person types it.
pub(crate) fn typed_with_sudo(arguments: &[&str], system: &System) -> String {
    typed(&with_sudo(arguments, system), system)
}

/// A command as a person types it in a shell.
pub(crate) fn typed(command: &[String], system: &System) -> String {
    let own = &system.program;
    let known = is_known_to_sudo(own, system);
    let word = |word: &String| match own.file_name() {
        Some(name) if known && **own == *Path::new(word) => name.to_string_lossy().into_owned(),
        _ => quoted(word),
    };
    command.iter().map(word).collect::<Vec<_>>().join(" ")
}

fn is_known_to_sudo(program: &Path, system: &System) -> bool {
    let in_folder = |folder: &&str| program.parent() == Some(Path::new(folder));
    let in_profile = || {
        let link = system.at(NIXOS_PROFILE).join(program.file_name()?);
        Some(link.canonicalize().ok()? == program)
    };
    SUDO_FOLDERS.iter().any(in_folder) || in_profile().unwrap_or_default()
}

/// A word in quotes where a shell would read it as something else.
fn quoted(word: &str) -> String {
    let plain = |letter: char| letter.is_alphanumeric() || "_-+=:,./@%".contains(letter);
    match !word.is_empty() && word.chars().all(plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::OperatingSystem;

    fn typed_at(program: &str, arguments: &[&str]) -> String {
        let system = System {
            root: "/".into(),
            program: program.into(),
            variables: Default::default(),
            operating_system: OperatingSystem::Linux,
        };
        typed_with_sudo(arguments, &system)
    }

    #[test]
    fn what_sudo_finds_by_its_name_is_typed_by_its_name() {
        assert_eq!(typed_at("/usr/bin/cns", &["setup"]), "sudo cns setup");
        let module = ["setup", "--module", "/home/anna/my files/libcns_pkcs11.so"];
        assert_eq!(
            typed_at("/usr/bin/cns", &module),
            "sudo cns setup --module '/home/anna/my files/libcns_pkcs11.so'"
        );
    }

    #[test]
    fn what_sudo_may_not_find_is_typed_with_its_path() {
        assert_eq!(typed_at("/usr/local/bin/cns", &["setup"]), "sudo /usr/local/bin/cns setup");
        assert_eq!(typed_at("/opt/my programs/cns", &["setup"]), "sudo '/opt/my programs/cns' setup");
    }

    #[test]
    fn words_for_a_shell() {
        for (word, written) in [("a b", "'a b'"), ("it's", r"'it'\''s'"), ("", "''"), ("$HOME", "'$HOME'")] {
            assert_eq!(quoted(word), written);
        }
        assert_eq!(quoted("firefox:pcscd"), "firefox:pcscd");
    }

    /// A test is in no such folder.
    #[test]
    fn on_the_running_system_it_is_this_process() {
        let system = System::of_process();
        let command = with_sudo(&["setup"], &system);
        assert_eq!(Path::new(&command[1]), std::env::current_exe().unwrap());
        assert!(typed(&command, &system).contains(&command[1]));
    }
}
