//! The file for whoever helps: useful, and silent about the holder.

use cns_tool::Exit;
use virtual_cns::Personality;

use crate::environment::{Environment, Person};
use crate::patient::Patient;

fn report_of(patient: &Patient) -> String {
    let file = patient.path("/home/anna/report.txt");
    let told =
        patient.environment.run("it", &["doctor", "--report", file.to_str().unwrap()], Person::silent());
    assert_eq!(told.exit, Exit::Success, "{}", told.transcript);
    std::fs::read_to_string(file).unwrap()
}

#[test]
fn it_tells_the_machine_and_the_card() {
    let report = report_of(&Patient::healthy());
    assert!(report.contains("system: Debian GNU/Linux 12 (bookworm)"), "{report}");
    assert!(report.contains("[ok] Card recognised: CNS IDEMIA 2021 (contact)"), "{report}");
    assert!(report.contains("card 1:\n"), "{report}");
}

/// The person and who helps read it too.
#[test]
fn it_speaks_the_persons_language_and_english() {
    let patient = Patient::healthy();
    let of = |language| {
        let file = patient.path("/home/anna/report.txt");
        patient.environment.run(language, &["doctor", "--report", file.to_str().unwrap()], Person::silent());
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::remove_file(file).unwrap();
        text
    };
    let (italian, english) = (of("it"), of("en"));
    assert!(italian.starts_with("Rapporto di assistenza di cns "), "{italian}");
    assert!(italian.contains("[ok] Il lettore funziona"), "{italian}");
    assert!(english.starts_with("cns ") && !english.contains("Il lettore"), "{english}");
    assert!(italian.ends_with(&english), "{italian}\n{english}");
}

#[test]
fn nothing_of_the_holder_is_in_it() {
    for personality in Personality::every() {
        let environment = Environment::with(personality);
        let holder = environment.card().holder();
        let card_id = environment.card().card_id().to_owned();
        let patient = Patient::with(environment);
        let file = patient.path("/home/anna/report.txt");
        patient.environment.run("it", &["doctor", "--report", file.to_str().unwrap()], Person::silent());
        let report = std::fs::read_to_string(file).unwrap().to_uppercase();
        let home = patient.path("/home/anna").display().to_string().to_uppercase();
        for secret in [holder.given_name, holder.surname, holder.tax_code, &card_id, &home] {
            assert!(
                !report.contains(&secret.to_uppercase()),
                "{secret} in the report of {}",
                personality.name()
            );
        }
    }
}

#[test]
fn a_place_that_cannot_be_written() {
    let patient = Patient::healthy();
    let told =
        patient.environment.run("it", &["doctor", "--report", "/nowhere/report.txt"], Person::silent());
    assert_eq!(told.exit, Exit::Failed);
    assert!(told.transcript.contains("Non riesco a scrivere /nowhere/report.txt."), "{}", told.transcript);
}

#[test]
fn on_the_standard_output_it_is_alone() {
    let patient = Patient::healthy();
    for arguments in [&["doctor", "--report", "-"][..], &["doctor", "--json", "--report", "-"]] {
        let told = patient.environment.run("en", arguments, Person::silent());
        let shown = told.transcript.split_once('\n').unwrap().1;
        assert!(shown.starts_with("cns ") && shown.contains("support report\n"), "{shown}");
        assert!(shown.ends_with("Read it before you send it to anyone.\n[0]\n"), "{shown}");
        assert!(!shown.contains('✓') && !shown.contains("\"verdict\""), "{shown}");
    }
    assert!(!std::path::Path::new("-").exists(), "a file of that name");
}

#[test]
fn it_names_no_user() {
    let patient = Patient::healthy();
    let module = "/home/bruno/build/libcns_pkcs11.so";
    patient.write(module, "");
    let file = patient.path("/tmp/report.txt");
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(&file, "An older report.").unwrap();
    let arguments = ["doctor", "--module", module, "--report", file.to_str().unwrap()];
    patient.environment.run("en", &arguments, Person::silent());
    let report = std::fs::read_to_string(file).unwrap();
    assert!(report.contains("~/build/libcns_pkcs11.so"), "{report}");
    for name in ["anna", "bruno", "/home"] {
        assert!(!report.contains(name), "{name} in {report}");
    }
}
