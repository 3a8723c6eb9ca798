//! The way to the card in a reader: its open connection, and whether a PIN is, or may be, verified on it through this
//! process.
//!
//! A login ends only with a reset of the card that is known to have happened, with the card's removal, or by leaving
//! that duty to another process that is logged in. Whatever goes wrong on the way, the duty stays: it is tried again at
//! the next operation, and the login lock's file leaves it to the user's next program.

use std::time::{Duration, Instant};

use cns_card::{Card, Disposition, Occupancy, ReaderStatus, Transport, TransportError};

use crate::card_name::CardName;
use crate::login_lock::{LoginLock, reset_after_crashed_login};
use crate::retry_guard::PinCommandError;

/// After this time "busy" means that another program's transaction was waited for.
const LOCK_TIMEOUT: Duration = Duration::from_secs(2);
/// How often a reset is tried before it is left for later. Each try takes another way to the card.
const RESET_ATTEMPTS: usize = 3;

/// A reader, the connection to the card in it, and the login there. Dropping it leaves the login lock's file: the user's
/// next program resets the card then.
#[derive(Default)]
pub struct CardLink {
    /// The open card, and the insertion that it belongs to.
    card: Option<(u64, Box<Card>)>,
    login: Option<ActiveLogin>,
    /// Until when an operation may wait for another program's transaction.
    deadline: Option<Instant>,
}

/// The card could not be reset: a PIN that was verified may still be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the card's security status could not be cleared: {0}")]
pub struct SecurityStatusNotCleared(#[from] pub TransportError);

/// A PIN is, or may be, verified on the card through this process.
#[derive(Debug)]
struct ActiveLogin {
    card: CardName,
    /// Held as long as the user is logged in. `None`: given up without a reset, or there is no place for it.
    lock: Option<LoginLock>,
    /// Whether the lock's file records the login for other processes.
    is_recorded: bool,
    /// The reader's count of insertions: another one means that the card has left the reader.
    events: u32,
}

impl ActiveLogin {
    /// Whether the reader has counted an insertion or removal since; not known where it does not count.
    fn is_of_another_insertion(&self, now: &ReaderStatus) -> bool {
        self.events != 0 && now.events != self.events
    }
}

impl CardLink {
    /// The open card, if it is the one of this insertion.
    pub fn card_of(&mut self, insertion: u64) -> Option<&mut Card> {
        match &mut self.card {
            Some((of, card)) if *of == insertion => {
                card.wait_until(self.deadline);
                Some(card)
            }
            _ => None,
        }
    }

    /// Until when the operations that follow may wait for another program's transaction; `None`: as long as the transport
    /// does. Ending a login always waits that long.
    pub fn wait_until(&mut self, deadline: Option<Instant>) {
        self.deadline = deadline;
    }

    /// Stores the open card of an insertion, in place of an earlier one.
    pub fn hold(&mut self, insertion: u64, card: Box<Card>) -> &mut Card {
        &mut self.card.insert((insertion, card)).1
    }

    /// Closes the connection and leaves the card as it is. A login that is open has still to be ended.
    pub fn disconnect(&mut self) {
        if let Some((_, card)) = self.card.take() {
            card.close(Disposition::Leave);
        }
    }

    /// Whether a PIN is, or may be, verified on the card through this process.
    #[must_use]
    pub fn has_login(&self) -> bool {
        self.login.is_some()
    }

    /// Before a PIN command: records that a login may come of it. `false`: there is one already.
    ///
    /// # Errors
    /// [`TransportError::Busy`]: another process is about to reset the card.
    pub fn prepare_login(&mut self, card: &CardName, reader: &ReaderStatus) -> Result<bool, TransportError> {
        if self.login.is_some() {
            return Ok(false);
        }
        let lock = LoginLock::acquire(card).map_err(|_| TransportError::Busy)?;
        self.login = Some(ActiveLogin {
            card: card.clone(),
            is_recorded: lock.is_some(),
            lock,
            events: reader.events,
        });
        Ok(true)
    }

    /// After a PIN command that [`CardLink::prepare_login`] came before: a login that did not come about is forgotten, and
    /// one that was not asked for, or that may have succeeded, is ended.
    ///
    /// # Errors
    /// The card could not be reset.
    pub fn conclude_pin_command(
        &mut self,
        outcome: &Result<(), PinCommandError>,
        is_wanted: bool,
        transport: &dyn Transport,
        reader: &str,
    ) -> Result<(), SecurityStatusNotCleared> {
        let unclear = match outcome {
            Ok(()) => true,
            Err(PinCommandError::LastRetryProtected) => false,
            Err(PinCommandError::Card(error)) => match &self.card {
                Some((_, card)) => crate::retry_guard::has_no_verdict(card, *error),
                None => true,
            },
        };
        match (unclear, outcome) {
            (true, Ok(())) if is_wanted => Ok(()),
            (true, _) => self.end_login(transport, reader),
            (false, _) => self.end_unused_login(transport, reader),
        }
    }

    /// No login came about, or the card is known to have been reset since. Another process may have left its own login to
    /// this one meanwhile; that is ended.
    ///
    /// # Errors
    /// As [`CardLink::end_login`].
    fn end_unused_login(
        &mut self,
        transport: &dyn Transport,
        reader: &str,
    ) -> Result<(), SecurityStatusNotCleared> {
        let Some(mut login) = self.login.take() else { return Ok(()) };
        let Some(lock) = login.lock.take() else { return Ok(()) };
        let outcome = lock.release_unused(|| self.clear_security_status(&login, transport, reader));
        if outcome.is_err() {
            self.login = Some(login);
        }
        outcome
    }

    /// Ends the login: the last process of those that have one resets the card.
    ///
    /// # Errors
    /// The card could not be reset now. The duty stays: [`CardLink::has_login`] goes on saying so.
    pub fn end_login(
        &mut self,
        transport: &dyn Transport,
        reader: &str,
    ) -> Result<(), SecurityStatusNotCleared> {
        let Some(mut login) = self.login.take() else { return Ok(()) };
        let outcome = match login.lock.take() {
            Some(lock) => lock.release(|| self.clear_security_status(&login, transport, reader)),
            None if login.is_recorded => reset_after_crashed_login(&login.card, || {
                self.clear_security_status(&login, transport, reader)
            }),
            None => self.clear_security_status(&login, transport, reader),
        };
        if outcome.is_err() {
            self.login = Some(login);
        }
        outcome
    }

    /// Gives the login up where somebody else resets the card now, as the caller of a Windows minidriver does. Another
    /// process that has a login as well still ends its own.
    pub fn release_login(&mut self) {
        if let Some(lock) = self.login.take().and_then(|login| login.lock) {
            let _ = lock.release(|| Ok::<(), std::convert::Infallible>(()));
        }
    }

    /// Makes the card forget every verified PIN, and makes sure that it did.
    fn clear_security_status(
        &mut self,
        login: &ActiveLogin,
        transport: &dyn Transport,
        reader: &str,
    ) -> Result<(), SecurityStatusNotCleared> {
        // The card of the login is out, and the one that came after it may be in another program's use.
        if is_another_insertion(login, transport, reader) {
            return Ok(());
        }
        let mut error = TransportError::Transmit;
        for _ in 0..RESET_ATTEMPTS {
            let began = Instant::now();
            match self.reset(transport, reader) {
                Ok(()) => return Ok(()),
                // Somebody else's transaction was waited for: another way to the card waits just as long.
                Err(TransportError::Busy) if began.elapsed() >= LOCK_TIMEOUT => {
                    return Err(TransportError::Busy.into());
                }
                Err(failed) => error = failed,
            }
            if is_card_gone(login, transport, reader) {
                self.disconnect();
                return Ok(());
            }
        }
        tracing::warn!(reader, %error, "the card could not be reset");
        Err(error.into())
    }

    /// Resets the card over the open connection; over a new one when there is none, or when that does not work.
    fn reset(&mut self, transport: &dyn Transport, reader: &str) -> Result<(), TransportError> {
        if let Some((_, card)) = &mut self.card {
            card.wait_until(None);
            let began = Instant::now();
            let outcome = card.reset();
            match outcome {
                Ok(()) => return Ok(()),
                Err(cns_card::CardError::Transport(TransportError::Busy))
                    if began.elapsed() >= LOCK_TIMEOUT =>
                {
                    return Err(TransportError::Busy);
                }
                Err(error) => tracing::warn!(reader, %error, "the reset in a transaction failed"),
            }
            if self.card.take().is_some_and(|(_, card)| card.reset_and_close().is_ok()) {
                return Ok(());
            }
        }
        let mut connection = transport.connect(reader)?;
        let (channel, _) = connection.begin()?;
        channel.end(Disposition::Reset)
    }
}

/// Whether a card is in the reader that was put in after the login.
fn is_another_insertion(login: &ActiveLogin, transport: &dyn Transport, reader: &str) -> bool {
    login.card.service_life() == transport.service_life()
        && transport
            .reader(reader)
            .is_ok_and(|status| status.occupancy == Occupancy::Card && login.is_of_another_insertion(&status))
}

/// Whether the card of the login is in the reader no more.
fn is_card_gone(login: &ActiveLogin, transport: &dyn Transport, reader: &str) -> bool {
    transport
        .reader(reader)
        .is_ok_and(|status| status.occupancy != Occupancy::Card || login.is_of_another_insertion(&status))
}
