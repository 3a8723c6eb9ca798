//! `cns windows-report`: what is in the file, and what is not.

use std::cell::RefCell;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::rc::Rc;

use cns_tool::Exit;
use cns_tool::host::CommandRunner;
use virtual_cns::{Holder, Personality};

use crate::computer::{computer, set_up};
use crate::environment::{Environment, Person};
use crate::patient::Patient;

/// The answers of certutil and of the module's log, with all that must not go out.
struct Pretended {
    ran: Rc<RefCell<Vec<String>>>,
    said: String,
}

impl CommandRunner for Pretended {
    fn run(&self, command: &[String]) -> io::Result<Option<i32>> {
        panic!("nobody expected the command: {command:?}")
    }

    fn read(&self, command: &[String], variables: &[(&str, &OsStr)]) -> io::Result<String> {
        self.ran.borrow_mut().push(command.join(" "));
        if let [("CNS_PKCS11_LOG", log)] = variables {
            let log = log.to_str().unwrap().strip_suffix(":debug").unwrap();
            fs::write(log, format!("C_GetTokenInfo CKR_OK {}", self.said))?;
        }
        Ok(format!("Provider = Microsoft Base Smart Card Crypto Provider\nSubject: {}\n", self.said))
    }
}

fn personal(holder: &Holder) -> Vec<String> {
    [holder.surname, holder.given_name, holder.tax_code, holder.card_id].map(str::to_owned).to_vec()
}

#[test]
fn the_report_holds_no_personal_data() {
    let (mut patient, _) = set_up(&Personality::idemia_2021());
    let personal = personal(&Holder::ROSSI);
    let ran = Rc::default();
    let said = personal.join(" ");
    patient.environment.commands = Box::new(Pretended { ran: Rc::clone(&ran), said });
    let said = patient.environment.run("it", &["windows-report"], Person::silent());
    assert_eq!(said.exit, Exit::Success, "{}", said.transcript);
    assert!(said.transcript.contains("/home/anna/cns-windows-report.txt"), "{}", said.transcript);
    assert!(said.transcript.contains("Non contiene nomi"), "{}", said.transcript);
    let report = fs::read_to_string(patient.path("/home/anna/cns-windows-report.txt")).unwrap();
    for gone in &personal {
        assert!(!report.to_uppercase().contains(&gone.to_uppercase()), "{gone} in {report}");
    }
    assert!(!report.contains("anna"), "{report}");
    for kept in [
        "system: Windows 11 Home 24H2, build 26100",
        "service CertPropSvc: Some(Running)",
        "CNS IDEMIA 2021: ATR 3BFF1800008131FE45006B05052000012101434E5310318079, mask FFFF",
        "\"finding\": \"windows-uses-minidriver\"",
        "C_GetTokenInfo CKR_OK",
        "Provider : Microsoft Base Smart Card Crypto Provider",
    ] {
        assert!(report.contains(kept), "{kept} not in {report}");
    }
    let ran = ran.borrow();
    assert_eq!(*ran, ["cns cert uri --reader Virtual PCD 00 00", "certutil.exe -scinfo -silent"]);
    assert_eq!(patient.environment.pin_commands(), 0);
}

/// Programs of the system that are not there leave their part empty.
#[test]
fn without_those_programs() {
    let (patient, _) = computer(&Personality::st2021());
    let (report, exit) = patient.environment.output("en", &["windows-report", "--output", "-"]);
    assert_eq!(exit, Exit::Success);
    assert!(report.contains("not run:") && report.contains("windows-knows-no-driver"), "{report}");
}

#[test]
fn on_another_system() {
    let patient = Patient::with(Environment::with(&Personality::idemia_2021()));
    let (_, exit) = patient.environment.output("en", &["windows-report"]);
    assert_eq!(exit, Exit::Failed);
    assert!(!patient.path("/home/anna/cns-windows-report.txt").exists());
}
