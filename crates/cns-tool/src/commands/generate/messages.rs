//! What the manual says beside the help.

use crate::text::{Language, Message};

pub(super) const MANUAL: Message = Message::new("Manuale di cns", "Manual of cns");
pub(super) const NOTES: Message = Message::new("NOTE", "NOTES");
pub(super) const EXIT_STATUS: Message = Message::new("CODICI DI USCITA", "EXIT STATUS");
pub(super) const EXIT_STATUS_OF_CNS: Message = Message::new(
    "0 se è fatto e tutto è a posto; gli altri codici sono spiegati in cns(1).",
    "0 if it is done and all is well; the other codes are explained in cns(1).",
);
pub(super) const ENVIRONMENT: Message = Message::new("AMBIENTE", "ENVIRONMENT");
pub(super) const FILES: Message = Message::new("FILE", "FILES");
pub(super) const EXAMPLES: Message = Message::new("ESEMPI", "EXAMPLES");
pub(super) const SEE_ALSO: Message = Message::new("VEDERE ANCHE", "SEE ALSO");
pub(super) const ABOUT_THE_GUIDE: Message = Message::new(
    "attivare la tessera, i codici, l'accesso ai siti: le pagine di cns guide",
    "activating the card, the codes, logging in: the pages of cns guide",
);

/// The heading that `clap_mangen` writes, in the language and in capitals.
pub(super) fn heading(english: &str, language: Language) -> String {
    match english {
        "NAME" => language.pick("NOME", "NAME").to_owned(),
        "SYNOPSIS" => language.pick("SINTASSI", "SYNOPSIS").to_owned(),
        "DESCRIPTION" => language.pick("DESCRIZIONE", "DESCRIPTION").to_owned(),
        own => own.to_uppercase(),
    }
}

/// Variables that `cns` and the driver read.
pub(super) const VARIABLES: &[(&str, Message)] = &[
    (
        "CNS_PKCS11_LOG",
        Message::new(
            "FILE[:LIVELLO]: il driver scrive in questo file che cosa ha chiesto alla tessera e che cosa ha \
             risposto, mai il PIN. I livelli sono error, warn, info, debug, trace.",
            "FILE[:LEVEL]: the driver writes into this file what it asked the card and what it answered, \
             never the PIN. The levels are error, warn, info, debug, trace.",
        ),
    ),
    (
        "CNS_PKCS11_CACHE",
        Message::new(
            "off: il driver non ricorda nulla delle tessere (vedi cns-cache(1)).",
            "off: the driver remembers nothing of cards (see cns-cache(1)).",
        ),
    ),
    (
        "CNS_PKCS11_PINPAD",
        Message::new(
            "off: il PIN si scrive sul computer anche se il lettore dice di avere un tastierino.",
            "off: the PIN is typed at the computer even if the reader says that it has a keypad.",
        ),
    ),
    (
        "PINENTRY",
        Message::new(
            "Il programma che chiede il PIN in una finestra (vedi --pinentry).",
            "The program that asks for the PIN in a window (see --pinentry).",
        ),
    ),
    ("NO_COLOR", Message::new("Se è impostata, nessun colore.", "If it is set, there are no colours.")),
];

/// Files that `cns` and the driver write.
pub(super) const PATHS: &[(&str, Message)] = &[
    (
        "~/.local/state/cns/setup, /var/lib/cns/setup",
        Message::new(
            "Che cosa ha scritto «cns setup» e come erano i file prima: serve a «cns setup --remove».",
            "What \"cns setup\" wrote and how the files were before: \"cns setup --remove\" needs it.",
        ),
    ),
    (
        "~/.cache/cns-pkcs11",
        Message::new(
            "I certificati delle tessere già viste, perché i programmi partano prima. «cns cache clear» li \
             cancella.",
            "The certificates of cards already seen, so that programs start faster. \"cns cache clear\" \
             deletes them.",
        ),
    ),
];

const fn same(command: &'static str) -> Message {
    Message::new(command, command)
}

/// For each command: what to type, and what it does.
pub(super) const EXAMPLES_OF: &[(&str, Message, Message)] = &[
    (
        "cns",
        Message::new("cns inizia", "cns start"),
        Message::new(
            "Dalla tessera in mano al primo accesso.",
            "From the card in your hand to the first login.",
        ),
    ),
    (
        "cns",
        same("cns doctor"),
        Message::new(
            "Cerca che cosa non va e dice che cosa fare.",
            "Looks for what is wrong and says what to do.",
        ),
    ),
    (
        "cns",
        same("cns test-login"),
        Message::new("Prova un accesso senza usare la rete.", "Tries a login without any network."),
    ),
    (
        "cns doctor",
        Message::new("cns doctor --report rapporto.txt", "cns doctor --report report.txt"),
        Message::new(
            "Scrive anche un file da dare a chi ti aiuta, senza dati personali.",
            "Also writes a file for whoever helps you, without personal data.",
        ),
    ),
    (
        "cns setup",
        same("cns setup firefox"),
        Message::new("Configura soltanto Firefox.", "Sets up Firefox only."),
    ),
    (
        "cns guide",
        Message::new("cns guide primo-accesso", "cns guide first-login"),
        Message::new("Mostra la pagina sul primo accesso.", "Shows the page on the first login."),
    ),
    (
        "cns cert uri",
        same("cns cert uri"),
        Message::new(
            "Gli URI che altri programmi vogliono, per esempio curl in --cert e --key.",
            "The URIs that other programs want, curl for example in --cert and --key.",
        ),
    ),
    (
        "cns cert export",
        same("cns cert export -o cns.pem"),
        Message::new("Scrive il certificato in un file PEM.", "Writes the certificate into a PEM file."),
    ),
    (
        "cns sign",
        Message::new("cns sign documento.pdf", "cns sign document.pdf"),
        Message::new(
            "Scrive la firma accanto al documento, con l'aggiunta .p7s.",
            "Writes the signature beside the document, with .p7s added.",
        ),
    ),
    (
        "cns test-login",
        same("cns test-login www.inps.it"),
        Message::new("Prova un accesso a un sito vero.", "Tries a login to a real site."),
    ),
    (
        "cns status",
        same("cns status --json"),
        Message::new(
            "Lo stesso per un programma (schema: docs/json.md).",
            "The same for a program (schema: docs/json.md).",
        ),
    ),
];
