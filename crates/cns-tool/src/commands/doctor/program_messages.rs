//! What `cns doctor` says about programs.

use super::finding_text::FindingText;
use crate::programs::{Program, ProgramState, Sandboxed, Way, install_openssl_support};
use crate::text::Language;

/// A browser in a sandbox that is not set up.
pub(super) fn sandboxed_browser(language: Language, found: &Sandboxed) -> FindingText {
    let Sandboxed { browser, sandbox, way } = found;
    let what = language.pick(
        format!(
            "{browser} è installato come {sandbox}, dove non vede né il driver né, di solito, il lettore."
        ),
        format!(
            "{browser} is installed as a {sandbox}, where it sees neither the driver nor, mostly, the reader."
        ),
    );
    let remedy = match way {
        Way::StartOnce | Way::EachUser => language.pick(
            "Aprilo una volta e chiudilo, poi: cns setup firefox",
            "Start it once and close it, then: cns setup firefox",
        ),
        Way::Guide => {
            language.pick("Le vie che restano: cns guide browser", "The ways left: cns guide browser")
        }
    };
    FindingText::with_remedy(what, remedy)
}

/// What a program knows of the module.
pub(super) fn program_state(language: Language, state: &ProgramState) -> FindingText {
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
    let as_owner = |program: &dyn Program, path: &str| {
        let sudo = if path.starts_with("/etc") { "sudo " } else { "" };
        format!("{sudo}cns setup {}", program.name())
    };
    match state {
        ProgramState::Registered { program, path } => FindingText::fact(about(
            *program,
            &format!("conosce il modulo ({path})"),
            &format!("knows the module ({path})"),
        )),
        ProgramState::NotRegistered { program, path, .. } => FindingText::with_remedy(
            about(
                *program,
                &format!("non conosce il modulo ({path})"),
                &format!("does not know the module ({path})"),
            ),
            with_browser_closed(*program),
        ),
        ProgramState::RegisteredWrongly { program, path, module } => FindingText::with_remedy(
            about(
                *program,
                &format!("cerca il modulo dove non c'è: {module} ({path})"),
                &format!("looks for the module where it is not: {module} ({path})"),
            ),
            if program.is_browser() { with_browser_closed(*program) } else { as_owner(*program, path) },
        ),
        ProgramState::Outdated { program, path } => FindingText::with_remedy(
            about(
                *program,
                &format!("{path} non corrisponde a ciò che è installato ora"),
                &format!("{path} does not fit what is installed now"),
            ),
            as_owner(*program, path),
        ),
        ProgramState::Unsupported { program, path } => FindingText::with_remedy(
            about(
                *program,
                &format!("{path} indica il driver, ma manca ciò che lo carica"),
                &format!("{path} names the driver, but what loads it is not installed"),
            ),
            install_openssl_support(language),
        ),
        ProgramState::RegisteredTwice { program, path } => FindingText::with_remedy(
            about(
                *program,
                &format!("ha il modulo due volte, e potrebbe rifiutarlo ({path})"),
                &format!("is told about the module twice, and may refuse it ({path})"),
            ),
            with_browser_closed(*program),
        ),
        ProgramState::CopyOutdated { program, path } => FindingText::with_remedy(
            about(
                *program,
                &format!("lo snap usa una copia del driver che non è più quella installata ({path})"),
                &format!(
                    "the snap uses a copy of the driver that is not the installed one any more ({path})"
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
                "Riprendere la sua cartella: sudo chown -R \"$USER\": CARTELLA",
                "Make its folder yours again: sudo chown -R \"$USER\": FOLDER",
            ),
        ),
        ProgramState::Malformed { program, path, why } => FindingText::with_remedy(
            about(
                *program,
                &format!("{path} contiene un errore, quindi non vale: {}", why.text(language)),
                &format!("{path} has a mistake, so it does not count: {}", why.text(language)),
            ),
            language.pick(
                "Correggere il file, o chiedere a chi l'ha scritto.",
                "Correct the file, or ask whoever wrote it.",
            ),
        ),
        ProgramState::Unreadable { program, path, why } => FindingText::with_remedy(
            about(
                *program,
                &format!("non posso leggere {path}. {}", why.text(language)),
                &format!("{path} cannot be read. {}", why.text(language)),
            ),
            language.pick(
                "Controllare a chi appartengono il file e la sua cartella.",
                "Look whose the file and its folder are.",
            ),
        ),
        ProgramState::NeverStarted { program } => FindingText::with_remedy(
            about(*program, "installato, ma mai aperto", "installed, but never started by you"),
            format!(
                "{}: cns setup {}",
                language.pick("Aprirlo una volta e chiuderlo, poi", "Start it once and close it, then"),
                program.name()
            ),
        ),
        ProgramState::NotInstalled { program } => {
            FindingText::fact(about(*program, "non è installato", "not installed"))
        }
        ProgramState::NotThroughModules { program } => FindingText::fact(about(
            *program,
            "su questo sistema usano i certificati del sistema, non i moduli PKCS#11. Con la tessera usare Firefox",
            "on this system they use the system's certificates, not PKCS#11 modules. Use Firefox with the card",
        )),
        ProgramState::ThroughP11Kit { program } => {
            FindingText::fact(about(*program, "prende i moduli da p11-kit", "takes its modules from p11-kit"))
        }
    }
}
