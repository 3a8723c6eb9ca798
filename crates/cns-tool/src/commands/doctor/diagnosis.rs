//! What an examination finds, and how the command ends with it.

use std::collections::BTreeMap;

use super::card_finding::CardFinding;
use super::examination::Examination;
use super::finding::Finding;
use super::{card, module, other_modules, readers, registrations, windows};
use crate::console::Verdict;
use crate::exit::Exit;

/// All that was found.
pub(super) struct Diagnosis {
    pub(super) findings: Vec<Finding>,
    /// The holders' names by reader: for the person at the terminal, never for a report.
    pub(super) holders: BTreeMap<String, String>,
}

impl Diagnosis {
    /// Checks everything, from the service to the browsers: no PIN command is sent, nothing is changed.
    pub(super) fn of(examination: &Examination<'_>) -> Self {
        let host = examination.host;
        let mut findings = readers::examine(host, examination.transport);
        findings.extend(windows::services(examination).into_iter().map(Finding::Windows));
        let mut holders = BTreeMap::new();
        let mut cns = Vec::new();
        for reader in readers::occupied(examination.transport) {
            let card = card::examine(examination, &reader);
            let of_card = card.findings.into_iter();
            findings.extend(of_card.map(|finding| Finding::OfCard { reader: reader.clone(), finding }));
            holders.extend(card.holder.map(|holder| (reader.clone(), holder)));
            // Other cards are no concern of ours, whatever driver Windows has for them.
            if card.is_cns {
                cns.push((reader, card.certificate));
            }
        }
        findings.push(module::examine(host, examination.module.as_deref()));
        findings.extend(windows::examine(examination, cns).into_iter().map(Finding::Windows));
        findings.extend(registrations::examine(host, examination.module.as_deref()));
        findings.extend(other_modules::examine(host));
        Self { findings, holders }
    }

    pub(super) fn count(&self, verdict: Verdict) -> usize {
        self.findings.iter().filter(|finding| finding.verdict() == verdict).count()
    }

    /// Whether a card was examined.
    pub(super) fn is_complete(&self) -> bool {
        self.findings.iter().any(|finding| matches!(finding, Finding::OfCard { .. }))
    }

    /// Whether only the card is missing for that.
    pub(super) fn lacks_card(&self) -> bool {
        self.findings.contains(&Finding::NoCard)
    }

    /// Whether there are several cards, so that a person must be told which is meant.
    pub(super) fn has_several_cards(&self) -> bool {
        let first_of_card = |finding: &&Finding| match finding {
            Finding::OfCard { finding, .. } => matches!(
                finding,
                CardFinding::CardRecognised { .. }
                    | CardFinding::CardUnsupported { .. }
                    | CardFinding::CardMute
                    | CardFinding::CardFails { .. }
            ),
            _ => false,
        };
        self.findings.iter().filter(first_of_card).count() > 1
    }

    pub(super) fn exit(&self) -> Exit {
        match () {
            () if self.count(Verdict::Problem) > 0 => Exit::Failed,
            () if !self.is_complete() => Exit::NoCard,
            () => Exit::Success,
        }
    }
}
