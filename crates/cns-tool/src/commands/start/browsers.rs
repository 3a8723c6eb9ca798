//! Browsers and p11-kit: what `cns setup` would do for them, asked for once; the administrator's part by sudo.

use std::process::{Command, Stdio};

use super::messages;
use super::site::program;
use super::steps::Steps;
use super::yes_or_no;
use crate::commands::doctor::{self, Finding};
use crate::commands::setup;
use crate::console::Verdict;
use crate::console::interrupt;
use crate::exit::{Exit, Failure};
use crate::host::{OperatingSystem, own_program};
use crate::programs::{Outcome, PROGRAMS, Program, ProgramState, Registrar, Scope, SetupResult};
use crate::text::Language;

pub(super) fn set_up(steps: &mut Steps<'_, '_>) -> Result<(), Failure> {
    let language = steps.context.language;
    let module = setup::module(&steps.host, steps.module.as_deref(), language)?;
    let driver = doctor::module::examine(&steps.host, Some(&module));
    steps.show([driver], Exit::Failed)?;
    let missing = missing(steps, &module)?;
    if !missing.is_empty() {
        if !steps.may_set_up
            && !yes_or_no::ask(&messages::may_set_up(language, &missing), Some(true), steps.context)?
        {
            steps.leave_out(messages::not_set_up(language).with(Exit::NotDone));
            return Ok(());
        }
        steps.may_set_up = true;
        ask_administrator(steps, &module)?;
        register(steps, &module)?;
    }
    let mut states = doctor::registrations::examine(&steps.host, Some(&module));
    let is_absent = |state: &Finding| matches!(state, Finding::Program(ProgramState::NotInstalled { .. }));
    let is_browser = |state: &Finding| matches!(state, Finding::Program(ProgramState::Registered { program, .. }) if program.is_browser());
    if states.iter().any(is_browser) {
        states.retain(|state| !is_absent(state));
    }
    steps.show(states, Exit::Failed)?;
    if !missing.is_empty() {
        steps.context.output.note(messages::RESTART_BROWSER.to(language));
    }
    Ok(())
}

/// The titles of the programs that do not know the driver yet, and could.
fn missing(steps: &Steps<'_, '_>, module: &str) -> Result<Vec<String>, Failure> {
    let own = dry_run(steps, own_scope(steps), module)?;
    let unregistered = |result: &SetupResult| {
        result.outcome == Outcome::WouldRegister || result.outcome.verdict() == Verdict::Problem
    };
    let mut missing: Vec<_> = own.into_iter().filter(unregistered).collect();
    // A browser without a profile gets the driver from the administrator's policies.
    let never_started = |program: &'static dyn Program| {
        let states = program.inspect(&steps.host, Some(module)).unwrap_or_default();
        states.iter().any(|state| matches!(state, ProgramState::NeverStarted { .. }))
    };
    missing.extend(administrators(steps, module).into_iter().filter(|result| never_started(result.program)));
    let is_missing = |program: &&'static dyn Program| missing.iter().any(|result| result.program == *program);
    let named = PROGRAMS.iter().filter(|program| is_missing(program));
    Ok(named.map(|program| title(*program, steps.context.language)).collect())
}

/// What a person calls it.
fn title(program: &dyn Program, language: Language) -> String {
    let title = program.title(language);
    match program.is_browser() {
        true => title.to_owned(),
        false => format!("{} ({title})", messages::OTHER_PROGRAMS.to(language)),
    }
}

/// What only the administrator can write, for all users.
fn administrators(steps: &Steps<'_, '_>, module: &str) -> Vec<SetupResult> {
    if steps.own_programs_only
        || steps.host.is_administrator()
        || steps.host.system.operating_system == OperatingSystem::Windows
    {
        return Vec::new();
    }
    let mut results = dry_run(steps, Scope::Everybody, module).unwrap_or_default();
    results.retain(|result| result.outcome == Outcome::WouldRegister && !result.program.is_per_user());
    results
}

fn dry_run(steps: &Steps<'_, '_>, scope: Scope, module: &str) -> Result<Vec<SetupResult>, Failure> {
    let registrar = Registrar { host: &steps.host, scope, dry_run: true };
    setup::register(&registrar, module, programs(steps, module), steps.context.language)
}

/// The user's own part; the administrator's own is everybody's.
fn register(steps: &mut Steps<'_, '_>, module: &str) -> Result<(), Failure> {
    let language = steps.context.language;
    let registrar = Registrar { host: &steps.host, scope: own_scope(steps), dry_run: false };
    let results = setup::register(&registrar, module, programs(steps, module), language)?;
    let mut problem = None;
    for result in results {
        let text = setup::messages::result(language, &result);
        match result.outcome.verdict() {
            Verdict::Problem if problem.is_none() => problem = Some(Failure::new(Exit::Failed, text)),
            Verdict::Problem => steps.context.output.verdict(Verdict::Problem, &text),
            // What is set up is shown by what the programs know then.
            _ => {}
        }
    }
    problem.map_or(Ok(()), Err)
}

/// Those that `doctor` expects to know the driver.
fn programs(steps: &Steps<'_, '_>, module: &str) -> impl Iterator<Item = (&'static dyn Program, bool)> {
    let expected = |program: &&'static dyn Program| program.inspect(&steps.host, Some(module)).is_some();
    PROGRAMS.iter().copied().filter(expected).map(|program| (program, false))
}

fn own_scope(steps: &Steps<'_, '_>) -> Scope {
    match steps.host.is_administrator() && !steps.own_programs_only {
        true => Scope::Everybody,
        false => Scope::User,
    }
}

/// `sudo cns setup`, once, and only after a yes. Without it the user's own part is done all the same.
fn ask_administrator(steps: &mut Steps<'_, '_>, module: &str) -> Result<(), Failure> {
    if steps.administrator_asked || administrators(steps, module).is_empty() {
        return Ok(());
    }
    let language = steps.context.language;
    let Some(sudo) = program(&steps.host, "sudo") else { return Ok(()) };
    steps.administrator_asked = true;
    let named = steps.module.is_some().then_some(module);
    let arguments = ["setup"].into_iter().chain(named.iter().flat_map(|module| ["--module", module]));
    let words = own_program::with_sudo(&arguments.collect::<Vec<_>>(), &steps.host.system);
    let question = messages::may_use_sudo(language, &own_program::typed(&words, &steps.host.system));
    if !yes_or_no::ask(&question, Some(true), steps.context)? {
        return Ok(());
    }
    let mut command = Command::new(sudo);
    command.args(&words[1..]);
    // What it did is shown by what the programs know then.
    command.stdout(Stdio::null());
    let done = interrupt::while_another_program(|| command.status()).is_ok_and(|status| status.success());
    if !done {
        steps.context.output.warning(messages::ADMINISTRATOR_REFUSED.to(language));
    }
    Ok(())
}

#[cfg(all(test, unix))]
mod tests;
