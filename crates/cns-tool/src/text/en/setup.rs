//! `cns setup`.

use crate::context::OperatingSystem;
use crate::pkcs11::module_path::module_file_name;
use crate::programs::{Client, Outcome, SetupResult};
use crate::text::{English, Language, SetupText, mistake};

impl SetupText for English {
    fn client(&self, client: Client) -> &'static str {
        match client {
            Client::Firefox => "Firefox",
            Client::Chrome => "Chrome and Chromium",
            Client::P11Kit => "p11-kit",
            Client::Openssl => "OpenSSL",
            Client::Java => "Java",
            Client::Ssh => "OpenSSH",
        }
    }

    fn setup_note(&self, note: &SetupResult) -> String {
        let path = &note.path;
        let said = match &note.what {
            Outcome::Registered { backup: None } => format!("set up ({path})"),
            Outcome::Registered { backup: Some(backup) } => {
                format!("set up ({path}; as it was before: {backup})")
            }
            Outcome::WouldRegister => format!("would be set up ({path})"),
            Outcome::Already => format!("was set up already ({path})"),
            Outcome::ByPackage => format!("set up for everybody by the installed package ({path})"),
            Outcome::ByAdministrator => format!("set up for everybody by the administrator ({path})"),
            Outcome::ThroughP11Kit => {
                "on this system it takes its modules from p11-kit: nothing more to set up".to_owned()
            }
            Outcome::Restored => format!("taken out; as it was before: {path}"),
            Outcome::TakenOut => format!("taken out of {path}; what others have changed there stays"),
            Outcome::EditedSince => format!(
                "{path} left as it is, because it has been edited since `cns setup` wrote it. Remove yourself \
                 what you do not need any more"
            ),
            Outcome::ByHand { named: false } => format!(
                "{path} names the driver, and not by `cns setup`: left as it is. To take it out: \
                 cns setup {} --remove",
                note.client.name()
            ),
            Outcome::ByHand { named: true } => {
                format!("{path} names the driver among other settings: left as it is. Edit the file yourself")
            }
            Outcome::Elsewhere { module } => format!(
                "{path} names the driver already, and not by `cns setup`: {module}. Left as it is; to take it \
                 out: cns setup {} --remove",
                note.client.name()
            ),
            Outcome::Twice => format!(
                "{path} names the driver more than once, and not by `cns setup`: left as it is. Remove all but \
                 one, or take all of them out with cns setup {} --remove",
                note.client.name()
            ),
            Outcome::WouldRemove => format!("would be taken out of {path}"),
            Outcome::NothingThere => "nothing to take out".to_owned(),
            Outcome::Open { browser } => {
                format!("{path} left as it is, because {browser} is open. Close it, then try again")
            }
            Outcome::Malformed { why } => {
                format!(
                    "{path} left as it is, because it has a mistake: {}. Correct it, then try again",
                    mistake(Language::English, why)
                )
            }
            Outcome::Occupied { by } => {
                format!(
                    "{path} left as it is, because it names another module, {by}. Take that line away first"
                )
            }
            Outcome::Foreign => format!(
                "{path} left as it is, because it has something else in it. Move it away, then try again"
            ),
            Outcome::DanglingLink { link } => format!(
                "{path} left as it is, because the link {link} leads to something that is not there. Mend or \
                 remove the link, then try again"
            ),
            Outcome::LinkOfAnother { link } => format!(
                "{path} left as it is, because another user may have made the link {link}. Put a real file or \
                 folder in its place, then try again"
            ),
            Outcome::NotAFile => format!("{path} left as it is, because it is not an ordinary file"),
            Outcome::HardLinked => format!(
                "{path} left as it is, because the same file has a second name (a hard link). Make a copy of \
                 it in its place, then try again"
            ),
            Outcome::NotForEverybody { closed } => format!(
                "the driver is in {path}, but other users may not read {closed}. Give them the right (chmod \
                 a+rX), then try again"
            ),
            Outcome::RootOwned => format!(
                "{path} belongs to the administrator, perhaps after a command with sudo. Make it and its \
                 folder yours (sudo chown -R \"$USER\": FOLDER), then try again"
            ),
            Outcome::NotWritable { why } => {
                format!("{path} cannot be read or written. {}", why.text(Language::English))
            }
            Outcome::NotFound => match note.client {
                Client::Firefox => {
                    "no profile found; start Firefox once and close it, then try again".to_owned()
                }
                _ => "not installed, passed over".to_owned(),
            },
            Outcome::NotOnThisSystem(system) => match (note.client, system) {
                (Client::Chrome, OperatingSystem::Windows) => "on Windows they use the certificates of Windows, which wants a driver by the card's maker (a minidriver), never a PKCS#11 module: use Firefox with the card".to_owned(),
                (Client::Chrome, _) => "on macOS they use the certificates of the keychain, never a PKCS#11 module: use Firefox with the card".to_owned(),
                _ => "not made for this system".to_owned(),
            },
            Outcome::OnRequest => "left alone; on request: cns setup ssh".to_owned(),
            Outcome::Sandboxed(found) => format!(
                "{} is installed as a {}: it cannot reach the reader. Use your distribution's package or \
                 the maker's (cns guide readers)",
                found.browser, found.sandbox
            ),
            Outcome::HomeOfAnother => {
                "this home belongs to somebody else: run the command as that user, without sudo".to_owned()
            }
        };
        format!("{}: {said}.", self.client(note.client))
    }

    fn setup_hint(&self, client: Client, path: &str, system: OperatingSystem) -> Option<String> {
        match client {
            Client::Openssl if system == OperatingSystem::Windows => Some(format!(
                "OpenSSL uses the card with the engine pkcs11 of libp11 and this variable:\n  setx OPENSSL_CONF \"{path}\""
            )),
            Client::Firefox | Client::Chrome | Client::P11Kit => None,
            Client::Openssl => Some(format!(
                "OpenSSL and curl use the card with this variable (package libengine-pkcs11-openssl):\n  \
                 export OPENSSL_CONF={path}\n\
                 For good: the line “.include {path}” at the top of your own configuration, which must then \
                 name no other openssl_conf."
            )),
            Client::Java => Some(format!(
                "Java sees the card with:\n  keytool -list -keystore NONE -storetype PKCS11 \
                 -providerClass sun.security.pkcs11.SunPKCS11 -providerArg {path}"
            )),
            Client::Ssh => {
                Some("From now on ssh asks for the card's PIN at every login that uses its key.".to_owned())
            }
        }
    }

    fn not_the_module(&self, path: &str) -> String {
        format!("{path} is not there, or is not the module {}.", module_file_name!())
    }

    fn odd_path(&self, path: &str) -> String {
        format!(
            "{path} holds letters that other programs' files cannot carry. Put the module somewhere else."
        )
    }

    fn no_home(&self) -> &'static str {
        "The variable HOME does not say where your home is."
    }

    fn cannot_remember(&self, folder: &str) -> String {
        format!("The list of what `cns setup` has changed cannot be written or read: {folder}.")
    }

    fn another_setup_runs(&self) -> &'static str {
        "Another `cns setup` is at work."
    }

    fn wait_for_it(&self) -> &'static str {
        "Wait until it has ended, then try again."
    }

    fn make_writable(&self) -> &'static str {
        "Look whether the disk is mounted read-only, or the folder belongs to somebody else."
    }
}
