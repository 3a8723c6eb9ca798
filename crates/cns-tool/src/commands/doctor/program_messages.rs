//! What `cns doctor` says about programs.

use super::action::is_administrators;
use super::finding_text::FindingText;
use crate::host::{System, own_program};
use crate::programs::{Program, ProgramState, Sandboxed, Way, install_openssl_support};
use crate::text::Language;

/// A browser in a sandbox that is not set up.
pub(super) fn sandboxed_browser(language: Language, found: &Sandboxed) -> FindingText {
    let Sandboxed { browser, sandbox, way } = found;
    let what = language.pick(
        format!(
            "{browser} è installato come {sandbox}, un ambiente isolato che non vede né il driver né, di \
             solito, il lettore."
        ),
        format!(
            "{browser} is installed as a {sandbox}, an isolated environment that sees neither the driver nor, \
             usually, the reader."
        ),
    );
    let remedy = match way {
        Way::StartOnce | Way::EachUser => language.pick(
            "Aprilo una volta e chiudilo, poi: cns setup firefox",
            "Open it once and close it, then: cns setup firefox",
        ),
        Way::Guide => language.pick("Come fare: cns guide browser", "What you can do: cns guide browser"),
    };
    FindingText::with_remedy(what, remedy)
}

/// What a program knows of the module.
pub(super) fn program_state(language: Language, state: &ProgramState, system: &System) -> FindingText {
    let about = |program: &dyn Program, italian: &str, english: &str| {
        format!("{}: {}.", program.title(language), language.pick(italian, english))
    };
    let with_browser_closed = |program: &dyn Program| {
        format!(
            "{}: cns setup {}",
            language.pick("A browser chiuso", "With the browser closed"),
            program.name()
        )
    };
    let as_owner = |program: &dyn Program, path: &str| match is_administrators(path) {
        true => own_program::typed_with_sudo(&["setup", program.name()], system),
        false => format!("cns setup {}", program.name()),
    };
    // Of a browser the policies, or the list in a profile, which it holds open.
    let by_owner = |program: &dyn Program, path: &str| match program.is_browser() && !is_administrators(path)
    {
        true => with_browser_closed(program),
        false => as_owner(program, path),
    };
    match state {
        ProgramState::Registered { program, path } => FindingText::fact(about(
            *program,
            &format!("configurato per la tessera ({path})"),
            &format!("set up for the card ({path})"),
        )),
        ProgramState::NotRegistered { program, path, .. } => FindingText::with_remedy(
            about(
                *program,
                &format!("non ancora configurato per la tessera ({path})"),
                &format!("not set up for the card yet ({path})"),
            ),
            match program.is_browser() {
                true => with_browser_closed(*program),
                false => format!("{}: cns setup {}", language.pick("Esegui", "Run"), program.name()),
            },
        ),
        ProgramState::RegisteredWrongly { program, path, module } => FindingText::with_remedy(
            about(
                *program,
                &format!("cerca il driver nel posto sbagliato: {module} ({path})"),
                &format!("looks for the driver in the wrong place: {module} ({path})"),
            ),
            by_owner(*program, path),
        ),
        ProgramState::Outdated { program, path } => FindingText::with_remedy(
            about(
                *program,
                &format!("{path} non corrisponde più a questo sistema"),
                &format!("{path} no longer fits this system"),
            ),
            as_owner(*program, path),
        ),
        ProgramState::Unsupported { program, path } => FindingText::with_remedy(
            about(
                *program,
                &format!("{path} indica il driver, ma manca il componente che lo carica"),
                &format!("{path} names the driver, but the component that loads it is missing"),
            ),
            install_openssl_support(language),
        ),
        ProgramState::RegisteredTwice { program, path } => FindingText::with_remedy(
            about(
                *program,
                &format!("il driver è indicato due volte e potrebbe non funzionare ({path})"),
                &format!("the driver is named twice and may not work ({path})"),
            ),
            by_owner(*program, path),
        ),
        ProgramState::CopyOutdated { program, path } => FindingText::with_remedy(
            about(
                *program,
                &format!(
                    "lo snap usa una copia del driver di una versione diversa da quella installata ({path})"
                ),
                &format!(
                    "the snap uses a copy of the driver of another version than the installed one ({path})"
                ),
            ),
            with_browser_closed(*program),
        ),
        ProgramState::SnapNotConnected { program, snap } => FindingText::with_remedy(
            about(
                *program,
                "è uno snap, configurato per la tessera, ma non ha il permesso di raggiungere il lettore",
                "is a snap, set up for the card, but not permitted to reach the reader",
            ),
            format!(
                "{}: sudo snap connect {snap}:pcscd",
                language.pick(
                    "Dagli il permesso, poi riapri il browser",
                    "Permit it, then start the browser again"
                )
            ),
        ),
        ProgramState::SnapWithoutInterface { program, .. } => FindingText::with_remedy(
            about(
                *program,
                "questa versione dello snap non può raggiungere il lettore",
                "this version of the snap cannot reach the reader",
            ),
            language.pick(
                "Aggiorna lo snap (sudo snap refresh), oppure usa un altro Firefox: cns guide browser",
                "Update the snap (sudo snap refresh), or use another Firefox: cns guide browser",
            ),
        ),
        ProgramState::RootOwned { program, path } => FindingText::with_remedy(
            about(
                *program,
                &format!("{path} appartiene all'amministratore"),
                &format!("{path} belongs to the administrator"),
            ),
            language.pick(
                "Torna proprietario della sua cartella: sudo chown -R \"$USER\": CARTELLA",
                "Make its folder yours again: sudo chown -R \"$USER\": FOLDER",
            ),
        ),
        ProgramState::Malformed { program, path, why } => FindingText::with_remedy(
            about(
                *program,
                &format!("{path} contiene un errore e il browser non lo usa: {}", why.text(language)),
                &format!("{path} has a mistake and the browser does not use it: {}", why.text(language)),
            ),
            language.pick(
                "Correggi il file, o chiedi a chi l'ha scritto.",
                "Correct the file, or ask the person who wrote it.",
            ),
        ),
        ProgramState::Unreadable { program, path, why } => FindingText::with_remedy(
            about(
                *program,
                &format!("non riesco a leggere {path}. {}", why.text(language)),
                &format!("{path} cannot be read. {}", why.text(language)),
            ),
            language.pick(
                "Controlla a chi appartengono il file e la sua cartella.",
                "Check who owns the file and its folder.",
            ),
        ),
        ProgramState::NeverStarted { program } => FindingText::with_remedy(
            about(*program, "installato, ma mai aperto", "installed, but never opened"),
            format!(
                "{}: cns setup {}",
                language.pick("Aprilo una volta e chiudilo, poi", "Open it once and close it, then"),
                program.name()
            ),
        ),
        ProgramState::NotInstalled { program } => {
            FindingText::fact(about(*program, "non è installato", "not installed"))
        }
        ProgramState::NotThroughModules { program } => FindingText::fact(about(
            *program,
            "su questo sistema usano i certificati del sistema, non i driver PKCS#11. Con la tessera usa Firefox",
            "on this system they use the system's certificates, not PKCS#11 drivers. Use Firefox with the card",
        )),
        ProgramState::ThroughWindows { program } => FindingText::fact(about(
            *program,
            "la tessera si usa tramite Windows: non serve altro",
            "the card is used through Windows: nothing more to set up",
        )),
        ProgramState::RegisteredBesideWindows { program, path } => FindingText::with_remedy(
            about(
                *program,
                &format!(
                    "il certificato appare due volte: tramite Windows e tramite il driver indicato in {path}"
                ),
                &format!(
                    "the certificate appears twice: through Windows and through the driver named in {path}"
                ),
            ),
            format!("{} --remove", with_browser_closed(*program)),
        ),
        ProgramState::ThroughP11Kit { program } => FindingText::fact(about(
            *program,
            "usa il driver tramite p11-kit",
            "uses the driver through p11-kit",
        )),
    }
}
