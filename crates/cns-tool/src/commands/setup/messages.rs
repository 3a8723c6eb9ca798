//! What `cns setup` says.

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
            format!("configurato ({path}; com'era prima: {backup})"),
            format!("set up ({path}; as it was before: {backup})"),
        ),
        Outcome::Copied => language.pick(
            format!("il driver è copiato dove lo snap lo può caricare ({path})"),
            format!("the driver is copied to where the snap can load it ({path})"),
        ),
        Outcome::WouldCopy => language.pick(
            format!("il driver sarebbe copiato dove lo snap lo può caricare ({path})"),
            format!("the driver would be copied to where the snap can load it ({path})"),
        ),
        Outcome::CopyRemoved => {
            language.pick(format!("copia del driver tolta ({path})"), format!("copy of the driver removed ({path})"))
        }
        Outcome::WouldRegister => {
            language.pick(format!("sarebbe configurato ({path})"), format!("would be set up ({path})"))
        }
        Outcome::Already => {
            language.pick(format!("era già configurato ({path})"), format!("was set up already ({path})"))
        }
        Outcome::ByPackage => language.pick(
            format!("configurato per tutti dal pacchetto installato ({path})"),
            format!("set up for everybody by the installed package ({path})"),
        ),
        Outcome::ByAdministrator => language.pick(
            format!("configurato per tutti dall'amministratore ({path})"),
            format!("set up for everybody by the administrator ({path})"),
        ),
        Outcome::ThroughP11Kit => language.pick(
            "su questo sistema prende i driver da p11-kit: non serve altro".to_owned(),
            "on this system it takes its modules from p11-kit: nothing more to set up".to_owned(),
        ),
        Outcome::Restored => language.pick(
            format!("tolto; il file è com'era prima: {path}"),
            format!("taken out; as it was before: {path}"),
        ),
        Outcome::TakenOut => language.pick(
            format!("tolto da {path}; le altre modifiche fatte nel frattempo restano"),
            format!("taken out of {path}; what others have changed there stays"),
        ),
        Outcome::EditedSince => left(
            "è stato modificato dopo «cns setup». Togli tu quello che non ti serve più",
            "it has been edited since `cns setup` wrote it. Remove yourself what you do not need any more",
        ),
        Outcome::Incomplete => language.pick(
            format!(
                "{path} è stato modificato, e non corrisponde a ciò che è installato ora. Rinominalo, dai \
                 cns setup {name} e riporta le tue modifiche"
            ),
            format!(
                "{path} has been edited, and does not fit what is installed now. Rename it, run cns setup \
                 {name}, then make your changes again"
            ),
        ),
        Outcome::ByHand(false) => language.pick(
            format!(
                "{path} indica il driver, ma non per opera di «cns setup»: lasciato com'è. Per toglierlo: \
                 cns setup {name} --remove"
            ),
            format!(
                "{path} names the driver, and not by `cns setup`: left as it is. To take it out: \
                 cns setup {name} --remove"
            ),
        ),
        Outcome::ByHand(true) => language.pick(
            format!("{path} indica il driver fra altre impostazioni: lasciato com'è. Modifica tu il file"),
            format!("{path} names the driver among other settings: left as it is. Edit the file yourself"),
        ),
        Outcome::Elsewhere(module) => language.pick(
            format!(
                "{path} indica già il driver, ma non per opera di «cns setup»: {module}. Lasciato com'è; per \
                 toglierlo: cns setup {name} --remove"
            ),
            format!(
                "{path} names the driver already, and not by `cns setup`: {module}. Left as it is; to take it \
                 out: cns setup {name} --remove"
            ),
        ),
        Outcome::Twice => language.pick(
            format!(
                "{path} indica il driver più di una volta, e non per opera di «cns setup»: lasciato com'è. \
                 Lascia una sola voce, oppure toglile tutte con cns setup {name} --remove"
            ),
            format!(
                "{path} names the driver more than once, and not by `cns setup`: left as it is. Remove all but \
                 one, or take all of them out with cns setup {name} --remove"
            ),
        ),
        Outcome::WouldRemove => {
            language.pick(format!("sarebbe tolto da {path}"), format!("would be taken out of {path}"))
        }
        Outcome::NothingThere => {
            language.pick("non c'è niente da togliere", "nothing to take out").to_owned()
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
            &format!("indica un altro driver, {by}. Togli prima quella riga"),
            &format!("it names another module, {by}. Take that line away first"),
        ),
        Outcome::InUse => left(
            "contiene altro. Sposta il file e riprova",
            "it has something else in it. Move it away, then try again",
        ),
        Outcome::DanglingLink(link) => left(
            &format!(
                "il collegamento {link} porta a qualcosa che non c'è. Correggi o togli il collegamento e riprova"
            ),
            &format!(
                "the link {link} leads to something that is not there. Mend or remove the link, then try again"
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
                "il driver è in {path}, ma gli altri utenti non possono leggere {closed}. Dai loro il permesso \
                 (chmod a+rX) e riprova"
            ),
            format!(
                "the driver is in {path}, but other users may not read {closed}. Give them the right (chmod \
                 a+rX), then try again"
            ),
        ),
        Outcome::RootOwned => language.pick(
            format!(
                "{path} appartiene all'amministratore, forse per un comando dato con sudo. Riprendi il file e \
                 la sua cartella (sudo chown -R \"$USER\": CARTELLA) e riprova"
            ),
            format!(
                "{path} belongs to the administrator, perhaps after a command with sudo. Make it and its \
                 folder yours (sudo chown -R \"$USER\": FOLDER), then try again"
            ),
        ),
        Outcome::NotWritable(why) => language.pick(
            format!("non posso leggere o scrivere {path}. {}", why.text(language)),
            format!("{path} cannot be read or written. {}", why.text(language)),
        ),
        Outcome::NotFound => result.program.not_found(language),
        Outcome::NotOnThisSystem(system) => result.program.not_on_this_system(language, *system).to_owned(),
        Outcome::OnRequest => language.pick(
            format!("non toccato; solo su richiesta: cns setup {name}"),
            format!("left alone; on request: cns setup {name}"),
        ),
        Outcome::Sandboxed(found) => sandboxed(language, found),
        Outcome::HomeOfAnother => language.pick(
            "questa cartella personale è di un altro utente: dai il comando come quell'utente, senza sudo"
                .to_owned(),
            "this home belongs to somebody else: run the command as that user, without sudo".to_owned(),
        ),
    }
}

fn sandboxed(language: Language, found: &Sandboxed) -> String {
    let Sandboxed { browser, sandbox, way } = found;
    match way {
        Way::StartOnce => language.pick(
            format!("{browser} è installato come {sandbox} e non è mai stato aperto: aprilo una volta, chiudilo e riprova"),
            format!(
                "{browser} is installed as a {sandbox} and was never started: start it once and close it, then try \
                 again"
            ),
        ),
        Way::EachUser => language.pick(
            format!(
                "{browser} è installato come {sandbox}, che non vede il driver del sistema: ogni utente lo configura \
                 per sé con cns setup firefox, senza sudo"
            ),
            format!(
                "{browser} is installed as a {sandbox}, which does not see the system's driver: each user sets it \
                 up with cns setup firefox, without sudo"
            ),
        ),
        Way::Guide => language.pick(
            format!(
                "{browser} è installato come {sandbox}, dove non vede né il driver né, di solito, il lettore: non \
                 configurato. Le vie che restano: cns guide browser"
            ),
            format!(
                "{browser} is installed as a {sandbox}, where it sees neither the driver nor, mostly, the reader: \
                 not set up. The ways left: cns guide browser"
            ),
        ),
    }
}

/// The path given leads to no module of ours.
pub(crate) fn not_the_module(language: Language, path: &str) -> String {
    let name = module_file_name!();
    language.pick(
        format!("{path} non c'è, o non è il driver {name}."),
        format!("{path} is not there, or is not the module {name}."),
    )
}

/// The path holds letters that cannot be written into other programs' files.
pub(crate) fn odd_path(language: Language, path: &str) -> String {
    language.pick(
        format!(
            "{path} contiene caratteri che i file degli altri programmi non ammettono. Metti il driver altrove."
        ),
        format!(
            "{path} holds letters that other programs' files cannot carry. Put the module somewhere else."
        ),
    )
}

/// The backup log cannot be used.
pub(crate) fn log_unusable(language: Language, folder: &str) -> String {
    language.pick(
        format!("Non posso scrivere o leggere l'elenco di ciò che «cns setup» ha modificato: {folder}."),
        format!("The list of what `cns setup` has changed cannot be written or read: {folder}."),
    )
}

pub(crate) const NO_BROWSER: Message =
    Message::new("Nessun browser è configurato per la tessera.", "No browser is set up for the card.");
pub(crate) const NO_HOME: Message = Message::new(
    "La variabile HOME non dice qual è la tua cartella personale.",
    "The variable HOME does not say where your home is.",
);
pub(crate) const ANOTHER_RUNS: Message =
    Message::new("Un altro «cns setup» è al lavoro.", "Another `cns setup` is at work.");
pub(crate) const WAIT_FOR_IT: Message =
    Message::new("Aspetta che finisca e riprova.", "Wait until it has ended, then try again.");
pub(crate) const MAKE_WRITABLE: Message = Message::new(
    "Controlla se il disco è di sola lettura o se la cartella è di un altro utente.",
    "Look whether the disk is mounted read-only, or the folder belongs to somebody else.",
);
