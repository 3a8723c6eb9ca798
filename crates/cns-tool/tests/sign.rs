//! `cns sign` before anybody has typed a PIN: what cannot be read or kept is found out first. Signatures themselves are
//! made through the module, in `cargo xtask clients`.

mod environment;

use std::fs;
use std::path::Path;

use cns_tool::Exit;
use environment::{Environment, Person};
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
    let environment = Environment::with(&Personality::idemia_2021());
    let told = environment.run(language, &[&["sign"], arguments].concat(), Person::silent());
    assert_eq!(told.exit, exit, "{}", told.transcript);
    assert_eq!(environment.card().transcript_names(), [""; 0], "the card was asked");
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
        ("document/below", "Una parte del percorso non è una cartella", "A part of the path is not a folder"),
    ];
    let document = path("document");
    for (output, italian, english) in outputs {
        let output = path(output);
        for raw in [&[][..], &["--raw"]] {
            let arguments = [&[document.as_str(), "-o", &output], raw].concat();
            let told = refused(folder.path(), "it", &arguments, Exit::Failed);
            let expected = format!("Errore: Non riesco a scrivere {output}.\n  Perché: {italian}.\n");
            assert!(told.contains(&expected), "{told}");
            let told = refused(folder.path(), "en", &arguments, Exit::Failed);
            assert!(told.contains(&format!("  Why: {english}.\n")), "{told}");
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
    let environment = Environment::with(&Personality::idemia_2021());
    // Without the module nothing can be signed.
    let arguments =
        ["sign", &path("document"), "-o", &path("old.p7s"), "--force", "--module", &path("missing.so")];
    let told = environment.run("it", &arguments, Person::silent());
    assert_eq!((told.exit, environment.pin_commands()), (Exit::Failed, 0), "{}", told.transcript);
    assert_eq!(fs::read(path("old.p7s")).expect("the file"), b"An older signature.");
    assert_eq!(fs::read_dir(folder.path()).expect("the folder").count(), 2, "something is left");
}

/// What the signature would be made from is never what it is written to, by whatever name.
#[test]
fn the_document_is_not_its_own_signature() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).to_str().expect("UTF-8").to_owned();
    fs::write(path("document"), "Something to sign.").expect("written");
    fs::hard_link(path("document"), path("second")).expect("linked");
    fs::create_dir(path("folder")).expect("made");
    let mut names = vec![path("document"), path("second"), path("./document"), path("folder/../document")];
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("document", path("link")).expect("linked");
        std::os::unix::fs::symlink(path("link"), path("folder/link")).expect("linked");
        std::os::unix::fs::symlink(folder.path(), path("elsewhere")).expect("linked");
        names.extend([path("link"), path("folder/link"), path("elsewhere/document")]);
    }
    for output in &names {
        for document in [path("document"), path("second")] {
            for more in [&[][..], &["--force"], &["--raw"]] {
                let arguments = [&[document.as_str(), "-o", output], more].concat();
                let told = refused(folder.path(), "it", &arguments, Exit::Failed);
                assert!(told.contains("è il documento da firmare"), "{told}");
                let told = refused(folder.path(), "en", &arguments, Exit::Failed);
                assert!(told.contains("is the document to sign"), "{told}");
            }
        }
    }
    assert_eq!(fs::read(path("document")).expect("the document"), b"Something to sign.");
}

#[test]
fn an_older_signature_stays_unless_asked_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).to_str().expect("UTF-8").to_owned();
    for name in ["document", "document.p7s", "document.sig", "other"] {
        fs::write(path(name), name).expect("written");
    }
    let (document, other) = (path("document"), path("other"));
    let arguments: [&[&str]; 3] = [&[&document], &[&document, "--raw"], &[&document, "-o", &other]];
    for arguments in arguments {
        let told = refused(folder.path(), "it", arguments, Exit::Failed);
        assert!(told.contains("esiste già: non lo sostituisco.") && told.contains("--force"), "{told}");
        let told = refused(folder.path(), "en", arguments, Exit::Failed);
        assert!(told.contains("already exists: it was not replaced.") && told.contains("--force"), "{told}");
    }
}

#[test]
fn document_and_pin_do_not_come_the_same_way() {
    let environment = Environment::with(&Personality::idemia_2021());
    let told = environment.run("en", &["sign", "-", "--pin-stdin"], Person::script(&[]));
    assert_eq!((told.exit, environment.pin_commands()), (Exit::Usage, 0));
    assert!(told.transcript.contains("the document or the PIN, not both"), "{}", told.transcript);
}

/// A link in a folder where everybody may write, put there by somebody else. Only the administrator can play both.
#[cfg(unix)]
#[test]
fn a_link_of_somebody_else_is_not_followed() {
    use std::os::unix::fs::{PermissionsExt as _, lchown, symlink};

    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).to_str().expect("UTF-8").to_owned();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o1777)).expect("set");
    fs::write(path("mine"), "Something of mine.").expect("written");
    symlink(path("mine"), path("own")).expect("linked");
    symlink(path("mine"), path("theirs")).expect("linked");
    symlink(path("not yet"), path("dangling")).expect("linked");
    symlink("theirs", path("through")).expect("linked");
    let environment = Environment::with(&Personality::idemia_2021());
    let export = |output: &str| {
        let output = path(output);
        environment.run("it", &["cert", "export", "-o", &output], Person::silent())
    };
    assert_eq!(export("own").exit, Exit::Success);
    assert!(fs::symlink_metadata(path("own")).expect("the link").is_symlink());
    assert!(fs::read_to_string(path("mine")).expect("the file").starts_with("-----BEGIN"));
    if lchown(path("theirs"), Some(65534), None).is_err()
        || lchown(path("dangling"), Some(65534), None).is_err()
    {
        return;
    }
    fs::write(path("mine"), "Something of mine.").expect("written");
    for output in ["theirs", "dangling", "through"] {
        let told = export(output);
        assert_eq!(told.exit, Exit::Failed, "{}", told.transcript);
        assert!(told.transcript.contains("un altro utente"), "{}", told.transcript);
    }
    assert_eq!(fs::read(path("mine")).expect("the file"), b"Something of mine.");
    assert!(!Path::new(&path("not yet")).exists());
}

#[cfg(unix)]
#[test]
fn the_standard_output_has_several_names() {
    let environment = Environment::with(&Personality::idemia_2021());
    for name in ["-", "/dev/stdout"] {
        let told = environment.run("it", &["cert", "export", "-o", name], Person::silent());
        assert!(told.transcript.contains("-----BEGIN CERTIFICATE-----"), "{}", told.transcript);
    }
}

/// The shell has opened it: as the standard output of `cns sign document -o - >>document`, or as its input.
#[cfg(unix)]
#[test]
fn a_document_that_the_shell_has_opened_is_known_too() {
    use std::process::{Command, Stdio};

    let folder = tempfile::tempdir().expect("a folder");
    let document = folder.path().join("document");
    fs::write(&document, "Something to sign.").expect("written");
    let open = || fs::File::options().read(true).append(true).open(&document).expect("opened");
    let run = |arguments: &[&str], input: Stdio, output: Stdio| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cns"));
        command.args(["--lang", "en", "sign"]).args(arguments).current_dir(folder.path());
        let ended = command.stdin(input).stdout(output).stderr(Stdio::piped()).output().expect("it runs");
        assert_eq!(ended.status.code(), Some(1));
        let told = String::from_utf8(ended.stderr).expect("UTF-8");
        assert!(told.contains("is the document to sign"), "{arguments:?}: {told}");
        assert_eq!(fs::read(&document).expect("the document"), b"Something to sign.");
    };
    for output in ["-", "/dev/stdout", "/dev/fd/1"] {
        run(&["document", "-o", output], Stdio::null(), open().into());
    }
    run(&["-", "-o", "document"], open().into(), Stdio::null());
    run(&["-"], open().into(), open().into());
}
