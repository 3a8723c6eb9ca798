//! The steps that all operations share: begin, the whole at once, a part, the end.
//!
//! A length query and a short buffer end nothing and reach no card. Every other error ends the operation, also the
//! errors that are found in this layer: after a failed `C_Sign` comes a new `C_SignInit`.

use cryptoki_sys::*;

use super::pointers::{Input, OutBuffer, Pointer};
use super::{AbiError, Result, Version};
use crate::model::{self, Cancel, Module, Session};

/// One kind of operation: how it is ended, and how long its result is at most.
pub(super) struct Operation {
    pub(super) end: Cancel,
    pub(super) output_length: fn(&Session) -> model::Result<usize>,
}

/// A `Cancel` that ends nothing, to name one kind from.
pub(super) const NOTHING: Cancel =
    Cancel { find: false, digest: false, sign: false, verify: false, encrypt: false, decrypt: false };

impl Operation {
    /// `C_…Init`. In 3.0 a NULL mechanism ends the operation under way.
    pub(super) fn begin<M>(
        &self,
        version: Version,
        module: &Module,
        session: CK_SESSION_HANDLE,
        mechanism: Pointer<CK_MECHANISM>,
        parse: impl FnOnce(Pointer<CK_MECHANISM>) -> Result<M>,
        start: impl FnOnce(&Session, M) -> model::Result<()>,
    ) -> Result<()> {
        let session = module.session(session)?;
        if mechanism.is_null() && version == Version::V3_0 {
            session.cancel(self.end);
            return Ok(());
        }
        Ok(start(&session, parse(mechanism)?)?)
    }

    /// The whole message at once, its result out.
    pub(super) fn whole<V: AsRef<[u8]>>(
        &self,
        module: &Module,
        session: CK_SESSION_HANDLE,
        input: Input<CK_BYTE>,
        output: OutBuffer<CK_BYTE>,
        make: impl FnOnce(&Session, &[u8]) -> model::Result<V>,
    ) -> Result<()> {
        self.step(module, session, |session| {
            let input = input.bytes()?;
            output.required()?;
            output.fill((self.output_length)(session)?, || Ok(make(session, input)?))
        })
    }

    /// A part of the message, of which nothing comes out.
    pub(super) fn part(
        &self,
        module: &Module,
        session: CK_SESSION_HANDLE,
        part: Input<CK_BYTE>,
        take: impl FnOnce(&Session, &[u8]) -> model::Result<()>,
    ) -> Result<()> {
        self.step(module, session, |session| Ok(take(session, part.bytes()?)?))
    }

    /// A part of a message for which the standard has an output: RSA takes its data as a whole, so it stays empty.
    pub(super) fn part_with_output(
        &self,
        module: &Module,
        session: CK_SESSION_HANDLE,
        part: Input<CK_BYTE>,
        output: OutBuffer<CK_BYTE>,
        take: impl FnOnce(&Session, &[u8]) -> model::Result<()>,
    ) -> Result<()> {
        self.step(module, session, |session| {
            let part = part.bytes()?;
            output.required()?;
            (self.output_length)(session)?;
            output.fill(0, || take(session, part).map(|()| []).map_err(Into::into))
        })
    }

    /// The end of a message that came in parts, its result out.
    pub(super) fn rest<V: AsRef<[u8]>>(
        &self,
        module: &Module,
        session: CK_SESSION_HANDLE,
        output: OutBuffer<CK_BYTE>,
        make: impl FnOnce(&Session) -> model::Result<V>,
    ) -> Result<()> {
        self.step(module, session, |session| {
            output.required()?;
            output.fill((self.output_length)(session)?, || Ok(make(session)?))
        })
    }

    /// Runs a step, and ends the operation if it fails for another reason than a short buffer.
    pub(super) fn step(
        &self,
        module: &Module,
        session: CK_SESSION_HANDLE,
        step: impl FnOnce(&Session) -> Result<()>,
    ) -> Result<()> {
        let session = module.session(session)?;
        let outcome = step(&session);
        match &outcome {
            Ok(()) | Err(AbiError::BufferTooSmall) => {}
            Err(_) => session.cancel(self.end),
        }
        outcome
    }
}
