//! The commands of a card report, and what is kept of their responses.

use super::content::{ReportContent, ReportEntry};
use crate::card_session::{Capabilities, CardSession};
use crate::driver::{ACE_CNS, ESIGN, J_SIGN};
use crate::error::CardError;
use crate::files::object_map;
use crate::identify::{CIE, PAYMENT_CONTACT, PAYMENT_CONTACTLESS};
use crate::iso7816::tlv::Header;
use crate::iso7816::{CommandApdu, LengthFields, commands};
use crate::profile::{Application, PathsFrom};
use crate::transport::{CardConnection, Disposition};

/// The most commands of a report.
const BUDGET: u32 = 160;
/// Enough for a DER header behind a container's.
const OUTLINE_LENGTH: usize = 16;
/// The most certificates of the object maps that are asked for.
const MOST_CERTIFICATES: usize = 4;

/// DFs, by their path from the MF.
const DIRECTORIES: &[&[u16]] = &[&[0x1000], &[0x1100], &[0x1400], &[0x1400, 0x9002], &[0x2FFF, 0x0000]];
const OBJECT_MAPS: &[&[u16]] = &[&[0x1400, 0x4000], &[0x1400, 0x5000]];
const FILES: &[&[u16]] = &[
    &[0x1000, 0x1003],
    &[0x1100, 0x1101],
    &[0x1100, 0x1102],
    &[0x1400, 0x9010],
    &[0x1400, 0x9001, 0x2002],
    &[0x1400, 0x9001, 0x200E],
    &[0x2FFF, 0x8228],
];

/// What is read in an application.
struct ApplicationFiles {
    application: &'static Application,
    /// GET DATA 0180.
    proof: bool,
    files: &'static [&'static [u16]],
}

const APPLICATIONS: &[ApplicationFiles] = &[
    ApplicationFiles { application: &ESIGN, proof: false, files: &[&[0xD003], &[0xDA01, 0xC001]] },
    ApplicationFiles {
        application: &ACE_CNS,
        proof: false,
        files: &[&[0x1000, 0x1003], &[0x1100, 0x1101], &[0x1100, 0x1102]],
    },
    ApplicationFiles {
        application: &J_SIGN,
        proof: true,
        files: &[&[0x1000, 0x1003], &[0x1100, 0x1101], &[0x1100, 0x1102], &[0x1400, 0x9010]],
    },
    ApplicationFiles { application: &CIE, proof: false, files: &[] },
    ApplicationFiles { application: &PAYMENT_CONTACT, proof: false, files: &[] },
    ApplicationFiles { application: &PAYMENT_CONTACTLESS, proof: false, files: &[] },
];

/// What came of it.
pub(super) struct ReportEntries {
    pub(super) entries: Vec<ReportEntry>,
    pub(super) application_selected: bool,
}

/// Sends everything in one transaction. When the commands are used up, the report is shorter.
pub(super) fn collect(connection: &mut dyn CardConnection) -> Result<ReportEntries, CardError> {
    let (mut channel, _) = connection.begin()?;
    let mut capabilities = Capabilities::default();
    let session = CardSession::new(channel.as_mut(), "card report", BUDGET, &mut capabilities);
    let mut report = ReportSession { session, entries: Vec::new(), application_selected: false };
    let result = report.everything();
    let ReportSession { entries, application_selected, .. } = report;
    channel.end(Disposition::Leave)?;
    match result {
        Ok(()) | Err(CardError::TooManyCommands { .. }) => {
            Ok(ReportEntries { entries, application_selected })
        }
        Err(error) => Err(error),
    }
}

struct ReportSession<'a> {
    session: CardSession<'a>,
    entries: Vec<ReportEntry>,
    application_selected: bool,
}

/// What a file's body is read as.
#[derive(Clone, Copy, PartialEq, Eq)]
enum FileKind {
    File,
    ObjectMap,
}

impl ReportSession<'_> {
    fn everything(&mut self) -> Result<(), CardError> {
        self.select(commands::select_mf())?;
        for path in DIRECTORIES {
            self.select_path(PathsFrom::MasterFile, path)?;
        }
        for path in OBJECT_MAPS {
            self.file(PathsFrom::MasterFile, path, FileKind::ObjectMap)?;
        }
        for path in FILES {
            self.file(PathsFrom::MasterFile, path, FileKind::File)?;
        }
        for certificate in self.certificates_in_object_maps() {
            self.file(PathsFrom::MasterFile, &[0x1400, 0x9001, certificate], FileKind::File)?;
        }
        APPLICATIONS.iter().try_for_each(|inside| self.application(inside))
    }

    fn application(&mut self, inside: &ApplicationFiles) -> Result<(), CardError> {
        if !self.select(commands::select_application(inside.application.name))? {
            return Ok(());
        }
        self.application_selected = true;
        if inside.proof {
            self.send(&commands::get_data(0x0180), |data| {
                match data.windows(5).any(|part| part == b"JSign") {
                    true => ReportContent::JSign,
                    false => outline(data, FileKind::File),
                }
            })?;
        }
        for path in inside.files {
            self.file(inside.application.paths, path, FileKind::File)?;
            if inside.application.paths == PathsFrom::CurrentDirectory {
                // Back to the root of the application, in which nothing but the current DF is lost.
                self.select(commands::select_mf())?;
            }
        }
        Ok(())
    }

    /// A file, and the beginning of its body.
    fn file(&mut self, from: PathsFrom, path: &[u16], body: FileKind) -> Result<(), CardError> {
        if !self.select_path(from, path)? {
            return Ok(());
        }
        let length = if body == FileKind::ObjectMap { object_map::LENGTH } else { OUTLINE_LENGTH };
        let Some(command) = commands::read_binary(0, length as u32) else { return Ok(()) };
        self.send(&command, |data| outline(data, body)).map(|_| ())
    }

    /// By its path, and step by step where the card does not know that.
    fn select_path(&mut self, from: PathsFrom, path: &[u16]) -> Result<bool, CardError> {
        if self.select(from.select(path))? {
            return Ok(true);
        }
        let absent = self.entries.last().is_some_and(|entry| entry.status.0 == 0x6A82);
        if absent || from != PathsFrom::MasterFile {
            return Ok(false);
        }
        let steps = path.iter().map(|identifier| commands::select_file(*identifier));
        for command in std::iter::once(commands::select_mf()).chain(steps) {
            if !self.select(command)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn select(&mut self, command: CommandApdu) -> Result<bool, CardError> {
        self.send(&command.with_le(256), |data| match data {
            [] => ReportContent::Nothing,
            information => ReportContent::ControlInformation(information.to_vec()),
        })
    }

    /// Sends a command and keeps what `keep` leaves of the response. Was it executed? A malformed response is no entry.
    fn send(
        &mut self,
        command: &CommandApdu,
        keep: impl FnOnce(&[u8]) -> ReportContent,
    ) -> Result<bool, CardError> {
        let response = match self.session.transmit_and_collect(command, LengthFields::Short) {
            Ok(response) => response,
            Err(CardError::Malformed { .. }) => return Ok(false),
            Err(error) => return Err(error),
        };
        let command = command.encode(LengthFields::Short).map(|bytes| bytes.to_vec()).unwrap_or_default();
        self.entries.push(ReportEntry { command, status: response.status, content: keep(&response.data) });
        Ok(response.status.is_success())
    }

    /// Certificate files in an object map that are not read anyway.
    fn certificates_in_object_maps(&self) -> Vec<u16> {
        let objects = self.entries.iter().filter_map(|entry| match &entry.content {
            ReportContent::Objects(objects) => Some(objects),
            _ => None,
        });
        let identifiers = objects.flatten().map(|(identifier, _)| *identifier);
        let mut certificates: Vec<u16> =
            identifiers.filter(|id| id >> 8 == 0x20 && !matches!(id, 0x2002 | 0x200E)).collect();
        certificates.dedup();
        certificates.truncate(MOST_CERTIFICATES);
        certificates
    }
}

/// What is kept of a body.
fn outline(data: &[u8], body: FileKind) -> ReportContent {
    if data.is_empty() {
        return ReportContent::Nothing;
    }
    if body == FileKind::ObjectMap {
        return ReportContent::Objects(object_map::identifiers_and_sizes(data));
    }
    match data {
        [byte @ (0x00 | 0xFF), rest @ ..] if rest.iter().all(|other| other == byte) => {
            return ReportContent::Filled { byte: *byte, length: data.len() };
        }
        _ => {}
    }
    let sequence = |start: usize| {
        let header = Header::parse(data.get(start..)?).filter(|header| header.tag == 0x30)?;
        Some(ReportContent::Sequence { start, length: header.total_length() })
    };
    // Text may hold 30 at any place: a SEQUENCE has a long form of length, as every certificate does.
    let long_form = |start: usize| matches!(data.get(start..start + 2), Some([0x30, 0x81..=0x84]));
    [0, 5]
        .into_iter()
        .filter(|start| long_form(*start))
        .find_map(sequence)
        .unwrap_or(ReportContent::Bytes { length: data.len() })
}
