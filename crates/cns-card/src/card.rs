//! One card: a connection, a driver, and each operation in one PC/SC transaction.
//!
//! Begins and ends transactions, proves after a reset that it is still the same card,
//! and knows which PINs are verified. It must never send a PIN to a card that is not
//! proved to be the one that was opened, repeat a PIN command, or keep a PIN.

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

/// The most commands for the first look at a card: a certificate of 8 KiB in pieces of 128 bytes, and the search.
const OPEN_BUDGET: u32 = 128;
/// The most commands for any other operation, a proof of identity and a second attempt included.
const OPERATION_BUDGET: u32 = 40;

/// A recognised CNS with an open connection. Dropping it leaves the card as it is.
pub struct Card {
    connection: Box<dyn CardConnection>,
    driver: &'static dyn CardDriver,
    capabilities: Capabilities,
    /// What `open` saw and no other card has; `None` when the card shows nothing of the kind.
    identity: Option<Identity>,
    /// What was contents of its files; nothing before the first look.
    contents: Option<CardContents>,
    /// Whose card it is.
    holder: FileContent<Holder>,
    /// The first look took it for one that is remembered.
    came_from_cache: bool,
    /// The application that the last transaction left current, unless another program has selected another since.
    application: Option<&'static Application>,
    /// A reset came in between, and the proof that it is the same card is still owed.
    identity_unchecked: bool,
    /// The PIN was verified through this value, and nothing that ends it has been contents.
    verified: bool,
    /// The last command was this key's operation: DF and security environment are as it left them, unless another
    /// program has moved them.
    ready: Option<KeyReference>,
    /// The next private-key operation starts at the MF.
    force_select_mf: bool,
    /// The last operation handed a command to the reader that can spend a try.
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

    /// The family's name: at most 16 ASCII characters, as `CK_TOKEN_INFO`'s model wants them.
    #[must_use]
    pub fn family(&self) -> &'static str {
        self.driver.profile().name
    }

    /// What PIN and PUK look like.
    #[must_use]
    pub fn pin_policy(&self) -> PinPolicy {
        self.driver.profile().pin_policy
    }

    /// Whether the last operation handed a command to the reader that can spend a try. If it failed without a verdict
    /// on the PIN, the card may have counted a wrong one all the same.
    #[must_use]
    pub fn pin_command_was_sent(&self) -> bool {
        self.pin_command_sent
    }

    /// Is the PIN verified, as far as is known here? Then a private-key operation is sent.
    #[must_use]
    pub fn is_verified(&self) -> bool {
        self.verified
    }

    /// Can the counters be asked for without spending a try?
    #[must_use]
    pub fn can_query_retries(&self) -> bool {
        self.driver.profile().verify_query == VerifyQuery::Safe
    }

    /// What the reader's own keypad can do.
    #[must_use]
    pub fn pin_pad(&self) -> PinPad {
        self.connection.pin_pad()
    }

    /// Is the card still there, and was it reset? No command, and no waiting for another program's transaction: as
    /// long as one runs, a reset before it stays unseen.
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

    /// The whole content of a data file, in one transaction and without a PIN. On a card with applications the number
    /// is the one that was read at first, because reading it again might end a login.
    ///
    /// # Errors
    /// [`CardError::Status`] when the card has no such file or does not show it, and those of the exchange.
    pub fn read_data(&mut self, file: DataFile) -> Result<Vec<u8>, CardError> {
        let profile = self.driver.profile();
        let number = self.contents.as_ref().and_then(|contents| contents.card_id.present());
        if let (DataFile::CardId, Some(_), Some(number)) = (file, profile.application, number) {
            return Ok(number.as_str().into());
        }
        self.transact("read data", OPERATION_BUDGET, |session, _| public::read_data(session, profile, file))
    }

    /// Resets the card and stays connected: that makes the card forget every verified PIN, whoever gave it. The next
    /// operation proves first that it is still the same card.
    ///
    /// # Errors
    /// [`CardError::Transport`]; the card may then still be verified.
    pub fn reset(&mut self) -> Result<(), CardError> {
        self.was_reset();
        let ended = self.connection.begin().and_then(|(channel, _)| channel.end(Disposition::Reset));
        Ok(ended?)
    }

    /// No PIN is verified, no application selected, and nothing proved.
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

    /// Ends the connection. [`Disposition::Reset`]: every PIN verified on the card is forgotten; who wants
    /// to know whether that was done calls [`Card::reset_and_close`].
    pub fn close(self, disposition: Disposition) {
        if let Err(error) = self.connection.disconnect(disposition) {
            warn!("the card was not reset: {error}");
        }
    }

    /// Resets the card and ends the connection. `Ok`: no PIN is verified on the card any more, for certain.
    ///
    /// # Errors
    /// [`CardError::Transport`]; the card may then still be verified.
    pub fn reset_and_close(self) -> Result<(), CardError> {
        Ok(self.connection.disconnect(Disposition::Reset)?)
    }

    /// One transaction: begin, prove the card after a reset, operate, end and leave it.
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
                // A busy card is still the same card; with anything else nothing is sure any more.
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

/// The operation that there is nothing to compare a card with.
const OPEN: &str = "open";

/// Is it the card that was opened? One that shows nothing of its own cannot be proved and counts as another.
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
