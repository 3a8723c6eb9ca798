//! READ BINARY: as many bytes per command as card and reader are found to support.

use super::session::CardSession;
use crate::error::CardError;
use crate::iso7816::commands::{self, READ_BINARY};
use crate::iso7816::{LengthFields, ResponseApdu, StatusWord};
use crate::profile::CardProfile;

/// Bytes that every card and reader support.
const SAFE: u16 = 255;
/// The most that the short form asks for.
const LONGEST_SHORT: usize = 256;
/// A shorter response says nothing about the most that the card returns at a time, in bytes.
const LEAST_TO_LEARN: usize = 64;

/// Which bytes of a file are read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span {
    /// The offset of the first.
    pub(crate) start: usize,
    /// How many of them are needed.
    pub(crate) enough: usize,
    /// How many are requested: one command may return more than is needed.
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
    /// When the card refuses an Ne, a smaller one is used from then on; a short response is no error. The extended form is
    /// used only where the family's row allows it, or where it has worked. Any failure of it is followed by the short form
    /// and says nothing about the file.
    ///
    /// A card may refuse a READ beyond the file's end instead of returning what is left. Then the fewest useful bytes are
    /// read; when those are refused too, the file has ended, otherwise the rest follows in smaller and smaller pieces.
    pub(crate) fn read_binary(
        &mut self,
        profile: &CardProfile,
        data: &mut Vec<u8>,
        span: Span,
    ) -> Result<(), CardError> {
        let mut short_response = None;
        let mut refusal: Option<ReadRefusal> = None;
        while data.len() < span.enough.min(span.most) {
            let missing = span.most - data.len();
            let next = refusal.map_or(missing, |refusal| missing.min(refusal.next));
            let (le, form) = self.next_read(profile, next);
            let Some(command) = commands::read_binary(span.start + data.len(), le as u32) else {
                return Err(CardError::Malformed { command: READ_BINARY });
            };
            self.capabilities.extended_without_response = form == LengthFields::Extended;
            let response = self.transmit_and_collect(&command, form);
            // After a short response in extended form, an empty one is the end of the file.
            let after_a_piece = matches!(short_response, Some((LengthFields::Extended, _)));
            if form == LengthFields::Extended
                && !brings_bytes(&response, le)
                && !(after_a_piece && is_end(&response))
            {
                match response {
                    Err(error @ (CardError::Transport(_) | CardError::TooManyCommands { .. })) => {
                        return Err(error);
                    }
                    _ => self.capabilities.extended_reads = Some(false),
                }
                self.capabilities.extended_without_response = false;
                continue;
            }
            let ResponseApdu { data: piece, status } = response?;
            self.capabilities.extended_without_response = false;
            if piece.len() > le {
                return Err(CardError::Malformed { command: READ_BINARY });
            }
            match status {
                StatusWord::SUCCESS | StatusWord::SUCCESS_MEMORY_WEAK if piece.is_empty() => return Ok(()),
                StatusWord::SUCCESS | StatusWord::SUCCESS_MEMORY_WEAK => {
                    refusal = refusal.and_then(|refusal| self.after_a_piece(refusal, piece.len()));
                    self.learn_from(short_response, form, piece.len());
                    short_response = (piece.len() < le).then_some((form, piece.len()));
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
                        // After a short response there is nothing more. A part from the middle of a file, read to
                        // compare it, is there whole or not at all.
                        None if short_response.is_none() && le > 1 && span.start == 0 => {
                            Some(ReadRefusal::of(le, needed))
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

    /// Takes note of a piece that was returned after a longer one was refused. One byte more than could be left means that
    /// the file had not ended: the card returns no longer pieces.
    fn after_a_piece(&mut self, refusal: ReadRefusal, length: usize) -> Option<ReadRefusal> {
        if refusal.refused <= 1 {
            if refusal.largest_given >= LEAST_TO_LEARN {
                self.capabilities.longest_read = u16::try_from(refusal.largest_given).ok();
            }
            return None;
        }
        Some(refusal.given(length))
    }

    /// How many of `missing` bytes the next command requests, and in which form.
    fn next_read(&self, profile: &CardProfile, missing: usize) -> (usize, LengthFields) {
        let short = usize::from(self.capabilities.longest_read.unwrap_or(profile.read_length));
        let carried = self.capabilities.max_command_data.is_none_or(|most| most > LONGEST_SHORT);
        let extended =
            self.capabilities.extended_reads.unwrap_or(profile.extended_reads && self.may_try_extended);
        match missing > short && carried && extended {
            true => (missing, LengthFields::Extended),
            false => (missing.min(short), LengthFields::Short),
        }
    }

    /// A short response before the end of the file is the most that the card returns at a time.
    fn learn_from(
        &mut self,
        short_response: Option<(LengthFields, usize)>,
        form: LengthFields,
        length: usize,
    ) {
        match short_response {
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
struct ReadRefusal {
    /// So many bytes are not left in the file.
    refused: usize,
    /// So many are requested next.
    next: usize,
    /// The longest piece that was returned since.
    largest_given: usize,
}

impl ReadRefusal {
    /// After the first refusal: the bytes that are needed, if those are fewer, or one, to see whether the file goes on.
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

/// Did READ BINARY return data, be it fewer than requested?
fn brings_bytes(response: &Result<ResponseApdu, CardError>, le: usize) -> bool {
    match response {
        Ok(ResponseApdu { data, status: StatusWord::SUCCESS | StatusWord::SUCCESS_MEMORY_WEAK }) => {
            (1..=le).contains(&data.len())
        }
        Ok(ResponseApdu { data, status: StatusWord::END_OF_FILE }) => data.len() <= le,
        _ => false,
    }
}

/// Is this the response behind a file's last byte?
fn is_end(response: &Result<ResponseApdu, CardError>) -> bool {
    match response {
        Ok(ResponseApdu { data, status: StatusWord::SUCCESS | StatusWord::SUCCESS_MEMORY_WEAK }) => {
            data.is_empty()
        }
        Ok(ResponseApdu { status: StatusWord::WRONG_P1_P2, .. }) => true,
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
