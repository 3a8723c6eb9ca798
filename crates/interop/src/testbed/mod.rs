//! The test bed of one check: pcscd, a virtual card in its reader, the module, a portal.
//!
//! Each check gets one of its own (starting one takes well under a second), so that nothing a check does to a
//! card can help or harm the next one. Everything is ended when the testbed is dropped.

pub mod browser;
pub mod card;
pub mod certificates;
pub mod client_environment;
pub mod display;
pub mod pcscd;
pub mod physical_card;
pub mod portal;
pub mod signature;

use std::path::Path;

use anyhow::{Result, ensure};

use crate::process::{self, tail};
use crate::sandbox::Sandbox;
use card::InsertedCard;
use client_environment::{ClientEnvironment, Tls};
use pcscd::{Pcscd, Reader};
use portal::{Issuer, Visitor};

/// What a check works with.
#[derive(Debug)]
pub struct Testbed {
    pub client: ClientEnvironment,
    pub card: InsertedCard,
    pub pcscd: Pcscd,
}

impl Testbed {
    /// Starts pcscd in `folder` and puts a card of `personality` into the first reader.
    pub fn start(sandbox: &Sandbox, folder: &Path, module: &Path, personality: &str) -> Result<Self> {
        Self::with_card(sandbox, folder, module, InsertedCard::new(personality)?)
    }

    /// The same with a card that was made for it.
    pub fn with_card(
        sandbox: &Sandbox,
        folder: &Path,
        module: &Path,
        mut card: InsertedCard,
    ) -> Result<Self> {
        let pcscd = Pcscd::start(sandbox, &folder.join("run"))?;
        card.insert(&pcscd, Reader::First)?;
        let mut client = ClientEnvironment::new(folder, module, Some(pcscd.socket()))?;
        client.private = sandbox.private;
        let mut testbed = Self { client, card, pcscd };
        testbed.describe_card();
        Ok(testbed)
    }

    /// A new environment for the same reader and card: no home, no cache, no portal.
    pub fn replace_environment(&mut self, folder: &Path) -> Result<()> {
        let mut client = ClientEnvironment::new(folder, &self.client.module, Some(self.pcscd.socket()))?;
        client.private = self.client.private;
        self.client = client;
        self.describe_card();
        Ok(())
    }

    /// Tells the environment the PIN, the certificate and the CA of the card.
    fn describe_card(&mut self) {
        self.client.pin = self.card.pin();
        self.client.certificate = self.card.certificate();
        self.client.issuer = Issuer::Only(self.card.ca_certificate());
    }

    /// Logs in to the portal once and holds the card's own account against it: the right person, one PIN, one
    /// signature.
    pub fn login(
        &self,
        tls: Tls,
        visit: impl FnOnce(&ClientEnvironment, Tls) -> Result<Visitor>,
    ) -> Result<Visitor> {
        let (verifies, signatures) = (self.card.verify_count(), self.card.signature_count());
        let visitor = visit(&self.client, tls)?;
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
    pub fn diagnostics(&self) -> String {
        let log = process::read_lossy(&self.client.module_log()).unwrap_or_else(|_| "(no log)\n".into());
        let mut diagnostics = format!("--- the module's log\n{}", tail(&log, 120));
        diagnostics += &format!("--- the card's transcript\n{}", tail(&self.card.transcript_text(), 200));
        diagnostics += &format!("--- pcscd's log\n{}", tail(&self.pcscd.log().unwrap_or_default(), 20));
        if let Some(portal) = self.client.started_portal() {
            diagnostics += &format!("--- the portal's error log\n{}", tail(&portal.errors(), 20));
        }
        diagnostics
    }
}
