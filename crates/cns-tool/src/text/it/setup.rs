//! `cns setup`.

use crate::context::OperatingSystem;
use crate::pkcs11::module_path::module_file_name;
use crate::programs::{Client, Outcome, SetupResult};
use crate::text::{Italian, Language, SetupText, mistake};

impl SetupText for Italian {
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

    fn setup_note(&self, note: &SetupResult) -> String {
        let path = &note.path;
        let said = match &note.what {
            Outcome::Registered { backup: None } => format!("configurato ({path})"),
            Outcome::Registered { backup: Some(backup) } => {
                format!("configurato ({path}; com'era prima: {backup})")
            }
            Outcome::WouldRegister => format!("sarebbe configurato ({path})"),
            Outcome::Already => format!("era già configurato ({path})"),
            Outcome::ByPackage => format!("configurato per tutti dal pacchetto installato ({path})"),
            Outcome::ByAdministrator => format!("configurato per tutti dall'amministratore ({path})"),
            Outcome::ThroughP11Kit => {
                "su questo sistema prende i driver da p11-kit: non serve altro".to_owned()
            }
            Outcome::Restored => format!("tolto; il file è com'era prima: {path}"),
            Outcome::TakenOut => format!("tolto da {path}; le altre modifiche fatte nel frattempo restano"),
            Outcome::EditedSince => format!(
                "{path} lasciato com'è, perché è stato modificato dopo «cns setup». Togli tu quello che non ti \
                 serve più"
            ),
            Outcome::ByHand { named: false } => format!(
                "{path} indica il driver, ma non per opera di «cns setup»: lasciato com'è. Per toglierlo: \
                 cns setup {} --remove",
                note.client.name()
            ),
            Outcome::ByHand { named: true } => {
                format!("{path} indica il driver fra altre impostazioni: lasciato com'è. Modifica tu il file")
            }
            Outcome::Elsewhere { module } => format!(
                "{path} indica già il driver, ma non per opera di «cns setup»: {module}. Lasciato com'è; per \
                 toglierlo: cns setup {} --remove",
                note.client.name()
            ),
            Outcome::Twice => format!(
                "{path} indica il driver più di una volta, e non per opera di «cns setup»: lasciato com'è. \
                 Lascia una sola voce, oppure toglile tutte con cns setup {} --remove",
                note.client.name()
            ),
            Outcome::WouldRemove => format!("sarebbe tolto da {path}"),
            Outcome::NothingThere => "non c'è niente da togliere".to_owned(),
            Outcome::Open { browser } => {
                format!("{path} lasciato com'è, perché {browser} è aperto. Chiudilo e riprova")
            }
            Outcome::Malformed { why } => {
                format!(
                    "{path} lasciato com'è, perché contiene un errore: {}. Correggilo e riprova",
                    mistake(Language::Italian, why)
                )
            }
            Outcome::Occupied { by } => {
                format!("{path} lasciato com'è, perché indica un altro driver, {by}. Togli prima quella riga")
            }
            Outcome::Foreign => format!(
                "{path} lasciato com'è, perché contiene altro. Sposta il file e riprova"
            ),
            Outcome::DanglingLink { link } => format!(
                "{path} lasciato com'è, perché il collegamento {link} porta a qualcosa che non c'è. Correggi o \
                 togli il collegamento e riprova"
            ),
            Outcome::LinkOfAnother { link } => format!(
                "{path} lasciato com'è, perché il collegamento {link} può essere di un altro utente. Metti al \
                 suo posto un vero file o una vera cartella e riprova"
            ),
            Outcome::NotAFile => format!("{path} lasciato com'è, perché non è un file normale"),
            Outcome::HardLinked => format!(
                "{path} lasciato com'è, perché lo stesso file ha un secondo nome (hard link). Metti al suo posto \
                 una copia e riprova"
            ),
            Outcome::NotForEverybody { closed } => format!(
                "il driver è in {path}, ma gli altri utenti non possono leggere {closed}. Dai loro il permesso \
                 (chmod a+rX) e riprova"
            ),
            Outcome::RootOwned => format!(
                "{path} appartiene all'amministratore, forse per un comando dato con sudo. Riprendi il file e \
                 la sua cartella (sudo chown -R \"$USER\": CARTELLA) e riprova"
            ),
            Outcome::NotWritable { why } => {
                format!("non posso leggere o scrivere {path}. {}", why.text(Language::Italian))
            }
            Outcome::NotFound => match note.client {
                Client::Firefox => {
                    "nessun profilo trovato; apri Firefox una volta, chiudilo e riprova".to_owned()
                }
                _ => "non è installato, lo salto".to_owned(),
            },
            Outcome::NotOnThisSystem(system) => match (note.client, system) {
                (Client::Chrome, OperatingSystem::Windows) => "su Windows usano i certificati di Windows, che vuole un driver del produttore della tessera (minidriver), mai un driver PKCS#11: con la tessera usa Firefox".to_owned(),
                (Client::Chrome, _) => "su macOS usano i certificati del portachiavi, mai un driver PKCS#11: con la tessera usa Firefox".to_owned(),
                _ => "non esiste su questo sistema".to_owned(),
            },
            Outcome::OnRequest => "non toccato; solo su richiesta: cns setup ssh".to_owned(),
            Outcome::Sandboxed(found) => format!(
                "{} è installato come {}: non può raggiungere il lettore. Usa il pacchetto della \
                 distribuzione o quello del produttore (cns guide readers)",
                found.browser, found.sandbox
            ),
            Outcome::HomeOfAnother => {
                "questa cartella personale è di un altro utente: dai il comando come quell'utente, senza sudo"
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
                 Per sempre: la riga «.include {path}» in cima alla tua configurazione, che allora non deve \
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

    fn not_the_module(&self, path: &str) -> String {
        format!("{path} non c'è, o non è il driver {}.", module_file_name!())
    }

    fn odd_path(&self, path: &str) -> String {
        format!(
            "{path} contiene caratteri che i file degli altri programmi non ammettono. Metti il driver altrove."
        )
    }

    fn no_home(&self) -> &'static str {
        "La variabile HOME non dice qual è la tua cartella personale."
    }

    fn cannot_remember(&self, folder: &str) -> String {
        format!("Non posso scrivere o leggere l'elenco di ciò che «cns setup» ha modificato: {folder}.")
    }

    fn another_setup_runs(&self) -> &'static str {
        "Un altro «cns setup» è al lavoro."
    }

    fn wait_for_it(&self) -> &'static str {
        "Aspetta che finisca e riprova."
    }

    fn make_writable(&self) -> &'static str {
        "Controlla se il disco è di sola lettura o se la cartella è di un altro utente."
    }
}
