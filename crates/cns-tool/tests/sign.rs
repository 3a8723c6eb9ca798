//! `cns sign` before anybody has typed a PIN: what cannot be read or kept is found out first. Signatures themselves are
//! made through the module, in `cargo xtask clients`.

mod desk;

use std::fs;
use std::path::Path;

use cns_tool::Exit;
use desk::{Desk, Person};
use virtual_cns::Personality;

/// Asks for a signature; nobody may be asked, the card must hear nothing, the folder must stay as it is. What was told.
fn refused(folder: &Path, language: &str, arguments: &[&str], exit: Exit) -> String {
    let names = || {
        let entries = fs::read_dir(folder).expect("the folder");
        let mut names: Vec<_> = entries.map(|entry| entry.expect("an entry").file_name()).collect();
        names.sort();
        names
    };
    let before = names();
    let desk = Desk::with(&Personality::idemia_2021());
    let told = desk.run(language, &[&["sign"], arguments].concat(), Person::silent());
    assert_eq!(told.exit, exit, "{}", told.transcript);
    assert_eq!(desk.card().transcript_names(), [""; 0], "the card was asked");
    assert_eq!(names(), before, "something half-written");
    told.transcript
}

#[test]
fn nobody_types_a_pin_for_a_signature_that_cannot_be_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).to_str().expect("UTF-8").to_owned();
    fs::write(path("document"), "Something to sign.").expect("written");
    fs::create_dir(path("folder")).expect("made");
    fs::create_dir(path("document.p7s")).expect("made");
    let outputs = [
        ("no/such/folder", "Il file o la cartella non esiste", "The file or folder does not exist"),
        ("folder", "È una cartella, non un file", "It is a folder, not a file"),
        ("document/below", "Una parte del percorso non è una cartella", "A part of the path is no folder"),
    ];
    let document = path("document");
    for (output, italian, english) in outputs {
        let output = path(output);
        for raw in [&[][..], &["--raw"]] {
            let arguments = [&[document.as_str(), "-o", &output], raw].concat();
            let told = refused(folder.path(), "it", &arguments, Exit::Failed);
            let expected =
                format!("Errore: Non riesco a scrivere {output}.\n  Perché: {italian} (il sistema dice: ");
            assert!(told.contains(&expected), "{told}");
            let told = refused(folder.path(), "en", &arguments, Exit::Failed);
            assert!(told.contains(&format!("  Why: {english} (the system says: ")), "{told}");
        }
    }
    // The place that is taken where none is named.
    let told = refused(folder.path(), "it", &[&document], Exit::Failed);
    assert!(told.contains("document.p7s.\n  Perché: È una cartella"), "{told}");
}

#[test]
fn nobody_types_a_pin_for_a_document_that_cannot_be_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let missing = folder.path().join("missing");
    let told = refused(folder.path(), "it", &[missing.to_str().expect("UTF-8")], Exit::Failed);
    assert!(
        told.contains("Non riesco a leggere") && told.contains("Il file o la cartella non esiste"),
        "{told}"
    );
    let told = refused(folder.path(), "en", &[folder.path().to_str().expect("UTF-8")], Exit::Failed);
    assert!(told.contains("It is a folder, not a file"), "{told}");
}

#[test]
fn a_place_that_can_be_written_is_left_as_it_is_until_there_is_something_to_write() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).to_str().expect("UTF-8").to_owned();
    fs::write(path("document"), "Something to sign.").expect("written");
    fs::write(path("old.p7s"), "An older signature.").expect("written");
    let desk = Desk::with(&Personality::idemia_2021());
    // Without the module nothing can be signed.
    let arguments = ["sign", &path("document"), "-o", &path("old.p7s"), "--module", &path("missing.so")];
    let told = desk.run("it", &arguments, Person::silent());
    assert_eq!((told.exit, desk.pin_commands()), (Exit::Failed, 0), "{}", told.transcript);
    assert_eq!(fs::read(path("old.p7s")).expect("the file"), b"An older signature.");
    assert_eq!(fs::read_dir(folder.path()).expect("the folder").count(), 2, "something is left");
}
