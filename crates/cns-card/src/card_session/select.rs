//! SELECT: applications by name, files by path or step by step, and where that leaves the card.

use super::session::{ApplicationPosition, CardSession};
use crate::error::CardError;
use crate::iso7816::commands::{self, SELECT};
use crate::iso7816::{Command, StatusWord};
use crate::profile::{Application, CardProfile, FileReference, Path, PathsFrom};

impl CardSession<'_> {
    /// This application was current when the card was left, and selecting it anew would end a login.
    pub(crate) fn assume_current(&mut self, application: &'static Application) {
        self.application = Some((application, ApplicationPosition::Assumed));
    }

    /// The application that is taken to be current.
    pub(crate) fn current_application(&self) -> Option<&'static Application> {
        self.application.map(|(application, _)| application)
    }

    /// The MF, in an application its root, becomes the current DF.
    pub(crate) fn select_mf(&mut self) -> Result<(), CardError> {
        let status = self.select_file(commands::select_mf)?;
        if selected(status) { Ok(()) } else { Err(CardError::Status { command: SELECT, status }) }
    }

    /// An application becomes current. `Ok(false)`: there is no such application.
    pub(crate) fn select_application(
        &mut self,
        application: &'static Application,
    ) -> Result<bool, CardError> {
        let by_name = || commands::select_application(application.name);
        let (status, le) = self.select_in_either_form(by_name, !self.capabilities.application_wants_no_le)?;
        self.capabilities.application_wants_no_le = !le;
        // After a refusal the one before should still be current; but the refusal may be a disturbed answer.
        self.application = selected(status).then_some((application, ApplicationPosition::Root));
        self.application_selected |= selected(status);
        found(status)
    }

    /// Makes the root of an application current, unless this transaction has done so and stayed there.
    pub(crate) fn select_application_root(
        &mut self,
        application: &'static Application,
    ) -> Result<bool, CardError> {
        match self.application {
            Some((current, ApplicationPosition::Root)) if current == application => Ok(true),
            _ => self.select_application(application),
        }
    }

    /// Makes sure that an application is current, and for paths from its root that this is the current DF.
    pub(crate) fn select_application_df(
        &mut self,
        application: &'static Application,
    ) -> Result<bool, CardError> {
        match self.application {
            Some((current, ApplicationPosition::Root)) if current == application => Ok(true),
            Some((current, ApplicationPosition::Inside))
                if current == application && application.paths == PathsFrom::MasterFile =>
            {
                Ok(true)
            }
            _ => self.select_application(application),
        }
    }

    /// Selects a file by its path. `Ok(false)`: there is no such file.
    pub(crate) fn select(&mut self, profile: &CardProfile, file: FileReference) -> Result<bool, CardError> {
        let Some(application) = file.application.or(profile.application) else {
            return self.select_path(file.path, PathsFrom::MasterFile);
        };
        // Where in it the current DF is, nobody knows: from its root, and the login goes on. A refusal, whichever, may be
        // that of another application.
        if self.application == Some((application, ApplicationPosition::Assumed)) {
            match self.select_path(file.path, PathsFrom::MasterFile) {
                Ok(true) => return Ok(true),
                Ok(false) | Err(CardError::Status { .. }) => {}
                Err(broken) => return Err(broken),
            }
        }
        if !self.select_application_df(application)? {
            return Ok(false);
        }
        let found = self.select_path(file.path, application.paths)?;
        if found && file.path.identifiers().len() > 1 {
            self.leave_root();
        }
        Ok(found)
    }

    /// Selects a DF that the operation needs, in the application that is current.
    pub(crate) fn select_df(&mut self, directory: Path) -> Result<(), CardError> {
        must_exist(self.select_path(directory, PathsFrom::MasterFile)?)
    }

    fn leave_root(&mut self) {
        if let Some((_, position @ ApplicationPosition::Root)) = &mut self.application {
            *position = ApplicationPosition::Inside;
        }
    }

    /// Selects a file by its path in whatever application is current. `Ok(false)`: there is no such file.
    pub(crate) fn select_path(&mut self, path: Path, from: PathsFrom) -> Result<bool, CardError> {
        let path = path.identifiers();
        if path.is_empty() {
            return self.select_mf().map(|()| true);
        }
        if !self.capabilities.select_step_by_step {
            let status = self.select_file(|| from.select(path))?;
            if !by_path_refused(status) {
                return found(status);
            }
        }
        let found = self.select_each(path)?;
        // One file that is found file by file, after its path was refused, proves the point.
        self.capabilities.select_step_by_step |= found;
        Ok(found)
    }

    /// With Le or without, as this card is known to take it or as is usual; the other form once, after an answer that may
    /// be about the form (ISO/IEC 7816-4:2020, 11.2.2, leaves it to the card whether there is control information to be
    /// read). The answer, and whether the form that it came to had an Le.
    fn select_in_either_form(
        &mut self,
        bare: impl Fn() -> Command,
        usual: bool,
    ) -> Result<(StatusWord, bool), CardError> {
        let coded = |le: bool| if le { bare().with_le(256) } else { bare() };
        let status = self.select_with(coded(usual))?;
        if !form_refused(status) {
            return Ok((status, usual));
        }
        let other = self.select_with(coded(!usual))?;
        Ok(if form_refused(other) { (status, usual) } else { (other, !usual) })
    }

    /// Without Le at first: nobody reads the control information.
    fn select_file(&mut self, bare: impl Fn() -> Command) -> Result<StatusWord, CardError> {
        let (status, le) = self.select_in_either_form(bare, self.capabilities.select_wants_le)?;
        self.capabilities.select_wants_le = le;
        Ok(status)
    }

    fn select_each(&mut self, path: &[u16]) -> Result<bool, CardError> {
        self.leave_root();
        self.select_mf()?;
        for &identifier in path {
            let status = self.select_file(|| commands::select_file(identifier))?;
            if !found(status)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The file is not selected yet by a command that is answered 6Cxx. A card that names its Le is given it. One in which
    /// a signature broke off in the middle of its chain, ours or another program's, ends that with 6883 (ISO/IEC
    /// 7816-4:2020, 5.3.3) and is asked again.
    fn select_with(&mut self, command: Command) -> Result<StatusWord, CardError> {
        let mut status = self.transmit(&command)?.status;
        if status == StatusWord::LAST_OF_CHAIN_EXPECTED {
            status = self.transmit(&command)?.status;
        }
        match status.exact_le() {
            Some(le) => Ok(self.transmit(&command.with_le(u32::from(le)))?.status),
            None => Ok(status),
        }
    }
}

/// For a file or application without which there is nothing to be done.
pub(crate) fn must_exist(found: bool) -> Result<(), CardError> {
    match found {
        true => Ok(()),
        false => Err(CardError::Status { command: SELECT, status: StatusWord::FILE_NOT_FOUND }),
    }
}

/// Was the file selected? With `61xx` it was, and nobody wants the information that the card offers.
fn selected(status: StatusWord) -> bool {
    status.is_success()
}

fn found(status: StatusWord) -> Result<bool, CardError> {
    match status {
        status if selected(status) => Ok(true),
        StatusWord::FILE_NOT_FOUND => Ok(false),
        status => Err(CardError::Status { command: SELECT, status }),
    }
}

/// May this be about the length fields, as opposed to the file? `6Cxx` names its Le and was followed already; P1 and P2 are among what a card may name when it means
/// Le, because P2 says whether it is to answer control information.
fn form_refused(status: StatusWord) -> bool {
    matches!(
        status,
        StatusWord::WRONG_LENGTH
            | StatusWord::INCORRECT_P1_P2
            | StatusWord::LC_INCONSISTENT_WITH_P1_P2
            | StatusWord::WRONG_P1_P2
    )
}

/// Does the card not know P1 = 08, as opposed to the file?
fn by_path_refused(status: StatusWord) -> bool {
    matches!(
        status,
        StatusWord::INCORRECT_P1_P2
            | StatusWord::FUNCTION_NOT_SUPPORTED
            | StatusWord::LC_INCONSISTENT_WITH_P1_P2
            | StatusWord::INCORRECT_DATA
            | StatusWord::WRONG_P1_P2
            | StatusWord::WRONG_LENGTH
            | StatusWord::INSTRUCTION_NOT_SUPPORTED
            | StatusWord::CLASS_NOT_SUPPORTED
    )
}
