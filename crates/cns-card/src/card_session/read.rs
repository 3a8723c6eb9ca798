//! READ BINARY (ISO/IEC 7816-4:2020, 11.3.3): as many bytes a command as card and reader are found to carry.

use super::session::CardSession;
use crate::error::CardError;
use crate::iso7816::commands::{self, READ_BINARY};
use crate::iso7816::{LengthFields, Response, StatusWord};
use crate::profile::CardProfile;

/// What every card and reader carries, in bytes.
const SAFE: u16 = 255;
/// The most that the short form asks for.
const LONGEST_SHORT: usize = 256;
/// A card that gives fewer bytes than this at a time says nothing about what it could.
const LEAST_TO_LEARN: usize = 64;

/// Which bytes of a file are read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span {
    /// The offset of the first.
    pub(crate) start: usize,
    /// How many of them are needed.
    pub(crate) enough: usize,
    /// How many are asked for, so that one command may bring more than is needed.
    pub(crate) most: usize,
}

impl Span {
    /// These bytes and no others.
    pub(crate) fn exactly(start: usize, length: usize) -> Self {
        Self { start, enough: length, most: length }
    }
}

impl CardSession<'_> {
    /// Reads from the current EF until there are enough bytes, or the file ends. `data` are the bytes from the span's
    /// start on that were read before.
    ///
    /// A card that refuses to be asked for many bytes is asked for fewer, and that is remembered; a short answer is no
    /// error. In extended form only where the family's row allows to try, or where it has worked: whatever else than
    /// bytes comes of it is no word on the file, and the short form is asked.
    ///
    /// A card may refuse a READ that would go beyond the file's end instead of giving what is left: then it is asked for
    /// the fewest bytes that are of use. Refused those too, the file has ended; else the rest comes in ever smaller pieces.
    pub(crate) fn read_binary(
        &mut self,
        profile: &CardProfile,
        data: &mut Vec<u8>,
        span: Span,
    ) -> Result<(), CardError> {
        let mut short_answer = None;
        let mut refusal: Option<Refusal> = None;
        while data.len() < span.enough.min(span.most) {
            let missing = span.most - data.len();
            let next = refusal.map_or(missing, |refusal| missing.min(refusal.next));
            let (le, form) = self.next_read(profile, next);
            let Some(command) = commands::read_binary(span.start + data.len(), le as u32) else {
                return Err(CardError::Malformed { command: READ_BINARY });
            };
            self.capabilities.extended_without_response = form == LengthFields::Extended;
            let answer = self.transmit_and_collect(&command, form);
            // After an extended answer that was shorter than asked for, nothing more is the end of the file.
            let after_a_piece = matches!(short_answer, Some((LengthFields::Extended, _)));
            if form == LengthFields::Extended
                && !brings_bytes(&answer, le)
                && !(after_a_piece && is_end(&answer))
            {
                match answer {
                    Err(error @ (CardError::Transport(_) | CardError::TooManyCommands { .. })) => {
                        return Err(error);
                    }
                    _ => self.capabilities.extended_reads = Some(false),
                }
                self.capabilities.extended_without_response = false;
                continue;
            }
            let Response { data: piece, status } = answer?;
            self.capabilities.extended_without_response = false;
            if piece.len() > le {
                return Err(CardError::Malformed { command: READ_BINARY });
            }
            match status {
                StatusWord::SUCCESS | StatusWord::SUCCESS_MEMORY_WEAK if piece.is_empty() => return Ok(()),
                StatusWord::SUCCESS | StatusWord::SUCCESS_MEMORY_WEAK => {
                    refusal = refusal.and_then(|refusal| self.after_a_piece(refusal, piece.len()));
                    self.learn_from(short_answer, form, piece.len());
                    short_answer = (piece.len() < le).then_some((form, piece.len()));
                    data.extend_from_slice(&piece);
                }
                StatusWord::END_OF_FILE => {
                    data.extend_from_slice(&piece);
                    return Ok(());
                }
                status if le > usize::from(SAFE) && length_refused(status) => {
                    self.capabilities.longest_read = Some(SAFE);
                }
                StatusWord::WRONG_P1_P2 | StatusWord::WRONG_LENGTH => {
                    let needed = span.enough.min(span.most) - data.len();
                    refusal = match refusal {
                        // After an answer that was shorter than asked for there is nothing more; and a part from the
                        // middle of a file, asked for to compare it, is there whole or not at all.
                        None if short_answer.is_none() && le > 1 && span.start == 0 => {
                            Some(Refusal::of(le, needed))
                        }
                        Some(refusal) if refusal.largest_given > 0 && le > 1 => Some(refusal.again(le)),
                        _ if status == StatusWord::WRONG_P1_P2 || !data.is_empty() => return Ok(()),
                        _ => return Err(CardError::Status { command: READ_BINARY, status }),
                    }
                }
                status => return Err(CardError::Status { command: READ_BINARY, status }),
            }
        }
        Ok(())
    }

    /// What a piece tells that was given after a longer one was refused. One byte more than could be left means that the
    /// file had not ended: the card gives no longer pieces.
    fn after_a_piece(&mut self, refusal: Refusal, length: usize) -> Option<Refusal> {
        if refusal.refused <= 1 {
            if refusal.largest_given >= LEAST_TO_LEARN {
                self.capabilities.longest_read = u16::try_from(refusal.largest_given).ok();
            }
            return None;
        }
        Some(refusal.given(length))
    }

    /// How many of `missing` bytes the next command asks for, and in which form.
    fn next_read(&self, profile: &CardProfile, missing: usize) -> (usize, LengthFields) {
        let short = usize::from(self.capabilities.longest_read.unwrap_or(profile.read_length));
        let carried = self.max_command_data.is_none_or(|most| most > LONGEST_SHORT);
        let extended =
            self.capabilities.extended_reads.unwrap_or(profile.extended_reads && self.may_try_extended);
        match missing > short && carried && extended {
            true => (missing, LengthFields::Extended),
            false => (missing.min(short), LengthFields::Short),
        }
    }

    /// An answer that was shorter than asked for, and after which the file went on, tells what the card gives at a
    /// time.
    fn learn_from(&mut self, short_answer: Option<(LengthFields, usize)>, form: LengthFields, length: usize) {
        match short_answer {
            Some((LengthFields::Extended, given)) if given <= LONGEST_SHORT => {
                self.capabilities.extended_reads = Some(false);
            }
            Some((LengthFields::Short, given)) if (LEAST_TO_LEARN..LONGEST_SHORT).contains(&given) => {
                self.capabilities.longest_read = u16::try_from(given).ok();
            }
            _ if form == LengthFields::Extended && length > LONGEST_SHORT => {
                self.capabilities.extended_reads = Some(true);
            }
            _ => {}
        }
    }
}

/// What is known of a file's end since a READ was refused there.
#[derive(Debug, Clone, Copy)]
struct Refusal {
    /// So many bytes are not left.
    refused: usize,
    /// So many are asked for next.
    next: usize,
    /// The longest piece that came since.
    largest_given: usize,
}

impl Refusal {
    /// The first one: the bytes that are needed, where that are fewer, or one, which tells whether the file goes on.
    fn of(refused: usize, needed: usize) -> Self {
        Self { refused, next: if needed < refused { needed } else { 1 }, largest_given: 0 }
    }

    fn again(self, refused: usize) -> Self {
        Self { refused, next: (refused / 2).max(1), ..self }
    }

    fn given(self, length: usize) -> Self {
        let refused = self.refused.saturating_sub(length);
        Self { refused, next: (refused / 2).max(1), largest_given: self.largest_given.max(length) }
    }
}

/// Whether a READ BINARY came to something, be it less than was asked for.
fn brings_bytes(answer: &Result<Response, CardError>, le: usize) -> bool {
    match answer {
        Ok(Response { data, status: StatusWord::SUCCESS | StatusWord::SUCCESS_MEMORY_WEAK }) => {
            (1..=le).contains(&data.len())
        }
        Ok(Response { data, status: StatusWord::END_OF_FILE }) => data.len() <= le,
        _ => false,
    }
}

/// Whether this is what a card answers behind a file's last byte.
fn is_end(answer: &Result<Response, CardError>) -> bool {
    match answer {
        Ok(Response { data, status: StatusWord::SUCCESS | StatusWord::SUCCESS_MEMORY_WEAK }) => {
            data.is_empty()
        }
        Ok(Response { status: StatusWord::WRONG_P1_P2, .. }) => true,
        _ => false,
    }
}

/// Does the card refuse the command as it was coded, as opposed to the file or the offset?
fn length_refused(status: StatusWord) -> bool {
    match status {
        StatusWord::INCORRECT_DATA
        | StatusWord::FUNCTION_NOT_SUPPORTED
        | StatusWord::INCORRECT_P1_P2
        | StatusWord::LC_INCONSISTENT_WITH_P1_P2 => true,
        status => matches!(status.0 >> 8, 0x67 | 0x68 | 0x6C..=0x6F),
    }
}

#[cfg(test)]
mod end_of_file;
#[cfg(test)]
mod tests;
