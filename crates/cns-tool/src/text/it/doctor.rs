//! `cns doctor`.

use crate::doctor::{Area, Finding};
use crate::module_path::module_file_name;
use crate::setup::Client;
use crate::text::{CommonText as _, DoctorText, Italian, Language, SetupText as _, SystemText as _, Told};
use crate::unsupported_text;

impl DoctorText for Italian {
    fn doctor_about(&self) -> &'static str {
        "Cerca che cosa impedisce alla tessera di funzionare e dice che cosa fare"
    }

    fn doctor_report_option(&self) -> &'static str {
        "Scrive anche un file per chi ti aiuta, senza dati personali"
    }

    fn doctor_module_option(&self) -> &'static str {
        concat!("Esamina questo ", module_file_name!(), " invece di quello installato")
    }

    fn examining(&self) -> &'static str {
        "Controllo servizio, tessera e programmi…"
    }

    fn area(&self, area: Area) -> &'static str {
        match area {
            Area::Service => "Servizio delle smart card",
            Area::Reader => "Lettore",
            Area::Card => "Tessera",
            Area::Certificate => "Certificato",
            Area::Pin => "PIN",
            Area::Module => "Modulo",
            Area::Programs => "Programmi",
            Area::OtherSoftware => "Altro software",
        }
    }

    fn doctor_finding(&self, finding: &Finding) -> Told {
        match finding {
            Finding::ServiceRuns => Told::fact("Il servizio delle smart card (pcscd) risponde."),
            Finding::ServiceNotInstalled => Told::with_remedy(
                "Il servizio delle smart card (pcscd) non è installato.",
                "Installarlo: sudo apt install pcscd libccid (Fedora: pcsc-lite pcsc-lite-ccid).",
            ),
            Finding::ServiceStopped => Told::with_remedy(
                "Il servizio delle smart card (pcscd) è installato, ma non risponde.",
                "Accenderlo: sudo systemctl enable --now pcscd.socket",
            ),
            Finding::SystemServiceRuns => Told::fact("Il servizio delle smart card del sistema risponde."),
            Finding::SystemServiceFails { why } => Told::with_remedy(
                format!("Il servizio delle smart card del sistema risponde con un errore: {why}."),
                "Staccare e ricollegare il lettore; se non basta, riavviare il computer.",
            ),
            Finding::ServiceWaitsForReader => Told::with_remedy(
                "Il servizio delle smart card di Windows (SCardSvr) non è in funzione: parte con il primo lettore, e nessun lettore è collegato.",
                "Collegare il lettore, senza hub se possibile. Se non basta, accendere il servizio «Smart card» in services.msc. Quale lettore comprare: cns guide readers",
            ),
            Finding::ServiceForbidden { remote: true } => Told::with_remedy(
                "Il servizio delle smart card non ti fa entrare: sei collegato da lontano (ssh).",
                "Provare davanti al computer, oppure chiedere all'amministratore una regola polkit per \
                 org.debian.pcsc-lite.access_pcsc e access_card.",
            ),
            Finding::ServiceForbidden { remote: false } => Told::with_remedy(
                "Il servizio delle smart card non ti fa entrare (polkit).",
                "Uscire dalla sessione del desktop e rientrare; se non basta, chiedere all'amministratore una regola \
                 polkit per org.debian.pcsc-lite.access_pcsc e access_card.",
            ),
            Finding::ServiceFails { why } => Told::with_remedy(
                format!("Il servizio delle smart card risponde con un errore: {why}."),
                "Riavviarlo: sudo systemctl restart pcscd",
            ),
            Finding::ReaderSeen { reader } => Told::fact(format!("Il lettore funziona: {reader}.")),
            Finding::NoReader => Told::with_remedy(
                "Nessun lettore è collegato.",
                "Collegare il lettore, se possibile senza prese multiple USB. Quale comprare: cns guide readers",
            ),
            Finding::ReaderNeedsDriver { reader, package } => Told::with_remedy(
                format!("Il lettore {reader} è collegato, ma gli serve il driver del produttore."),
                format!("Installarlo: sudo apt install {package}, poi staccare e ricollegare il lettore."),
            ),
            Finding::ReaderHeldByKernel { reader, module } => Told::with_remedy(
                format!(
                    "Il lettore {reader} è collegato, ma Linux lo tiene per sé (modulo del kernel {module})."
                ),
                "Liberarlo: printf 'install %s /bin/false\\n' nfc pn533 pn533_usb | \
                 sudo tee /etc/modprobe.d/cns-nfc.conf, poi riavviare il computer.",
            ),
            Finding::ReaderNotSeen { reader } => Told::with_remedy(
                format!("Il lettore {reader} è collegato, ma il servizio delle smart card non lo vede."),
                "Installare il driver comune (sudo apt install libccid), poi staccare e ricollegare il lettore.",
            ),
            Finding::NoCard => Told::with_remedy(
                "Nel lettore non c'è nessuna tessera.",
                "Inserire la tessera dalla parte del chip, con il chip in alto, oppure appoggiarla se il lettore è NFC.",
            ),
            Finding::CardMute { reader } => Told::with_remedy(
                format!("La tessera in {reader} non risponde."),
                "Girarla, o pulire il chip con un panno morbido. Se lì un'altra tessera funziona, questa è guasta: \
                 cns guide lost",
            ),
            Finding::CardFails { reader, error } => Told::with_remedy(
                format!("Non riesco a leggere la tessera in {reader}: {error}."),
                "Toglierla, rimetterla e riprovare. Se non cambia niente: cns doctor --report FILE",
            ),
            Finding::CardUnsupported { reader, card, advice } => Told::with_remedy(
                format!("La tessera in {reader} è {}.", unsupported_text::card(*card, Language::Italian)),
                unsupported_text::advice(*advice, Language::Italian),
            ),
            Finding::CardRecognised { family, contactless: false, .. } => {
                Told::fact(format!("La tessera è riconosciuta ({family}), dal chip."))
            }
            Finding::CardRecognised { family, contactless: true, .. } => {
                Told::fact(format!("La tessera è riconosciuta ({family}), senza contatto (NFC)."))
            }
            Finding::CertificateMissing { health_card, .. } => Told::with_remedy(
                "Sulla tessera non c'è un certificato che si possa usare.",
                match health_card {
                    true => {
                        "Prima bisogna attivare la tessera sanitaria come CNS a uno sportello: cns guide activate"
                    }
                    false => "Chiedi a chi ha rilasciato la carta di attivarla o di sostituirla.",
                },
            ),
            Finding::CertificateUnreadable => Told::with_remedy(
                "Il certificato sulla tessera non si può leggere.",
                "Chiedere una tessera nuova a chi l'ha rilasciata: cns guide lost",
            ),
            Finding::CertificateValid { until } => {
                Told::fact(format!("Il certificato è valido fino al {}.", self.date(*until)))
            }
            Finding::CertificateEndsSoon { until, days, health_card } => Told::with_remedy(
                format!("Il certificato scade il {}, fra {days} giorni.", self.date(*until)),
                match health_card {
                    true => {
                        "La nuova tessera sanitaria arriva da sola prima della scadenza, ma va attivata: cns guide activate"
                    }
                    false => "Chiedi il rinnovo a chi ha rilasciato la carta.",
                },
            ),
            Finding::CertificateExpired { since, health_card } => Told::with_remedy(
                format!("Il certificato è scaduto il {}: nessun sito lo accetta più.", self.date(*since)),
                match health_card {
                    true => {
                        "Attivare la tessera nuova: cns guide activate. Se non è arrivata: cns guide lost"
                    }
                    false => "Chiedi il rinnovo a chi ha rilasciato la carta.",
                },
            ),
            Finding::CertificateNotYetValid { from } => Told::with_remedy(
                format!("Il certificato vale dal {}.", self.date(*from)),
                "Controllare se la data del computer è giusta.",
            ),
            Finding::CertificateIsCns { issuer } => Told::fact(format!(
                "Il certificato è quello di una CNS, per gli accessi. Rilasciato da: {issuer}."
            )),
            Finding::CertificateOfOtherPolicy { issuer, .. } => Told::with_remedy(
                format!(
                    "Il certificato non dice di essere quello di una CNS (1.3.76.16.2.1). Rilasciato da: {issuer}."
                ),
                "Alcuni siti lo rifiuteranno. Chiedere a chi ha rilasciato la tessera.",
            ),
            Finding::CertificateNotForLogin { issuer, .. } => Told::with_remedy(
                format!(
                    "Il certificato non serve per gli accessi (manca clientAuth). Rilasciato da: {issuer}."
                ),
                "I browser non lo proporranno. Chiedere a chi ha rilasciato la tessera.",
            ),
            Finding::KeyLongEnough { bits } => Told::fact(format!("La chiave è di {bits} bit.")),
            Finding::KeyShort { bits, allowed: true } => Told::fact(format!(
                "La chiave è di {bits} bit, come sulle tessere meno recenti; OpenSSL è configurato per accettarla."
            )),
            Finding::KeyShort { bits, allowed: false } => Told::with_remedy(
                format!(
                    "La chiave è di {bits} bit, come sulle tessere meno recenti: OpenSSL, curl e GnuTLS la rifiutano."
                ),
                "I browser funzionano. Per OpenSSL: cns setup openssl, poi togliere il # dall'ultima riga del file.",
            ),
            Finding::PinTries { left } => Told::fact(format!("Tentativi rimasti per il PIN: {left}.")),
            Finding::PinTriesUnknown { wrong: 0 } => {
                Told::fact("Questa tessera non dice quanti tentativi restano per il PIN: di solito sono tre.")
            }
            Finding::PinTriesUnknown { .. } => Told::fact(
                "L'ultimo PIN scritto era errato. Questa tessera non dice quanti tentativi restano: di solito sono tre in tutto.",
            ),
            Finding::PinLastTry { protected: false } => Told::with_remedy(
                "Per il PIN resta un solo tentativo: se sbagli, si blocca.",
                "Controlla il PIN, poi: cns pin verify. Se non lo ricordi, sbloccalo con il PUK: cns pin unblock",
            ),
            Finding::PinLastTry { protected: true } => Told::with_remedy(
                "Per il PIN resta un solo tentativo. Il driver non lo usa: nel browser l'accesso non riesce, anche con il PIN giusto.",
                "Controlla il PIN, estrai la tessera, inseriscila di nuovo e riprova. Oppure: cns pin verify. Se non ricordi il \
                 PIN, sbloccalo con il PUK: cns pin unblock",
            ),
            Finding::PinLocked => Told::with_remedy(
                "Il PIN è bloccato.",
                "Sbloccalo con il PUK: cns pin unblock. Se non hai il PUK: cns guide unblock",
            ),
            Finding::PukLastTry => Told::with_remedy(
                "Per il PUK resta un solo tentativo: se sbagli, la tessera va sostituita.",
                "Controlla il PUK prima di usarlo: cns guide codes",
            ),
            Finding::PukLocked => Told::with_remedy(
                "Il PUK è bloccato: la tessera non si può più sbloccare.",
                "Vai allo sportello con la tessera e un documento d'identità e chiedi una tessera nuova.",
            ),
            Finding::ModuleLoads { path, version } => {
                Told::fact(format!("I programmi possono caricare il modulo, versione {version} ({path})."))
            }
            Finding::ModuleMissing => Told::with_remedy(
                concat!("Il modulo ", module_file_name!(), " non è installato."),
                "Installare il pacchetto cns-pkcs11.",
            ),
            Finding::ModuleFails { path, why } => Told::with_remedy(
                format!("Il modulo non si può caricare ({path}): {why}."),
                "Reinstallare il pacchetto cns-pkcs11, quello per questo tipo di computer.",
            ),
            Finding::ModuleNotTried { path } => Told::fact(format!(
                "Il modulo c'è ({path}); non l'ho caricato, perché questo non è il sistema in funzione."
            )),
            Finding::Registered { program, path } => {
                Told::fact(format!("{}: conosce il modulo ({path}).", self.client(*program)))
            }
            Finding::NotRegistered { program, path, .. } => Told::with_remedy(
                format!("{}: non conosce il modulo ({path}).", self.client(*program)),
                format!("A browser chiuso: cns setup {}", program.name()),
            ),
            Finding::RegisteredWrongly { program, path, module } => Told::with_remedy(
                format!("{}: cerca il modulo dove non c'è: {module} ({path}).", self.client(*program)),
                match program {
                    Client::Firefox | Client::Chrome => {
                        format!("A browser chiuso: cns setup {}", program.name())
                    }
                    _ if path.starts_with("/etc") => format!("sudo cns setup {}", program.name()),
                    _ => format!("cns setup {}", program.name()),
                },
            ),
            Finding::RegisteredTwice { program, path } => Told::with_remedy(
                format!("{}: ha il modulo due volte, e potrebbe rifiutarlo ({path}).", self.client(*program)),
                format!("A browser chiuso: cns setup {}", program.name()),
            ),
            Finding::RootOwned { program, path } => Told::with_remedy(
                format!("{}: {path} appartiene all'amministratore.", self.client(*program)),
                "Riprendere la sua cartella: sudo chown -R \"$USER\": CARTELLA",
            ),
            Finding::Malformed { program, path, why } => Told::with_remedy(
                format!(
                    "{}: {path} contiene un errore, quindi non vale: {}.",
                    self.client(*program),
                    self.mistake(why)
                ),
                "Correggere il file, o chiedere a chi l'ha scritto.",
            ),
            Finding::Unreadable { program, path, why } => Told::with_remedy(
                format!("{}: non posso leggere {path}. {}.", self.client(*program), self.system_error(why)),
                "Controllare a chi appartengono il file e la sua cartella.",
            ),
            Finding::NeverStarted { program } => Told::with_remedy(
                format!("{}: installato, ma mai aperto.", self.client(*program)),
                format!("Aprirlo una volta e chiuderlo, poi: cns setup {}", program.name()),
            ),
            Finding::NotInstalled { program } => {
                Told::fact(format!("{}: non è installato.", self.client(*program)))
            }
            Finding::NotThroughModules { program } => Told::fact(format!(
                "{}: su questo sistema usano i certificati del sistema, non i moduli PKCS#11. Con la tessera usare Firefox.",
                self.client(*program)
            )),
            Finding::ThroughP11Kit { program } => {
                Told::fact(format!("{}: prende i moduli da p11-kit.", self.client(*program)))
            }
            Finding::SandboxedBrowser { browser } => Told::with_remedy(
                format!(
                    "{} è installato come {}: non può raggiungere il lettore.",
                    browser.browser, browser.sandbox
                ),
                "Usare il pacchetto della distribuzione o quello del produttore: cns guide readers",
            ),
            Finding::NoOtherModules => Told::fact("Nessun altro modulo per queste tessere è in uso."),
            Finding::OtherModule { name, path, registered_in } => Told::with_remedy(
                format!("È in uso un altro modulo per queste tessere: {name} ({path}, da {registered_in})."),
                "Funzionano insieme, ma il certificato viene proposto due volte. Togliere quello che non serve.",
            ),
            Finding::Interception { product } => Told::with_remedy(
                format!(
                    "{product} è installato. Se guarda dentro le connessioni cifrate, l'accesso con la tessera non riesce."
                ),
                "Disattivare quella funzione per il sito («analisi HTTPS», «ispezione SSL») e riprovare.",
            ),
        }
    }

    fn remedy(&self) -> &'static str {
        "Da fare"
    }

    fn doctor_summary(&self, problems: usize, warnings: usize) -> String {
        match (problems, warnings) {
            (0, 0) => "Tutto a posto.".to_owned(),
            (0, warnings) => format!("Nessun problema. Avvisi: {warnings}."),
            (problems, warnings) => format!("Problemi: {problems}. Avvisi: {warnings}."),
        }
    }

    fn about_the_support_report(&self) -> &'static str {
        "Il rapporto non contiene dati personali; leggilo prima di darlo ad altri."
    }
}
