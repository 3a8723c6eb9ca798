//! SELECT: applications by AID, files by path or one by one, and which application and DF are current then.

use super::session::{ApplicationPosition, CardSession};
use crate::error::CardError;
use crate::iso7816::commands::{self, SELECT};
use crate::iso7816::{CommandApdu, StatusWord};
use crate::profile::{Application, CardProfile, FileReference, Path, PathsFrom};

impl CardSession<'_> {
    /// The last transaction left this application current, and selecting it again would clear the security status.
    pub(crate) fn assume_current(&mut self, application: &'static Application) {
        self.application = Some((application, ApplicationPosition::Assumed));
    }

    /// The application that is assumed to be current.
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
        // After a refusal the one before should still be current; but the refusal may be a disturbed response.
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
        // The current DF is not known, so the path begins at the root, which keeps the security status. Any refusal may be
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
        // A file that is found one by one, after its path was refused, proves that this card needs it.
        self.capabilities.select_step_by_step |= found;
        Ok(found)
    }

    /// Tries the usual form, with or without Le, and after a status word that may be about the form once the other. ISO/IEC
    /// 7816-4:2020, 11.2.2, leaves it to the card whether it returns control information. Returns the status word, and
    /// whether the command it answers had an Le.
    fn select_in_either_form(
        &mut self,
        bare: impl Fn() -> CommandApdu,
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

    /// Without Le at first, because the control information is not used.
    fn select_file(&mut self, bare: impl Fn() -> CommandApdu) -> Result<StatusWord, CardError> {
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

    /// A command that is answered 6Cxx has selected nothing: it is sent again with that Le. After 6883 it is sent again too:
    /// the card has just ended a chain that was broken off, ours or another program's (ISO/IEC 7816-4:2020, 5.3.3).
    fn select_with(&mut self, command: CommandApdu) -> Result<StatusWord, CardError> {
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

/// For a file or application that the operation needs.
pub(crate) fn must_exist(found: bool) -> Result<(), CardError> {
    match found {
        true => Ok(()),
        false => Err(CardError::Status { command: SELECT, status: StatusWord::FILE_NOT_FOUND }),
    }
}

/// Was the file selected? `61xx` means so too; the control information that it offers is not used.
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

/// May this be about the length fields, as opposed to the file? `6Cxx` was handled already. A card may name P1-P2 when it
/// means Le, because P2 says whether control information is returned.
fn form_refused(status: StatusWord) -> bool {
    matches!(
        status,
        StatusWord::WRONG_LENGTH
            | StatusWord::INCORRECT_P1_P2
            | StatusWord::LC_INCONSISTENT_WITH_P1_P2
            | StatusWord::WRONG_P1_P2
    )
}

/// Does the card not support P1 = 08 or 09, as opposed to not having the file?
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
