//! States of service, readers, cards and programs.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use virtual_cns::holders::{CertificateOptions, Purpose};
use virtual_cns::in_process::Readers;
use virtual_cns::{Card, CardBuilder, Holder, Personality};

use crate::environment::{Environment, READER};
use crate::patient::{DATABASE, LIST, Patient};

/// 1 January 2031, when the virtual certificates end.
const END: u64 = 1_924_992_000;

fn built(builder: CardBuilder) -> Patient {
    Patient::with(Environment::built(builder))
}

fn without_card(readers: &[&str]) -> Patient {
    let spare = Arc::clone(&Environment::with(&Personality::st2021()).card);
    Patient::with(Environment::over(Readers::new(readers), spare))
}

fn at(seconds: u64) -> Patient {
    let mut patient = Patient::healthy();
    patient.environment.today = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
    patient
}

/// A CNS in the first, a payment card in the second.
pub fn two_readers() -> Environment {
    let readers = Readers::new(&["One", "Two"]);
    let card = Card::builder(&Personality::idemia_2021()).shared();
    readers.insert("One", Arc::clone(&card));
    readers.insert("Two", Card::new(&Personality::by_name("emv").unwrap()).shared());
    Environment::over(readers, card)
}

/// Two people's cards.
pub fn two_cards() -> Environment {
    let readers = Readers::new(&["One", "Two"]);
    let card = Card::builder(&Personality::idemia_2021()).shared();
    readers.insert("One", Arc::clone(&card));
    readers.insert("Two", Card::builder(&Personality::st2021()).holder(Holder::MUELLER).shared());
    Environment::over(readers, card)
}

/// Each with its name.
pub fn states() -> Vec<(&'static str, Patient)> {
    let plain = CertificateOptions::PLAIN;
    let signature = CertificateOptions { purpose: Purpose::Signature, ..plain };
    let (idemia, st) = (Personality::idemia_2021(), Personality::st2021());
    let whole = Card::new(&st).certificate_der().to_vec();
    let mut states = vec![
        ("known tries", Patient::healthy()),
        ("unknown tries", built(Card::builder(&st))),
        ("one try", built(Card::builder(&idemia).pin_tries(1).puk_tries(1))),
        ("blocked", built(Card::builder(&idemia).pin_tries(0).puk_tries(0))),
        ("no reader", without_card(&[])),
        ("no card", without_card(&[READER])),
        ("two readers, no card", without_card(&["One", "Two"])),
        ("two readers", Patient::with(two_readers())),
        ("two cards", Patient::with(two_cards())),
        ("mute card", built(Card::builder(&idemia).atr(&[]))),
        ("half a certificate", built(Card::builder(&st).file(&[0x1100, 0x1101], &whole[..whole.len() / 2]))),
        ("certificate that is none", built(Card::builder(&st).file(&[0x1100, 0x1101], &[0x30, 3, 2, 1, 0]))),
        ("certificate for signatures", built(Card::builder(&idemia).certificate(signature.clone()))),
        ("another certificate", built(Card::builder(&idemia).another_pair(signature))),
        (
            "another policy",
            built(Card::builder(&idemia).certificate(CertificateOptions { policy: false, ..plain })),
        ),
        ("second keyset", built(Card::builder(&st).signature_keyset())),
        ("no data", built(Card::builder(&idemia).personal_data(&[]))),
        ("short key", Patient::with(Environment::named("cardos"))),
        ("before its time", at(0)),
        ("near its end", at(END - 30 * 86_400)),
        ("past its end", at(END + 86_400)),
    ];
    for (name, personality) in [
        ("payment card", "emv"),
        ("Romanian card", "romanian"),
        ("identity card", "cie-gemalto"),
        ("older identity card", "cie-first"),
        ("health professional", "hpc"),
        ("signatures only", "dsd"),
        ("contactless side", "ts-contactless-side"),
        ("older Infocamere", "infocamere-1400"),
        ("card of another country", "idemia-spain"),
        ("no certificate", "ts-without-certificate"),
    ] {
        states.push((name, Patient::with(Environment::named(personality))));
    }
    states.extend(computers());
    states
}

/// Of the computer around.
fn computers() -> Vec<(&'static str, Patient)> {
    let healthy = |name, change: &dyn Fn(&Patient)| {
        let patient = Patient::healthy();
        change(&patient);
        (name, patient)
    };
    vec![
        healthy("no service", &|patient| patient.environment.readers.stop_service()),
        healthy("service not installed", &|patient| {
            patient.environment.readers.stop_service();
            patient.remove("/usr/sbin/pcscd");
        }),
        healthy("reader of short commands", &|patient| patient.environment.readers.limit(READER, 255, true)),
        healthy("reader that fails", &|patient| patient.environment.readers.limit(READER, 0, false)),
        healthy("nothing set up", &|patient| {
            patient.write(LIST, "library=\nname=NSS Internal PKCS #11 Module\n\n");
            patient.write(DATABASE, "");
            patient.remove("/usr/share/p11-kit/modules/cns.module");
        }),
        healthy("wrongly set up", &|patient| {
            patient.write(DATABASE, "library=/usr/local/lib/libcns_pkcs11.so\nname=CNS\n");
            patient.write("/etc/firefox/policies/policies.json", "{");
        }),
        healthy("other software", &|patient| {
            patient.write("/usr/share/p11-kit/modules/opensc-pkcs11.module", "module: opensc-pkcs11.so\n");
            patient.write("/opt/eset/x", "");
            patient.write("/snap/firefox/current", "");
        }),
        healthy("no home", &|patient| patient.remove("/home/anna")),
        healthy("no module", &|patient| patient.remove(crate::patient::MODULE)),
        healthy("unseen reader", &|patient| patient.plug_in("miniLector EVO", "25dd:3503", "0b")),
        healthy("reader with a driver of its own", &|patient| {
            patient.plug_in("ASEDrive IIIe", "0dc3:0802", "ff")
        }),
    ]
}
