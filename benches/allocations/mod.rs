//! A line of a bench: what one call allocates, then how long it takes.

use std::hint::black_box;

use criterion::Criterion;

/// Prints the allocations of one call, the second one, for the first may fill what stays; then measures its time.
pub(crate) fn measured<T>(criterion: &mut Criterion, name: &str, mut call: impl FnMut() -> T) {
    black_box(call());
    let allocated = allocation_counter::measure(|| drop(black_box(call())));
    println!("{name}: {} allocations, {} bytes", allocated.count_total, allocated.bytes_total);
    criterion.bench_function(name, |bencher| bencher.iter(&mut call));
}
