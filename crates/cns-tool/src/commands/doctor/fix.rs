//! `cns doctor --fix`: the remedies that are commands, carried out one by one, each after a yes.

use std::path::Path;

use super::action::Action;
use super::diagnosis::Diagnosis;
use super::{fix_messages as messages, messages as doctor_messages, show};
use crate::commands::pin::messages::means_yes;
use crate::console::Verdict;
use crate::console::interrupt;
use crate::console::messages::no_terminal;
use crate::context::Context;
use crate::exit::{ErrorCode, Exit, Failure};
use crate::host::{Host, own_program};

/// Without a person to ask nothing is examined either.
pub(super) fn require_person(context: &Context<'_>) -> Result<(), Failure> {
    match context.prompt.is_interactive() {
        true => Ok(()),
        false => {
            let failure = no_terminal(context.language).with(Exit::NotDone).with_code(ErrorCode::NoTerminal);
            Err(failure.then(messages::RUN_IN_A_TERMINAL.to(context.language)))
        }
    }
}

/// Asks for each command, runs those that the person agrees to, examines `again` and shows what is another now.
pub(super) fn run(
    before: &Diagnosis,
    host: &Host,
    context: &mut Context<'_>,
    again: impl FnOnce(&mut Context<'_>) -> Diagnosis,
) -> Result<Exit, Failure> {
    let language = context.language;
    let mut actions: Vec<Action> = Vec::new();
    for action in before.findings.iter().filter_map(|finding| Action::of(finding, host)) {
        if !actions.contains(&action) {
            actions.push(action);
        }
    }
    if actions.is_empty() {
        if before.count(Verdict::Problem) + before.count(Verdict::Warning) > 0 {
            context.output.line(messages::NOTHING_TO_RUN.to(language));
        }
        return Ok(before.exit());
    }
    context.output.line("");
    context.output.title(messages::TITLE.to(language));
    let (mut done, mut failed) = (0, 0);
    for action in &actions {
        let question = messages::question(language, &own_program::typed(&action.command, &host.system));
        let answer = context.ask(&question).map_err(|none| context.no_answer(none))?;
        match means_yes(language, &answer) {
            false => context.output.verdict(Verdict::NotApplicable, messages::SKIPPED.to(language)),
            true if carry_out(action, context) => done += 1,
            true => failed += 1,
        }
    }
    if done + failed == 0 {
        return Ok(before.exit());
    }
    let progress = context.output.progress(doctor_messages::EXAMINING.to(language));
    let after = again(context);
    drop(progress);
    context.output.line("");
    context.output.title(messages::AFTERWARDS.to(language));
    if after.findings == before.findings {
        context.output.line(messages::NO_CHANGE.to(language));
    } else {
        show::show_findings(&after, |finding| !before.findings.contains(finding), context);
    }
    context.output.line("");
    show::show_summary(&after, context);
    Ok(if failed > 0 { Exit::Failed } else { after.exit() })
}

/// Whether the command did it; what hindered it is said.
fn carry_out(action: &Action, context: &mut Context<'_>) -> bool {
    let language = context.language;
    let mut command = action.command.clone();
    // Our own command is this program, whatever `PATH` has, and speaks the same language.
    let path = &context.system.program;
    if let Some(own) = command.iter().position(|word| word == "cns" || path == Path::new(word)) {
        let words = [path.to_string_lossy().into_owned(), "--lang".to_owned(), language.code().to_owned()];
        command.splice(own..=own, words);
    }
    let problem = match interrupt::while_another_program(|| context.commands.run(&command)) {
        Ok(Some(0)) => None,
        Ok(code) => Some(messages::failed(language, code, command[0] == "sudo")),
        Err(error) => Some(messages::not_started(language, &command[0], error.into())),
    };
    match &problem {
        None => context.output.verdict(Verdict::Ok, messages::DONE.to(language)),
        Some(problem) => context.output.verdict(Verdict::Problem, problem),
    }
    problem.is_none()
}
