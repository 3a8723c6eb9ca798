//! One card: a connection, a driver, and each operation in one PC/SC transaction.
//!
//! What this room is for: beginning and ending transactions, proving after a reset that it is still the same card,
//! and keeping the login's truth. It may import everything below. It must never send a PIN to a card that is not
//! proved to be the one that was opened, repeat a PIN command, or keep a PIN.

use tracing::{debug, warn};
use zeroize::Zeroizing;

use crate::driver::dialogue::{Dialogue, LargeCommands, Learned};
use crate::driver::{CardDriver, Counter, Start};
use crate::error::CardError;
use crate::pin::{Pin, PinPolicy, Retries};
use crate::profile::{EmptyVerify, KeyReference};
use crate::public_files::{self, Identity, PublicFiles};
use crate::transport::{CardConnection, Continuity, Disposition, TransportError};

/// The most commands for the first look at a card: a certificate of 8 KiB in pieces of 128 bytes, and the search.
const OPEN_BUDGET: u32 = 128;
/// The most commands for any other operation, a proof of identity and a second attempt included.
const OPERATION_BUDGET: u32 = 40;

/// A recognised CNS with an open connection. Dropping it leaves the card as it is.
pub struct Card {
    connection: Box<dyn CardConnection>,
    driver: &'static dyn CardDriver,
    learned: Learned,
    /// What `open` saw and no other card has; `None` when the card shows nothing of the kind.
    identity: Option<Identity>,
    /// A reset came in between, and the proof that it is the same card is still owed.
    unproved: bool,
    /// The PIN was verified through this value, and nothing that ends it has been seen since.
    verified: bool,
    /// The next private-key operation starts at the MF.
    distrust_directory: bool,
}

impl Card {
    pub(crate) fn new(connection: Box<dyn CardConnection>, driver: &'static dyn CardDriver) -> Self {
        Self {
            connection,
            driver,
            learned: Learned::default(),
            identity: None,
            unproved: false,
            verified: false,
            distrust_directory: false,
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

    /// Can the counters be asked for without spending a try?
    #[must_use]
    pub fn can_query_tries(&self) -> bool {
        self.driver.profile().empty_verify == EmptyVerify::AnswersCounter
    }

    /// Is the card still there, and was it reset? No command, and no waiting for another program's transaction: as
    /// long as one runs, a reset before it stays unseen.
    ///
    /// # Errors
    /// [`CardError::Transport`] with [`TransportError::CardRemoved`] and those of the service.
    pub fn status(&mut self) -> Result<Continuity, CardError> {
        let continuity = self.connection.status()?;
        if continuity == Continuity::WasReset {
            self.unproved = true;
            self.verified = false;
        }
        Ok(continuity)
    }

    /// Verifies the PIN: one VERIFY command, or none.
    ///
    /// # Errors
    /// [`CardError::PinIncorrect`], [`CardError::PinBlocked`], [`CardError::PinNotActivated`] from the card;
    /// [`CardError::PinFormat`] and [`CardError::DifferentCard`] without a VERIFY; and those of the exchange.
    pub fn verify(&mut self, pin: &Pin) -> Result<(), CardError> {
        self.pin_policy().check_pin(pin)?;
        self.verified = false;
        let driver = self.driver;
        self.transact("verify", OPERATION_BUDGET, |dialogue, _| driver.verify(dialogue, pin))?;
        self.verified = true;
        Ok(())
    }

    /// Changes the PIN: one CHANGE REFERENCE DATA command, or none.
    ///
    /// # Errors
    /// As [`Card::verify`], for the old PIN.
    pub fn change_pin(&mut self, old: &Pin, new: &Pin) -> Result<(), CardError> {
        self.pin_policy().check_pin(old)?;
        self.pin_policy().check_pin(new)?;
        let driver = self.driver;
        let result = self
            .transact("change PIN", OPERATION_BUDGET, |dialogue, _| driver.change_pin(dialogue, old, new));
        // A wrong PIN takes the verified state from all (ISO/IEC 7816-4:2020, 11.6.1).
        self.verified &= result.is_ok();
        result
    }

    /// Unblocks the PIN with the PUK and sets a new one: one RESET RETRY COUNTER command, or none.
    ///
    /// # Errors
    /// As [`Card::verify`], for the PUK: [`CardError::PinIncorrect`] and [`CardError::PinBlocked`] speak of its tries.
    pub fn unblock_pin(&mut self, puk: &Pin, new: &Pin) -> Result<(), CardError> {
        self.pin_policy().check_puk(puk)?;
        self.pin_policy().check_pin(new)?;
        self.verified = false;
        let driver = self.driver;
        self.transact("unblock PIN", OPERATION_BUDGET, |dialogue, _| driver.unblock_pin(dialogue, puk, new))
    }

    /// Tries left for the PIN. [`Retries::Unknown`] without any command where asking could spend one, and when the
    /// card says that the PIN is verified instead.
    ///
    /// # Errors
    /// Those of the exchange.
    pub fn pin_tries(&mut self) -> Result<Retries, CardError> {
        self.tries(Counter::Pin)
    }

    /// Tries left for the PUK, likewise.
    ///
    /// # Errors
    /// Those of the exchange.
    pub fn puk_tries(&mut self) -> Result<Retries, CardError> {
        self.tries(Counter::Puk)
    }

    /// The raw RSA operation with a private key: `block` and result are as long as the modulus.
    ///
    /// The caller must check the result with the public key before it lets it out. When it does not fit, another
    /// program may have moved the current DF to another key of the same number: see [`Card::distrust_directory`].
    ///
    /// # Errors
    /// [`CardError::NotVerified`] without a command when no PIN was verified through this value or a reset has ended
    /// it, and when the card says so; [`CardError::Status`], [`CardError::Malformed`] and those of the exchange.
    pub fn private_key_operation(
        &mut self,
        key: KeyReference,
        block: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, CardError> {
        if block.is_empty() || block.len() > MAX_MODULUS {
            return Err(CardError::BlockLength { length: block.len() });
        }
        if !self.verified {
            return Err(CardError::NotVerified);
        }
        let mut result = self.try_private_key_operation(key, block);
        if result == Err(CardError::Transport(TransportError::Transmit)) && self.learned.extended_unanswered {
            result = self.chained_private_key_operation(key, block);
        }
        if result == Err(CardError::NotVerified) {
            self.verified = false;
        }
        result
    }

    /// The next private-key operation selects the MF first, whatever it costs: for a caller that found the last result
    /// wrong.
    pub fn distrust_directory(&mut self) {
        self.distrust_directory = true;
    }

    /// Locks the door and stays connected: a reset makes the card forget every verified PIN, whoever gave it. The next
    /// operation proves first that it is still the same card.
    ///
    /// # Errors
    /// [`CardError::Transport`]; the card may then still be verified.
    pub fn reset(&mut self) -> Result<(), CardError> {
        self.verified = false;
        self.unproved = true;
        let (channel, _) = self.connection.begin()?;
        Ok(channel.end(Disposition::Reset)?)
    }

    /// Ends the connection. [`Disposition::Reset`] locks the door: every PIN verified on the card is forgotten.
    pub fn close(self, disposition: Disposition) {
        self.connection.disconnect(disposition);
    }

    /// The first transaction; what it reads proves the card in later ones.
    pub(crate) fn read_public_files(&mut self) -> Result<PublicFiles, CardError> {
        let driver = self.driver;
        let (files, identity) =
            self.transact(OPEN, OPEN_BUDGET, |dialogue, _| public_files::read(dialogue, driver))?;
        self.identity = identity;
        self.unproved = false;
        Ok(files)
    }

    fn tries(&mut self, whose: Counter) -> Result<Retries, CardError> {
        if !self.can_query_tries() {
            return Ok(Retries::Unknown);
        }
        let driver = self.driver;
        self.transact("query tries", OPERATION_BUDGET, |dialogue, _| driver.query_tries(dialogue, whose))
    }

    fn try_private_key_operation(
        &mut self,
        key: KeyReference,
        block: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, CardError> {
        let driver = self.driver;
        let start = match std::mem::take(&mut self.distrust_directory) {
            true => Start::MasterFile,
            false => Start::CurrentDirectory,
        };
        self.learned.extended_unanswered = false;
        self.transact("private-key operation", OPERATION_BUDGET, |dialogue, continuity| match continuity {
            Continuity::WasReset => Err(CardError::NotVerified),
            Continuity::Same => driver.private_key_operation(dialogue, key, block, start),
        })
    }

    /// The reader did not carry an extended command. Once more as a chain, on a card that is proved to be the same;
    /// the reader may have reset it, then the login is gone.
    fn chained_private_key_operation(
        &mut self,
        key: KeyReference,
        block: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, CardError> {
        debug!("the reader did not carry an extended command; chaining");
        self.unproved = true;
        self.distrust_directory = true;
        let before = self.learned.large_commands.replace(LargeCommands::Chained);
        let result = self.try_private_key_operation(key, block);
        if result.is_err() {
            self.learned.large_commands = before;
        }
        result
    }

    /// One transaction: begin, prove the card after a reset, operate, end and leave it.
    fn transact<T>(
        &mut self,
        operation: &'static str,
        budget: u32,
        operate: impl FnOnce(&mut Dialogue<'_>, Continuity) -> Result<T, CardError>,
    ) -> Result<T, CardError> {
        let max_command_data = self.connection.max_command_data();
        let (mut channel, continuity) = match self.connection.begin() {
            Ok(begun) => begun,
            Err(error) => {
                // A busy card is still the same card; with anything else nothing is sure any more.
                self.unproved |= error != TransportError::Busy;
                self.verified &= error == TransportError::Busy;
                return Err(error.into());
            }
        };
        if continuity == Continuity::WasReset {
            self.unproved = true;
            self.verified = false;
        }
        let mut dialogue =
            Dialogue::new(channel.as_mut(), operation, budget, &mut self.learned, max_command_data);
        let mut result = Ok(());
        if self.unproved && operation != OPEN {
            result = prove(&mut dialogue, self.driver, self.identity.as_ref());
            self.unproved = result.is_err();
        }
        let result = result.and_then(|()| operate(&mut dialogue, continuity));
        if let Err(error) = channel.end(Disposition::Leave) {
            warn!("the end of a transaction failed: {error}");
        }
        if matches!(
            result,
            Err(CardError::Transport(TransportError::CardReset | TransportError::CardRemoved))
        ) {
            self.unproved = true;
            self.verified = false;
        }
        result
    }
}

/// The operation that there is nothing to compare a card with.
const OPEN: &str = "open";

/// The longest RSA modulus that is supported, in bytes (4096 bits).
const MAX_MODULUS: usize = 512;

/// Is it the card that was opened? One that shows nothing of its own cannot be proved and counts as another.
fn prove(
    dialogue: &mut Dialogue<'_>,
    driver: &dyn CardDriver,
    identity: Option<&Identity>,
) -> Result<(), CardError> {
    let same = match identity {
        Some(identity) => identity.is_shown_by(dialogue, driver.profile())?,
        None => false,
    };
    if same { Ok(()) } else { Err(CardError::DifferentCard) }
}
