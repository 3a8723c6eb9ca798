//! The PIN: one VERIFY, which is the check of the PIN and the login to the site inside this computer.

use cns_card::ReaderStatus;

use super::messages;
use super::steps::Steps;
use super::yes_or_no;
use crate::commands::{pin, test_login};
use crate::exit::{Exit, Failure};
use crate::pkcs11::module_path;

pub(super) fn try_login(steps: &mut Steps<'_, '_>) -> Result<(), Failure> {
    let Some(ReaderStatus { name: reader, .. }) = &steps.reader else { return Ok(()) };
    let language = steps.context.language;
    // A PIN is never asked for unless the person wants it.
    if !yes_or_no::ask(messages::TRY_LOGIN.to(language), None, steps.context)? {
        steps.context.output.note(messages::LOGIN_NOT_TRIED.to(language));
        return Ok(());
    }
    let module = steps.module.clone().or_else(|| module_path::find(&steps.context.system));
    let done = match module.filter(|path| path.is_file()) {
        Some(module) => test_login::offline(reader, &module, steps.context),
        None => pin::verify_in(reader, steps.context),
    };
    // The step is repeated, not the command.
    done.map_err(|failure| match failure.exit {
        Exit::NoCard => failure.then(messages::PUT_IT_BACK.to(language)),
        _ => failure,
    })?;
    steps.context.use_no_card();
    Ok(())
}
