//! What is written where: results on the standard output, everything for the person only on the error output.
//!
//! Colours are for terminals: `NO_COLOR`, `TERM=dumb` and `--color` are obeyed (by `anstream`), and no meaning is notes
//! by colour alone. On a terminal, lines break between words and go on below their beginning; what a program reads, JSON
//! among it, is never broken. All text is clean here of what a terminal would obey ([`crate::console`]): whose names
//! are in it is not known.

use std::io::{self, Write};
use std::time::Duration;

use anstream::ColorChoice;
use anstyle::{AnsiColor, Style};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;

use super::one_output::OneOutput;
use super::untrusted_text::{clean, escape_json, one_line};
use super::wrap::{wrap, wrap_help};

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Colour {
    /// On a terminal, unless `NO_COLOR` says otherwise.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// How something that was looked at is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Well.
    Ok,
    /// It works, but something should be done about it.
    Warning,
    /// It does not work.
    Problem,
    /// It does not matter here, or could not be looked at.
    NotApplicable,
}

impl Verdict {
    /// The mark before the line.
    fn mark(self) -> (&'static str, Style) {
        match self {
            Self::Ok => ("✓", colour(AnsiColor::Green)),
            Self::Warning => ("!", colour(AnsiColor::Yellow)),
            Self::Problem => ("✗", colour(AnsiColor::Red)),
            Self::NotApplicable => ("–", Style::new().dimmed()),
        }
    }
}

/// The two outputs of the command.
pub struct Output<'a> {
    out: OneOutput<'a>,
    err: OneOutput<'a>,
    /// Only for questions in windows.
    told: Option<RecentMessages>,
    /// Why the result is not there, or not whole.
    lost: Option<io::Error>,
}

/// What the person was told since the last question.
#[derive(Debug, Default)]
pub(crate) struct RecentMessages {
    pub(crate) notes: Vec<String>,
    pub(crate) warnings: Vec<String>,
}

impl<'a> Output<'a> {
    /// The process's own.
    #[must_use]
    pub fn of_process() -> Self {
        let (out, err) = (OneOutput::of_process(io::stdout()), OneOutput::of_process(io::stderr()));
        Self { out, err, told: None, lost: None }
    }

    /// Two writers that are no terminals.
    pub fn to(out: impl Write + 'a, err: impl Write + 'a) -> Self {
        Self { out: OneOutput::no_terminal(out), err: OneOutput::no_terminal(err), told: None, lost: None }
    }

    /// From now on what is told is kept, too.
    pub(crate) fn keep_told(&mut self) {
        self.told = Some(RecentMessages::default());
    }

    /// What was told since the last time.
    pub(crate) fn take_told(&mut self) -> RecentMessages {
        self.told.as_mut().map(std::mem::take).unwrap_or_default()
    }

    pub(crate) fn set_colour(&mut self, choice: Colour) {
        let choice = match choice {
            Colour::Always => ColorChoice::Always,
            Colour::Never => ColorChoice::Never,
            Colour::Auto => return,
        };
        (self.out.colour, self.err.colour) = (choice, choice);
    }

    /// Text of the result, of one line or several.
    pub fn line(&mut self, text: &str) {
        self.show(&clean(text), 0);
    }

    /// Lines of the result that fit, or that are left whole to be copied.
    pub(crate) fn unbroken(&mut self, text: &str) {
        let written = self.out.write_broken(&format!("{}\n", clean(text)));
        self.note_lost(written);
    }

    /// The columns of the terminal that the result is shown on.
    pub(crate) fn width(&self) -> Option<usize> {
        self.out.width
    }

    /// A title over lines of the result.
    pub fn title(&mut self, text: &str) {
        let bold = Style::new().bold();
        let text = one_line(text);
        self.show(&format!("{bold}{text}{bold:#}"), 0);
    }

    /// A named value: the name in a column `width` characters wide.
    pub fn field(&mut self, name: &str, width: usize, value: &str) {
        let dim = Style::new().dimmed();
        let padding = " ".repeat(width.saturating_sub(name.chars().count()) + 1);
        let (name, value) = (one_line(name), one_line(value));
        self.show(&format!("  {dim}{name}{dim:#}{padding}{value}"), width + 3);
    }

    /// A line with its verdict in front.
    pub fn verdict(&mut self, verdict: Verdict, text: &str) {
        let (mark, style) = verdict.mark();
        let text = one_line(text);
        self.show(&format!("{style}{mark}{style:#} {text}"), 2);
    }

    /// Help, with the colours of `clap` in it: nothing but our own text.
    pub(crate) fn help(&mut self, text: &str) {
        let written = self.out.write_broken(&wrap_help(text, self.out.width));
        self.note_lost(written);
    }

    /// The same where it was not asked for.
    pub(crate) fn help_unasked(&mut self, text: &str) {
        let _ = self.err.write_broken(&wrap_help(text, self.err.width));
    }

    /// A result for programs, over several lines.
    pub fn json(&mut self, value: &impl Serialize) {
        // Names, numbers and texts only: it cannot fail.
        self.write_json(&serde_json::to_string_pretty(value).unwrap_or_default());
    }

    /// A result for programs, on one line.
    pub fn json_line(&mut self, value: &impl Serialize) {
        self.write_json(&serde_json::to_string(value).unwrap_or_default());
    }

    /// Bytes of the result as they are: a certificate, a signature.
    ///
    /// # Errors
    /// Those of the standard output.
    pub fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.out.writer.write_all(bytes)?;
        self.out.writer.flush()
    }

    /// Is the result shown to a person?
    #[must_use]
    pub fn is_terminal(&self) -> bool {
        self.out.width.is_some()
    }

    pub(crate) fn is_all_terminal(&self) -> bool {
        self.is_terminal() && self.err.width.is_some()
    }

    /// One line for the person, beside the result.
    pub fn note(&mut self, text: &str) {
        let text = one_line(text);
        self.tell(&text, 0);
        if let Some(told) = &mut self.told {
            told.notes.push(text.into_owned());
        }
    }

    /// A question, broken between words where the terminal's line ends; the answer is typed behind it.
    pub(crate) fn question(&self, text: &str) -> String {
        let (text, width) = (one_line(text), self.err.width);
        let question = text.trim_end();
        wrap(question, width, 0).trim_end_matches('\n').to_owned() + &text[question.len()..]
    }

    /// A warning for the person, beside the result.
    pub fn warning(&mut self, text: &str) {
        let (mark, style) = Verdict::Warning.mark();
        let text = one_line(text);
        self.tell(&format!("{style}{mark}{style:#} {text}"), 2);
        if let Some(told) = &mut self.told {
            told.warnings.push(text.into_owned());
        }
    }

    pub(crate) fn error(&mut self, label: &str, text: &str) {
        let style = colour(AnsiColor::Red).bold();
        self.tell(&format!("{style}{label}:{style:#} {}", clean(text)), 2);
        // Where it is asked again: what was told before, a count above all, is no longer true.
        if let Some(told) = &mut self.told {
            told.notes.push(one_line(text).into_owned());
        }
    }

    pub(crate) fn error_detail(&mut self, label: &str, text: &str) {
        let bold = Style::new().bold();
        let text = clean(text);
        self.tell(&format!("  {bold}{label}:{bold:#} {text}"), 4);
    }

    /// Shows that something is under way until the returned value is dropped; on a terminal only.
    #[must_use]
    pub fn progress(&self, text: &str) -> Progress {
        if self.err.width.is_none() {
            return Progress(ProgressBar::hidden());
        }
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        bar.set_style(ProgressStyle::default_spinner());
        bar.set_message(one_line(text).into_owned());
        bar.enable_steady_tick(Duration::from_millis(100));
        Progress(bar)
    }

    /// Never broken into lines that fit a terminal: a program may read it there too.
    fn write_json(&mut self, json: &str) {
        let text = format!("{}\n", escape_json(json));
        let written = self.out.write_plain(&text);
        self.note_lost(written);
    }

    /// A part of the result.
    fn show(&mut self, text: &str, hanging: usize) {
        let written = self.out.write(text, hanging);
        self.note_lost(written);
    }

    /// Something beside the result. Where it cannot be told, that cannot be told either.
    fn tell(&mut self, text: &str, hanging: usize) {
        let _ = self.err.write(text, hanging);
    }

    fn note_lost(&mut self, written: io::Result<()>) {
        if let Err(error) = written {
            self.lost = Some(error);
        }
    }

    /// Why the result is not there, or not whole.
    pub(crate) fn lost(&self) -> Option<io::ErrorKind> {
        self.lost.as_ref().map(io::Error::kind)
    }

    pub(crate) fn take_lost(&mut self) -> Option<io::Error> {
        self.lost.take()
    }
}

/// A spinner that goes away when dropped.
pub struct Progress(ProgressBar);

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

fn colour(colour: AnsiColor) -> Style {
    Style::new().fg_color(Some(colour.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_between_words_and_go_on_below_their_beginning() {
        let (mark, style) = Verdict::Ok.mark();
        let text = format!("{style}{mark}{style:#} I programmi possono caricare il modulo.");
        let lines = wrap(&text, Some(20), 2);
        let plain = anstream::adapter::strip_str(&lines).to_string();
        assert_eq!(plain, "✓ I programmi\n  possono caricare\n  il modulo.\n");
        // "perché" has six columns and seven bytes.
        assert_eq!(wrap("perché sì\n  no e poi no", Some(9), 0), "perché sì\n  no e\n  poi no\n");
        // A path can be copied whole.
        assert_eq!(wrap("in /usr/share/p11-kit", Some(8), 0), "in\n/usr/share/p11-kit\n");
    }

    #[test]
    fn a_question_breaks_between_words_and_keeps_the_space_before_the_answer() {
        let mut output = Output::to(io::sink(), io::sink());
        assert_eq!(output.question("Preparo Firefox e Chrome? [S/n] "), "Preparo Firefox e Chrome? [S/n] ");
        output.err.width = Some(20);
        assert_eq!(output.question("Preparo Firefox e Chrome? [S/n] "), "Preparo Firefox e\nChrome? [S/n] ");
    }

    #[test]
    fn json_is_never_broken_not_even_on_a_terminal() {
        let value = ["C=IT, O=Regione di Prova, CN=Regione di Prova - CA Cittadini"; 9].join(", ");
        let mut shown = Vec::new();
        let mut output = Output::to(&mut shown, io::sink());
        output.out.width = Some(40);
        output.json(&[&value]);
        output.json_line(&[&value]);
        drop(output);
        assert_eq!(String::from_utf8(shown).unwrap(), format!("[\n  \"{value}\"\n]\n[\"{value}\"]\n"));
    }

    #[test]
    fn no_exit_lets_through_what_a_terminal_obeys() {
        let hostile = "x\u{1b}]0;y\u{7}\u{9b}2J\u{202e}\u{200b}z\nw";
        let mut shown = Vec::new();
        let mut notes = Vec::new();
        let mut output = Output::to(&mut shown, &mut notes);
        output.line(hostile);
        output.title(hostile);
        output.field(hostile, 9, hostile);
        output.verdict(Verdict::Ok, hostile);
        output.json(&[hostile]);
        output.note(hostile);
        output.warning(hostile);
        output.error("Error", hostile);
        output.error_detail("Why", hostile);
        drop(output);
        let all = String::from_utf8([shown, notes].concat()).unwrap();
        let obeyed = |letter: char| {
            letter != '\n' && (letter.is_control() || ['\u{202e}', '\u{200b}'].contains(&letter))
        };
        assert!(!all.contains(obeyed), "{all:?}");
        // A title, a field and a verdict are one line each.
        assert!(all.contains("\u{fffd}z w\n"), "{all:?}");
    }

    #[test]
    fn what_a_program_reads_is_never_broken() {
        let text = "a line that is longer than any terminal ".repeat(20);
        assert_eq!(wrap(&text, None, 2), format!("{text}\n"));
    }
}
