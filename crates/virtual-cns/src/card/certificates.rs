//! Certificates that come later: another key pair beside the first one, and a certificate renewed in the place of the old
//! one. Not done by commands: on real cards the issuer's software does it, with keys of its own.

use super::Card;
use crate::filesystem::{FileId, Kind, READ_ONLY};
use crate::holders::{CertificateOptions, private_key};
use crate::security::Key;

impl Card {
    /// Puts another pair on the card: 1400/9001/20xx and the key xx in 1400/9002, opened by the login PIN, named in the
    /// object maps where the card has some.
    ///
    /// # Panics
    /// If the card has no MF, or an object map no free slot.
    pub(super) fn add_pair(&mut self, options: &CertificateOptions) {
        let number = match self.file(&[0x1400, 0x4000]) {
            Some(_) => self.key_store.keys.iter().map(|key| key.number).max().unwrap_or(0) + 1,
            None => 0x02,
        };
        let name = format!("{}/{}/pair {number}", self.personality.name, self.card_id);
        let private = private_key(&name, self.personality.key_bits);
        let certificate = self.issue(options, &private);
        let login = self.key_store.keys.first().expect("every card has a login key").clone();
        let root = self.files.root_of(login.home);
        let objects = self.directory_in(root, 0x1400);
        let certificates = self.directory_in(objects, 0x9001);
        let keys = self.directory_in(objects, 0x9002);
        let low = u16::from(number);
        let size = u16::try_from(certificate.len()).expect("a certificate is short");
        let bits = u16::try_from(self.personality.key_bits).expect("an RSA size");
        self.files.transparent(certificates, 0x2000 | low, READ_ONLY, certificate.clone());
        self.enter_in_map(0x4000, &[(0x1000 | low, bits), (0x2000 | low, size)]);
        self.enter_in_map(0x5000, &[(0x3000 | low, bits)]);
        self.key_store.keys.push(Key { number, home: keys, private, ..login });
        self.further_certificates.push(certificate);
    }

    /// The certificates of the pairs that were added, in that order.
    pub fn further_certificates(&self) -> &[Vec<u8>] {
        &self.further_certificates
    }

    /// Writes another certificate over the first one, of the same key or of a new one. What the old one was longer stays
    /// behind it in the file; a file that is too short grows.
    ///
    /// # Panics
    /// If the certificate is in no file any more.
    pub fn renew(&mut self, options: &CertificateOptions, with_new_key: bool) {
        let old = self.key_store.keys.first().expect("every card has a login key").private.clone();
        let name = format!("{}/{}/renewed", self.personality.name, self.card_id);
        let private = if with_new_key { private_key(&name, self.personality.key_bits) } else { old.clone() };
        let certificate = self.issue(options, &private);
        let before = std::mem::replace(&mut self.certificate, certificate);
        let is_its_file =
            |body: &[u8]| body.starts_with(&before) || body.get(5..).is_some_and(|c| c.starts_with(&before));
        let body =
            self.files.bodies_mut().find(|body| is_its_file(body)).expect("the certificate is in a file");
        let start = if body.starts_with(&before) { 0 } else { 5 };
        let end = start + self.certificate.len();
        body.resize(body.len().max(end), 0);
        body[start..end].copy_from_slice(&self.certificate);
        if start > 0 {
            let length = u16::try_from(self.certificate.len()).expect("a certificate is short");
            body[1..3].copy_from_slice(&length.to_be_bytes());
        }
        self.key_store
            .keys
            .iter_mut()
            .filter(|key| key.private == old)
            .for_each(|key| key.private = private.clone());
    }

    fn issue(&self, options: &CertificateOptions, key: &rsa::RsaPrivateKey) -> Vec<u8> {
        let personal_data = self.file(&[0x1100, 0x1102]).unwrap_or_default().to_vec();
        options.issue(&self.holder, &self.card_id, &personal_data, key)
    }

    fn directory_in(&mut self, parent: FileId, id: u16) -> FileId {
        self.files.child(parent, id).unwrap_or_else(|| self.files.dedicated(parent, id))
    }

    /// Takes free slots of an object map, if the card has it.
    fn enter_in_map(&mut self, map: u16, objects: &[(u16, u16)]) {
        let Some(at) = self.files.anywhere(&[0x1400, map]) else { return };
        let Kind::Transparent(body) = &mut self.files.file_mut(at).kind else { return };
        for (object, size) in objects {
            let slot = body.chunks_exact_mut(5).find(|slot| slot[0] == 0x00).expect("a free slot");
            let ([a, b], [c, d]) = (object.to_be_bytes(), size.to_be_bytes());
            slot.copy_from_slice(&[0xFF, a, b, c, d]);
        }
    }
}
