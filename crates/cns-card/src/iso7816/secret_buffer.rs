//! The bytes of a command: wiped when they are dropped, and where a PIN is among them in memory of their own that is
//! not swapped out, in no core file and in no forked child.

use memmap2::MmapMut;
use zeroize::{Zeroize, Zeroizing};

#[cfg_attr(unix, path = "secret_buffer/unix.rs")]
#[cfg_attr(windows, path = "secret_buffer/windows.rs")]
mod system;

/// Bytes of a fixed capacity: growing would leave a copy behind.
pub(crate) struct SecretBuffer {
    memory: Memory,
    length: usize,
}

enum Memory {
    Plain(Zeroizing<Vec<u8>>),
    /// Pages of their own, and what is to be given up before them.
    Locked {
        _protection: system::Protection,
        pages: MmapMut,
    },
}

impl SecretBuffer {
    /// Of this capacity, in bytes.
    pub(crate) fn plain(capacity: usize) -> Self {
        Self { memory: Memory::Plain(Zeroizing::new(vec![0; capacity])), length: 0 }
    }

    /// Of this capacity, for a PIN. A protection that the system refuses (a limit on locked memory, for example) is left
    /// out: a login must not fail for it.
    pub(crate) fn locked(capacity: usize) -> Self {
        let Ok(pages) = MmapMut::map_anon(capacity.max(1)) else { return Self::plain(capacity) };
        let protection = system::protect(&pages, |refusal| {
            tracing::debug!(error = %refusal, "memory for a PIN is less protected than wanted");
        });
        Self { memory: Memory::Locked { _protection: protection, pages }, length: 0 }
    }

    /// Of the same kind.
    pub(crate) fn alike(&self, capacity: usize) -> Self {
        match self.memory {
            Memory::Plain(_) => Self::plain(capacity),
            Memory::Locked { .. } => Self::locked(capacity),
        }
    }

    /// Appends. `None` when they do not fit.
    pub(crate) fn append(&mut self, bytes: &[u8]) -> Option<()> {
        let (start, end) = (self.length, self.length + bytes.len());
        self.capacity_mut().get_mut(start..end)?.copy_from_slice(bytes);
        self.length = end;
        Some(())
    }

    fn capacity_mut(&mut self) -> &mut [u8] {
        match &mut self.memory {
            Memory::Plain(bytes) => bytes,
            Memory::Locked { pages, .. } => pages,
        }
    }
}

impl std::ops::Deref for SecretBuffer {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match &self.memory {
            Memory::Plain(bytes) => &bytes[..self.length],
            Memory::Locked { pages, .. } => &pages[..self.length],
        }
    }
}

impl From<Zeroizing<Vec<u8>>> for SecretBuffer {
    fn from(bytes: Zeroizing<Vec<u8>>) -> Self {
        Self { length: bytes.len(), memory: Memory::Plain(bytes) }
    }
}

impl Drop for SecretBuffer {
    fn drop(&mut self) {
        self.capacity_mut().zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_capacity_is_fixed() {
        for mut body in [SecretBuffer::plain(3), SecretBuffer::plain(3).alike(3)] {
            assert_eq!(
                (body.append(b"ab"), body.append(b"cd"), body.append(b"c")),
                (Some(()), None, Some(()))
            );
            assert_eq!(&*body, b"abc");
        }
        let mut locked = SecretBuffer::locked(3);
        assert_eq!((locked.append(b"ab"), &*locked), (Some(()), &b"ab"[..]));
        assert!(matches!(locked.alike(1).memory, Memory::Locked { .. }));
    }
}
