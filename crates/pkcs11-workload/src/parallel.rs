//! Many threads at once, each with a session of its own: all on one token, or one on each.

use std::sync::Barrier;
use std::thread;

use anyhow::{Result, anyhow, ensure};
use cryptoki::mechanism::Mechanism;
use cryptoki::session::Session;
use serde_json::Value;

use crate::meter::Stopwatch;
use crate::objects::{TEXT, key};

/// `times` signatures in each of the sessions at once, timed from the moment all threads are ready until the last one
/// has its last signature.
pub fn sign(sessions: Vec<Session>, times: usize) -> Result<Value> {
    let threads = sessions.len();
    let ready = Barrier::new(threads + 1);
    let one = |session: Session| {
        // Whatever happens, the others are not left waiting.
        let key = key(&session);
        ready.wait();
        let key = key?;
        (0..times).try_for_each(|_| {
            let signature = session.sign(&Mechanism::Sha256RsaPkcs, key, TEXT)?;
            ensure!(!signature.is_empty(), "an empty signature");
            Ok(())
        })
    };
    let one = &one;
    let answer: Result<Value> = thread::scope(|scope| {
        let running: Vec<_> = sessions.into_iter().map(|session| scope.spawn(move || one(session))).collect();
        ready.wait();
        let watch = Stopwatch::start();
        for thread in running {
            thread.join().map_err(|_| anyhow!("a thread panicked"))??;
        }
        Ok(watch.answer())
    });
    let mut answer = answer?;
    answer["signatures"] = (threads * times).into();
    Ok(answer)
}
