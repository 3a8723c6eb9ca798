//! What is cached of a card, usually for another process, and its bytes. Public facts only: certificate, number, holder.
//!
//! The cache may be wrong or forged: nothing in it decides which family a card is of, where a PIN goes or which PIN opens a
//! key. `card/cache_match.rs` finds out whether it is of this card. Decision 0017.

use crate::files::card_id::CardId;
use crate::files::certificate::{LocatedCertificate, MAX_LENGTH};
use crate::files::content::FileContent;
use crate::files::personal_data::Holder;
use crate::profile::{CardProfile, Path};

/// A card as it was read. [`CachedCard::to_bytes`] and [`CachedCard::from_bytes`] take it to another process.
#[derive(Clone, PartialEq, Eq)]
pub struct CachedCard {
    pub(crate) atr: Vec<u8>,
    /// The name of its driver.
    pub(crate) family: String,
    /// Where its certificate is.
    pub(crate) place: Path,
    /// The reference of its key, which only an object map holds.
    pub(crate) key_number: u8,
    /// Its certificate, DER.
    pub(crate) certificate: Vec<u8>,
    pub(crate) card_id: FileContent<CardId>,
    pub(crate) holder: FileContent<Holder>,
}

impl std::fmt::Debug for CachedCard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CachedCard({})", self.family)
    }
}

impl CachedCard {
    /// The certificate in the place where the family has it; `None` when the family has no such place.
    pub(crate) fn login(&self, profile: &CardProfile) -> Option<LocatedCertificate> {
        let layout = profile.layout_at(self.place, self.key_number)?;
        Some(LocatedCertificate::new(self.certificate.clone(), &layout))
    }
}

/// The version of this coding.
const FORM: u8 = 2;

impl CachedCard {
    /// For [`CachedCard::from_bytes`].
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut fields = FieldWriter(vec![FORM]);
        fields.put(&self.atr);
        fields.put(self.family.as_bytes());
        let place: Vec<u8> = self.place.identifiers().iter().flat_map(|id| id.to_be_bytes()).collect();
        fields.put(&place);
        fields.put(&[self.key_number]);
        fields.put(&self.certificate);
        fields.put_texts(&self.card_id, |id| vec![id.as_str()]);
        fields.put_texts(&self.holder, |holder| vec![&holder.name, &holder.surname]);
        fields.0
    }

    /// What [`CachedCard::to_bytes`] made; `None` for anything else.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut read = Reader(bytes.strip_prefix(&[FORM])?);
        let cached = Self {
            atr: read.field()?.to_vec(),
            family: read.text()?,
            place: read.path()?,
            key_number: *read.field()?.first()?,
            certificate: read.field().filter(|der| !der.is_empty())?.to_vec(),
            card_id: read.content(|[id]| CardId::recalled(&id))?,
            holder: read.content(|[name, surname]| Some(Holder { name, surname }))?,
        };
        read.0.is_empty().then_some(cached)
    }
}

/// Writes.
struct FieldWriter(Vec<u8>);

impl FieldWriter {
    /// No field is longer than a certificate.
    fn put(&mut self, content: &[u8]) {
        let content = &content[..content.len().min(MAX_LENGTH)];
        self.0.extend_from_slice(&(content.len() as u16).to_be_bytes());
        self.0.extend_from_slice(content);
    }

    /// Was it looked for, how many texts, the texts.
    fn put_texts<T>(&mut self, content: &FileContent<T>, texts: impl FnOnce(&T) -> Vec<&str>) {
        let was_read = !matches!(content, FileContent::NotRead);
        let texts = content.present().map(texts).unwrap_or_default();
        self.put(&[u8::from(was_read), texts.len() as u8]);
        texts.iter().for_each(|text| self.put(text.as_bytes()));
    }
}

/// Reads; anything unexpected is `None`.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn field(&mut self) -> Option<&'a [u8]> {
        let (length, rest) = self.0.split_first_chunk::<2>()?;
        let (field, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        self.0 = rest;
        Some(field)
    }

    fn text(&mut self) -> Option<String> {
        String::from_utf8(self.field()?.to_vec()).ok()
    }

    fn path(&mut self) -> Option<Path> {
        let bytes = self.field()?;
        let identifiers: Vec<u16> =
            bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
        (bytes.len() % 2 == 0 && identifiers.len() <= Path::LONGEST).then(|| Path::new(&identifiers))
    }

    fn content<T, const TEXTS: usize>(
        &mut self,
        from: impl FnOnce([String; TEXTS]) -> Option<T>,
    ) -> Option<FileContent<T>> {
        match *self.field()? {
            [0, 0] => Some(FileContent::NotRead),
            [1, 0] => Some(FileContent::Absent),
            [1, texts] if usize::from(texts) == TEXTS => {
                let texts: Option<Vec<_>> = (0..TEXTS).map(|_| self.text()).collect();
                from(texts?.try_into().ok()?).map(FileContent::Present)
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cached_card() -> CachedCard {
        CachedCard {
            atr: vec![0x3B, 0x80],
            family: "CNS IDEMIA 2021".to_owned(),
            place: Path::new(&[0x1400, 0x9001, 0x2002]),
            key_number: 2,
            certificate: vec![0x30, 0x82],
            card_id: CardId::recalled("6030000000000019").into(),
            holder: FileContent::Present(Holder { name: "MARIO".to_owned(), surname: "ROSSI".to_owned() }),
        }
    }

    #[test]
    fn what_was_written_is_read() {
        let nothing_looked_for =
            CachedCard { card_id: FileContent::NotRead, holder: FileContent::NotRead, ..cached_card() };
        let nothing_there =
            CachedCard { card_id: FileContent::Absent, holder: FileContent::Absent, ..cached_card() };
        for one in [cached_card(), nothing_looked_for, nothing_there] {
            assert!(CachedCard::from_bytes(&one.to_bytes()).is_some_and(|read| read == one));
        }
    }

    #[test]
    fn nothing_else_is() {
        let bytes = cached_card().to_bytes();
        for end in 0..bytes.len() {
            assert!(CachedCard::from_bytes(&bytes[..end]).is_none());
        }
        assert!(CachedCard::from_bytes(&[&bytes[..], &[0]].concat()).is_none());
        for other_form in [1, 3] {
            assert!(CachedCard::from_bytes(&[&[other_form], &bytes[1..]].concat()).is_none());
        }
        let strange = CachedCard { card_id: CardId::recalled("6030").into(), ..cached_card() }.to_bytes();
        let at = strange.windows(4).position(|part| part == b"6030").unwrap();
        let mut odd = strange.clone();
        odd[at] = b'/';
        assert!(CachedCard::from_bytes(&strange).is_some() && CachedCard::from_bytes(&odd).is_none());
        // Form, ATR, family: the path's length in bytes stands behind, and is of whole identifiers, three at most.
        let at = 1 + (2 + 2) + (2 + "CNS IDEMIA 2021".len());
        assert_eq!(bytes[at..at + 2], [0, 6]);
        for path in [&[0x14, 0x00, 0x90][..], &[0; 8], &[0; 7]] {
            let length = u16::try_from(path.len()).unwrap().to_be_bytes();
            let other = [&bytes[..at], &length, path, &bytes[at + 8..]].concat();
            assert!(CachedCard::from_bytes(&other).is_none(), "{path:?}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(at in 0usize..120, value in any::<u8>(), noise in proptest::collection::vec(any::<u8>(), 0..300)) {
            let mut bytes = cached_card().to_bytes();
            let at = at % bytes.len();
            bytes[at] = value;
            let _ = CachedCard::from_bytes(&bytes);
            let _ = CachedCard::from_bytes(&noise);
            let _ = CachedCard::from_bytes(&[&[FORM], &noise[..]].concat());
        }
    }
}
