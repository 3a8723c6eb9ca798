//! OpenSC's own module on the classic cards: proof that the virtual card was not made to fit ours.
//!
//! OpenSC 0.23 knows CNS cards since 2010 and shares no line with this project. It does not know the IDEMIA 2021
//! cards, so these are not run.
//!
//! It is told that the reader carries extended commands (`max_send_size`): for a reader that does not say so, as
//! vpcd, it chains, which ST 2021 cards answer with 6E00, the virtual one like the real ones (OpenSC #2371).

use anyhow::Result;

use super::check::{Check, on_each, pass};
use super::pkcs11_tool::{expect_verifies, tool};
use crate::bench::module_under_test::{EXTENDED_READER, opensc_module};
use crate::report::StepOutcome;
use crate::testbed::{Testbed, card};

pub const PACKAGES: &[&str] = &["opensc", "opensc-pkcs11"];

pub fn checks() -> Vec<Check> {
    on_each(&card::classic_personalities(), "OpenSC's module: lists and signs", list_and_sign)
}

fn list_and_sign(testbed: &mut Testbed) -> Result<StepOutcome> {
    testbed.client.module = opensc_module()?;
    let configuration = testbed.client.write("opensc.conf", EXTENDED_READER)?;
    let opensc = |arguments: &[&str]| {
        let mut command = tool(testbed, arguments);
        command.env("OPENSC_CONF", &configuration);
        testbed.client.run(command)?.succeed()
    };
    opensc(&["-O"])?.expect_output("Certificate Object")?;
    let listing = testbed.card.transcript().len();
    expect_verifies(testbed, 0)?;
    opensc(&["-l", "-p", &testbed.client.pin, "-t"])?.expect_output("No errors")?;
    pass(format!("lists in {listing} commands; self-test: {} signatures", testbed.card.signature_count()))
}
