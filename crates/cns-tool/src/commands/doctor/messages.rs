//! What `cns doctor` says.

use cns_card::CertificateProblem;

use super::finding::{Area, Finding};
use super::finding_text::FindingText;
use super::program_messages::program_state;
use crate::card::messages as card_messages;
use crate::card::unsupported_text;
use crate::pkcs11::module_path::module_file_name;
use crate::text::{Language, Message};

pub(crate) const EXAMINING: Message =
    Message::new("Controllo servizio, tessera e programmi…", "Looking at service, card and programs…");

/// Over the findings of an area.
pub(crate) fn area(language: Language, area: Area) -> &'static str {
    match area {
        Area::Service => language.pick("Servizio delle smart card", "Smart card service"),
        Area::Reader => language.pick("Lettore", "Reader"),
        Area::Card => language.pick("Tessera", "Card"),
        Area::Certificate => language.pick("Certificato", "Certificate"),
        Area::Pin => "PIN",
        Area::Module => language.pick("Modulo", "Module"),
        Area::Programs => language.pick("Programmi", "Programs"),
        Area::OtherSoftware => language.pick("Altro software", "Other software"),
    }
}

/// A finding.
pub(crate) fn finding(language: Language, finding: &Finding) -> FindingText {
    match finding {
        Finding::ServiceRuns => FindingText::fact(language.pick(
            "Il servizio delle smart card (pcscd) risponde.",
            "The smart card service (pcscd) answers.",
        )),
        Finding::ServiceNotInstalled => FindingText::with_remedy(
            language.pick(
                "Il servizio delle smart card (pcscd) non è installato.",
                "The smart card service (pcscd) is not installed.",
            ),
            language.pick(
                "Installarlo: sudo apt install pcscd libccid (Fedora: pcsc-lite pcsc-lite-ccid).",
                "Install it: sudo apt install pcscd libccid (Fedora: pcsc-lite pcsc-lite-ccid).",
            ),
        ),
        Finding::ServiceStopped => FindingText::with_remedy(
            language.pick(
                "Il servizio delle smart card (pcscd) è installato, ma non risponde.",
                "The smart card service (pcscd) is installed and does not answer.",
            ),
            language.pick(
                "Accenderlo: sudo systemctl enable --now pcscd.socket",
                "Start it: sudo systemctl enable --now pcscd.socket",
            ),
        ),
        Finding::SystemServiceRuns => FindingText::fact(language.pick(
            "Il servizio delle smart card del sistema risponde.",
            "The system's smart card service answers.",
        )),
        Finding::SystemServiceFails { why } => FindingText::with_remedy(
            language.pick(
                format!("Il servizio delle smart card del sistema risponde con un errore: {why}."),
                format!("The system's smart card service answers with an error: {why}."),
            ),
            language.pick(
                "Staccare e ricollegare il lettore; se non basta, riavviare il computer.",
                "Unplug the reader and plug it in again; if that does not help, restart the computer.",
            ),
        ),
        Finding::ServiceWaitsForReader => FindingText::with_remedy(
            language.pick(
                "Il servizio delle smart card di Windows (SCardSvr) non è in funzione: parte con il primo \
                 lettore, e nessun lettore è collegato.",
                "The smart card service of Windows (SCardSvr) does not run: it starts with the first \
                 reader, and none is plugged in.",
            ),
            language.pick(
                "Collegare il lettore, senza hub se possibile. Se non basta, accendere il servizio «Smart \
                 card» in services.msc. Quale lettore comprare: cns guide readers",
                "Plug the reader in, without a hub if possible. If that does not help, start the service \
                 “Smart Card” in services.msc. Which reader to buy: cns guide readers",
            ),
        ),
        Finding::ServiceForbidden { remote: true } => FindingText::with_remedy(
            language.pick(
                "Il servizio delle smart card non ti fa entrare: sei collegato da lontano (ssh).",
                "The smart card service does not let you in: you are connected from afar (ssh).",
            ),
            language.pick(
                "Provare davanti al computer, oppure chiedere all'amministratore una regola polkit per \
                 org.debian.pcsc-lite.access_pcsc e access_card.",
                "Try at the computer itself, or ask its administrator for a polkit rule for \
                 org.debian.pcsc-lite.access_pcsc and access_card.",
            ),
        ),
        Finding::ServiceForbidden { remote: false } => FindingText::with_remedy(
            language.pick(
                "Il servizio delle smart card non ti fa entrare (polkit).",
                "The smart card service does not let you in (polkit).",
            ),
            language.pick(
                "Uscire dalla sessione del desktop e rientrare; se non basta, chiedere all'amministratore \
                 una regola polkit per org.debian.pcsc-lite.access_pcsc e access_card.",
                "Log out of the desktop and in again; if that does not help, ask the administrator for a \
                 polkit rule for org.debian.pcsc-lite.access_pcsc and access_card.",
            ),
        ),
        Finding::ServiceFails { why } => FindingText::with_remedy(
            language.pick(
                format!("Il servizio delle smart card risponde con un errore: {why}."),
                format!("The smart card service answers with an error: {why}."),
            ),
            language
                .pick("Riavviarlo: sudo systemctl restart pcscd", "Restart it: sudo systemctl restart pcscd"),
        ),
        Finding::ReaderSeen { reader } => FindingText::fact(
            language.pick(format!("Il lettore funziona: {reader}."), format!("The reader works: {reader}.")),
        ),
        Finding::NoReader => FindingText::with_remedy(
            language.pick("Nessun lettore è collegato.", "No reader is plugged in."),
            language.pick(
                "Collegare il lettore, se possibile senza prese multiple USB. Quale comprare: cns guide \
                 readers",
                "Plug the reader in, without a hub if possible. Which one to buy: cns guide readers",
            ),
        ),
        Finding::ReaderNeedsDriver { reader, package } => FindingText::with_remedy(
            language.pick(
                format!("Il lettore {reader} è collegato, ma gli serve il driver del produttore."),
                format!("The reader {reader} is plugged in, but needs its maker's driver."),
            ),
            language.pick(
                format!("Installarlo: sudo apt install {package}, poi staccare e ricollegare il lettore."),
                format!(
                    "Install it: sudo apt install {package}, then unplug the reader and plug it in again."
                ),
            ),
        ),
        Finding::ReaderHeldByKernel { reader, module } => FindingText::with_remedy(
            language.pick(
                format!(
                    "Il lettore {reader} è collegato, ma Linux lo tiene per sé (modulo del kernel {module})."
                ),
                format!(
                    "The reader {reader} is plugged in, but Linux keeps it for itself (kernel module \
                     {module})."
                ),
            ),
            language.pick(
                "Liberarlo: printf 'install %s /bin/false\\n' nfc pn533 pn533_usb | sudo tee \
                 /etc/modprobe.d/cns-nfc.conf, poi riavviare il computer.",
                "Give it free: printf 'install %s /bin/false\\n' nfc pn533 pn533_usb | sudo tee \
                 /etc/modprobe.d/cns-nfc.conf, then restart the computer.",
            ),
        ),
        Finding::ReaderNotSeen { reader } => FindingText::with_remedy(
            language.pick(
                format!("Il lettore {reader} è collegato, ma il servizio delle smart card non lo vede."),
                format!("The reader {reader} is plugged in, but the smart card service does not see it."),
            ),
            language.pick(
                "Installare il driver comune (sudo apt install libccid), poi staccare e ricollegare il \
                 lettore.",
                "Install the usual driver (sudo apt install libccid), then unplug the reader and plug it in \
                 again.",
            ),
        ),
        Finding::NoCard => FindingText::with_remedy(
            language.pick("Nel lettore non c'è nessuna tessera.", "No card is in the reader."),
            language.pick(
                "Inserire la tessera dalla parte del chip, con il chip in alto, oppure appoggiarla se il \
                 lettore è NFC.",
                "Push the card in with the chip first and the chip up, or lay it on the reader if it reads \
                 by radio.",
            ),
        ),
        Finding::CardMute { reader } => FindingText::with_remedy(
            language.pick(
                format!("La tessera in {reader} non risponde."),
                format!("The card in {reader} does not answer."),
            ),
            language.pick(
                "Girarla, o pulire il chip con un panno morbido. Se lì un'altra tessera funziona, questa è \
                 guasta: cns guide lost",
                "Turn it round, or clean the chip with a soft cloth. If another card works there, this one \
                 is broken: cns guide lost",
            ),
        ),
        Finding::CardFails { reader, error } => FindingText::with_remedy(
            language.pick(
                format!("Non riesco a leggere la tessera in {reader}: {error}."),
                format!("The card in {reader} could not be read: {error}."),
            ),
            language.pick(
                "Toglierla, rimetterla e riprovare. Se non cambia niente: cns doctor --report FILE",
                "Take it out, put it in again, and try once more. If it stays so: cns doctor --report FILE",
            ),
        ),
        Finding::CardUnsupported { reader, card, advice } => {
            let card = unsupported_text::card(*card, language);
            FindingText::with_remedy(
                language.pick(
                    format!("La tessera in {reader} è {card}."),
                    format!("The card in {reader} is {card}."),
                ),
                unsupported_text::advice(*advice, language),
            )
        }
        Finding::CardRecognised { family, contactless: false, .. } => FindingText::fact(language.pick(
            format!("La tessera è riconosciuta ({family}), dal chip."),
            format!("The card is recognised ({family}), at its chip."),
        )),
        Finding::CardRecognised { family, contactless: true, .. } => FindingText::fact(language.pick(
            format!("La tessera è riconosciuta ({family}), senza contatto (NFC)."),
            format!("The card is recognised ({family}), by radio (NFC)."),
        )),
        Finding::CertificateMissing { problem: CertificateProblem::SignatureOnly, .. } => {
            FindingText::with_remedy(
                card_messages::ONLY_FOR_SIGNATURES.to(language),
                card_messages::NEEDS_A_LOGIN_CERTIFICATE.to(language),
            )
        }
        Finding::CertificateMissing { problem, health_card } => FindingText::with_remedy(
            language.pick(
                "Sulla tessera non c'è un certificato che si possa usare.".to_owned(),
                format!("The card has no usable certificate: {problem}."),
            ),
            match health_card {
                true => language.pick(
                    "Prima bisogna attivare la tessera sanitaria come CNS a uno sportello: cns guide \
                     activate",
                    "A health card must be activated as CNS at a counter first: cns guide activate",
                ),
                false => language.pick(
                    "Chiedi a chi ha rilasciato la carta di attivarla o di sostituirla.",
                    "Ask whoever issued the card to activate or replace it.",
                ),
            },
        ),
        Finding::CertificateUnreadable => FindingText::with_remedy(
            language.pick(
                "Il certificato sulla tessera non si può leggere.",
                "The certificate on the card cannot be read.",
            ),
            language.pick(
                "Chiedere una tessera nuova a chi l'ha rilasciata: cns guide lost",
                "Ask whoever issued the card for a new one: cns guide lost",
            ),
        ),
        Finding::CertificateValid { until } => FindingText::fact(language.pick(
            format!("Il certificato è valido fino al {}.", language.date(*until)),
            format!("The certificate is valid until {}.", language.date(*until)),
        )),
        Finding::CertificateEndsSoon { until, days, health_card } => FindingText::with_remedy(
            language.pick(
                format!("Il certificato scade il {}, fra {days} giorni.", language.date(*until)),
                format!("The certificate ends on {}, in {days} days.", language.date(*until)),
            ),
            match health_card {
                true => language.pick(
                    "La nuova tessera sanitaria arriva da sola prima della scadenza, ma va attivata: cns \
                     guide activate",
                    "The new health card is sent by itself before the old one ends; it must be activated: \
                     cns guide activate",
                ),
                false => language.pick(
                    "Chiedi il rinnovo a chi ha rilasciato la carta.",
                    "Ask whoever issued the card to renew it.",
                ),
            },
        ),
        Finding::CertificateExpired { since, health_card } => FindingText::with_remedy(
            language.pick(
                format!("Il certificato è scaduto il {}: nessun sito lo accetta più.", language.date(*since)),
                format!("The certificate ended on {}: no site takes it any more.", language.date(*since)),
            ),
            match health_card {
                true => language.pick(
                    "Attivare la tessera nuova: cns guide activate. Se non è arrivata: cns guide lost",
                    "Activate the new card: cns guide activate. If none has come: cns guide lost",
                ),
                false => language.pick(
                    "Chiedi il rinnovo a chi ha rilasciato la carta.",
                    "Ask whoever issued the card to renew it.",
                ),
            },
        ),
        Finding::CertificateNotYetValid { from } => FindingText::with_remedy(
            language.pick(
                format!("Il certificato vale dal {}.", language.date(*from)),
                format!("The certificate begins on {}.", language.date(*from)),
            ),
            language.pick(
                "Controllare se la data del computer è giusta.",
                "Look whether the computer's date is right.",
            ),
        ),
        Finding::CertificateIsCns { issuer } => FindingText::fact(language.pick(
            format!("Il certificato è quello di una CNS, per gli accessi. Rilasciato da: {issuer}."),
            format!("The certificate is one of a CNS, for logging in. Issued by: {issuer}."),
        )),
        Finding::CertificateOfOtherPolicy { issuer, .. } => FindingText::with_remedy(
            language.pick(
                format!(
                    "Il certificato non dice di essere quello di una CNS (1.3.76.16.2.1). Rilasciato da: \
                     {issuer}."
                ),
                format!(
                    "The certificate does not say that it is one of a CNS (1.3.76.16.2.1). Issued by: \
                     {issuer}."
                ),
            ),
            language.pick(
                "Alcuni siti lo rifiuteranno. Chiedere a chi ha rilasciato la tessera.",
                "Some sites will refuse it. Ask whoever issued the card.",
            ),
        ),
        Finding::CertificateNotForLogin { issuer, .. } => FindingText::with_remedy(
            language.pick(
                format!(
                    "Il certificato non serve per gli accessi (manca clientAuth). Rilasciato da: {issuer}."
                ),
                format!(
                    "The certificate is not for logging in (clientAuth is missing). Issued by: {issuer}."
                ),
            ),
            language.pick(
                "I browser non lo proporranno. Chiedere a chi ha rilasciato la tessera.",
                "Browsers will not offer it. Ask whoever issued the card.",
            ),
        ),
        Finding::OtherCertificate { certificate } => {
            let other = card_messages::other_certificate(language, certificate);
            FindingText::fact(language.pick(
                format!("Sulla tessera c'è un altro certificato: {other}."),
                format!("There is another certificate on the card: {other}."),
            ))
        }
        Finding::OldCertificateShown => FindingText::with_remedy(
            language.pick(
                "Il driver mostra un certificato che sulla tessera non c'è più.",
                "The driver shows a certificate that is no longer on the card.",
            ),
            language.pick(
                "Cancella quello che il driver ricorda: cns cache clear. Poi riavvia il browser.",
                "Clear what the driver remembers: cns cache clear. Then restart the browser.",
            ),
        ),
        Finding::KeyUnusable => FindingText::with_remedy(
            language.pick(
                "La chiave del certificato è danneggiata o di un tipo che questo driver non usa.",
                "The certificate's key is damaged, or of a kind that this driver does not use.",
            ),
            language.pick(
                "Chiedi una tessera nuova a chi l'ha rilasciata: cns guide lost",
                "Ask whoever issued the card for a new one: cns guide lost",
            ),
        ),
        Finding::KeyLongEnough { bits } => FindingText::fact(
            language.pick(format!("La chiave è di {bits} bit."), format!("The key has {bits} bits.")),
        ),
        Finding::KeyShort { bits, allowed: true } => FindingText::fact(language.pick(
            format!(
                "La chiave è di {bits} bit, come sulle tessere meno recenti; OpenSSL è configurato per \
                 accettarla."
            ),
            format!("The key has {bits} bits, as on older cards; OpenSSL is set to take it."),
        )),
        Finding::KeyShort { bits, allowed: false } => FindingText::with_remedy(
            language.pick(
                format!(
                    "La chiave è di {bits} bit, come sulle tessere meno recenti: OpenSSL, curl e GnuTLS la \
                     rifiutano."
                ),
                format!("The key has {bits} bits, as on older cards: OpenSSL, curl and GnuTLS refuse it."),
            ),
            language.pick(
                "I browser funzionano. Per OpenSSL: cns setup openssl, poi togliere il # dall'ultima riga \
                 del file.",
                "Browsers work. For OpenSSL: cns setup openssl, then take the # away in the file's last \
                 line.",
            ),
        ),
        Finding::PinTries { left } => FindingText::fact(language.pick(
            format!("Tentativi rimasti per il PIN: {left}."),
            format!("Tries left for the PIN: {left}."),
        )),
        Finding::PinTriesUnknown { wrong: 0 } => FindingText::fact(language.pick(
            "Questa tessera non dice quanti tentativi restano per il PIN: di solito sono tre.",
            "This card does not say how many tries are left for the PIN: usually there are three.",
        )),
        Finding::PinTriesUnknown { .. } => FindingText::fact(language.pick(
            "L'ultimo PIN scritto era errato. Questa tessera non dice quanti tentativi restano: di solito \
             sono tre in tutto.",
            "The last PIN typed was wrong. This card does not say how many tries are left: usually there \
             are three in all.",
        )),
        Finding::PinLastTry { protected: false } => FindingText::with_remedy(
            language.pick(
                "Per il PIN resta un solo tentativo: se sbagli, si blocca.",
                "One try is left for the PIN: a wrong one locks it.",
            ),
            language.pick(
                "Controlla il PIN, poi: cns pin verify. Se non lo ricordi, sbloccalo con il PUK: cns pin \
                 unblock",
                "Check the PIN, then: cns pin verify. If you do not remember it, unblock it with the PUK: \
                 cns pin unblock",
            ),
        ),
        Finding::PinLastTry { protected: true } => FindingText::with_remedy(
            language.pick(
                "Per il PIN resta un solo tentativo. Il driver non lo usa: nel browser l'accesso non \
                 riesce, anche con il PIN giusto.",
                "One try is left for the PIN. The driver does not use it: in the browser logging in fails, \
                 even with the right PIN.",
            ),
            language.pick(
                "Controlla il PIN, estrai la tessera, inseriscila di nuovo e riprova. Oppure: cns pin \
                 verify. Se non ricordi il PIN, sbloccalo con il PUK: cns pin unblock",
                "Check the PIN, take the card out, insert it again and try once more. Or: cns pin verify. \
                 If you do not remember the PIN, unblock it with the PUK: cns pin unblock",
            ),
        ),
        Finding::PinLocked => FindingText::with_remedy(
            language.pick("Il PIN è bloccato.", "The PIN is locked."),
            language.pick(
                "Sbloccalo con il PUK: cns pin unblock. Se non hai il PUK: cns guide unblock",
                "Unblock it with the PUK: cns pin unblock. If you have no PUK: cns guide unblock",
            ),
        ),
        Finding::PukLastTry => FindingText::with_remedy(
            language.pick(
                "Per il PUK resta un solo tentativo: se sbagli, la tessera va sostituita.",
                "One try is left for the PUK: after a wrong one the card must be replaced.",
            ),
            language.pick(
                "Controlla il PUK prima di usarlo: cns guide codes",
                "Check the PUK before you use it: cns guide codes",
            ),
        ),
        Finding::PukLocked => FindingText::with_remedy(
            language.pick(
                "Il PUK è bloccato: la tessera non si può più sbloccare.",
                "The PUK is locked: the card cannot be unblocked any more.",
            ),
            language.pick(
                "Vai allo sportello con la tessera e un documento d'identità e chiedi una tessera nuova.",
                "Go to the counter with the card and an identity document and ask for a new card.",
            ),
        ),
        Finding::ModuleLoads { path, version } => FindingText::fact(language.pick(
            format!("I programmi possono caricare il modulo, versione {version} ({path})."),
            format!("Programs can load the module, version {version} ({path})."),
        )),
        Finding::ModuleMissing => FindingText::with_remedy(
            language.pick(
                concat!("Il modulo ", module_file_name!(), " non è installato."),
                concat!("The module ", module_file_name!(), " is not installed."),
            ),
            language.pick("Installare il pacchetto cns-pkcs11.", "Install the package cns-pkcs11."),
        ),
        Finding::ModuleFails { path, why } => FindingText::with_remedy(
            language.pick(
                format!("Il modulo non si può caricare ({path}): {why}."),
                format!("The module cannot be loaded ({path}): {why}."),
            ),
            language.pick(
                "Reinstallare il pacchetto cns-pkcs11, quello per questo tipo di computer.",
                "Install the package cns-pkcs11 again, for this kind of computer.",
            ),
        ),
        Finding::ModuleNotTried { path } => FindingText::fact(language.pick(
            format!("Il modulo c'è ({path}); non l'ho caricato, perché questo non è il sistema in funzione."),
            format!("The module is there ({path}); it was not loaded, as this is not the running system."),
        )),
        Finding::Program(state) => program_state(language, state),
        Finding::SandboxedBrowser { browser } => FindingText::with_remedy(
            language.pick(
                format!(
                    "{} è installato come {}: non può raggiungere il lettore.",
                    browser.browser, browser.sandbox
                ),
                format!(
                    "{} is installed as a {}: it cannot reach the reader.",
                    browser.browser, browser.sandbox
                ),
            ),
            language.pick(
                "Usare il pacchetto della distribuzione o quello del produttore: cns guide readers",
                "Use your distribution's package or the maker's: cns guide readers",
            ),
        ),
        Finding::NoOtherModules => FindingText::fact(language.pick(
            "Nessun altro modulo per queste tessere è in uso.",
            "No other module for these cards is in use.",
        )),
        Finding::OtherModule { name, path, registered_in } => FindingText::with_remedy(
            language.pick(
                format!("È in uso un altro modulo per queste tessere: {name} ({path}, da {registered_in})."),
                format!("Another module for these cards is in use: {name} ({path}, by {registered_in})."),
            ),
            language.pick(
                "Funzionano insieme, ma il certificato viene proposto due volte. Togliere quello che non \
                 serve.",
                "Both work side by side, but the certificate is offered twice. Take the one out that you do \
                 not need.",
            ),
        ),
        Finding::Interception { product } => FindingText::with_remedy(
            language.pick(
                format!(
                    "{product} è installato. Se guarda dentro le connessioni cifrate, l'accesso con la \
                     tessera non riesce."
                ),
                format!(
                    "{product} is installed. If it looks into encrypted connections, logging in with the \
                     card fails."
                ),
            ),
            language.pick(
                "Disattivare quella funzione per il sito («analisi HTTPS», «ispezione SSL») e riprovare.",
                "Turn that off for the site (“HTTPS scanning”, “SSL inspection”), then try again.",
            ),
        ),
    }
}

pub(crate) const REMEDY: Message = Message::new("Da fare", "To do");

/// The last line.
pub(crate) fn summary(language: Language, problems: usize, warnings: usize) -> String {
    match (problems, warnings) {
        (0, 0) => language.pick("Tutto a posto.", "All is well.").to_owned(),
        (0, warnings) => language.pick(
            format!("Nessun problema. Avvisi: {warnings}."),
            format!("No problem found. Warnings: {warnings}."),
        ),
        (problems, warnings) => language.pick(
            format!("Problemi: {problems}. Avvisi: {warnings}."),
            format!("Problems: {problems}. Warnings: {warnings}."),
        ),
    }
}

pub(crate) const ABOUT_THE_SUPPORT_REPORT: Message = Message::new(
    "Il rapporto non contiene dati personali; leggilo prima di darlo ad altri.",
    "The report holds no personal data; read it before you pass it on.",
);
