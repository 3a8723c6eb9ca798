//! What is written where: results on the standard output, everything for the person only on the error output.
//!
//! Colours are for terminals: `NO_COLOR`, `TERM=dumb` and `--color` are obeyed (by `anstream`), and no meaning is told
//! by colour alone.

use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
    out: Box<dyn Write + 'a>,
    err: Box<dyn Write + 'a>,
    out_is_terminal: bool,
    err_is_terminal: bool,
    out_colour: ColorChoice,
    err_colour: ColorChoice,
}

impl<'a> Output<'a> {
    /// The process's own.
    #[must_use]
    pub fn of_process() -> Self {
        Self {
            out: Box::new(io::stdout()),
            err: Box::new(io::stderr()),
            out_is_terminal: io::stdout().is_terminal(),
            err_is_terminal: io::stderr().is_terminal(),
            out_colour: AutoStream::choice(&io::stdout()),
            err_colour: AutoStream::choice(&io::stderr()),
        }
    }

    /// Two writers that are no terminals.
    pub fn to(out: impl Write + 'a, err: impl Write + 'a) -> Self {
        Self {
            out: Box::new(out),
            err: Box::new(err),
            out_is_terminal: false,
            err_is_terminal: false,
            out_colour: ColorChoice::Never,
            err_colour: ColorChoice::Never,
        }
    }

    pub(crate) fn set_colour(&mut self, choice: Colour) {
        let choice = match choice {
            Colour::Always => ColorChoice::Always,
            Colour::Never => ColorChoice::Never,
            Colour::Auto => return,
        };
        (self.out_colour, self.err_colour) = (choice, choice);
    }

    /// A line of the result.
    pub fn line(&mut self, text: &str) {
        self.write(&format!("{text}\n"));
    }

    /// A title over lines of the result.
    pub fn title(&mut self, text: &str) {
        let bold = Style::new().bold();
        self.write(&format!("{bold}{text}{bold:#}\n"));
    }

    /// A named value: the name in a column `width` characters wide.
    pub fn field(&mut self, name: &str, width: usize, value: &str) {
        let dim = Style::new().dimmed();
        let padding = " ".repeat(width.saturating_sub(name.chars().count()) + 1);
        self.write(&format!("  {dim}{name}{dim:#}{padding}{value}\n"));
    }

    /// A line with its verdict in front.
    pub fn verdict(&mut self, verdict: Verdict, text: &str) {
        let (mark, style) = verdict.mark();
        self.write(&format!("{style}{mark}{style:#} {text}\n"));
    }

    /// Bytes of the result as they are: a certificate, a signature.
    ///
    /// # Errors
    /// Those of the standard output.
    pub fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.out.write_all(bytes)?;
        self.out.flush()
    }

    /// Is the result shown to a person?
    #[must_use]
    pub fn is_terminal(&self) -> bool {
        self.out_is_terminal
    }

    /// A line for the person, beside the result.
    pub fn note(&mut self, text: &str) {
        self.write_err(&format!("{text}\n"));
    }

    /// A warning for the person, beside the result.
    pub fn warning(&mut self, text: &str) {
        let (mark, style) = Verdict::Warning.mark();
        self.write_err(&format!("{style}{mark}{style:#} {text}\n"));
    }

    pub(crate) fn error(&mut self, label: &str, text: &str) {
        let style = colour(AnsiColor::Red).bold();
        self.write_err(&format!("{style}{label}:{style:#} {text}\n"));
    }

    pub(crate) fn error_detail(&mut self, label: &str, text: &str) {
        let bold = Style::new().bold();
        self.write_err(&format!("  {bold}{label}:{bold:#} {text}\n"));
    }

    /// Shows that something is under way until the returned value is dropped; on a terminal only.
    #[must_use]
    pub fn progress(&self, text: &str) -> Progress {
        if !self.err_is_terminal {
            return Progress(ProgressBar::hidden());
        }
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        bar.set_style(ProgressStyle::default_spinner());
        bar.set_message(text.to_owned());
        bar.enable_steady_tick(Duration::from_millis(100));
        Progress(bar)
    }

    fn write(&mut self, text: &str) {
        write_styled(&mut self.out, self.out_colour, text);
    }

    fn write_err(&mut self, text: &str) {
        write_styled(&mut self.err, self.err_colour, text);
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

/// Nobody is left to tell when an output is closed (`cns status | head -1`): such errors are passed over.
fn write_styled(to: &mut dyn Write, choice: ColorChoice, text: &str) {
    let mut styled = Vec::new();
    let _ = AutoStream::new(&mut styled, choice).write_all(text.as_bytes());
    let _ = to.write_all(&styled).and_then(|()| to.flush());
}
