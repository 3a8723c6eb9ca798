//! What a process looks like from outside: its descriptors, threads, mappings and memory (Linux with the GNU C library).

use std::collections::BTreeMap;
use std::path::PathBuf;

/// The open descriptors and what they are, without the one that this look needs.
pub fn descriptors() -> BTreeMap<i32, PathBuf> {
    let entries = std::fs::read_dir("/proc/self/fd").expect("procfs");
    let mut open: BTreeMap<i32, PathBuf> = entries
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let number = entry.file_name().to_str()?.parse().ok()?;
            Some((number, std::fs::read_link(entry.path()).ok()?))
        })
        .collect();
    open.retain(|_, what| !what.starts_with("/proc/") || !what.ends_with("fd"));
    open
}

/// How many threads there are.
pub fn threads() -> usize {
    std::fs::read_dir("/proc/self/task").expect("procfs").count()
}

/// The mapped pieces of memory, line by line: the last column says of which file, if of one.
pub fn mappings() -> Vec<String> {
    let maps = std::fs::read_to_string("/proc/self/maps").expect("procfs");
    maps.lines().map(str::to_owned).collect()
}

/// For [`allocated_bytes`]: the C library tells of its first arena only.
pub const ONE_ARENA: (&str, &str) = ("MALLOC_ARENA_MAX", "1");

/// For [`allocated_bytes`], where some KiB matter: what a thread keeps of freed pieces would count as allocated.
pub const NOTHING_KEPT: (&str, &str) = ("GLIBC_TUNABLES", "glibc.malloc.tcache_count=0");

/// The memory that is allocated, exactly, in a process started with [`ONE_ARENA`]. Pages in use would tell more of the
/// kernel's and the allocator's habits.
pub fn allocated_bytes() -> usize {
    // SAFETY: no arguments; it reads the allocator's own counts.
    let counts = unsafe { libc::mallinfo2() };
    counts.uordblks + counts.hblkhd
}
