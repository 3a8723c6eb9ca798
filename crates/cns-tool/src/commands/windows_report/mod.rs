//! `cns windows-report`, for who tries the card on Windows: what this computer answers, in a file without personal data.
//! No PIN is asked for or sent.

mod certutil;
mod messages;
mod private_texts;

use std::ffi::OsString;
use std::fmt::Write as _;
use std::path::PathBuf;

use cns_registration::RegisteredType;

use crate::commands::doctor::{Examination, diagnosis_as_json, readers, redact};
use crate::console::{Destination, OutputKind};
use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::host::{Host, OperatingSystem};
use crate::text::Language;
use private_texts::PrivateTexts;

/// Where the file is when no other is named, in the person's own folder.
const FILE_NAME: &str = "cns-windows-report.txt";
/// The services that cards need.
const SERVICES: [&str; 2] = ["SCardSvr", "CertPropSvc"];

/// The options of `cns windows-report`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Write to this file
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let language = context.language;
    if context.system.operating_system != OperatingSystem::Windows {
        let failure = Failure::new(Exit::Failed, messages::FOR_WINDOWS.to(language));
        return Err(failure.then(messages::ELSEWHERE.to(language)));
    }
    let host = Host::of_process(context.system.clone());
    let file = arguments.output.clone().or_else(|| Some(host.home()?.join(FILE_NAME)));
    let destination = Destination::new(OutputKind::Text, file.as_deref());
    destination.check(context)?;
    let report = {
        let _shown = context.output.progress(messages::COLLECTING.to(language));
        report(&host, context)
    };
    destination.deliver(report.as_bytes(), context)?;
    context.output.note(messages::WHAT_IT_HOLDS.to(language));
    Ok(Exit::Success)
}

/// The text of the file. Who reads it reads English.
fn report(host: &Host, context: &Context<'_>) -> String {
    let readers = readers::occupied(context.transport);
    let private = PrivateTexts::of(&readers, context);
    let windows = context.windows;
    let version = windows.version().unwrap_or_else(|| "unknown".to_owned());
    let mut text = format!(
        "cns {} report from Windows\nNo name, tax code, card number or certificate is in here.\n\n\
         system: {version}\narchitecture: {}\n",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::ARCH
    );
    for service in SERVICES {
        // Writing to a String does not fail.
        let _ = writeln!(text, "service {service}: {:?}", windows.service(service));
    }
    let keys = windows.card_types().unwrap_or_default();
    text += "\n== Card types in the registry, in the order of the registry\n";
    keys.iter().for_each(|key| text += &key_line(key));
    text += "\n== cns doctor\n";
    text += &diagnosis_as_json(&Examination::new(host, None, context), Language::English);
    for (number, reader) in readers.iter().enumerate() {
        let _ = writeln!(text, "\n\n== Log of a session with card {}", number + 1);
        text += &session(reader, context);
    }
    text += "\n== certutil -scinfo -silent\n";
    let words = ["certutil.exe", "-scinfo", "-silent"].map(str::to_owned);
    text += &match context.commands.read(&words, &[]) {
        Ok(said) => certutil::redact(&said, &keys),
        Err(error) => format!("not run: {error}\n"),
    };
    private.removed_from(&redact(&text, host))
}

fn key_line(key: &RegisteredType) -> String {
    let hexadecimal = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02X}")).collect::<String>();
    let (atr, mask) = (hexadecimal(&key.card_type.atr), hexadecimal(&key.card_type.mask));
    let provider = key.key_storage_provider.as_deref().unwrap_or("none");
    format!("{}: ATR {atr}, mask {mask}, driver {}, KSP {provider}\n", key.card_type.name, key.minidriver)
}

/// What the module logs while another process of this command looks at a card's certificate through it.
fn session(reader: &str, context: &Context<'_>) -> String {
    let log = || -> std::io::Result<String> {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("log");
        let mut variable = OsString::from(&file);
        variable.push(":debug");
        let words = ["cns", "cert", "uri", "--reader", reader].map(str::to_owned);
        context.commands.read(&words, &[("CNS_PKCS11_LOG", &variable)])?;
        Ok(String::from_utf8_lossy(&std::fs::read(&file)?).into_owned())
    };
    log().unwrap_or_else(|error| format!("none: {error}\n"))
}
