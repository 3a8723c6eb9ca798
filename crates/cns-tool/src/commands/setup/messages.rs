//! What `cns setup` says.

use super::windows_messages::{through_windows, windows_outcome};
use crate::pkcs11::module_path::module_file_name;
use crate::programs::{Outcome, Sandboxed, SetupResult, Way};
use crate::text::{Language, Message};

/// What was done or found.
pub(crate) fn result(language: Language, result: &SetupResult) -> String {
    let clause = outcome(language, result);
    format!("{}: {clause}.", result.program.title(language))
}

fn outcome(language: Language, result: &SetupResult) -> String {
    let (path, name) = (&result.path, result.program.name());
    let left = |italian: &str, english: &str| {
        language.pick(
            format!("{path} lasciato com'è, perché {italian}"),
            format!("{path} left as it is, because {english}"),
        )
    };
    match &result.outcome {
        Outcome::Registered(None) => {
            language.pick(format!("configurato ({path})"), format!("set up ({path})"))
        }
        Outcome::Registered(Some(backup)) => language.pick(
            format!("configurato ({path}; copia del file precedente: {backup})"),
            format!("set up ({path}; copy of the previous file: {backup})"),
        ),
        Outcome::Copied => language.pick(
            format!("driver copiato in una cartella che lo snap può leggere ({path})"),
            format!("driver copied to a folder that the snap can read ({path})"),
        ),
        Outcome::WouldCopy => language.pick(
            format!("il driver verrà copiato in una cartella che lo snap può leggere ({path})"),
            format!("the driver will be copied to a folder that the snap can read ({path})"),
        ),
        Outcome::CopyRemoved => {
            language.pick(format!("copia del driver tolta ({path})"), format!("copy of the driver removed ({path})"))
        }
        Outcome::WouldRegister => {
            language.pick(format!("verrà configurato ({path})"), format!("will be set up ({path})"))
        }
        Outcome::Already => {
            language.pick(format!("già configurato ({path})"), format!("already set up ({path})"))
        }
        Outcome::ByPackage => language.pick(
            format!("configurato per tutti gli utenti dal pacchetto installato ({path})"),
            format!("set up for all users by the installed package ({path})"),
        ),
        Outcome::ByAdministrator => language.pick(
            format!("configurato per tutti gli utenti dall'amministratore ({path})"),
            format!("set up for all users by the administrator ({path})"),
        ),
        Outcome::EachUser => language.pick(
            format!("quello in {path} non passa per p11-kit: ogni utente deve eseguire cns setup {name}, senza sudo"),
            format!("the one in {path} does not go through p11-kit: each user must run cns setup {name}, without sudo"),
        ),
        Outcome::PoliciesDiffer => language.pick(
            format!("le installazioni hanno criteri diversi: ogni utente deve eseguire cns setup {name}, senza sudo"),
            format!("the installations have different policies: each user must run cns setup {name}, without sudo"),
        ),
        Outcome::ThroughP11Kit => language.pick(
            "su questo sistema usa il driver tramite p11-kit: non serve altro".to_owned(),
            "on this system it uses the driver through p11-kit: nothing more to set up".to_owned(),
        ),
        Outcome::NotInP11Kit => language.pick(
            "su questo sistema prende i driver da p11-kit, che non ha questo".to_owned(),
            "on this system it gets its drivers from p11-kit, which does not have this one".to_owned(),
        ),
        Outcome::ThroughWindows => through_windows(language, result.program),
        Outcome::Windows(outcome) => windows_outcome(language, outcome, path),
        Outcome::Restored => language.pick(
            format!("driver tolto; il file è tornato com'era prima: {path}"),
            format!("driver removed; the file is as it was before: {path}"),
        ),
        Outcome::TakenOut => language.pick(
            format!("driver tolto da {path}; le altre modifiche al file restano"),
            format!("driver removed from {path}; other changes to the file stay"),
        ),
        Outcome::EditedSince => left(
            "è stato modificato dopo «cns setup». Togli tu quello che non ti serve più",
            "it has been edited since `cns setup` wrote it. Remove what you no longer need yourself",
        ),
        Outcome::Incomplete => language.pick(
            format!(
                "{path} è stato modificato, e non corrisponde più a questo sistema. Rinominalo, ripeti questo comando e \
                 riporta le tue modifiche"
            ),
            format!(
                "{path} has been edited, and no longer fits this system. Rename it, run this command again, then make your \
                 changes again"
            ),
        ),
        Outcome::ByHand(false) => language.pick(
            format!(
                "{path} indica già il driver, ma non l'ha scritto «cns setup»: lasciato com'è. Per togliere il driver: \
                 cns setup {name} --remove"
            ),
            format!(
                "{path} already names the driver, but `cns setup` did not write it: left as it is. To remove \
                 the driver: cns setup {name} --remove"
            ),
        ),
        Outcome::ByHand(true) => language.pick(
            format!("{path} indica il driver fra altre impostazioni: lasciato com'è. Modifica tu il file"),
            format!("{path} names the driver among other settings: left as it is. Edit the file yourself"),
        ),
        Outcome::Elsewhere(module) => language.pick(
            format!(
                "{path} indica già il driver {module}, ma non l'ha scritto «cns setup»: lasciato com'è. Per \
                 togliere il driver: cns setup {name} --remove"
            ),
            format!(
                "{path} already names the driver {module}, but `cns setup` did not write it: left as it is. \
                 To remove the driver: cns setup {name} --remove"
            ),
        ),
        Outcome::Twice => language.pick(
            format!(
                "{path} indica il driver più di una volta, ma non l'ha scritto «cns setup»: lasciato com'è. \
                 Lascia una sola voce, oppure toglile tutte con cns setup {name} --remove"
            ),
            format!(
                "{path} names the driver more than once, but `cns setup` did not write it: left as it is. \
                 Keep one entry only, or remove all of them with cns setup {name} --remove"
            ),
        ),
        Outcome::WouldRemove => {
            language.pick(format!("il driver verrà tolto da {path}"), format!("the driver will be removed from {path}"))
        }
        Outcome::NothingThere => {
            language.pick("non c'è niente da togliere", "nothing to remove").to_owned()
        }
        Outcome::Open(browser) => left(
            &format!("{browser} è aperto. Chiudilo e riprova"),
            &format!("{browser} is open. Close it, then try again"),
        ),
        Outcome::Malformed(why) => left(
            &format!("contiene un errore: {}. Correggilo e riprova", why.text(language)),
            &format!("it has a mistake: {}. Correct it, then try again", why.text(language)),
        ),
        Outcome::Occupied(by) => left(
            &format!("indica un altro driver, {by}. Prima togli quella riga"),
            &format!("it names another driver, {by}. Remove that line first"),
        ),
        Outcome::InUse => left(
            "contiene altre cose. Sposta il file e riprova",
            "it contains other things. Move the file, then try again",
        ),
        Outcome::DanglingLink(link) => left(
            &format!(
                "il collegamento {link} porta a un file che non esiste. Correggi o togli il collegamento e riprova"
            ),
            &format!(
                "the link {link} leads to a file that does not exist. Correct or remove the link, then try again"
            ),
        ),
        Outcome::LinkOfAnother(link) => left(
            &format!(
                "il collegamento {link} può essere di un altro utente. Metti al suo posto un vero file o una vera \
                 cartella e riprova"
            ),
            &format!(
                "another user may have made the link {link}. Put a real file or folder in its place, then try \
                 again"
            ),
        ),
        Outcome::NotAFile => left("non è un file normale", "it is not an ordinary file"),
        Outcome::HardLinked => left(
            "lo stesso file ha un secondo nome (hard link). Metti al suo posto una copia e riprova",
            "the same file has a second name (a hard link). Make a copy of it in its place, then try again",
        ),
        Outcome::NotForEverybody(closed) => language.pick(
            format!(
                "il driver è in {path}, ma gli altri utenti non possono leggere {closed}. Dai il permesso a \
                 tutti (chmod a+rX) e riprova"
            ),
            format!(
                "the driver is in {path}, but other users cannot read {closed}. Give everyone permission \
                 (chmod a+rX), then try again"
            ),
        ),
        Outcome::RootOwned => language.pick(
            format!(
                "{path} appartiene all'amministratore, forse per un comando eseguito con sudo. Torna \
                 proprietario del file e della sua cartella (sudo chown -R \"$USER\": CARTELLA) e riprova"
            ),
            format!(
                "{path} belongs to the administrator, perhaps after a command run with sudo. Make the file \
                 and its folder yours again (sudo chown -R \"$USER\": FOLDER), then try again"
            ),
        ),
        Outcome::NotWritable(why) => language.pick(
            format!("non riesco a leggere o scrivere {path}. {}", why.text(language)),
            format!("{path} cannot be read or written. {}", why.text(language)),
        ),
        Outcome::NotFound => result.program.not_found(language),
        Outcome::NotOnThisSystem(system) => result.program.not_on_this_system(language, *system).to_owned(),
        Outcome::OnRequest => language.pick(
            format!("non modificato; se ti serve: cns setup {name}"),
            format!("not changed; if you need it: cns setup {name}"),
        ),
        Outcome::Sandboxed(found) => sandboxed(language, found),
        Outcome::HomeOfAnother => language.pick(
            "questa cartella personale è di un altro utente: esegui il comando come quell'utente, senza sudo"
                .to_owned(),
            "this personal folder belongs to another user: run the command as that user, without sudo".to_owned(),
        ),
    }
}

fn sandboxed(language: Language, found: &Sandboxed) -> String {
    let Sandboxed { browser, sandbox, way } = found;
    match way {
        Way::StartOnce => language.pick(
            format!("{browser} è installato come {sandbox} e non è mai stato aperto: aprilo una volta, \
                     chiudilo e riprova"),
            format!(
                "{browser} is installed as a {sandbox} and was never opened: open it once, close it and try again"
            ),
        ),
        Way::EachUser => language.pick(
            format!(
                "{browser} è installato come {sandbox}, che non vede il driver del sistema: ogni utente deve \
                 eseguire cns setup firefox, senza sudo"
            ),
            format!(
                "{browser} is installed as a {sandbox}, which does not see the system's driver: each user \
                 must run cns setup firefox, without sudo"
            ),
        ),
        Way::Guide => language.pick(
            format!(
                "{browser} è installato come {sandbox}, un ambiente isolato che non vede né il driver né, di \
                 solito, il lettore: non configurato. Come fare: cns guide browser"
            ),
            format!(
                "{browser} is installed as a {sandbox}, an isolated environment that sees neither the driver \
                 nor, usually, the reader: not set up. What you can do: cns guide browser"
            ),
        ),
    }
}

/// The path given leads to no module of ours.
pub(crate) fn not_the_module(language: Language, path: &str) -> String {
    let name = module_file_name!();
    language.pick(
        format!("{path} non esiste, o non è il driver {name}."),
        format!("{path} does not exist, or is not the driver {name}."),
    )
}

/// The path holds letters that cannot be written into other programs' files.
pub(crate) fn odd_path(language: Language, path: &str) -> String {
    language.pick(
        format!(
            "{path} contiene caratteri che gli altri programmi non accettano. Sposta il driver in un'altra cartella."
        ),
        format!(
            "{path} contains characters that other programs do not accept. Move the driver to another folder."
        ),
    )
}

/// The backup log cannot be used.
pub(crate) fn log_unusable(language: Language, folder: &str) -> String {
    language.pick(
        format!("Non riesco a leggere o scrivere l'elenco delle modifiche fatte da «cns setup»: {folder}."),
        format!("The list of the changes made by `cns setup` cannot be read or written: {folder}."),
    )
}

pub(crate) const NO_BROWSER: Message =
    Message::new("Nessun browser è configurato per la tessera.", "No browser is set up for the card.");
pub(crate) const NO_HOME: Message = Message::new(
    "La variabile HOME non dice qual è la tua cartella personale.",
    "The variable HOME does not say where your personal folder is.",
);
pub(crate) const ANOTHER_RUNS: Message =
    Message::new("Un altro «cns setup» è in corso.", "Another `cns setup` is running.");
pub(crate) const WAIT_FOR_IT: Message =
    Message::new("Aspetta che finisca e riprova.", "Wait until it has finished, then try again.");
pub(crate) const MAKE_WRITABLE: Message = Message::new(
    "Controlla se il disco è di sola lettura o se la cartella è di un altro utente.",
    "Check whether the disk is read-only or the folder belongs to another user.",
);
