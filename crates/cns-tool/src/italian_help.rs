//! The Italian help texts of the command line; the English ones are the comments of `cli` and of each command's options.

use clap::{Arg, Command};

use crate::commands::setup;
use crate::pkcs11::module_path::module_file_name;
use crate::text::Language;

/// What each command does.
const COMMANDS: &[(&str, &str)] = &[
    (
        "cns",
        "La tua Carta Nazionale dei Servizi (CNS, TS-CNS): stato, PIN, certificato, configurazione e \
         diagnosi",
    ),
    ("cns start", "Ti guida passo per passo fino all'accesso con la tessera (basta scrivere cns)"),
    ("cns status", "Mostra lettori, tessere, titolare, scadenza del certificato e tentativi rimasti"),
    ("cns doctor", "Cerca perché la tessera non funziona e ti dice che cosa fare"),
    (
        "cns setup",
        "Configura Firefox, Chrome e altri programmi per la tessera, o annulla la configurazione (--remove)",
    ),
    ("cns guide", "Spiega come attivare la tessera, che cosa sono i codici, come accedere"),
    ("cns pin", "Controlla, cambia o sblocca il PIN"),
    ("cns pin verify", "Controlla se il PIN è corretto (un PIN errato consuma un tentativo)"),
    ("cns pin change", "Cambia il PIN: chiede quello attuale e due volte quello nuovo"),
    ("cns pin unblock", "Sblocca il PIN con il PUK: chiede il PUK e due volte il PIN nuovo"),
    ("cns cert", "Mostra o esporta il certificato della tessera"),
    ("cns cert show", "Mostra i dati del certificato"),
    ("cns cert export", "Scrive il certificato in un file o sullo standard output"),
    (
        "cns cert uri",
        "Mostra i nomi PKCS#11 (URI, RFC 7512) di tessera, certificato e chiave, per altri programmi",
    ),
    ("cns data", "Mostra i dati personali registrati nella tessera"),
    (
        "cns test-login",
        "Prova un accesso con la tessera: a un sito vero oppure, senza indirizzo, senza usare la rete",
    ),
    ("cns sign", "Firma un file con la chiave della tessera (firma separata, .p7s)"),
    (
        "cns practice",
        "Prova un accesso con una tessera virtuale e un portale interno a questo computer, per i corsi",
    ),
    ("cns watch", "Mostra quando si collegano lettori e si inseriscono tessere, per l'assistenza"),
    ("cns card-report", "Prepara un rapporto su una tessera sconosciuta, senza dati personali"),
    (
        "cns windows-report",
        "Scrive un rapporto per il progetto dopo una prova su Windows, senza dati personali",
    ),
    ("cns cache", "Mostra o cancella quello che il driver ricorda delle tessere"),
    ("cns cache status", "Mostra quali tessere il driver ricorda: solo dati pubblici, mai il PIN"),
    ("cns cache clear", "Cancella tutto quello che il driver ricorda"),
];

/// What each argument means: of one command, or of all that have it.
const ARGUMENTS: &[(&str, &str)] = &[
    ("--lang", "Lingua dei messaggi: it o en (se non la indichi: quella del sistema)"),
    ("--color", "Colori: auto, always (sempre) o never (mai)"),
    ("--reader", "Lettore da usare, o una parte del suo nome, quando ce n'è più di uno"),
    ("--module", "Modulo PKCS#11 (driver) da usare (se non lo indichi: quello installato)"),
    ("--json", "Scrive il risultato in JSON, per i programmi"),
    ("--output", "Scrive in questo file"),
    (
        "--pin-stdin",
        "Per gli script: legge dallo standard input un codice per riga, nell'ordine in cui viene chiesto; il \
         PIN nuovo una volta sola",
    ),
    (
        "--pinentry",
        "Chiede il PIN in una finestra, con pinentry o con il programma indicato (senza un terminale succede \
         automaticamente)",
    ),
    ("--last-try", "Per gli script: usa anche l'ultimo tentativo, dopo il quale il codice si blocca"),
    ("--signature", "Il certificato di firma, sulle tessere che ne hanno uno"),
    ("--pem", "In formato PEM (testo), se non indichi altro"),
    ("--der", "In formato DER (binario)"),
    ("cns status --show", "Mostra il codice fiscale per intero"),
    ("cns doctor --fix", "Esegue i comandi che risolvono i problemi, chiedendo conferma prima di ognuno"),
    ("cns doctor --report", "Scrive anche un file per chi ti aiuta, senza dati personali"),
    ("cns doctor --module", concat!("Esamina questo ", module_file_name!(), " invece di quello installato")),
    ("cns setup --remove", "Toglie il driver e riporta ogni file com'era prima"),
    ("cns setup --dry-run", "Mostra soltanto che cosa verrà fatto"),
    ("cns setup --module", concat!("Registra questo ", module_file_name!(), " invece di quello installato")),
    (
        "cns setup --take-over",
        "Assegna la tessera inserita a questo driver, anche se Windows la dà a un altro",
    ),
    ("--user", "Soltanto i tuoi programmi, anche come amministratore"),
    ("cns start --pause", "Alla fine attende Invio, quando la finestra si chiude da sola"),
    ("cns guide TOPIC", "La pagina da leggere (se non la indichi: l'elenco)"),
    (
        "cns test-login URL",
        "Indirizzo della pagina di accesso con CNS, https://… (se non lo indichi: prova interna a questo \
         computer, senza rete)",
    ),
    ("cns test-login --ca", "Si fida anche dei certificati in questo file PEM, per i siti di prova"),
    ("cns test-login --tls", "Usa soltanto questa versione di TLS"),
    ("cns sign FILE", "File da firmare; con - lo standard input"),
    ("cns sign --raw", "Solo la firma RSA (PKCS#1 v1.5, SHA-256), senza certificato"),
    ("cns sign --output", "Dove scrivere la firma (se non lo indichi: FILE.p7s, oppure FILE.sig con --raw)"),
    ("cns sign --force", "Sostituisce la firma che c'è già"),
    ("cns practice --card", "Il tipo di tessera virtuale; «virtual-cns list» li elenca"),
    ("cns practice --address", "Dove il lettore virtuale accetta le tessere"),
    ("cns practice --stop", "Ferma la prova in corso in un altro terminale"),
    ("cns watch --count", "Finisce dopo N eventi"),
];

/// What stands below the help.
const NOTES: &[(&str, &str)] = &[
    ("cns", EXIT_CODES),
    (
        "cns setup",
        "Finisce con il codice 1 anche quando nessun browser è stato configurato, per esempio perché è uno \
         snap o un flatpak o non è mai stato aperto.",
    ),
    (
        "cns start",
        "Puoi saltare ogni passo; se lo avvii di nuovo, riprende da quello che manca. Ti chiede il PIN solo \
         dopo un sì. Codice di uscita: 0 se non resta nulla da fare, altrimenti quello della prima cosa \
         rimasta (cns --help).",
    ),
    (
        "cns pin verify",
        "Spesso il PIN arriva in due parti: una è sul foglio dello sportello, l'altra arriva per e-mail o SMS. \
         Scrivile una dopo l'altra, senza spazi. Lo stesso vale per il PUK. Per ogni cifra che scrivi appare \
         un punto.",
    ),
    ("cns pin change", NEW_PIN),
    ("cns pin unblock", NEW_PIN),
];

const EXIT_CODES: &str = "Codici di uscita:\n  0  fatto, tutto a posto\n  1  non riuscito, oppure il \
                          controllo ha trovato un problema\n  2  il comando non è scritto correttamente\n  3  manca il servizio delle smart \
     card, o il lettore\n  4  nel lettore non c'è una tessera (per doctor: controllo incompleto)\n  5  tessera che non si può usare: non è una \
     CNS, non risponde, non ha il certificato\n  6  PIN o PUK errato: un tentativo è stato consumato\n  7  PIN \
     o PUK bloccato\n  8  alla tessera non è stato inviato nulla: codice scritto male, troppo facile da \
     indovinare o non confermato\n130  interrotto (Ctrl-C, o terminale chiuso)";

const NEW_PIN: &str = "Spesso il PIN arriva in due parti: una è sul foglio dello sportello, l'altra arriva per \
                       e-mail o SMS. Scrivile una dopo l'altra, senza spazi. Lo stesso vale per il PUK. \
                       Per ogni cifra che scrivi appare un punto.\n\nIl PIN nuovo ha da 5 a 8 cifre. \
                       Le cifre non possono essere tutte uguali o in sequenza (come 1234), né essere la tua data di nascita.";

/// Commands that have a name in each language: English, Italian. Both work in both; the help shows the language's own.
const NAMES: &[(&str, &str)] = &[("start", "inizia")];

/// What stands for a value.
const VALUES: &[(&str, &str)] =
    &[("PROGRAM", "PROGRAMMA"), ("READER", "LETTORE"), ("TOPIC", "ARGOMENTO"), ("KIND", "TIPO")];

/// The command under its name in this language, with the other name as a hidden one.
pub(crate) fn named(command: Command, language: Language) -> Command {
    let name = NAMES.iter().find(|(english, _)| *english == command.get_name());
    let Some(&(english, italian)) = name else { return command };
    let (own, other) = language.pick((italian, english), (english, italian));
    command.name(own).alias(other)
}

/// Whether a command has this name in Italian only.
pub(crate) fn is_italian(name: &str) -> bool {
    NAMES.iter().any(|(_, italian)| *italian == name)
}

/// The command of this path with its own texts in Italian; its subcommands stay as they are.
pub(crate) fn translated(mut command: Command, path: &str) -> Command {
    if let Some(about) = entry(COMMANDS, path) {
        command = command.about(about);
    }
    if let Some(note) = entry(NOTES, path) {
        command = command.after_help(note);
    }
    command.mut_args(|mut argument| {
        if let Some(help) = argument_help(path, &argument) {
            argument = argument.help(help);
        }
        match value_name(&argument).and_then(|name| entry(VALUES, name)) {
            Some(value) => argument.value_name(value),
            None => argument,
        }
    })
}

fn argument_help(path: &str, argument: &Arg) -> Option<String> {
    let name = match argument.get_long() {
        Some(long) => format!("--{long}"),
        None => value_name(argument)?.to_owned(),
    };
    if (path, name.as_str()) == ("cns setup", "PROGRAM") {
        return Some(setup::programs_help(Language::Italian));
    }
    let help = entry(ARGUMENTS, &format!("{path} {name}")).or_else(|| entry(ARGUMENTS, &name));
    help.map(str::to_owned)
}

fn value_name(argument: &Arg) -> Option<&str> {
    Some(argument.get_value_names()?.first()?.as_str())
}

fn entry(table: &[(&str, &'static str)], key: &str) -> Option<&'static str> {
    table.iter().find(|(name, _)| *name == key).map(|(_, text)| *text)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    /// Every text of the whole tree but for hidden commands, which are for makers of packages and speak English.
    #[test]
    fn each_help_text_has_its_italian() {
        fn walk(command: &Command, path: &str, missing: &mut Vec<String>) {
            if command.get_about().is_none() || entry(COMMANDS, path).is_none() {
                missing.push(path.to_owned());
            }
            if command.get_after_help().is_some() && entry(NOTES, path).is_none() {
                missing.push(format!("{path}: below"));
            }
            for argument in command.get_arguments() {
                if argument.get_help().is_none() || argument_help(path, argument).is_none() {
                    missing.push(format!("{path}: {}", argument.get_id()));
                }
            }
            for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set()) {
                walk(sub, &format!("{path} {}", sub.get_name()), missing);
            }
        }
        let mut missing = Vec::new();
        walk(&crate::cli::Cli::command(), "cns", &mut missing);
        assert!(missing.is_empty(), "{missing:?}");
    }
}
