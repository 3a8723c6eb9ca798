//! The steps: each is tried until it is done, or the person leaves it out.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use cns_card::{Cancellation, ReaderStatus};

use super::messages;
use crate::card::{open_card, reader_selection};
use crate::commands::doctor::{self, Area, CardFinding, Examination, Finding};
use crate::commands::pin::messages as pin_messages;
use crate::console::Verdict;
use crate::console::one_line;
use crate::console::prompt::NoAnswer;
use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::host::Host;
use crate::text::Message;

const COUNT: usize = 7;

/// What a step does; its failure says what is missing.
type Step = fn(&mut Steps<'_, '_>) -> Result<(), Failure>;

/// The steps of one run.
pub(super) struct Steps<'c, 'w> {
    /// As named on the command line.
    pub(super) wanted_reader: Option<String>,
    pub(super) module: Option<PathBuf>,
    pub(super) own_programs_only: bool,
    pub(super) context: &'c mut Context<'w>,
    pub(super) host: Host,
    /// The reader with the card, as it was when the card was read.
    pub(super) reader: Option<ReaderStatus>,
    /// The person wants the browsers to be set up.
    pub(super) may_set_up: bool,
    /// The person was asked for the administrator's part.
    pub(super) administrator_asked: bool,
    /// The page of `cns guide` about the site that was opened.
    pub(super) site: Option<&'static str>,
    /// The first failure that the person has left as it is.
    left: Option<Failure>,
    has_card: bool,
}

impl<'c, 'w> Steps<'c, 'w> {
    pub(super) fn new(context: &'c mut Context<'w>) -> Self {
        let host = Host::of_process(context.system.clone());
        Self {
            context,
            host,
            wanted_reader: None,
            module: None,
            own_programs_only: false,
            reader: None,
            may_set_up: false,
            administrator_asked: false,
            site: None,
            left: None,
            has_card: false,
        }
    }

    /// Service, reader, card and certificate; each needs the one before.
    pub(super) fn card(&mut self) -> Result<(), Failure> {
        let steps: [(Message, Step); 4] = [
            (messages::SERVICE, service),
            (messages::READER, reader),
            (messages::CARD, card),
            (messages::CERTIFICATE, certificate),
        ];
        for (number, (title, step)) in (1..).zip(steps) {
            if self.left.is_none() {
                self.step(number, title, step)?;
            }
        }
        self.has_card = self.left.is_none();
        Ok(())
    }

    /// Is there a card that can log in?
    pub(super) fn has_card(&self) -> bool {
        self.has_card
    }

    /// Is nothing left out?
    pub(super) fn is_complete(&self) -> bool {
        self.left.is_none()
    }

    /// Does a step until it is done or left out.
    pub(super) fn step(&mut self, number: usize, title: Message, step: Step) -> Result<(), Failure> {
        let title = format!("{number}/{COUNT} {}", title.to(self.context.language));
        self.context.output.line("");
        self.context.output.title(&title);
        loop {
            let known = self.context.transport.readers().unwrap_or_default();
            let Err(failure) = step(self) else { return Ok(()) };
            self.context.use_no_card();
            if failure.exit == Exit::Interrupted {
                return Err(failure);
            }
            self.say(&failure);
            if !self.tries_again(&failure, &known)? {
                self.leave_out(failure);
                return Ok(());
            }
        }
    }

    /// The person does not want this; the first such thing is what is said at the end.
    pub(super) fn leave_out(&mut self, failure: Failure) {
        self.left.get_or_insert(failure);
    }

    /// What is to be done next, and how the command ends.
    pub(super) fn end(mut self) -> Exit {
        let language = self.context.language;
        self.context.output.line("");
        match self.left.take() {
            Some(left) => {
                self.context.output.line(messages::STILL_TO_DO.to(language));
                self.say(&left);
                self.context.output.line(messages::START_AGAIN.to(language));
                left.exit
            }
            None => {
                let topic = self.site.unwrap_or("inps");
                self.context.output.line(&messages::ready(language, self.site.is_some(), topic));
                Exit::Success
            }
        }
    }

    /// What is missing, why, and what to do.
    fn say(&mut self, failure: &Failure) {
        let language = self.context.language;
        self.context.output.verdict(Verdict::Problem, &failure.what);
        let why = (language.pick("Perché", "Why"), &failure.why);
        let next = (doctor::messages::REMEDY.to(language), &failure.next);
        for (label, sentence) in [why, next] {
            if let Some(sentence) = sentence {
                self.context.output.line(&format!("  {label}: {}", one_line(sentence)));
            }
        }
    }

    /// Asks whether to do the step again; where reader or card are missing, it is done as soon as they change.
    fn tries_again(&mut self, failure: &Failure, known: &[ReaderStatus]) -> Result<bool, Failure> {
        let waits = matches!(failure.exit, Exit::NoReader | Exit::NoCard | Exit::UnusableCard);
        let question = messages::again(self.context.language, waits);
        loop {
            let answer = match waits {
                true => self.ask_until_change(question, known),
                false => self.context.ask(question),
            };
            let answer = match answer {
                Err(NoAnswer::Stopped) => return Ok(true),
                answer => answer.map_err(|none| self.context.no_answer(none))?,
            };
            match answer.trim().to_lowercase().as_str() {
                "" => return Ok(true),
                "s" | "salta" | "skip" => return Ok(false),
                _ => self.context.output.warning(messages::ENTER_OR_SKIP.to(self.context.language)),
            }
        }
    }

    /// Ends with [`NoAnswer::Stopped`] when readers and cards are others than these.
    fn ask_until_change(&mut self, question: &str, known: &[ReaderStatus]) -> Result<String, NoAnswer> {
        let (changed, cancellation) = (AtomicBool::new(false), Cancellation::new());
        let transport = self.context.transport;
        thread::scope(|scope| {
            scope.spawn(|| {
                // A service that fails is no change: then the person says when.
                if transport.wait_for_change(known, None, &cancellation).is_ok() {
                    changed.store(true, Ordering::Relaxed);
                }
            });
            let answer = self.context.ask_while(question, &mut || !changed.load(Ordering::Relaxed));
            cancellation.cancel();
            answer
        })
    }

    /// Shows what was found; the first problem is the failure.
    pub(super) fn show(
        &mut self,
        findings: impl IntoIterator<Item = Finding>,
        exit: Exit,
    ) -> Result<(), Failure> {
        let mut problem = None;
        for finding in findings {
            if finding.verdict() == Verdict::Problem && problem.is_none() {
                let text = doctor::messages::finding(self.context.language, &finding, &self.host.system);
                problem = Some(Failure { next: text.remedy, ..Failure::new(exit, text.what) });
            } else {
                doctor::show_finding(&finding, self.context);
            }
        }
        problem.map_or(Ok(()), Err)
    }
}

fn service(steps: &mut Steps<'_, '_>) -> Result<(), Failure> {
    let findings = doctor::readers::examine(&steps.host, steps.context.transport);
    steps.show(findings.into_iter().filter(|finding| finding.area() == Area::Service), Exit::NoReader)
}

fn reader(steps: &mut Steps<'_, '_>) -> Result<(), Failure> {
    let findings = doctor::readers::examine(&steps.host, steps.context.transport);
    let findings: Vec<_> = findings.into_iter().filter(|finding| finding.area() == Area::Reader).collect();
    // One that works is enough.
    if findings.iter().any(|finding| finding.verdict() == Verdict::Ok) {
        for finding in &findings {
            doctor::show_finding(finding, steps.context);
        }
        return Ok(());
    }
    steps.show(findings, Exit::NoReader)
}

fn card(steps: &mut Steps<'_, '_>) -> Result<(), Failure> {
    let wanted = steps.wanted_reader.as_deref();
    let reader = reader_selection::occupied_reader(wanted, steps.context)?;
    let opened = open_card::open_in(&reader, steps.context)?;
    let text = pin_messages::which_card(steps.context.language, &reader, opened.holder().as_deref());
    steps.context.output.verdict(Verdict::Ok, &text);
    steps.reader = steps.context.transport.reader(&reader).ok();
    Ok(())
}

/// Whether it is valid, before a PIN is asked for; and whatever else keeps it from logging in.
fn certificate(steps: &mut Steps<'_, '_>) -> Result<(), Failure> {
    let Some(before) = steps.reader.clone() else { return Ok(()) };
    // After a certificate that cannot log in, the person has perhaps put in another card.
    if steps.context.transport.reader(&before.name).ok() != Some(before) {
        card(steps)?;
    }
    let Some(reader) = steps.reader.clone() else { return Ok(()) };
    let examination = Examination::new(&steps.host, steps.module.as_deref(), steps.context);
    let card = {
        let _shown = steps.context.output.progress(doctor::messages::EXAMINING.to(steps.context.language));
        doctor::card::examine(&examination, &reader.name)
    };
    let of_card = |finding| Finding::OfCard { reader: reader.name.clone(), finding };
    let findings: Vec<_> = card.findings.into_iter().filter(concerns_a_login).map(of_card).collect();
    steps.show(findings, Exit::UnusableCard)
}

/// What a person who wants to log in with a browser has to know. The PIN's tries are told before it is asked for.
fn concerns_a_login(finding: &CardFinding) -> bool {
    let is_validity =
        matches!(finding, CardFinding::CertificateValid { .. } | CardFinding::CertificateEndsSoon { .. });
    is_validity || finding.area() != Area::Pin && finding.verdict() == Verdict::Problem
}
