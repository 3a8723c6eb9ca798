//! What pcsc-lite does and this stand-in must do as well: each test names the function and the rule (`winscard.h`,
//! pcsc-lite's documentation of the API, and what pcscd 1.9 was seen to do).
#![cfg(target_os = "linux")]

use std::ffi::{c_char, c_long, c_ulong, c_void};
use std::ptr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use virtual_cns::{Card, DEFAULT_PIN, Personality, SharedCard};
use virtual_pcsc::codes::*;
use virtual_pcsc::{Calls, Disposition, Effect, Fault, Function, Program, READER, Share, When, service};

unsafe extern "C" {
    fn SCardEstablishContext(
        scope: c_ulong,
        one: *const c_void,
        two: *const c_void,
        context: *mut c_long,
    ) -> c_long;
    fn SCardReleaseContext(context: c_long) -> c_long;
    fn SCardCancel(context: c_long) -> c_long;
    fn SCardListReaders(
        context: c_long,
        groups: *const c_char,
        readers: *mut c_char,
        length: *mut c_ulong,
    ) -> c_long;
    fn SCardGetStatusChange(
        context: c_long,
        timeout: c_ulong,
        states: *mut ReaderState,
        count: c_ulong,
    ) -> c_long;
    fn SCardGetAttrib(card: c_long, attribute: c_ulong, value: *mut u8, length: *mut c_ulong) -> c_long;
    fn SCardConnect(
        context: c_long,
        reader: *const c_char,
        share: c_ulong,
        protocols: c_ulong,
        card: *mut c_long,
        protocol: *mut c_ulong,
    ) -> c_long;
}

#[repr(C)]
struct ReaderState {
    reader: *const c_char,
    data: *mut c_void,
    current: c_ulong,
    event: c_ulong,
    atr_length: c_ulong,
    atr: [u8; 33],
}

const NAME: *const c_char = c"Virtual PCD 00 00".as_ptr();
const ATR_STRING: c_ulong = 0x0009_0303;
const SELECT_MF: [u8; 8] = [0x00, 0xA4, 0x00, 0x00, 0x02, 0x3F, 0x00, 0x00];

static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

fn begin() -> (SharedCard, MutexGuard<'static, ()>) {
    let alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    assert!(virtual_pcsc::linked().iter().all(|address| *address != 0));
    let card = Card::new(&Personality::cardos()).shared();
    service().begin(READER, &card);
    (card, alone)
}

fn code(answer: c_long) -> Code {
    Code::try_from(answer).expect("a code")
}

fn establish() -> c_long {
    let mut context = 0;
    // SAFETY: the variable is live.
    let answer = unsafe { SCardEstablishContext(0, ptr::null(), ptr::null(), &mut context) };
    assert_eq!(code(answer), SUCCESS);
    context
}

fn connect(context: c_long) -> c_long {
    let (mut card, mut protocol) = (0, 0);
    // SAFETY: the name is a C string, the variables are live.
    let answer = unsafe { SCardConnect(context, NAME, 2, 3, &mut card, &mut protocol) };
    assert_eq!(code(answer), SUCCESS);
    card
}

fn attribute(card: c_long) -> Code {
    let (mut value, mut length) = ([0; 33], 33);
    // SAFETY: the buffer is as long as is said.
    code(unsafe { SCardGetAttrib(card, ATR_STRING, value.as_mut_ptr(), &mut length) })
}

fn state(context: c_long, current: c_ulong) -> (Code, c_ulong) {
    let mut asked =
        ReaderState { reader: NAME, data: ptr::null_mut(), current, event: 0, atr_length: 33, atr: [0; 33] };
    // SAFETY: one structure, live.
    let answer = unsafe { SCardGetStatusChange(context, 0, &mut asked, 1) };
    (code(answer), asked.event)
}

fn verify(connection: &virtual_pcsc::Connection<'_>) {
    connection.transmit(&SELECT_MF).expect("an answer");
    let mut command = vec![0x00, 0x20, 0x00, 0x10, 0x08];
    command.extend(DEFAULT_PIN.bytes());
    command.resize(13, 0xFF);
    assert_eq!(connection.transmit(&command), Ok(vec![0x90, 0x00]));
}

#[test]
fn a_transaction_keeps_others_out_until_its_end() {
    let (_card, _alone) = begin();
    let (one, context) = (Program::new().expect("a context"), establish());
    let (holder, other) = (one.connect(READER, Share::Shared).expect("shared"), connect(context));
    assert_eq!(attribute(other), SUCCESS);
    holder.begin().expect("free");
    // SCardGetAttrib answers at once; the others wait.
    assert_eq!(attribute(other), E_SHARING_VIOLATION);
    holder.begin().expect("transactions nest");
    holder.end(Disposition::Leave).expect("the inner one");
    assert_eq!(attribute(other), E_SHARING_VIOLATION);
    holder.end(Disposition::Leave).expect("the outer one");
    assert_eq!(attribute(other), SUCCESS);
    assert_eq!(holder.end(Disposition::Leave), Err(E_NOT_TRANSACTED));
}

#[test]
fn a_reset_is_told_to_every_handle_until_it_is_reconnected() {
    let (card, _alone) = begin();
    let (one, two) = (Program::new().expect("a context"), Program::new().expect("a context"));
    let first = one.connect(READER, Share::Shared).expect("shared");
    let second = two.connect(READER, Share::Shared).expect("shared");
    verify(&first);
    assert!(card.lock().expect("sound").is_pin_verified());
    first.begin().expect("free");
    first.end(Disposition::Reset).expect("its own");
    assert!(!card.lock().expect("sound").is_pin_verified());
    // Also the one that asked for it.
    for handle in [&first, &second] {
        assert_eq!(handle.transmit(&SELECT_MF), Err(W_RESET_CARD));
        assert_eq!(handle.status(), Err(W_RESET_CARD));
        assert_eq!(handle.begin(), Err(W_RESET_CARD));
        handle.reconnect(Share::Shared, Disposition::Leave).expect("the card is there");
        assert!(handle.transmit(&SELECT_MF).is_ok());
    }
    // SCardReconnect tells all but its own handle.
    first.reconnect(Share::Shared, Disposition::Reset).expect("the card is there");
    assert!(first.transmit(&SELECT_MF).is_ok());
    assert_eq!(second.transmit(&SELECT_MF), Err(W_RESET_CARD));
}

#[test]
fn a_removal_is_told_for_ever() {
    let (card, _alone) = begin();
    let program = Program::new().expect("a context");
    let handle = program.connect(READER, Share::Shared).expect("shared");
    service().remove(READER);
    assert_eq!(handle.status(), Err(W_REMOVED_CARD));
    assert_eq!(program.connect(READER, Share::Shared).err(), Some(E_NO_SMARTCARD));
    service().insert(READER, card);
    assert_eq!(handle.status(), Err(W_REMOVED_CARD));
    assert!(program.connect(READER, Share::Shared).is_ok());
}

#[test]
fn an_exclusive_handle_is_alone() {
    let (_card, _alone) = begin();
    let program = Program::new().expect("a context");
    let context = establish();
    assert_eq!(state(context, 0).1 & 0x0180, 0, "nobody is connected");
    let shared = program.connect(READER, Share::Shared).expect("shared");
    assert_eq!(state(context, 0).1 & 0x0180, 0x0100, "SCARD_STATE_INUSE");
    assert_eq!(program.connect(READER, Share::Exclusive).err(), Some(E_SHARING_VIOLATION));
    shared.disconnect(Disposition::Leave).expect("its own");
    let exclusive = program.connect(READER, Share::Exclusive).expect("nobody else");
    assert_eq!(state(context, 0).1 & 0x0180, 0x0080, "SCARD_STATE_EXCLUSIVE");
    assert_eq!(program.connect(READER, Share::Shared).err(), Some(E_SHARING_VIOLATION));
    exclusive.disconnect(Disposition::Leave).expect("its own");
    assert!(program.connect(READER, Share::Shared).is_ok());
}

#[test]
fn states_count_insertions_and_removals() {
    let (card, _alone) = begin();
    let context = establish();
    let (answer, first) = state(context, 0);
    assert_eq!((answer, first & 0xFFFF), (SUCCESS, 0x0022), "CHANGED and PRESENT");
    assert_eq!(state(context, first & !2).0, E_TIMEOUT, "no change");
    service().remove(READER);
    let (answer, removed) = state(context, first & !2);
    assert_eq!((answer, removed & 0xFFFF), (SUCCESS, 0x0012), "CHANGED and EMPTY");
    service().insert(READER, card);
    let (_, back) = state(context, first & !2);
    assert_eq!(back >> 16, (first >> 16) + 2, "one removal, one insertion");
}

#[test]
fn a_wait_is_cancelled_and_a_released_context_is_void() {
    let (_card, _alone) = begin();
    let context = establish();
    let known = state(context, 0).1 & !2;
    // SAFETY: a number.
    assert_eq!(code(unsafe { SCardCancel(context) }), SUCCESS);
    assert_eq!(state(context, known).0, E_CANCELLED);
    assert_eq!(state(context, known).0, E_TIMEOUT, "once");
    // SAFETY: a number.
    assert_eq!(code(unsafe { SCardReleaseContext(context) }), SUCCESS);
    assert_eq!(state(context, known).0, E_INVALID_HANDLE);
}

#[test]
fn a_program_that_dies_leaves_the_card_reset() {
    let (card, _alone) = begin();
    let program = Program::new().expect("a context");
    let handle = program.connect(READER, Share::Shared).expect("shared");
    verify(&handle);
    handle.begin().expect("free");
    drop(program);
    assert!(!card.lock().expect("sound").is_pin_verified());
    assert!(!service().is_held(READER));
}

#[test]
fn dispositions_of_a_disconnection() {
    let (card, _alone) = begin();
    let program = Program::new().expect("a context");
    for (disposition, verified) in
        [(Disposition::Leave, true), (Disposition::Reset, false), (Disposition::Unpower, false)]
    {
        let handle = program.connect(READER, Share::Shared).expect("shared");
        verify(&handle);
        handle.disconnect(disposition).expect("its own");
        assert_eq!(card.lock().expect("sound").is_pin_verified(), verified, "{disposition:?}");
    }
}

#[test]
fn a_buffer_that_is_too_short_is_told_the_length() {
    let (_card, _alone) = begin();
    let context = establish();
    let mut length = 0;
    // SAFETY: NULL asks for the length.
    let answer = unsafe { SCardListReaders(context, ptr::null(), ptr::null_mut(), &mut length) };
    assert_eq!((code(answer), length as usize), (SUCCESS, READER.len() + 2));
    let mut short = [0; 4];
    length = 4;
    // SAFETY: the buffer is as long as is said.
    let answer = unsafe { SCardListReaders(context, ptr::null(), short.as_mut_ptr(), &mut length) };
    assert_eq!((code(answer), length as usize), (E_INSUFFICIENT_BUFFER, READER.len() + 2));
}

#[test]
fn faults_strike_the_calls_they_name_before_or_after() {
    let (_card, _alone) = begin();
    let fault = |calls, when| {
        service().plan(|plan| {
            plan.clear();
            plan.forget_calls();
            plan.add(Fault { calls, effect: Effect::Answers(F_INTERNAL_ERROR), when });
        });
    };
    let context = establish();
    let handle = connect(context);
    fault(Calls::Number(1), When::Before);
    assert_eq!(
        [attribute(handle), attribute(handle), attribute(handle)],
        [SUCCESS, F_INTERNAL_ERROR, SUCCESS]
    );
    fault(Calls::First(Function::GetAttrib, 1), When::Before);
    assert_eq!(
        [attribute(handle), attribute(handle), attribute(handle)],
        [SUCCESS, F_INTERNAL_ERROR, SUCCESS]
    );
    fault(Calls::Of(Function::Cancel, 0), When::Before);
    assert_eq!(attribute(handle), SUCCESS);
    // SAFETY: a number.
    assert_eq!(code(unsafe { SCardCancel(context) }), F_INTERNAL_ERROR);
    fault(Calls::From(0), When::After);
    assert_eq!(attribute(handle), F_INTERNAL_ERROR);
    // The context was released although it was answered that it was not.
    // SAFETY: a number.
    assert_eq!(code(unsafe { SCardReleaseContext(context) }), F_INTERNAL_ERROR);
    service().plan(virtual_pcsc::Plan::clear);
    assert_eq!(attribute(handle), E_INVALID_HANDLE);
}

#[test]
fn old_contexts_never_reach_a_service_that_was_started_again() {
    let (_card, _alone) = begin();
    let context = establish();
    service().stop();
    assert_eq!(Program::new().err(), Some(E_NO_SERVICE));
    service().start();
    assert_eq!(state(context, 0).0, E_NO_SERVICE);
    assert!(Program::new().is_ok());
}
