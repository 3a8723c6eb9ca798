//! One of the process's two outputs, with its width and colours.

use std::io::{self, Write};

use anstream::stream::RawStream;
use anstream::{AutoStream, ColorChoice};

use super::wrap::{terminal_width, wrap};

/// The standard output or the error output.
pub(super) struct OneOutput<'a> {
    pub(super) writer: Box<dyn Write + 'a>,
    /// The columns of the terminal; `None` of what is no terminal.
    pub(super) width: Option<usize>,
    pub(super) colour: ColorChoice,
}

impl<'a> OneOutput<'a> {
    pub(super) fn of_process(stream: impl RawStream + io::IsTerminal + 'a) -> Self {
        let (width, colour) = (terminal_width(&stream), AutoStream::choice(&stream));
        Self { writer: Box::new(stream), width, colour }
    }

    pub(super) fn no_terminal(writer: impl Write + 'a) -> Self {
        Self { writer: Box::new(writer), width: None, colour: ColorChoice::Never }
    }

    pub(super) fn write(&mut self, text: &str, hanging: usize) -> io::Result<()> {
        self.write_broken(&wrap(text, self.width, hanging))
    }

    /// Lines as they are.
    pub(super) fn write_broken(&mut self, lines: &str) -> io::Result<()> {
        write_styled(&mut self.writer, self.colour, lines)
    }

    /// What a program reads: without colours.
    pub(super) fn write_plain(&mut self, text: &str) -> io::Result<()> {
        write_styled(&mut self.writer, ColorChoice::Never, text)
    }
}

/// The text with its colours, where they are wanted.
fn write_styled(to: &mut dyn Write, choice: ColorChoice, text: &str) -> io::Result<()> {
    let mut styled = Vec::new();
    let _ = AutoStream::new(&mut styled, choice).write_all(text.as_bytes());
    to.write_all(&styled).and_then(|()| to.flush())
}
