//! Whether times reveal what a block holds, in the manner of dudect (Reparaz, Balasch, Verbauwhede: "Dude, is my code constant
//! time?", DATE 2017): blocks of two kinds in random order, and Welch's t-test over how long each took, for all times and
//! for those below each of a hundred percentiles, because the longest are other programs' doing.
//!
//! `cargo xtask constant-time` runs it, not CI: times need a quiet machine. The crate `dudect-bencher` cannot reach
//! private functions, gives its figures to the terminal only, and needs a `clap` that is no longer maintained.

use std::hint::black_box;
use std::io::Write as _;
use std::time::Instant;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

use super::{checked, opened};

const LENGTH: usize = 256;
/// So many times are compared at once, made ready in batches that differ by their class only.
const TIMES: usize = 200_000;
const BATCH: usize = 1000;
/// Fewer times than this below a percentile say nothing (dudect).
const ENOUGH: usize = 10_000;

/// Beyond this t there is a leak without doubt (dudect's own limit; at 4.5 the paper begins to suspect one).
const LEAK: f64 = 10.0;

/// How a block begins, and where its first zero byte is after that.
struct BlockKind {
    head: [u8; 2],
    zero_at: Option<usize>,
}

const RIGHT: BlockKind = BlockKind { head: [0, 2], zero_at: Some(128) };
/// What must take as long as `RIGHT`. The first shows what the measurement makes of no difference at all.
const OTHERS: [(&str, BlockKind); 6] = [
    ("no difference", RIGHT),
    ("another first byte", BlockKind { head: [1, 2], ..RIGHT }),
    ("another block type", BlockKind { head: [0, 1], ..RIGHT }),
    ("a padding too short", BlockKind { zero_at: Some(9), ..RIGHT }),
    ("no end of the padding", BlockKind { zero_at: None, ..RIGHT }),
    ("a longer message", BlockKind { zero_at: Some(10), ..RIGHT }),
];

/// What is measured: a block and a derivation key in.
type Subject = fn(&[u8], &[u8]);

/// Run by `cargo xtask constant-time`. Each measurement is done once more with a leak beside what is measured: where it
/// does not show, the machine is too busy for any verdict.
#[test]
#[ignore = "a measurement, for a quiet machine and a release build"]
fn timed() {
    let subjects: [(&str, Subject, Subject); 2] = [
        ("the padding's check", check, |block, key| {
            check(block, key);
            black_box(leaky(block));
        }),
        ("the whole opening", open, |block, key| {
            open(block, key);
            black_box(leaky(block));
        }),
    ];
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let (mut largest, mut smallest_planted) = (0.0f64, f64::INFINITY);
    for (name, subject, with_leak) in subjects {
        for (number, (difference, other)) in OTHERS.iter().enumerate() {
            let t = largest_t(&times(&mut random, other, subject));
            largest = largest.max(t);
            let mut line = format!("dudect: {name}, {difference}: |t| {t:.2}");
            if number > 0 {
                let planted = largest_t(&times(&mut random, other, with_leak));
                smallest_planted = smallest_planted.min(planted);
                line += &format!("; with a planted leak {planted:.2}");
            }
            say(&line);
        }
    }
    say(&format!("dudect: largest |t| {largest:.2}, smallest of a planted leak {smallest_planted:.2}"));
    assert!(smallest_planted > LEAK, "too noisy: a planted leak does not show");
    assert!(largest < LEAK, "times tell the padding");
}

fn check(block: &[u8], _: &[u8]) {
    black_box(checked(block));
}

/// Not the copy of the message that follows: its length is the result.
fn open(block: &[u8], key: &[u8]) {
    black_box(opened(block, key));
}

/// As one writes it without a thought of attackers: it ends where it knows.
fn leaky(block: &[u8]) -> Option<&[u8]> {
    let rest = block.strip_prefix(&[0, 2])?;
    let zero = rest.iter().position(|byte| *byte == 0)?;
    (zero >= 8).then(|| &rest[zero + 1..])
}

/// How long the subject takes for a right block or, where the first is true, another.
fn times(random: &mut ChaCha8Rng, other: &BlockKind, subject: Subject) -> Vec<(bool, f64)> {
    let mut times = Vec::with_capacity(TIMES);
    let (mut block, mut key) = ([0; LENGTH], [0; 32]);
    while times.len() < TIMES {
        let batch: Vec<_> = (0..BATCH)
            .map(|_| {
                let is_other = random.next_u32() & 1 == 1;
                let mut key = [0; 32];
                random.fill_bytes(&mut key);
                (is_other, made(random, if is_other { other } else { &RIGHT }), key)
            })
            .collect();
        for (is_other, next_block, next_key) in &batch {
            // Always at the same address.
            block.copy_from_slice(next_block);
            key.copy_from_slice(next_key);
            let started = Instant::now();
            subject(black_box(&block), black_box(&key));
            let nanoseconds = started.elapsed().as_nanos();
            times.push((*is_other, f64::from(u32::try_from(nanoseconds).unwrap_or(u32::MAX))));
        }
    }
    times
}

fn made(random: &mut ChaCha8Rng, kind: &BlockKind) -> [u8; LENGTH] {
    let mut block = [0; LENGTH];
    random.fill_bytes(&mut block);
    block.iter_mut().for_each(|byte| *byte = (*byte).max(1));
    block[..2].copy_from_slice(&kind.head);
    if let Some(at) = kind.zero_at {
        block[at] = 0;
    }
    block
}

/// The largest |t| of all times, and of those below dudect's percentiles.
fn largest_t(times: &[(bool, f64)]) -> f64 {
    let mut sorted: Vec<f64> = times.iter().map(|(_, time)| *time).collect();
    sorted.sort_by(f64::total_cmp);
    let percentiles = (1..=100).map(|number| 1.0 - 0.5f64.powf(10.0 * f64::from(number) / 100.0));
    let counts =
        percentiles.map(|part| (part * sorted.len() as f64) as usize).filter(|count| *count > ENOUGH);
    let limits = counts.filter_map(|count| sorted.get(count).copied()).chain([f64::INFINITY]);
    limits.map(|limit| t(times.iter().copied().filter(|(_, time)| *time < limit)).abs()).fold(0.0, f64::max)
}

/// Welch's t: the difference of two means in units of its own uncertainty.
fn t(times: impl Iterator<Item = (bool, f64)>) -> f64 {
    let mut classes = [Moments::default(); 2];
    times.for_each(|(class, time)| classes[usize::from(class)].take(time));
    let [one, other] = classes;
    let difference = one.mean - other.mean;
    if difference == 0.0 { 0.0 } else { difference / (one.uncertainty() + other.uncertainty()).sqrt() }
}

/// Mean and spread of what came so far (Welford).
#[derive(Default, Clone, Copy)]
struct Moments {
    count: f64,
    mean: f64,
    squares: f64,
}

impl Moments {
    fn take(&mut self, value: f64) {
        self.count += 1.0;
        let before = value - self.mean;
        self.mean += before / self.count;
        self.squares += before * (value - self.mean);
    }

    /// The variance of the mean.
    fn uncertainty(self) -> f64 {
        self.squares / (self.count - 1.0) / self.count
    }
}

fn say(line: &str) {
    writeln!(std::io::stderr(), "{line}").expect("a standard error");
}

/// Two samples whose t anybody can compute: (3 - 6) / sqrt(2.5 / 5 + 10 / 5).
#[test]
fn t_is_welchs() {
    let one = [1.0, 2.0, 3.0, 4.0, 5.0].map(|value| (false, value));
    let other = [2.0, 4.0, 6.0, 8.0, 10.0].map(|value| (true, value));
    assert!((t(one.into_iter().chain(other)) + 3.0 / 2.5f64.sqrt()).abs() < 1e-12);
    assert_eq!(t(one.into_iter().chain(one.map(|(_, value)| (true, value)))), 0.0);
}

/// A difference that drowns in rare long times shows below a percentile.
#[test]
fn cropping_finds_what_long_times_hide() {
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let mut noisy = |longer: f64| -> Vec<(bool, f64)> {
        let mut one = |number: usize| {
            let class = number % 2 == 1;
            let noise = f64::from(random.next_u32() % 100);
            let rare =
                if random.next_u32() % 100 == 0 { f64::from(random.next_u32() % 1_000_000) } else { 0.0 };
            (class, 1000.0 + noise + rare + if class { longer } else { 0.0 })
        };
        (0..4 * ENOUGH).map(&mut one).collect()
    };
    let different = noisy(5.0);
    assert!(t(different.iter().copied()).abs() < 4.5 && largest_t(&different) > LEAK);
    assert!(largest_t(&noisy(0.0)) < LEAK);
}
