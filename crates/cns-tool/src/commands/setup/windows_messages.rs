//! What `cns setup` says of Windows.

use crate::host::OperatingSystem;
use crate::programs::{Program, WindowsOutcome};
use crate::text::Language;

/// What happened in the registry, at this path, in a clause.
pub(super) fn windows_outcome(language: Language, outcome: &WindowsOutcome, path: &str) -> String {
    match outcome {
        WindowsOutcome::OtherDriver { entry } => language.pick(
            format!(
                "la tessera inserita resta all'altro driver ({entry}). Se Chrome, Edge o Firefox non la vedono: \
                 cns setup windows --take-over"
            ),
            format!(
                "the card in the reader stays with the other driver ({entry}). If Chrome, Edge or Firefox do not \
                 see it: cns setup windows --take-over"
            ),
        ),
        WindowsOutcome::SharedAtr => language.pick(
            "senza contatto, la tessera inserita si presenta come un passaporto: non configurata. Se vuoi usarla così: \
             cns setup windows --take-over",
            "by radio, the card in the reader looks like a passport: not set up. If you want to use it so: cns setup \
             windows --take-over",
        )
        .to_owned(),
        WindowsOutcome::NoCard => language.pick(
            "nessuna CNS nel lettore. Inserisci la tessera e ripeti il comando",
            "no CNS is in the reader. Insert the card and repeat the command",
        )
        .to_owned(),
        WindowsOutcome::NeedsAdministrator => language.pick(
            "serve l'amministratore. Cerca «cmd» nel menu Start, scegli «Esegui come amministratore» e ripeti lì il \
             comando",
            "this takes the administrator. Search for \"cmd\" in the Start menu, choose \"Run as administrator\" and \
             repeat the command there",
        )
        .to_owned(),
        WindowsOutcome::NoMinidriver => language.pick(
            "manca il driver per Windows (cnscm.dll), che deve stare accanto a cns_pkcs11.dll. Installa di nuovo cns-pkcs11",
            "the driver for Windows (cnscm.dll) is missing; it belongs beside cns_pkcs11.dll. Install cns-pkcs11 again",
        )
        .to_owned(),
        WindowsOutcome::Unregistered => language.pick(
            format!("driver tolto dal registro di Windows ({path})"),
            format!("driver removed from the registry of Windows ({path})"),
        ),
    }
}

/// A browser that uses the card through Windows; and what a person writes who wants the module in it besides.
pub(super) fn through_windows(language: Language, program: &dyn Program) -> String {
    let served = language.pick(
        "la tessera si usa tramite Windows: non serve altro",
        "the card is used through Windows: nothing more to set up",
    );
    let name = program.name();
    match program.uses_modules_on(OperatingSystem::Windows) {
        true => language.pick(
            format!("{served}. Anche con il driver PKCS#11: cns setup {name}"),
            format!("{served}. With the PKCS#11 driver too: cns setup {name}"),
        ),
        false => served.to_owned(),
    }
}
