//! Keys that are the same in every run: prime search from a ChaCha stream seeded with a name.
//!
//! Predictable by design, therefore worthless outside tests. Each key is made once per process.

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use rsa::RsaPrivateKey;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock};

type Slot = Arc<OnceLock<Arc<RsaPrivateKey>>>;
static MADE: OnceLock<Mutex<HashMap<[u8; 32], Slot>>> = OnceLock::new();

/// The key of a name and a size.
///
/// # Panics
/// If `bits` is no size RSA keys can have.
pub fn private_key(name: &str, bits: usize) -> Arc<RsaPrivateKey> {
    let seed: [u8; 32] = Sha256::digest(format!("virtual-cns test key/{name}/{bits}")).into();
    let slot = {
        let mut made = MADE.get_or_init(Mutex::default).lock().unwrap_or_else(|broken| broken.into_inner());
        Arc::clone(made.entry(seed).or_default())
    };
    Arc::clone(slot.get_or_init(|| {
        let mut random = ChaCha20Rng::from_seed(seed);
        Arc::new(RsaPrivateKey::new(&mut random, bits).expect("a size RSA keys can have"))
    }))
}
