//! `cns setup`.

use crate::module_path::module_file_name;
use crate::setup::{Client, Note, What};
use crate::text::{Italian, SetupText, SystemText as _};
use crate::world::OperatingSystem;

impl SetupText for Italian {
    fn setup_about(&self) -> &'static str {
        "Fa conoscere la tessera a Firefox, Chrome e altri programmi, o la toglie (--remove)"
    }

    fn setup_program_value(&self) -> &'static str {
        "PROGRAMMA"
    }

    fn setup_programs(&self) -> &'static str {
        "firefox, chrome, p11-kit, openssl, java, ssh oppure all; senza nome: tutti, tranne ssh"
    }

    fn setup_remove_option(&self) -> &'static str {
        "Toglie il modulo e rimette ogni file com'era"
    }

    fn setup_dry_run_option(&self) -> &'static str {
        "Dice soltanto che cosa farebbe"
    }

    fn setup_module_option(&self) -> &'static str {
        concat!("Registra questo ", module_file_name!(), " invece di quello installato")
    }

    fn setup_user_option(&self) -> &'static str {
        "Soltanto i tuoi programmi, anche come amministratore"
    }

    fn client(&self, client: Client) -> &'static str {
        match client {
            Client::Firefox => "Firefox",
            Client::Chrome => "Chrome e Chromium",
            Client::P11Kit => "p11-kit",
            Client::Openssl => "OpenSSL",
            Client::Java => "Java",
            Client::Ssh => "OpenSSH",
        }
    }

    fn setup_note(&self, note: &Note) -> String {
        let path = &note.path;
        let said = match &note.what {
            What::Registered { backup: None } => format!("configurato ({path})"),
            What::Registered { backup: Some(backup) } => {
                format!("configurato ({path}; com'era prima: {backup})")
            }
            What::WouldRegister => format!("sarebbe configurato ({path})"),
            What::Already => format!("era già configurato ({path})"),
            What::ByPackage => format!("configurato per tutti dal pacchetto installato ({path})"),
            What::ByAdministrator => format!("configurato per tutti dall'amministratore ({path})"),
            What::ThroughP11Kit => {
                "su questo sistema prende i moduli da p11-kit: non serve altro".to_owned()
            }
            What::Restored => format!("tolto; il file è com'era prima: {path}"),
            What::TakenOut => format!("tolto da {path}; le altre modifiche fatte nel frattempo restano"),
            What::WouldRemove => format!("sarebbe tolto da {path}"),
            What::NothingThere => "non c'è niente da togliere".to_owned(),
            What::Open { browser } => {
                format!("{path} lasciato com'è, perché {browser} è aperto. Chiuderlo e riprovare")
            }
            What::Malformed { why } => {
                format!(
                    "{path} lasciato com'è, perché contiene un errore: {}. Correggerlo e riprovare",
                    self.mistake(why)
                )
            }
            What::Occupied { by } => {
                format!("{path} lasciato com'è, perché indica un altro modulo, {by}. Togliere prima quella riga")
            }
            What::RootOwned => format!(
                "{path} appartiene all'amministratore, forse per un comando dato con sudo. Riprendere il file e \
                 la sua cartella (sudo chown -R \"$USER\": CARTELLA) e riprovare"
            ),
            What::NotWritable { why } => {
                format!("non posso leggere o scrivere {path}. {}", self.system_error(why))
            }
            What::NotFound => match note.client {
                Client::Firefox => {
                    "nessun profilo trovato; aprire Firefox una volta, chiuderlo e riprovare".to_owned()
                }
                _ => "non è installato, lo salto".to_owned(),
            },
            What::NotOnThisSystem(system) => match (note.client, system) {
                (Client::Chrome, OperatingSystem::Windows) => "su Windows usano i certificati di Windows, che vuole un driver del produttore della tessera (minidriver), mai un modulo PKCS#11: con la tessera usare Firefox".to_owned(),
                (Client::Chrome, _) => "su macOS usano i certificati del portachiavi, mai un modulo PKCS#11: con la tessera usare Firefox".to_owned(),
                _ => "non esiste su questo sistema".to_owned(),
            },
            What::OnRequest => "non toccato; solo su richiesta: cns setup ssh".to_owned(),
            What::Sandboxed(found) => format!(
                "{} è installato come {}: non può raggiungere il lettore. Usare il pacchetto della \
                 distribuzione o quello del produttore (cns guide readers)",
                found.browser, found.sandbox
            ),
            What::HomeOfAnother => {
                "questa cartella personale è di un altro utente: dare il comando come quell'utente, senza sudo"
                    .to_owned()
            }
        };
        format!("{}: {said}.", self.client(note.client))
    }

    fn setup_hint(&self, client: Client, path: &str, system: OperatingSystem) -> Option<String> {
        match client {
            Client::Openssl if system == OperatingSystem::Windows => Some(format!(
                "OpenSSL usa la tessera con il motore pkcs11 di libp11 e questa variabile:\n  setx OPENSSL_CONF \"{path}\""
            )),
            Client::Firefox | Client::Chrome | Client::P11Kit => None,
            Client::Openssl => Some(format!(
                "OpenSSL e curl usano la tessera con questa variabile (pacchetto libengine-pkcs11-openssl):\n  \
                 export OPENSSL_CONF={path}\n\
                 Per sempre: la riga «.include {path}» in cima alla propria configurazione, che allora non deve \
                 indicare un altro openssl_conf."
            )),
            Client::Java => Some(format!(
                "Java vede la tessera con:\n  keytool -list -keystore NONE -storetype PKCS11 \
                 -providerClass sun.security.pkcs11.SunPKCS11 -providerArg {path}"
            )),
            Client::Ssh => Some(
                "D'ora in poi ssh chiede il PIN della tessera a ogni accesso che ne usa la chiave."
                    .to_owned(),
            ),
        }
    }

    fn no_module(&self) -> &'static str {
        concat!("Il modulo ", module_file_name!(), " non è installato.")
    }

    fn install_it(&self) -> &'static str {
        "Installare il pacchetto cns-pkcs11, oppure indicare dov'è il modulo: --module PERCORSO."
    }

    fn not_the_module(&self, path: &str) -> String {
        format!("{path} non c'è, o non è il modulo {}.", module_file_name!())
    }

    fn odd_path(&self, path: &str) -> String {
        format!(
            "{path} contiene caratteri che i file degli altri programmi non ammettono. Mettere il modulo altrove."
        )
    }

    fn no_home(&self) -> &'static str {
        "La variabile HOME non dice qual è la tua cartella personale."
    }

    fn cannot_remember(&self, folder: &str) -> String {
        format!("Non posso scrivere o leggere l'elenco di ciò che «cns setup» ha modificato: {folder}.")
    }

    fn make_writable(&self) -> &'static str {
        "Controllare se il disco è di sola lettura o se la cartella è di un altro utente."
    }
}
