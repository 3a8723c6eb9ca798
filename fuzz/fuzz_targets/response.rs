//! `cns_fuzz::targets::response` under libFuzzer.
#![no_main]

use cns_fuzz::run;
use cns_fuzz::targets::response::TARGET;

libfuzzer_sys::fuzz_target!(init: (TARGET.prepare)(), |data: &[u8]| run(&TARGET, data));
