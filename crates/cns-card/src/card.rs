//! One card: a connection and a driver. Each operation is one PC/SC transaction.
//!
//! Checks after a reset that it is still the same card, and tracks whether the PIN is verified.

pub(crate) mod cache_match;
mod pin_commands;
mod private_key;
pub(crate) mod public_read;

use std::time::Instant;

use tracing::warn;

use crate::card_session::{Capabilities, CardSession};
use crate::driver::CardDriver;
use crate::error::CardError;
use crate::files::content::FileContent;
use crate::files::identity::Identity;
use crate::files::personal_data::Holder;
use crate::files::public::{self, CardContents, DataFile};
use crate::pin::PinPolicy;
use crate::profile::{Application, KeyReference, VerifyQuery};
use crate::transport::{CardConnection, Continuity, Disposition, PinPad, TransportError};

/// The most commands for opening a card: a certificate of 8 KiB in pieces of 128 bytes, and the search for it.
const OPEN_BUDGET: u32 = 128;
/// The most commands for any other operation, with the identity check and a second attempt.
const OPERATION_BUDGET: u32 = 40;

/// A CNS with an open connection. Dropping it leaves the card as it is.
pub struct Card {
    connection: Box<dyn CardConnection>,
    driver: &'static dyn CardDriver,
    capabilities: Capabilities,
    /// A file fragment that no other card has; `None` when none was read.
    identity: Option<Identity>,
    /// What was read of its files; `None` until it is opened.
    contents: Option<CardContents>,
    /// The name in EF Dati_personali.
    holder: FileContent<Holder>,
    /// Its certificate comes from the cache.
    came_from_cache: bool,
    /// The application that the last transaction left current. Another program may have selected another since.
    application: Option<&'static Application>,
    /// The card was reset, and its identity was not checked since.
    identity_unchecked: bool,
    /// The PIN was verified through this value, and nothing is known that cleared the security status since.
    verified: bool,
    /// The last command was this key's operation: current DF and security environment are as it left them, unless another
    /// program has changed them.
    ready: Option<KeyReference>,
    /// The next private-key operation starts at the MF.
    force_select_mf: bool,
    /// The last operation sent a PIN command to the reader.
    pin_command_sent: bool,
}

impl Card {
    pub(crate) fn new(connection: Box<dyn CardConnection>, driver: &'static dyn CardDriver) -> Self {
        Self {
            connection,
            driver,
            capabilities: Capabilities::default(),
            identity: None,
            contents: None,
            holder: FileContent::NotRead,
            came_from_cache: false,
            application: None,
            identity_unchecked: false,
            verified: false,
            ready: None,
            force_select_mf: false,
            pin_command_sent: false,
        }
    }

    /// The family's name: at most 16 ASCII characters.
    #[must_use]
    pub fn family(&self) -> &'static str {
        self.driver.profile().name
    }

    /// The lengths of PIN and PUK.
    #[must_use]
    pub fn pin_policy(&self) -> PinPolicy {
        self.driver.profile().pin_policy
    }

    /// Whether the last operation sent a PIN command to the reader. If that operation failed with another error than
    /// [`CardError::PinIncorrect`] and its like, the card may have decremented the retry counter all the same.
    #[must_use]
    pub fn pin_command_was_sent(&self) -> bool {
        self.pin_command_sent
    }

    /// Is the PIN verified, as far as is known? Without, [`Card::private_key_operation`] sends nothing.
    #[must_use]
    pub fn is_verified(&self) -> bool {
        self.verified
    }

    /// Can the retry counters be queried without the risk of decrementing them?
    #[must_use]
    pub fn can_query_retries(&self) -> bool {
        self.driver.profile().verify_query == VerifyQuery::Safe
    }

    /// The functions of the reader's PIN pad.
    #[must_use]
    pub fn pin_pad(&self) -> PinPad {
        self.connection.pin_pad()
    }

    /// Is the card still there, and was it reset? Sends no command and does not wait for another program's transaction:
    /// while one runs, a reset before it is not reported.
    ///
    /// # Errors
    /// [`CardError::Transport`] with [`TransportError::CardRemoved`] and those of the service.
    pub fn status(&mut self) -> Result<Continuity, CardError> {
        match self.connection.status() {
            Ok(Continuity::WasReset) => {
                self.was_reset();
                Ok(Continuity::WasReset)
            }
            Ok(Continuity::Same) => Ok(Continuity::Same),
            Err(error) => Err(error.into()),
        }
    }

    /// The whole content of a data file, in one transaction and without a PIN. On a card with applications EF ID_Carta is
    /// the one that was read when the card was opened: selecting another application would clear the security status.
    ///
    /// # Errors
    /// [`CardError::Status`] when the card has no such file or refuses to read it, and those of the exchange.
    pub fn read_data(&mut self, file: DataFile) -> Result<Vec<u8>, CardError> {
        let profile = self.driver.profile();
        let number = self.contents.as_ref().and_then(|contents| contents.card_id.present());
        if let (DataFile::CardId, Some(_), Some(number)) = (file, profile.application, number) {
            return Ok(number.as_str().into());
        }
        self.transact("read data", OPERATION_BUDGET, |session, _| public::read_data(session, profile, file))
    }

    /// Resets the card, which clears its security status for all programs, and stays connected. The next operation first
    /// checks that it is still the same card.
    ///
    /// # Errors
    /// [`CardError::Transport`]; the card may then still be verified.
    pub fn reset(&mut self) -> Result<(), CardError> {
        self.was_reset();
        let ended = self.connection.begin().and_then(|(channel, _)| channel.end(Disposition::Reset));
        Ok(ended?)
    }

    /// No PIN is verified, no application is selected, and the identity must be checked.
    fn was_reset(&mut self) {
        self.identity_unchecked = true;
        self.verified = false;
        self.application = None;
    }

    /// Until when each following operation may wait for another program's transaction, and never longer than 3 seconds:
    /// see [`CardConnection::wait_until`].
    pub fn wait_until(&mut self, deadline: Option<Instant>) {
        self.connection.wait_until(deadline);
    }

    /// Ends the connection. [`Disposition::Reset`] clears the security status; [`Card::reset_and_close`] also says whether
    /// that was done.
    pub fn close(self, disposition: Disposition) {
        if let Err(error) = self.connection.disconnect(disposition) {
            warn!("the card was not reset: {error}");
        }
    }

    /// Resets the card and ends the connection. `Ok`: the security status is cleared for certain.
    ///
    /// # Errors
    /// [`CardError::Transport`]; the card may then still be verified.
    pub fn reset_and_close(self) -> Result<(), CardError> {
        Ok(self.connection.disconnect(Disposition::Reset)?)
    }

    /// One transaction: begin, check the identity after a reset, operate, end without a reset.
    fn transact<T>(
        &mut self,
        operation: &'static str,
        budget: u32,
        operate: impl FnOnce(&mut CardSession<'_>, Continuity) -> Result<T, CardError>,
    ) -> Result<T, CardError> {
        self.ready = None;
        self.pin_command_sent = false;
        let (mut channel, continuity) = match self.connection.begin() {
            Ok(begun) => begun,
            Err(error) => {
                // A busy card is still the same card; after any other error it may be another.
                self.identity_unchecked |= error != TransportError::Busy;
                self.verified &= error == TransportError::Busy;
                return Err(error.into());
            }
        };
        if continuity == Continuity::WasReset {
            // `was_reset`, while the connection is in use.
            self.identity_unchecked = true;
            self.verified = false;
            self.application = None;
        }
        let mut session = CardSession::new(channel.as_mut(), operation, budget, &mut self.capabilities);
        let application = match self.verified {
            true => session.capabilities.key_application.or(self.driver.profile().application),
            false => self.application,
        };
        if let Some(application) = application {
            session.assume_current(application);
        }
        let mut result = Ok(());
        if self.identity_unchecked && operation != OPEN {
            result = check_identity(&mut session, self.driver, self.identity.as_ref());
            self.identity_unchecked = result.is_err();
        }
        let result = result.and_then(|()| operate(&mut session, continuity));
        self.pin_command_sent = session.pin_command_sent;
        if session.application_selected {
            self.verified = false;
        }
        self.application = session.current_application();
        if let Err(error) = channel.end(Disposition::Leave) {
            warn!("the end of a transaction failed: {error}");
        }
        if matches!(
            result,
            Err(CardError::Transport(TransportError::CardReset | TransportError::CardRemoved))
        ) {
            self.was_reset();
        }
        result
    }
}

/// The operation before which there is nothing to compare the card with.
const OPEN: &str = "open";

/// Is it the card that was opened? A card without a fragment of its own counts as another.
fn check_identity(
    session: &mut CardSession<'_>,
    driver: &dyn CardDriver,
    identity: Option<&Identity>,
) -> Result<(), CardError> {
    let same = match identity {
        Some(identity) => identity.matches(session, driver.profile())?,
        None => false,
    };
    if same { Ok(()) } else { Err(CardError::DifferentCard) }
}
