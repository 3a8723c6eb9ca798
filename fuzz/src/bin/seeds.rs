//! Adds to the packs what they begin with: real file contents, real answers and mutations of a few of them, all from the
//! virtual cards. `cargo run --bin seeds` in `fuzz/`. Nothing is taken out of a pack.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use cns_card::{CardReport, OpenedCard, TransportError, open};
use cns_fuzz::corpus::{self, Inputs};
use cns_fuzz::hostile_card::{HostileCard, Mutation, key_bits, personalities};
use cns_fuzz::reader::{OneReader, READER, Responder};
use cns_fuzz::targets::response::{OPERATIONS, operate};
use virtual_cns::holders::{Holder, PersonalDataLength, personal_data_file};
use virtual_cns::{Card, Personality};

fn main() {
    let mut corpus = Corpus::default();
    for (at, personality) in personalities().into_iter().enumerate() {
        let card = Card::new(personality);
        let number = u8::try_from(at).expect("few personalities");
        corpus.add("atr", &[&[0], personality.atr]);
        corpus.add("hostile_card", &[&[number, 0]]);
        corpus.add("card_report", &[report(at).to_string().as_bytes()]);
        files(&mut corpus, &card);
        streams(&mut corpus, at);
    }
    lengths(&mut corpus);
    mutations(&mut corpus);
    templates(&mut corpus);
    cache_files(&mut corpus);
    for holder in Holder::ALL {
        for length in [PersonalDataLength::FieldsOnly, PersonalDataLength::WithItself] {
            corpus.add("personal_data", &[&personal_data_file(&holder, length)]);
        }
    }
    corpus.write();
}

/// The new inputs of each target.
#[derive(Default)]
struct Corpus(BTreeMap<&'static str, Inputs>);

impl Corpus {
    fn add(&mut self, target: &'static str, pieces: &[&[u8]]) {
        self.0.entry(target).or_default().insert(pieces.concat());
    }

    /// Adds them to the packs.
    fn write(self) {
        for (target, mut inputs) in self.0 {
            let pack = corpus::pack(Path::new(env!("CARGO_MANIFEST_DIR")), target);
            if pack.exists() {
                inputs.extend(corpus::read(&pack).unwrap_or_else(|error| panic!("{error}")));
            }
            corpus::write(&pack, &inputs).unwrap_or_else(|error| panic!("{error}"));
        }
    }
}

/// Certificates and object maps as they are on a card.
fn files(corpus: &mut Corpus, card: &Card) {
    if let Some(file) = card.file(&[0x1100, 0x1101]) {
        corpus.add("tlv", &[&[0], file]);
        corpus.add("certificate", &[file]);
    }
    if let Some(file) = card.file(&[0x2FFF, 0x8228]) {
        corpus.add("tlv", &[&[1], file]);
    }
    if let (Some(public), Some(private)) = (card.file(&[0x1400, 0x4000]), card.file(&[0x1400, 0x5000])) {
        let length = u16::try_from(public.len()).expect("a short map").to_be_bytes();
        for kind in 0..4 {
            corpus.add("object_maps", &[&[kind, 1], &length, public, private]);
        }
    }
}

/// Length fields of all forms, before files that are too short for them, and long enough.
fn lengths(corpus: &mut Corpus) {
    let fields: [&[u8]; 9] = [
        &[0x30, 0x03],
        &[0x30, 0x80],
        &[0x30, 0x81, 0x80],
        &[0x30, 0x82, 0x1F, 0xFC],
        &[0x30, 0x82, 0x20, 0x00],
        &[0x30, 0x83, 0x01, 0x00, 0x00],
        &[0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF],
        &[0x30, 0x85, 0, 0, 0, 0, 1],
        &[0x7F, 0x21, 0x03],
    ];
    for field in fields {
        for (length, header) in [(0, 0), (4, 0), (300, 5)] {
            let front = [u8::from(header > 0), 1, 1, 1, 0, 0];
            let pieces: [&[u8]; 3] = [&front[..1 + header], field, &vec![7; length]];
            corpus.add("tlv", &pieces);
        }
    }
}

fn report(personality: usize) -> CardReport {
    let card = HostileCard::new(personality, Vec::new(), false);
    let reader = OneReader::with(personalities()[personality].atr, card);
    CardReport::collect(&reader, READER).expect("a report")
}

/// Keeps what a card without mutations answers.
struct Recorder {
    card: HostileCard,
    answers: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Responder for Recorder {
    fn answer(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        let answer = self.card.answer(command)?;
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).push(answer.clone());
        Ok(answer)
    }
}

/// The answers of each operation, as the target `response` takes them.
fn streams(corpus: &mut Corpus, personality: usize) {
    let answers = Arc::<Mutex<Vec<Vec<u8>>>>::default();
    let card =
        Recorder { card: HostileCard::new(personality, Vec::new(), false), answers: Arc::clone(&answers) };
    let all = personalities();
    let reader = OneReader::with(all[personality].atr, card);
    let Ok(OpenedCard::Cns(mut card, files)) = open(&reader, READER) else { return };
    if let Some(remembered) = card.cached_card() {
        let number = u8::try_from(personality).expect("few personalities");
        corpus.add("cache_file", &[&[2, number], &remembered.to_bytes()]);
    }
    let long = key_bits(all[personality]) > 1024;
    let key = files.certificate.map(|certificate| certificate.key);
    for operation in 0..OPERATIONS {
        answers.lock().unwrap_or_else(PoisonError::into_inner).clear();
        operate(&mut card, key, operation, long);
        let answers = answers.lock().unwrap_or_else(PoisonError::into_inner);
        let last: &[u8] = if long { &[1, 0x90] } else { &[0] };
        let framed = answers.iter().flat_map(|answer| {
            let length = u16::try_from(answer.len()).expect("a short answer").to_be_bytes();
            [&length[..], answer].concat()
        });
        let number = u8::try_from(personality).expect("few personalities");
        corpus.add("response", &[&[number, operation], last, &framed.collect::<Vec<u8>>()]);
    }
}

/// One mutation each, early, in the middle and late in a session.
fn mutations(corpus: &mut Corpus) {
    let kinds = [
        Mutation::Replace(vec![0x61, 0xFF]),
        Mutation::Replace(vec![0x6C, 0x10]),
        Mutation::Replace(Vec::new()),
        Mutation::Replace([&[7; 200][..], &[0x61, 0x00]].concat()),
        Mutation::Status([0x63, 0xC1]),
        Mutation::Status([0x69, 0x82]),
        Mutation::Truncate(1),
        Mutation::Xor(9, 0x10),
        Mutation::Fill(65_000, 0x30, [0x90, 0x00]),
        Mutation::Repeat,
        Mutation::Fail(TransportError::CardRemoved),
        Mutation::Fail(TransportError::CardReset),
        Mutation::Reset,
        Mutation::Append(vec![0; 40]),
    ];
    let find = |name| Personality::every().position(|one| one.name == name).expect("a personality");
    for name in ["st2021", "idemia2021", "ace2025"] {
        let personality = u8::try_from(find(name)).expect("few personalities");
        for mutation in &kinds {
            for (skip, repeat_last) in [(3, 1), (18, 0), (26, 0), (30, 1)] {
                let bytes = [Mutation::Skip(skip).bytes(), mutation.bytes()].concat();
                corpus.add("hostile_card", &[&[personality, repeat_last], &bytes]);
            }
        }
    }
}

/// Everything of an object, whose buffer is large enough or not; and searches by values it has.
fn templates(corpus: &mut Corpus) {
    for object in 0..7 {
        for way in [0, 4, 5, 6] {
            let entries: Vec<u8> = (0..32)
                .flat_map(|kind| [kind, way, 0x0B, 0x00].into_iter().take(2 + usize::from(way == 4) * 2))
                .collect();
            corpus.add("template", &[&[0, object], &entries]);
        }
        for kind in [0, 3, 15] {
            corpus.add("template", &[&[3, object, kind, 2, 0, 2]]);
        }
    }
}

/// Entries as they are written, whole and cut off.
fn cache_files(corpus: &mut Corpus) {
    let folder = tempfile::tempdir().expect("a folder");
    let cache = cns_cache::Cache::at(folder.path().join("cache"));
    cache.store("6030000000000019", "CNS MARIO ROSSI", b"what the module keeps").expect("an entry");
    let entry = fs::read_dir(folder.path().join("cache")).expect("a folder").next().expect("an entry");
    let file = fs::read(entry.expect("an entry").path()).expect("an entry");
    corpus.add("cache_file", &[&[0, 0], &file]);
    corpus.add("cache_file", &[&[0, 0], &file[..30]]);
    corpus.add("cache_file", &[&[0, 1, 0, 15], b"CNS MARIO ROSSIwhat the module keeps"]);
}
