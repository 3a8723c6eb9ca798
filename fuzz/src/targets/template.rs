//! Attribute templates as a program may hand them over: any types, lengths and buffers that C allows, a search and
//! the values of each object.
//!
//! Nothing is written behind a buffer, lengths are given as the standard says (PKCS#11 2.40, 5.7), and a search finds
//! the objects that have all the values that were asked for, no other.

use std::ptr;

use cryptoki_sys::*;
use virtual_cns::Personality;

use super::certificate::{ATTRIBUTES, attributes};
use crate::FuzzTarget;
use crate::harness::Harness;
use crate::hostile_card::{HostileCard, make_all};
use crate::input::Input;
use crate::reader::OneReader;
use testkit::pkcs11::{SessionGuard, call};

/// See above.
pub const TARGET: FuzzTarget = FuzzTarget { name: "template", longest: 2000, prepare: make_all, run };

/// What stands behind each buffer, and in it before it is filled.
const UNTOUCHED: u8 = 0xEE;
const BEHIND: usize = 16;
/// The most entries of a template here.
const MOST_ENTRIES: usize = 40;

/// One entry: what is asked for, and the memory for it.
struct Entry {
    kind: CK_ATTRIBUTE_TYPE,
    /// NULL, or a buffer with capacity behind.
    buffer: Option<Vec<u8>>,
    /// The length that the program gives.
    length: CK_ULONG,
    /// The buffer's own length.
    capacity: usize,
}

fn run(data: &[u8]) {
    let at = Personality::every().position(|one| one.name == "st2021").expect("a personality");
    let reader = OneReader::with(Personality::st2021().atr, HostileCard::new(at, Vec::new(), false));
    let harness = Harness::new(reader);
    let slots = harness.client.slots(true).expect("a card is in");
    let session = harness.client.open(slots[0]);
    let objects = session.find(&[]).expect("a search");

    let mut input = Input::new(data);
    let (function, object) = (input.byte() % 8, input.byte());
    let object = objects.get(usize::from(object)).copied().unwrap_or(CK_OBJECT_HANDLE::from(object));
    let mut entries: Vec<Entry> = Vec::new();
    while !input.is_empty() && entries.len() < MOST_ENTRIES {
        entries.push(entry(&mut input, &session, object));
    }
    let mut template: Vec<CK_ATTRIBUTE> = entries.iter_mut().map(Entry::as_c).collect();
    let first = template.as_mut_ptr();
    let count = template.len() as CK_ULONG;
    let (list, handle) = (session.client.v2, session.handle);
    let mut new = 0;
    match function {
        0..=2 => harness.call(0, || {
            let rv = call!(list, C_GetAttributeValue, handle, object, first, count);
            check_values(&session, object, rv, &entries, &template);
        }),
        3 | 4 => {
            let rv = harness.call(0, || call!(list, C_FindObjectsInit, handle, first, count));
            check_search(&session, rv, &objects, &entries, &template);
        }
        5 => drop(call!(list, C_CreateObject, handle, first, count, &mut new)),
        6 => drop(call!(list, C_CopyObject, handle, object, first, count, &mut new)),
        _ => drop(call!(list, C_SetAttributeValue, handle, object, first, count)),
    }
    assert_eq!(new, 0, "an object that was made");
    for (entry, attribute) in entries.iter().zip(&template) {
        let behind = entry.buffer.as_ref().map_or(&[][..], |buffer| &buffer[entry.capacity..]);
        assert!(
            behind.iter().all(|&byte| byte == UNTOUCHED),
            "written behind the buffer of {:X}",
            attribute.type_
        );
    }
}

fn entry(input: &mut Input<'_>, session: &SessionGuard<'_>, object: CK_OBJECT_HANDLE) -> Entry {
    let kind = match input.byte() {
        0xFF => CK_ULONG::from_ne_bytes(input.array()),
        known => ATTRIBUTES[usize::from(known) % ATTRIBUTES.len()],
    };
    let (buffer, capacity, length) = match input.byte() % 7 {
        0 => (None, 0, 0),
        1 => (None, 0, CK_ULONG::from_ne_bytes(input.array())),
        2 => {
            let content = session.attribute(object, kind).unwrap_or_default();
            (Some(content.clone()), content.len(), content.len() as CK_ULONG)
        }
        3 => {
            let length = usize::from(input.byte());
            let content = input.take(length).to_vec();
            let length = content.len();
            (Some(content), length, length as CK_ULONG)
        }
        4 => {
            let capacity = input.number() % 3000;
            (Some(vec![UNTOUCHED; capacity]), capacity, capacity as CK_ULONG)
        }
        // A program that uses an attribute again in which the last call left "unavailable".
        5 => (Some(Vec::new()), 0, CK_UNAVAILABLE_INFORMATION),
        // More than any memory: the only lengths beyond its own that a pointer may come with and be refused.
        _ => (Some(Vec::new()), 0, CK_ULONG::MAX / 2 + 1 + CK_ULONG::from(input.byte())),
    };
    let buffer = buffer.map(|content| [&content[..], &[UNTOUCHED; BEHIND]].concat());
    Entry { kind, buffer, length, capacity }
}

impl Entry {
    fn as_c(&mut self) -> CK_ATTRIBUTE {
        let buffer = self.buffer.as_mut().map_or(ptr::null_mut(), |buffer| buffer.as_mut_ptr().cast());
        CK_ATTRIBUTE { type_: self.kind, pValue: buffer, ulValueLen: self.length }
    }
}

/// Each entry is answered by itself, whatever became of the others.
fn check_values(
    session: &SessionGuard<'_>,
    object: CK_OBJECT_HANDLE,
    rv: CK_RV,
    entries: &[Entry],
    template: &[CK_ATTRIBUTE],
) {
    if rv == CKR_OBJECT_HANDLE_INVALID {
        return;
    }
    let mut good = true;
    for (entry, attribute) in entries.iter().zip(template) {
        let length = attribute.ulValueLen;
        let fits = match (session.attribute(object, entry.kind), &entry.buffer) {
            (Ok(value), None) => length == value.len() as CK_ULONG,
            (Ok(value), Some(buffer))
                if entry.length as usize == entry.capacity && value.len() <= entry.capacity =>
            {
                assert_eq!(length, value.len() as CK_ULONG, "the length of {:X}", entry.kind);
                buffer.starts_with(&value)
            }
            _ => {
                assert_eq!(length, CK_UNAVAILABLE_INFORMATION, "no value of {:X}", entry.kind);
                good = false;
                true
            }
        };
        assert!(fits, "another value of {:X}", entry.kind);
    }
    assert_eq!(rv == CKR_OK, good, "the return code agrees with the entries: {rv:X}");
}

/// The objects that have each value, byte for byte.
fn check_search(
    session: &SessionGuard<'_>,
    rv: CK_RV,
    objects: &[CK_OBJECT_HANDLE],
    entries: &[Entry],
    template: &[CK_ATTRIBUTE],
) {
    let impossible = entries.iter().any(|entry| {
        let nothing = entry.buffer.is_none() && entry.length != 0;
        nothing || entry.length as usize != entry.capacity
    });
    assert_eq!(rv != CKR_OK, impossible, "{rv:X} for a template of {} entries", template.len());
    if impossible {
        return;
    }
    let (list, handle) = (session.client.v2, session.handle);
    let (mut found, mut count) = ([0; 16], 0);
    assert_eq!(call!(list, C_FindObjects, handle, found.as_mut_ptr(), 16, &mut count), CKR_OK);
    assert_eq!(call!(list, C_FindObjectsFinal, handle), CKR_OK);
    let expected: Vec<CK_OBJECT_HANDLE> = objects
        .iter()
        .copied()
        .filter(|object| {
            let has = attributes(session, *object);
            entries.iter().all(|entry| {
                let wanted = entry.buffer.as_ref().map_or(&[][..], |buffer| &buffer[..entry.capacity]);
                has.get(&entry.kind).is_some_and(|value| value == wanted)
            })
        })
        .collect();
    assert_eq!(&found[..count as usize], expected, "the objects with these values");
}
