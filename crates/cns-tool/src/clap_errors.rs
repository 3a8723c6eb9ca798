//! Help, version and wrong usage, told in the person's language: `clap` itself speaks English only.

use clap::error::{ContextKind, ContextValue, Error, ErrorKind};

use crate::context::Context;
use crate::exit::{Exit, Failure};

/// Tells what `clap` has to say, and how the command ends with it.
pub(crate) fn report(error: &Error, context: &mut Context<'_>) -> Exit {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let told = error.render().ansi().to_string();
            context.output.help(told.trim_end());
            Exit::Success
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let told = error.render().ansi().to_string();
            context.output.help_unasked(told.trim_end());
            Exit::Usage
        }
        _ => failure(error, context).report(context),
    }
}

fn failure(error: &Error, context: &Context<'_>) -> Failure {
    let text = context.text;
    let told = |kind| error.get(kind).map(value).unwrap_or_default();
    let argument = told(ContextKind::InvalidArg);
    let what = match error.kind() {
        ErrorKind::UnknownArgument => text.unknown_argument(&argument),
        ErrorKind::InvalidSubcommand => text.unknown_argument(&told(ContextKind::InvalidSubcommand)),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation
            if !told(ContextKind::InvalidValue).is_empty() =>
        {
            text.invalid_value(&told(ContextKind::InvalidValue), &argument, &told(ContextKind::ValidValue))
        }
        ErrorKind::InvalidValue | ErrorKind::MissingRequiredArgument => text.missing(&argument),
        ErrorKind::MissingSubcommand => text.missing(crate::cli::SUBCOMMAND.to(context.language)),
        ErrorKind::ArgumentConflict => text.conflict(&argument, &told(ContextKind::PriorArg)),
        _ => text.wrong_usage().to_owned(),
    };
    let suggested =
        [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg, ContextKind::SuggestedValue];
    // The likeliest comes last.
    let suggestion = suggested.into_iter().find_map(|kind| match error.get(kind)? {
        ContextValue::Strings(many) => many.last().cloned(),
        one => Some(value(one)),
    });
    let next = match suggestion {
        Some(suggestion) => format!("{} {}", text.perhaps(&suggestion), text.see_help()),
        None => text.see_help().to_owned(),
    };
    Failure::new(Exit::Usage, what).then(next)
}

fn value(value: &ContextValue) -> String {
    match value {
        ContextValue::String(one) => one.clone(),
        ContextValue::Strings(many) => many.join(", "),
        _ => String::new(),
    }
}
