//! Small calls made very often.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, ensure};
use cryptoki::context::Pkcs11;
use cryptoki::mechanism::Mechanism;
use cryptoki::object::{Attribute, ObjectClass};
use cryptoki::session::Session;
use cryptoki::slot::Slot;
use serde_json::{Value, json};

use crate::meter::{Stopwatch, milliseconds};
use crate::objects::{TEXT, key};

/// A module that asks the card each time is not waited for longer than this.
const LONGEST: Duration = Duration::from_secs(3);

/// Searches for the certificate, `times` at most: `C_FindObjectsInit`, `C_FindObjects` until it gives no more, and
/// `C_FindObjectsFinal`.
pub fn find(session: &Session, times: usize) -> Result<Value> {
    let template = [Attribute::Class(ObjectClass::CERTIFICATE)];
    let start = Instant::now();
    let watch = Stopwatch::start();
    let mut rounds = 0;
    while rounds < times && start.elapsed() < LONGEST {
        ensure!(!session.find_objects(&template)?.is_empty(), "the certificate is gone");
        rounds += 1;
    }
    let mut answer = watch.answer();
    answer["rounds"] = rounds.into();
    Ok(answer)
}

/// Looks whether the card is there while another thread signs, as programs do all the time, and answers how long that
/// took: 99 of 100 calls at most `p99_ms`. Calls that were not back when the last signature was count too.
pub fn look(module: &Pkcs11, session: &Session, slot: Slot, signatures: usize) -> Result<Value> {
    let signer = module.open_rw_session(slot)?;
    let key = key(session)?;
    let (begun, ended) = (AtomicBool::new(false), AtomicBool::new(false));
    let watch = Stopwatch::start();
    let (begun, ended) = (&begun, &ended);
    let mut times = thread::scope(|scope| {
        let signing = scope.spawn(move || {
            begun.store(true, Ordering::SeqCst);
            let signed =
                (0..signatures).try_for_each(|_| signer.sign(&Mechanism::Sha256RsaPkcs, key, TEXT).map(drop));
            ended.store(true, Ordering::SeqCst);
            signed
        });
        while !begun.load(Ordering::SeqCst) {
            thread::yield_now();
        }
        // The signature is on its way to the card, which takes its time.
        thread::sleep(Duration::from_millis(50));
        let mut times = Vec::new();
        while !ended.load(Ordering::SeqCst) {
            let start = Instant::now();
            module.get_slot_info(slot)?;
            times.push(start.elapsed());
            thread::sleep(Duration::from_millis(1));
        }
        signing.join().map_err(|_| anyhow!("the signing thread panicked"))??;
        anyhow::Ok(times)
    })?;
    ensure!(!times.is_empty(), "the signature was made before anybody looked");
    times.sort_unstable();
    let at = |share: usize| milliseconds(times[(times.len() * share / 100).min(times.len() - 1)]);
    let mut answer = watch.answer();
    answer["looks"] = times.len().into();
    answer["p50_ms"] = json!(at(50));
    answer["p99_ms"] = json!(at(99));
    Ok(answer)
}
