//! Firefox as a snap: configured or not, its copy of the driver, and whether snapd lets it to pcscd.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use insta::assert_snapshot;

use crate::patient::{LIST, MODULE, Patient};

const NONE: [&str; 0] = [];
const SNAP_LIST: &str = "/home/anna/snap/firefox/common/.mozilla/firefox/ab.default/pkcs11.txt";
const COPY: &str = "/home/anna/snap/firefox/common/cns/libcns_pkcs11.so";

/// Firefox is a snap alone, set up.
fn ubuntu() -> Patient {
    let patient = Patient::healthy();
    patient.remove("/home/anna/.mozilla");
    patient.write("/usr/bin/firefox", "#!/bin/sh\nexec /snap/bin/firefox \"$@\"\n");
    patient.write("/snap/firefox/current", "");
    patient.write(
        "/home/anna/snap/firefox/common/.mozilla/firefox/profiles.ini",
        "[Profile0]\nPath=ab.default\n",
    );
    patient.write(SNAP_LIST, &format!("library={COPY}\nname=CNS\n\n"));
    patient.write(COPY, "");
    patient
}

/// What snapd's command answers on this computer.
fn snapd(patient: &Patient, pcscd: &str) {
    let answer = format!(
        "#!/bin/sh\n[ \"$*\" = 'connections firefox' ] || exit 1\n\
         echo 'Interface Plug Slot Notes'\necho 'home firefox:home :home -'\n{pcscd}\n"
    );
    patient.write("/usr/bin/snap", &answer);
    fs::set_permissions(patient.path("/usr/bin/snap"), fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn a_snap_that_is_set_up() {
    let patient = ubuntu();
    assert_eq!((patient.named("problem"), patient.named("warning")), (vec![], vec![]));
    snapd(&patient, "echo 'pcscd firefox:pcscd :pcscd manual'");
    assert_eq!((patient.named("problem"), patient.named("warning")), (vec![], vec![]));
    snapd(&patient, "exit 1");
    assert_eq!(patient.named("problem"), NONE, "no answer is no fault");
}

#[test]
fn a_snap_without_the_interface() {
    let patient = ubuntu();
    snapd(&patient, "echo 'pcscd firefox:pcscd - -'");
    assert_eq!(patient.named("problem"), ["snap-not-connected"]);
    assert_eq!(patient.finding("snap-not-connected")["snap"], "firefox");
    let mut said = patient.words();
    snapd(&patient, "");
    assert_eq!(patient.named("problem"), ["snap-without-interface"]);
    said += &patient.words();
    patient.write(COPY, "an older one");
    assert_eq!(patient.named("problem"), ["copy-outdated"]);
    said += &patient.words();
    let lines = said.lines().collect::<Vec<_>>();
    let about_it = lines.windows(2).filter(|pair| pair[0].starts_with("✗ Firefox"));
    let about_it: Vec<String> = about_it.map(|pair| pair.join("\n")).collect();
    assert_snapshot!(about_it.join("\n"), @r"
    ✗ Firefox: è uno snap, configurato per la tessera, ma non ha il permesso di raggiungere il lettore.
      Da fare: Dagli il permesso, poi riapri il browser: sudo snap connect firefox:pcscd
    ✗ Firefox: is a snap, set up for the card, but not permitted to reach the reader.
      To do: Permit it, then start the browser again: sudo snap connect firefox:pcscd
    ✗ Firefox: questa versione dello snap non può raggiungere il lettore.
      Da fare: Aggiorna lo snap (sudo snap refresh), oppure usa un altro Firefox: cns guide browser
    ✗ Firefox: this version of the snap cannot reach the reader.
      To do: Update the snap (sudo snap refresh), or use another Firefox: cns guide browser
    ✗ Firefox: lo snap usa una copia del driver di una versione diversa da quella installata (~/snap/firefox/common/cns/libcns_pkcs11.so).
      Da fare: A browser chiuso: cns setup firefox
    ✗ Firefox: the snap uses a copy of the driver of another version than the installed one (~/snap/firefox/common/cns/libcns_pkcs11.so).
      To do: With the browser closed: cns setup firefox
    ");
}

#[test]
fn a_snap_that_is_not_set_up() {
    let patient = ubuntu();
    patient.write(SNAP_LIST, "library=\nname=NSS\n\n");
    assert_eq!(patient.named("problem"), ["not-registered"]);
    patient.write(SNAP_LIST, &format!("library={MODULE}\nname=CNS\n\n"));
    assert_eq!(
        patient.named("problem"),
        ["registered-wrongly"],
        "the system's driver, which it does not see"
    );
    patient.write(SNAP_LIST, &format!("library={COPY}\nname=CNS\n\n"));
    patient.remove(COPY);
    assert_eq!(patient.named("problem"), ["registered-wrongly"], "a copy that is not there");
}

#[test]
fn a_snap_that_was_never_started() {
    let patient = ubuntu();
    patient.remove("/home/anna/snap");
    assert_eq!(patient.named("warning"), ["sandboxed-browser"]);
    assert_eq!(patient.named("problem"), NONE);
}

#[test]
fn a_snap_beside_another_firefox() {
    let patient = ubuntu();
    patient.write("/opt/firefox/firefox", "");
    patient.write("/home/anna/.mozilla/firefox/profiles.ini", "[Profile0]\nPath=ab.default\n");
    patient.write(LIST, &format!("library={MODULE}\nname=CNS\n\n"));
    patient.write(SNAP_LIST, "library=\nname=NSS\n\n");
    assert_eq!(
        (patient.named("problem"), patient.named("warning")),
        (vec![], vec!["not-registered".to_owned()])
    );
}
