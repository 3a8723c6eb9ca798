//! A whole stack for one check: pcscd, a virtual card in its reader, the module, a portal.
//!
//! Each check gets a stack of its own (starting one takes well under a second), so that nothing a check does to a
//! card can help or harm the next one. Everything is ended when the stack is dropped.

pub mod apache;
pub mod browser;
pub mod card;
pub mod certificates;
pub mod desk;
pub mod display;
pub mod marionette;
pub mod own_card;
pub mod pcscd;
pub mod portal;
pub mod stranger;
pub mod terminal;

use std::path::Path;

use anyhow::{Result, ensure};

use crate::process::{self, tail};
use crate::room::Room;
use card::InsertedCard;
use desk::{Desk, Tls};
use pcscd::{Pcscd, Reader};
use portal::{Issuer, Visitor};

/// What a check works with.
#[derive(Debug)]
pub struct Stack {
    pub desk: Desk,
    pub card: InsertedCard,
    pub pcscd: Pcscd,
}

impl Stack {
    /// Starts pcscd in `folder` and puts a card of `personality` into the first reader.
    pub fn start(room: &Room, folder: &Path, module: &Path, personality: &str) -> Result<Self> {
        Self::with_card(room, folder, module, InsertedCard::new(personality)?)
    }

    /// The same with a card that was made for it.
    pub fn with_card(room: &Room, folder: &Path, module: &Path, mut card: InsertedCard) -> Result<Self> {
        let pcscd = Pcscd::start(room, &folder.join("run"))?;
        card.insert(&pcscd, Reader::First)?;
        let mut desk = Desk::new(folder, module, Some(pcscd.socket()))?;
        desk.private = room.private;
        let mut stack = Self { desk, card, pcscd };
        stack.furnish();
        Ok(stack)
    }

    /// Another desk before the same reader and card, where nobody has sat yet: no home, no cache, no portal.
    pub fn sit_elsewhere(&mut self, folder: &Path) -> Result<()> {
        let mut desk = Desk::new(folder, &self.desk.module, Some(self.pcscd.socket()))?;
        desk.private = self.desk.private;
        self.desk = desk;
        self.furnish();
        Ok(())
    }

    /// What the desk must know of the card.
    fn furnish(&mut self) {
        self.desk.pin = self.card.pin();
        self.desk.certificate = self.card.certificate();
        self.desk.issuer = Issuer::Only(self.card.ca_certificate());
    }

    /// Logs in to the portal once and holds the card's own account against it: the right person, one PIN, one
    /// signature.
    pub fn login(&self, tls: Tls, visit: impl FnOnce(&Desk, Tls) -> Result<Visitor>) -> Result<Visitor> {
        let (verifies, signatures) = (self.card.verify_count(), self.card.signature_count());
        let visitor = visit(&self.desk, tls)?;
        let seen = (visitor.tax_code.clone(), visitor.card_id.clone());
        ensure!(seen == self.card.identity(), "the portal saw {visitor}, which is not who the card says");
        let verifies = self.card.verify_count() - verifies;
        let signatures = self.card.signature_count() - signatures;
        ensure!(
            (verifies, signatures) == (1, 1),
            "{verifies} VERIFY and {signatures} signatures for one login"
        );
        Ok(visitor)
    }

    /// For a failure message: what the module logged, what the card was told, what pcscd and the portal say.
    pub fn evidence(&self) -> String {
        let log = process::lossy(&self.desk.module_log()).unwrap_or_else(|_| "(no log)\n".into());
        let mut evidence = format!("--- the module's log\n{}", tail(&log, 120));
        evidence += &format!("--- the card's transcript\n{}", tail(&self.card.transcript_text(), 200));
        evidence += &format!("--- pcscd's log\n{}", tail(&self.pcscd.log().unwrap_or_default(), 20));
        if let Some(portal) = self.desk.started_portal() {
            evidence += &format!("--- the portal's error log\n{}", tail(&portal.errors(), 20));
        }
        evidence
    }
}
