//! `CK_ATTRIBUTE` arrays: search templates in, attribute values out.

use cryptoki_sys::*;

use super::pointers::{Input, OutBuffer, Pointer, count};
use super::{AbiError, Result};
use crate::model::AttributeValue;

/// A search template as the model takes it. Attributes that we never heard of are kept: nothing matches them.
pub(super) fn search(template: &Input<CK_ATTRIBUTE>) -> Result<Vec<(CK_ATTRIBUTE_TYPE, Vec<u8>)>> {
    attributes(template)?
        .map(|attribute| {
            let attribute = attribute.read()?;
            // SAFETY: what PKCS#11 demands of the caller for a template: `pValue` holds `ulValueLen` bytes.
            let value = unsafe { Input::new(attribute.pValue.cast::<CK_BYTE>(), attribute.ulValueLen) };
            Ok((attribute.type_, value.bytes()?.to_vec()))
        })
        .collect()
}

/// Which attributes a template asks for.
pub(super) fn names(template: &Input<CK_ATTRIBUTE>) -> Result<Vec<CK_ATTRIBUTE_TYPE>> {
    attributes(template)?.map(|attribute| Ok(attribute.read()?.type_)).collect()
}

/// Answers every entry of a `C_GetAttributeValue` template, whatever became of the others (PKCS#11 2.40 5.7). Of several
/// errors the one is reported that the caller can mend.
pub(super) fn answer<'a>(
    template: &Input<CK_ATTRIBUTE>,
    value_of: impl Fn(CK_ATTRIBUTE_TYPE) -> AttributeValue<'a>,
) -> Result<()> {
    let mut outcome = Ok(());
    for attribute in attributes(template)? {
        outcome = more_useful(outcome, answer_one(attribute, &value_of));
    }
    outcome
}

/// The most entries a template may have; real ones have a few, the curious ask for every attribute they know.
const MOST_ATTRIBUTES: usize = 4096;

fn attributes<'call>(
    template: &Input<'call, CK_ATTRIBUTE>,
) -> Result<impl Iterator<Item = Pointer<'call, CK_ATTRIBUTE>> + use<'call>> {
    if template.length()? > MOST_ATTRIBUTES {
        return Err(AbiError::ArgumentsBad);
    }
    template.elements()
}

fn answer_one<'a>(
    target: Pointer<CK_ATTRIBUTE>,
    value_of: impl Fn(CK_ATTRIBUTE_TYPE) -> AttributeValue<'a>,
) -> Result<()> {
    let mut attribute = target.read()?;
    let outcome = match value_of(attribute.type_) {
        AttributeValue::Bytes(value) => give(&mut attribute, value),
        AttributeValue::Sensitive => Err(AbiError::AttributeSensitive),
        AttributeValue::Absent => Err(AbiError::AttributeTypeInvalid),
    };
    if outcome.is_err() {
        attribute.ulValueLen = CK_UNAVAILABLE_INFORMATION;
    }
    target.write(attribute)?;
    outcome
}

fn give(attribute: &mut CK_ATTRIBUTE, value: &[u8]) -> Result<()> {
    let mut length = attribute.ulValueLen;
    // SAFETY: what PKCS#11 demands of the caller for an attribute: `pValue` is NULL or holds `ulValueLen` bytes.
    let buffer = unsafe { OutBuffer::new(attribute.pValue.cast::<CK_BYTE>(), &raw mut length) };
    buffer.give(value)?;
    attribute.ulValueLen = count(value.len());
    Ok(())
}

fn more_useful(one: Result<()>, other: Result<()>) -> Result<()> {
    let rank = |result: &Result<()>| match result {
        Ok(()) => 0,
        Err(AbiError::AttributeTypeInvalid) => 1,
        Err(AbiError::AttributeSensitive) => 2,
        Err(AbiError::BufferTooSmall) => 3,
        Err(_) => 4,
    };
    if rank(&other) > rank(&one) { other } else { one }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LABEL: &[u8] = b"CNS";
    const NONE: CK_ULONG = CK_UNAVAILABLE_INFORMATION;

    fn object<'a>(attribute: CK_ATTRIBUTE_TYPE) -> AttributeValue<'a> {
        match attribute {
            CKA_LABEL => AttributeValue::Bytes(LABEL),
            CKA_CHECK_VALUE => AttributeValue::Bytes(&[]),
            CKA_PRIVATE_EXPONENT => AttributeValue::Sensitive,
            _ => AttributeValue::Absent,
        }
    }

    fn entry(attribute: CK_ATTRIBUTE_TYPE, buffer: &mut [u8]) -> CK_ATTRIBUTE {
        CK_ATTRIBUTE { type_: attribute, pValue: buffer.as_mut_ptr().cast(), ulValueLen: count(buffer.len()) }
    }

    fn query(attribute: CK_ATTRIBUTE_TYPE) -> CK_ATTRIBUTE {
        CK_ATTRIBUTE { type_: attribute, pValue: std::ptr::null_mut(), ulValueLen: 77 }
    }

    fn input(template: &mut [CK_ATTRIBUTE]) -> Input<'_, CK_ATTRIBUTE> {
        // SAFETY: a live slice and its length.
        unsafe { Input::new(template.as_mut_ptr(), count(template.len())) }
    }

    fn lengths(template: &[CK_ATTRIBUTE]) -> Vec<CK_ULONG> {
        template.iter().map(|attribute| attribute.ulValueLen).collect()
    }

    /// PKCS#11 2.40 5.7, C_GetAttributeValue, rules 1 to 5.
    #[test]
    fn every_entry_is_answered_whatever_became_of_the_others() {
        let (mut long, mut exact, mut short, mut other) = ([0xEE; 5], [0xEE; 3], [0xEE; 2], [0xEE; 9]);
        let mut template = [
            entry(CKA_PRIVATE_EXPONENT, &mut other),
            query(CKA_VENDOR_DEFINED),
            entry(CKA_LABEL, &mut short),
            entry(CKA_LABEL, &mut exact),
            entry(CKA_LABEL, &mut long),
            query(CKA_LABEL),
            query(CKA_CHECK_VALUE),
        ];
        let outcome = answer(&input(&mut template), object);
        assert!(matches!(outcome, Err(AbiError::BufferTooSmall)));
        assert_eq!(lengths(&template), [NONE, NONE, NONE, 3, 3, 3, 0]);
        assert_eq!((long, exact), (*b"CNS\xEE\xEE", *b"CNS"));
        assert_eq!((short, other), ([0xEE; 2], [0xEE; 9]));
    }

    #[test]
    fn the_code_names_a_problem_that_occurred() {
        let mut absent = [query(CKA_LABEL), query(CKA_VALUE)];
        assert!(matches!(answer(&input(&mut absent), object), Err(AbiError::AttributeTypeInvalid)));
        let mut sensitive = [query(CKA_PRIVATE_EXPONENT), query(CKA_VALUE), query(CKA_LABEL)];
        assert!(matches!(answer(&input(&mut sensitive), object), Err(AbiError::AttributeSensitive)));
        assert!(answer(&input(&mut [query(CKA_LABEL)]), object).is_ok());
        assert!(answer(&input(&mut []), object).is_ok());
    }

    /// A caller that uses an attribute a second time without setting its length again.
    #[test]
    fn a_length_that_no_buffer_has_is_not_believed() {
        let mut buffer = [0xEE; 1];
        let mut template = [entry(CKA_LABEL, &mut buffer), query(CKA_LABEL)];
        template[0].ulValueLen = NONE;
        assert!(matches!(answer(&input(&mut template), object), Err(AbiError::ArgumentsBad)));
        assert_eq!(lengths(&template), [NONE, 3]);
        assert_eq!(buffer, [0xEE; 1]);
    }

    #[test]
    fn a_search_template_is_copied() {
        let mut label = *b"CNS";
        let mut template = [entry(CKA_LABEL, &mut label), query(CKA_ID)];
        template[1].ulValueLen = 0;
        let found = search(&input(&mut template)).unwrap();
        assert_eq!(found, [(CKA_LABEL, b"CNS".to_vec()), (CKA_ID, Vec::new())]);
    }

    #[test]
    fn impossible_search_templates_are_refused() {
        assert!(matches!(search(&input(&mut [query(CKA_ID)])), Err(AbiError::ArgumentsBad)));
        // SAFETY: NULL is allowed.
        let missing = unsafe { Input::new(std::ptr::null_mut(), 1) };
        assert!(matches!(search(&missing), Err(AbiError::ArgumentsBad)));
    }

    /// A count that no program means is refused before anything is read or copied; the most that is allowed is answered.
    #[test]
    fn a_template_has_a_longest_length() {
        let mut empty = query(CKA_ID);
        empty.ulValueLen = 0;
        let mut many = vec![empty; MOST_ATTRIBUTES + 1];
        assert_eq!(search(&input(&mut many[1..])).unwrap().len(), 4096);
        assert_eq!(names(&input(&mut many[1..])).unwrap(), [CKA_ID; 4096]);
        for refused in [search(&input(&mut many)).map(drop), answer(&input(&mut many), object)] {
            assert!(matches!(refused, Err(AbiError::ArgumentsBad)));
        }
    }
}
