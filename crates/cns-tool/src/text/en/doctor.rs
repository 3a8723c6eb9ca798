//! `cns doctor`.

use crate::doctor::{Area, Finding};
use crate::module_path::module_file_name;
use crate::setup::Client;
use crate::text::{CommonText as _, DoctorText, English, Language, SetupText as _, SystemText as _, Told};
use crate::unsupported_text;

impl DoctorText for English {
    fn doctor_about(&self) -> &'static str {
        "Look for what keeps the card from working, and say what to do"
    }

    fn doctor_report_option(&self) -> &'static str {
        "Also write a file for whoever helps you, without personal data"
    }

    fn doctor_module_option(&self) -> &'static str {
        concat!("Examine this ", module_file_name!(), " instead of the installed one")
    }

    fn examining(&self) -> &'static str {
        "Looking at service, card and programs…"
    }

    fn area(&self, area: Area) -> &'static str {
        match area {
            Area::Service => "Smart card service",
            Area::Reader => "Reader",
            Area::Card => "Card",
            Area::Certificate => "Certificate",
            Area::Pin => "PIN",
            Area::Module => "Module",
            Area::Programs => "Programs",
            Area::OtherSoftware => "Other software",
        }
    }

    fn doctor_finding(&self, finding: &Finding) -> Told {
        match finding {
            Finding::ServiceRuns => Told::fact("The smart card service (pcscd) answers."),
            Finding::ServiceNotInstalled => Told::with_remedy(
                "The smart card service (pcscd) is not installed.",
                "Install it: sudo apt install pcscd libccid (Fedora: pcsc-lite pcsc-lite-ccid).",
            ),
            Finding::ServiceStopped => Told::with_remedy(
                "The smart card service (pcscd) is installed and does not answer.",
                "Start it: sudo systemctl enable --now pcscd.socket",
            ),
            Finding::SystemServiceRuns => Told::fact("The system's smart card service answers."),
            Finding::SystemServiceFails { why } => Told::with_remedy(
                format!("The system's smart card service answers with an error: {why}."),
                "Unplug the reader and plug it in again; if that does not help, restart the computer.",
            ),
            Finding::ServiceWaitsForReader => Told::with_remedy(
                "The smart card service of Windows (SCardSvr) does not run: it starts with the first reader, and none is plugged in.",
                "Plug the reader in, without a hub if possible. If that does not help, start the service “Smart Card” in services.msc. Which reader to buy: cns guide readers",
            ),
            Finding::ServiceForbidden { remote: true } => Told::with_remedy(
                "The smart card service does not let you in: you are connected from afar (ssh).",
                "Try at the computer itself, or ask its administrator for a polkit rule for \
                 org.debian.pcsc-lite.access_pcsc and access_card.",
            ),
            Finding::ServiceForbidden { remote: false } => Told::with_remedy(
                "The smart card service does not let you in (polkit).",
                "Log out of the desktop and in again; if that does not help, ask the administrator for a polkit \
                 rule for org.debian.pcsc-lite.access_pcsc and access_card.",
            ),
            Finding::ServiceFails { why } => Told::with_remedy(
                format!("The smart card service answers with an error: {why}."),
                "Restart it: sudo systemctl restart pcscd",
            ),
            Finding::ReaderSeen { reader } => Told::fact(format!("The reader works: {reader}.")),
            Finding::NoReader => Told::with_remedy(
                "No reader is plugged in.",
                "Plug the reader in, without a hub if possible. Which one to buy: cns guide readers",
            ),
            Finding::ReaderNeedsDriver { reader, package } => Told::with_remedy(
                format!("The reader {reader} is plugged in, but needs its maker's driver."),
                format!(
                    "Install it: sudo apt install {package}, then unplug the reader and plug it in again."
                ),
            ),
            Finding::ReaderHeldByKernel { reader, module } => Told::with_remedy(
                format!(
                    "The reader {reader} is plugged in, but Linux keeps it for itself (kernel module {module})."
                ),
                "Give it free: printf 'install %s /bin/false\\n' nfc pn533 pn533_usb | \
                 sudo tee /etc/modprobe.d/cns-nfc.conf, then restart the computer.",
            ),
            Finding::ReaderNotSeen { reader } => Told::with_remedy(
                format!("The reader {reader} is plugged in, but the smart card service does not see it."),
                "Install the usual driver (sudo apt install libccid), then unplug the reader and plug it in again.",
            ),
            Finding::NoCard => Told::with_remedy(
                "No card is in the reader.",
                "Push the card in with the chip first and the chip up, or lay it on the reader if it reads by radio.",
            ),
            Finding::CardMute { reader } => Told::with_remedy(
                format!("The card in {reader} does not answer."),
                "Turn it round, or clean the chip with a soft cloth. If another card works there, this one is broken: \
                 cns guide lost",
            ),
            Finding::CardFails { reader, error } => Told::with_remedy(
                format!("The card in {reader} could not be read: {error}."),
                "Take it out, put it in again, and try once more. If it stays so: cns doctor --report FILE",
            ),
            Finding::CardUnsupported { reader, card, advice } => Told::with_remedy(
                format!("The card in {reader} is {}.", unsupported_text::card(*card, Language::English)),
                unsupported_text::advice(*advice, Language::English),
            ),
            Finding::CardRecognised { family, contactless: false, .. } => {
                Told::fact(format!("The card is recognised ({family}), at its chip."))
            }
            Finding::CardRecognised { family, contactless: true, .. } => {
                Told::fact(format!("The card is recognised ({family}), by radio (NFC)."))
            }
            Finding::CertificateMissing { problem, health_card } => Told::with_remedy(
                format!("The card has no usable certificate: {problem}."),
                match health_card {
                    true => "A health card must be activated as CNS at a counter first: cns guide activate",
                    false => "Ask whoever issued the card to activate or replace it.",
                },
            ),
            Finding::CertificateUnreadable => Told::with_remedy(
                "The certificate on the card cannot be read.",
                "Ask whoever issued the card for a new one: cns guide lost",
            ),
            Finding::CertificateValid { until } => {
                Told::fact(format!("The certificate is valid until {}.", self.date(*until)))
            }
            Finding::CertificateEndsSoon { until, days, health_card } => Told::with_remedy(
                format!("The certificate ends on {}, in {days} days.", self.date(*until)),
                match health_card {
                    true => {
                        "The new health card is sent by itself before the old one ends; it must be activated: cns guide \
                         activate"
                    }
                    false => "Ask whoever issued the card to renew it.",
                },
            ),
            Finding::CertificateExpired { since, health_card } => Told::with_remedy(
                format!("The certificate ended on {}: no site takes it any more.", self.date(*since)),
                match health_card {
                    true => "Activate the new card: cns guide activate. If none has come: cns guide lost",
                    false => "Ask whoever issued the card to renew it.",
                },
            ),
            Finding::CertificateNotYetValid { from } => Told::with_remedy(
                format!("The certificate begins on {}.", self.date(*from)),
                "Look whether the computer's date is right.",
            ),
            Finding::CertificateIsCns { issuer } => {
                Told::fact(format!("The certificate is one of a CNS, for logging in. Issued by: {issuer}."))
            }
            Finding::CertificateOfOtherPolicy { issuer, .. } => Told::with_remedy(
                format!(
                    "The certificate does not say that it is one of a CNS (1.3.76.16.2.1). Issued by: {issuer}."
                ),
                "Some sites will refuse it. Ask whoever issued the card.",
            ),
            Finding::CertificateNotForLogin { issuer, .. } => Told::with_remedy(
                format!(
                    "The certificate is not for logging in (clientAuth is missing). Issued by: {issuer}."
                ),
                "Browsers will not offer it. Ask whoever issued the card.",
            ),
            Finding::KeyLongEnough { bits } => Told::fact(format!("The key has {bits} bits.")),
            Finding::KeyShort { bits, allowed: true } => {
                Told::fact(format!("The key has {bits} bits, as on older cards; OpenSSL is set to take it."))
            }
            Finding::KeyShort { bits, allowed: false } => Told::with_remedy(
                format!("The key has {bits} bits, as on older cards: OpenSSL, curl and GnuTLS refuse it."),
                "Browsers work. For OpenSSL: cns setup openssl, then take the # away in the file's last line.",
            ),
            Finding::PinTries { left } => Told::fact(format!("Tries left for the PIN: {left}.")),
            Finding::PinTriesUnknown { wrong: 0 } => Told::fact(
                "This card does not say how many tries are left for the PIN: usually there are three.",
            ),
            Finding::PinTriesUnknown { .. } => Told::fact(
                "The last PIN typed was wrong. This card does not say how many tries are left: usually there are three in all.",
            ),
            Finding::PinLastTry { protected: false } => Told::with_remedy(
                "One try is left for the PIN: a wrong one locks it.",
                "Check the PIN, then: cns pin verify. If you do not remember it, unblock it with the PUK: cns pin unblock",
            ),
            Finding::PinLastTry { protected: true } => Told::with_remedy(
                "One try is left for the PIN. The driver does not use it: in the browser logging in fails, even with the right PIN.",
                "Check the PIN, take the card out, insert it again and try once more. Or: cns pin verify. If you do not \
                 remember the PIN, unblock it with the PUK: cns pin unblock",
            ),
            Finding::PinLocked => Told::with_remedy(
                "The PIN is locked.",
                "Unblock it with the PUK: cns pin unblock. If you have no PUK: cns guide unblock",
            ),
            Finding::PukLastTry => Told::with_remedy(
                "One try is left for the PUK: after a wrong one the card must be replaced.",
                "Check the PUK before you use it: cns guide codes",
            ),
            Finding::PukLocked => Told::with_remedy(
                "The PUK is locked: the card cannot be unblocked any more.",
                "Go to the counter with the card and an identity document and ask for a new card.",
            ),
            Finding::ModuleLoads { path, version } => {
                Told::fact(format!("Programs can load the module, version {version} ({path})."))
            }
            Finding::ModuleMissing => Told::with_remedy(
                concat!("The module ", module_file_name!(), " is not installed."),
                "Install the package cns-pkcs11.",
            ),
            Finding::ModuleFails { path, why } => Told::with_remedy(
                format!("The module cannot be loaded ({path}): {why}."),
                "Install the package cns-pkcs11 again, for this kind of computer.",
            ),
            Finding::ModuleNotTried { path } => Told::fact(format!(
                "The module is there ({path}); it was not loaded, as this is not the running system."
            )),
            Finding::Registered { program, path } => {
                Told::fact(format!("{}: knows the module ({path}).", self.client(*program)))
            }
            Finding::NotRegistered { program, path, .. } => Told::with_remedy(
                format!("{}: does not know the module ({path}).", self.client(*program)),
                format!("With the browser closed: cns setup {}", program.name()),
            ),
            Finding::RegisteredWrongly { program, path, module } => Told::with_remedy(
                format!(
                    "{}: looks for the module where it is not: {module} ({path}).",
                    self.client(*program)
                ),
                match program {
                    Client::Firefox | Client::Chrome => {
                        format!("With the browser closed: cns setup {}", program.name())
                    }
                    _ if path.starts_with("/etc") => format!("sudo cns setup {}", program.name()),
                    _ => format!("cns setup {}", program.name()),
                },
            ),
            Finding::RegisteredTwice { program, path } => Told::with_remedy(
                format!(
                    "{}: is told about the module twice, and may refuse it ({path}).",
                    self.client(*program)
                ),
                format!("With the browser closed: cns setup {}", program.name()),
            ),
            Finding::RootOwned { program, path } => Told::with_remedy(
                format!("{}: {path} belongs to the administrator.", self.client(*program)),
                "Make its folder yours again: sudo chown -R \"$USER\": FOLDER",
            ),
            Finding::Malformed { program, path, why } => Told::with_remedy(
                format!(
                    "{}: {path} has a mistake, so it does not count: {}.",
                    self.client(*program),
                    self.mistake(why)
                ),
                "Correct the file, or ask whoever wrote it.",
            ),
            Finding::Unreadable { program, path, why } => Told::with_remedy(
                format!("{}: {path} cannot be read. {}.", self.client(*program), self.system_error(why)),
                "Look whose the file and its folder are.",
            ),
            Finding::NeverStarted { program } => Told::with_remedy(
                format!("{}: installed, but never started by you.", self.client(*program)),
                format!("Start it once and close it, then: cns setup {}", program.name()),
            ),
            Finding::NotInstalled { program } => {
                Told::fact(format!("{}: not installed.", self.client(*program)))
            }
            Finding::NotThroughModules { program } => Told::fact(format!(
                "{}: on this system they use the system's certificates, not PKCS#11 modules. Use Firefox with the card.",
                self.client(*program)
            )),
            Finding::ThroughP11Kit { program } => {
                Told::fact(format!("{}: takes its modules from p11-kit.", self.client(*program)))
            }
            Finding::SandboxedBrowser { browser } => Told::with_remedy(
                format!(
                    "{} is installed as a {}: it cannot reach the reader.",
                    browser.browser, browser.sandbox
                ),
                "Use your distribution's package or the maker's: cns guide readers",
            ),
            Finding::NoOtherModules => Told::fact("No other module for these cards is in use."),
            Finding::OtherModule { name, path, registered_in } => Told::with_remedy(
                format!("Another module for these cards is in use: {name} ({path}, by {registered_in})."),
                "Both work side by side, but the certificate is offered twice. Take the one out that you do not need.",
            ),
            Finding::Interception { product } => Told::with_remedy(
                format!(
                    "{product} is installed. If it looks into encrypted connections, logging in with the card fails."
                ),
                "Turn that off for the site (“HTTPS scanning”, “SSL inspection”), then try again.",
            ),
        }
    }

    fn remedy(&self) -> &'static str {
        "To do"
    }

    fn doctor_summary(&self, problems: usize, warnings: usize) -> String {
        match (problems, warnings) {
            (0, 0) => "All is well.".to_owned(),
            (0, warnings) => format!("No problem found. Warnings: {warnings}."),
            (problems, warnings) => format!("Problems: {problems}. Warnings: {warnings}."),
        }
    }

    fn about_the_support_report(&self) -> &'static str {
        "The report holds no personal data; read it before you pass it on."
    }
}
