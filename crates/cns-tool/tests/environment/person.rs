//! A scripted person: answers in order, and things that happen while an answer is typed.

use std::collections::VecDeque;
use std::io::Write;

use cns_tool::console::prompt::{NoAnswer, Prompt};
use zeroize::Zeroizing;

use super::Shared;

/// What a person does at a question.
pub enum Answer {
    /// Types this and Enter.
    Types(String),
    /// Something happens to reader or card, then types this and Enter.
    While(Box<dyn FnOnce()>, String),
    /// Ctrl-C.
    CtrlC,
}

/// Who is at the keyboard.
pub struct Person {
    answers: VecDeque<Answer>,
    interactive: bool,
    told: Shared,
}

impl Person {
    /// At a terminal, with these answers.
    pub fn who(answers: impl IntoIterator<Item = Answer>) -> Self {
        Self { answers: answers.into_iter().collect(), interactive: true, told: Shared::default() }
    }

    /// At a terminal, typing these lines.
    pub fn typing(lines: &[&str]) -> Self {
        Self::who(lines.iter().map(|line| Answer::Types((*line).to_owned())))
    }

    /// At a terminal, with nothing to say.
    pub fn silent() -> Self {
        Self::typing(&[])
    }

    /// No person: a script with these lines on the standard input.
    pub fn script(lines: &[&str]) -> Self {
        Self { interactive: false, ..Self::typing(lines) }
    }

    pub(super) fn write_to(&mut self, told: Shared) {
        self.told = told;
    }

    pub(super) fn is_done(&self) -> bool {
        self.answers.is_empty()
    }

    pub(super) fn left(&self) -> usize {
        self.answers.len()
    }

    fn answer(&mut self, question: &str, shown: bool) -> Result<String, NoAnswer> {
        let answer = self.answers.pop_front();
        let (text, echo) = match answer {
            None => panic!("nobody expected the question: {question}"),
            Some(Answer::CtrlC) => (Err(NoAnswer::Interrupted), "^C".to_owned()),
            Some(Answer::Types(text)) => (Ok(text.clone()), text),
            Some(Answer::While(happens, text)) => {
                happens();
                (Ok(text.clone()), text)
            }
        };
        let echo = if shown || text.is_err() { echo } else { String::new() };
        writeln!(self.told, "{question}{echo}").expect("memory");
        text
    }
}

impl Prompt for Person {
    fn is_interactive(&self) -> bool {
        self.interactive
    }

    fn secret(
        &mut self,
        question: &str,
        go_on: &mut dyn FnMut() -> bool,
    ) -> Result<Zeroizing<String>, NoAnswer> {
        if !self.interactive {
            return Err(NoAnswer::NoTerminal);
        }
        let typed = self.answer(question, false).map(Zeroizing::new)?;
        if go_on() { Ok(typed) } else { Err(NoAnswer::Stopped) }
    }

    fn line(&mut self, question: &str) -> Result<String, NoAnswer> {
        if !self.interactive {
            return Err(NoAnswer::NoTerminal);
        }
        self.answer(question, true)
    }

    fn script_line(&mut self) -> Result<Zeroizing<String>, NoAnswer> {
        assert!(!self.interactive, "a script was expected");
        match self.answers.pop_front() {
            Some(Answer::Types(text)) => Ok(Zeroizing::new(text)),
            _ => Err(NoAnswer::Interrupted),
        }
    }
}
