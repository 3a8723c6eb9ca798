//! Errors of the command line in the user's language: `clap` itself has English only.

use clap::error::{ContextKind, ContextValue, Error, ErrorKind};

use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::text::{Language, Message};

/// Tells what `clap` has to say, and how the command ends with it.
pub(crate) fn report(error: &Error, context: &mut Context<'_>) -> Exit {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let text = error.render().ansi().to_string();
            context.output.help(text.trim_end());
            Exit::Success
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let text = error.render().ansi().to_string();
            context.output.help_unasked(text.trim_end());
            Exit::Usage
        }
        _ => context.report(&failure(error, context)),
    }
}

fn failure(error: &Error, context: &Context<'_>) -> Failure {
    let language = context.language;
    let value_of = |kind| error.get(kind).map(value).unwrap_or_default();
    let argument = value_of(ContextKind::InvalidArg);
    let what = match error.kind() {
        ErrorKind::UnknownArgument => unknown_argument(language, &argument),
        ErrorKind::InvalidSubcommand => unknown_argument(language, &value_of(ContextKind::InvalidSubcommand)),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation
            if !value_of(ContextKind::InvalidValue).is_empty() =>
        {
            let (value, possible) = (value_of(ContextKind::InvalidValue), value_of(ContextKind::ValidValue));
            invalid_operand(language, &value, &argument, &possible)
                .unwrap_or_else(|| invalid_value(language, &value, &argument, &possible))
        }
        ErrorKind::InvalidValue | ErrorKind::MissingRequiredArgument => missing(language, &argument),
        ErrorKind::MissingSubcommand => missing(language, crate::cli::SUBCOMMAND.to(context.language)),
        ErrorKind::ArgumentConflict => conflict(language, &argument, &value_of(ContextKind::PriorArg)),
        _ => WRONG_USAGE.to(language).to_owned(),
    };
    let suggested =
        [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg, ContextKind::SuggestedValue];
    // The likeliest comes last.
    let suggestion = suggested.into_iter().find_map(|kind| match error.get(kind)? {
        ContextValue::Strings(many) => many.last().cloned(),
        one => Some(value(one)),
    });
    let next = match suggestion {
        Some(suggestion) => format!("{} {}", perhaps(language, &suggestion), SEE_HELP.to(language)),
        None => SEE_HELP.to(language).to_owned(),
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

/// A subcommand or option that does not exist.
fn unknown_argument(language: Language, argument: &str) -> String {
    language.pick(
        format!("«{argument}» non è un comando né un'opzione di cns."),
        format!("\"{argument}\" is not a command or option of cns."),
    )
}

/// A value that an option does not take.
fn invalid_value(language: Language, value: &str, argument: &str, possible: &str) -> String {
    let possible = match possible {
        "" => String::new(),
        values => {
            language.pick(format!(" Valori possibili: {values}."), format!(" Possible values: {values}."))
        }
    };
    language.pick(
        format!("«{value}» non è un valore valido per {argument}.{possible}"),
        format!("\"{value}\" is not a valid value for {argument}.{possible}"),
    )
}

/// The same for what a command is given without an option, which has no name that a person types.
fn invalid_operand(language: Language, value: &str, argument: &str, possible: &str) -> Option<String> {
    let text = match argument.trim_matches(['[', ']', '.']) {
        "PROGRAM" | "PROGRAMMA" => language.pick(
            format!("«{value}» non è un programma che setup conosce: {possible}."),
            format!("\"{value}\" is not a program that setup knows: {possible}."),
        ),
        "TOPIC" | "ARGOMENTO" => language.pick(
            format!("«{value}» non è una pagina della guida: {possible}."),
            format!("\"{value}\" is not a page of the guide: {possible}."),
        ),
        "URL" => language.pick(
            format!("«{value}» non è l'indirizzo di un sito, come https://www.inps.it."),
            format!("\"{value}\" is not the address of a site, like https://www.inps.it."),
        ),
        _ => return None,
    };
    Some(text)
}

/// What must be given and is not.
fn missing(language: Language, what: &str) -> String {
    language.pick(format!("Nel comando manca: {what}."), format!("The command lacks: {what}."))
}

/// Options that exclude each other.
fn conflict(language: Language, argument: &str, other: &str) -> String {
    language.pick(
        format!("Non puoi usare {argument} insieme a {other}."),
        format!("You cannot use {argument} together with {other}."),
    )
}

const WRONG_USAGE: Message =
    Message::new("Il comando non è scritto correttamente.", "The command is not written correctly.");

/// Something that was perhaps meant.
fn perhaps(language: Language, suggestion: &str) -> String {
    language.pick(format!("Forse volevi scrivere «{suggestion}»."), format!("Did you mean \"{suggestion}\"?"))
}

const SEE_HELP: Message = Message::new(
    "«cns --help» elenca i comandi, «cns COMANDO --help» ne spiega uno.",
    "\"cns --help\" lists the commands, \"cns COMMAND --help\" explains one.",
);
