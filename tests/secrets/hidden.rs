//! A secret that the test knows without having it in memory, and where in memory it is all the same.

use std::fs::{self, File};
use std::hint::black_box;
use std::os::unix::fs::FileExt;

use zeroize::{Zeroize, Zeroizing};

const LENGTH: usize = 8;
/// So much of a memory or file is looked at in one piece.
const PIECE: usize = 1 << 20;

/// Eight digits that are nowhere in memory as they are.
#[derive(Clone, Copy)]
pub(crate) struct Hidden {
    digits: [u8; LENGTH],
    mask: [u8; LENGTH],
}

impl Hidden {
    pub(crate) fn new() -> Self {
        let (mut digits, mut mask) = ([0; LENGTH], [0; LENGTH]);
        let mut random = [0; 2 * LENGTH];
        File::open("/dev/urandom").expect("a device").read_exact_at(&mut random, 0).expect("random bytes");
        for place in 0..LENGTH {
            mask[place] = random[LENGTH + place] | 0x80;
            digits[place] = (b'0' + random[place] % 10) ^ mask[place];
        }
        random.zeroize();
        Self { digits, mask }
    }

    /// For another process, which must know it without having it either.
    pub(crate) fn told(&self) -> String {
        self.digits.iter().chain(&self.mask).map(|byte| format!("{byte:02x}")).collect()
    }

    /// What [`Hidden::told`] told.
    pub(crate) fn heard(told: &str) -> Self {
        let byte =
            |place: usize| u8::from_str_radix(&told[2 * place..2 * place + 2], 16).expect("hex digits");
        let (mut digits, mut mask) = ([0; LENGTH], [0; LENGTH]);
        for place in 0..LENGTH {
            (digits[place], mask[place]) = (byte(place), byte(LENGTH + place));
        }
        Self { digits, mask }
    }

    /// The digits as a program has them that got them from a person.
    pub(crate) fn shown(&self) -> Zeroizing<Vec<u8>> {
        let mut shown = Zeroizing::new(vec![0; LENGTH]);
        for place in 0..LENGTH {
            shown[place] = self.digit(place);
        }
        shown
    }

    /// How often it stands in the memory of this process: as digits, which is how a command carries it.
    pub(crate) fn copies(&self) -> usize {
        self.places().len()
    }

    /// The addresses where it stands.
    pub(crate) fn places(&self) -> Vec<u64> {
        let memory = File::open("/proc/self/mem").expect("this process's memory");
        // Mapped before the list is read, so that it is known by its address and left out.
        let mut piece = vec![0; PIECE];
        let own = piece.as_ptr() as u64;
        let maps = fs::read_to_string("/proc/self/maps").expect("this process's map");
        let mut places = Vec::new();
        for line in maps.lines().filter(|line| line.contains(" rw") && !line.contains("[v")) {
            let (start, end) = range(line).expect("a range");
            places.extend(self.places_in(&memory, start, end, &mut piece));
        }
        places.retain(|place| !(own..own + PIECE as u64).contains(place));
        places
    }

    /// How often it stands in a file.
    pub(crate) fn copies_in(&self, file: &File) -> usize {
        let length = file.metadata().expect("a file").len();
        self.places_in(file, 0, length, &mut vec![0; PIECE]).len()
    }

    fn places_in(&self, file: &File, start: u64, end: u64, piece: &mut [u8]) -> Vec<u64> {
        let mut places = Vec::new();
        let mut at = start;
        while at < end {
            let length = usize::try_from(end - at).expect("a length").min(PIECE);
            let Ok(read) = file.read_at(&mut piece[..length], at) else { break };
            places.extend(self.offsets_in(&piece[..read]).map(|offset| at + offset as u64));
            piece[..read].zeroize();
            // A copy across two readings is found in the second.
            let last = at + length as u64 == end;
            at += if last { length as u64 } else { (length - (LENGTH - 1)) as u64 };
        }
        places
    }

    fn offsets_in(&self, bytes: &[u8]) -> impl Iterator<Item = usize> {
        let last = bytes.len().saturating_sub(LENGTH - 1);
        let mut from = 0;
        std::iter::from_fn(move || {
            while from < last {
                let found = from + position(&bytes[from..last], self.digit(0))?;
                from = found + 1;
                if (1..LENGTH).all(|place| bytes[found + place] == self.digit(place)) {
                    return Some(found);
                }
            }
            None
        })
    }

    fn digit(&self, place: usize) -> u8 {
        black_box(self.digits[place]) ^ black_box(self.mask[place])
    }
}

/// Where a byte is first: by the C library, because a test's own loop over so much memory takes seconds.
fn position(bytes: &[u8], byte: u8) -> Option<usize> {
    let start: *const libc::c_void = bytes.as_ptr().cast();
    // SAFETY: the bytes are readable for their whole length.
    let found = unsafe { libc::memchr(start, i32::from(byte), bytes.len()) };
    (!found.is_null()).then(|| found.addr() - start.addr())
}

/// What the kernel says of the memory at this address, as far as it matters to a secret: `lo` is locked, `dd` not to be
/// dumped, `dc` not to be copied by a fork.
pub(crate) fn protection(address: u64) -> Vec<&'static str> {
    let map = fs::read_to_string("/proc/self/smaps").expect("this process's map");
    let mut inside = false;
    for line in map.lines() {
        if let Some((start, end)) = range(line) {
            inside = (start..end).contains(&address);
        }
        if let (true, Some(flags)) = (inside, line.strip_prefix("VmFlags:")) {
            let has = |flag: &&str| flags.split_whitespace().any(|known| known == *flag);
            return ["lo", "dd", "dc"].into_iter().filter(has).collect();
        }
    }
    Vec::new()
}

/// The addresses at the beginning of a line of `maps` or `smaps`.
fn range(line: &str) -> Option<(u64, u64)> {
    let (start, end) = line.split(' ').next()?.split_once('-')?;
    let number = |text| u64::from_str_radix(text, 16).ok();
    Some((number(start)?, number(end)?))
}
