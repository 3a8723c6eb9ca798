use std::ptr::null_mut;

use super::*;

fn input<'a>(bytes: *mut u8, length: CK_ULONG) -> Input<'a, u8> {
    // SAFETY: the tests give NULL, or a live buffer that is at least as long as it is ever looked at.
    unsafe { Input::new(bytes, length) }
}

fn out<'a>(buffer: *mut u8, length: *mut CK_ULONG) -> OutBuffer<'a, u8> {
    // SAFETY: the tests give NULL or live values.
    unsafe { OutBuffer::new(buffer, length) }
}

fn is_bad<T>(result: Result<T>) -> bool {
    matches!(result, Err(AbiError::ArgumentsBad))
}

#[test]
fn null_is_an_empty_array_only_with_length_zero() {
    assert_eq!(input(null_mut(), 0).bytes().unwrap(), b"");
    assert!(is_bad(input(null_mut(), 1).bytes()));
    assert!(is_bad(input(null_mut(), 0).required_bytes()));
    let mut some = [1, 2];
    assert_eq!(input(some.as_mut_ptr(), 0).required_bytes().unwrap(), b"");
    assert_eq!(input(some.as_mut_ptr(), 2).bytes().unwrap(), [1, 2]);
    assert!(input(some.as_mut_ptr(), 0).is_empty() && !input(some.as_mut_ptr(), 2).is_empty());
}

#[test]
fn lengths_that_no_memory_has_are_refused() {
    let mut byte = 0;
    assert!(is_bad(input(&raw mut byte, CK_ULONG::MAX).bytes()));
    assert!(is_bad(input(&raw mut byte, CK_ULONG::MAX / 2 + 1).bytes()));
    let mut number: CK_ULONG = 0;
    // SAFETY: not looked at, because the length is refused.
    let numbers = unsafe { Input::new(&raw mut number, CK_ULONG::MAX / 8 + 1) };
    assert!(is_bad(numbers.elements().map(|_| ())));
    let mut length = CK_ULONG::MAX;
    assert!(is_bad(out(&raw mut byte, &raw mut length).give(b"")));
}

#[test]
fn values_are_read_and_written_in_any_alignment() {
    let mut memory = [0_u8; 24];
    // SAFETY: one byte into 24 bytes a CK_ULONG fits.
    let odd = unsafe { Pointer::new(memory.as_mut_ptr().add(1).cast::<CK_ULONG>()) };
    odd.write(0x0102).unwrap();
    assert_eq!(odd.read().unwrap(), 0x0102);
    assert_eq!(memory[0], 0);
}

#[test]
fn a_null_pointer_is_a_bad_argument() {
    // SAFETY: NULL is allowed.
    let nothing = unsafe { Pointer::<CK_ULONG>::new(null_mut()) };
    assert!(
        nothing.is_null() && is_bad(nothing.read()) && is_bad(nothing.write(1)) && is_bad(nothing.required())
    );
}

/// PKCS#11 2.40 5.2, "Conventions for functions returning output in a variable-length buffer".
#[test]
fn the_two_call_convention() {
    let make = || -> Result<&[u8]> { Ok(b"abc") };
    let never = || -> Result<&[u8]> { panic!("must not run") };
    let mut buffer = [0xEE; 4];

    let mut length = 99;
    out(null_mut(), &raw mut length).fill(3, never).unwrap();
    assert_eq!(length, 3);

    length = 2;
    let short = out(buffer.as_mut_ptr(), &raw mut length).fill(3, never);
    assert!(matches!(short, Err(AbiError::BufferTooSmall)));
    assert_eq!((length, buffer), (3, [0xEE; 4]));

    length = 4;
    out(buffer.as_mut_ptr(), &raw mut length).fill(4, make).unwrap();
    assert_eq!((length, buffer), (3, *b"abc\xEE"));

    assert!(is_bad(out(buffer.as_mut_ptr(), null_mut()).fill(3, never)));
    assert!(is_bad(out(null_mut(), null_mut()).fill(3, never)));
}

#[test]
fn a_failure_leaves_buffer_and_length_alone() {
    let (mut buffer, mut length) = ([0xEE; 4], 4);
    let failed = out(buffer.as_mut_ptr(), &raw mut length).fill(3, || Err::<Vec<u8>, _>(AbiError::General));
    assert!(matches!(failed, Err(AbiError::General)));
    assert_eq!((length, buffer), (4, [0xEE; 4]));
}

#[test]
fn more_than_was_announced_is_never_written() {
    let (mut buffer, mut length) = ([0xEE; 4], 4);
    let failed = out(buffer.as_mut_ptr(), &raw mut length).fill(2, || Ok(b"abcd"));
    assert!(matches!(failed, Err(AbiError::General)));
    assert_eq!(buffer, [0xEE; 4]);
}

#[test]
fn an_array_with_a_limit_is_told_its_limit() {
    let (mut handles, mut found) = ([0xEE; 3], 77);
    // SAFETY: live values, and no more than three handles.
    let array = unsafe { OutArray::<u8>::new(handles.as_mut_ptr(), 3, &raw mut found) };
    array.fill(|most| Ok(vec![9; most - 1])).unwrap();
    assert_eq!((handles, found), ([9, 9, 0xEE], 2));
    // SAFETY: NULL is allowed.
    let missing = unsafe { OutArray::<u8>::new(null_mut(), 3, &raw mut found) };
    assert!(is_bad(missing.fill(|_| panic!("must not run"))));
    // SAFETY: NULL is allowed.
    let none = unsafe { OutArray::<u8>::new(null_mut(), 0, &raw mut found) };
    none.fill(|_| Ok(Vec::new())).unwrap();
    assert_eq!(found, 0);
}

#[test]
fn fields_are_padded_with_blanks_and_cut_between_characters() {
    assert_eq!(&pad::<6>("CNS"), b"CNS   ");
    assert_eq!(&pad::<3>("CNS X"), b"CNS");
    assert_eq!(pad::<5>("NICOL\u{d2}"), *b"NICOL");
    assert_eq!(pad::<6>("NICOL\u{d2}"), *b"NICOL ");
    assert_eq!(pad::<7>("NICOL\u{d2}"), *"NICOL\u{d2}".as_bytes());
    assert_eq!(&pad::<4>("a\0b"), b"a b ");
    assert_eq!(&pad::<2>(""), b"  ");
}

#[test]
fn names_are_compared_no_further_than_the_first_difference() {
    let is_name = |text: &CStr| {
        // SAFETY: a live NUL-terminated string, only read.
        unsafe { Pointer::new(text.as_ptr().cast::<u8>().cast_mut()) }.is_c_string(c"PKCS 11")
    };
    assert!(is_name(c"PKCS 11"));
    assert!(
        !is_name(c"PKCS 1")
            && !is_name(c"PKCS 111")
            && !is_name(c"")
            && !is_name(c"Vendor NSS FIPS Interface")
    );
}
