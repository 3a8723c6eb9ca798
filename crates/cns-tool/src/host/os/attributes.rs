//! Extended attributes of files, and the POSIX access list, which Linux keeps as one of them.

use std::fs::File;
use std::io;
use std::path::Path;

/// The POSIX access list (acl(5)), as the kernel writes it.
const ACCESS_LIST: &str = "system.posix_acl_access";
/// What the kernel writes for each file itself: signatures of content and metadata, and which program made it.
const OF_THE_KERNEL: [&str; 3] = ["security.ima", "security.evm", "com.apple.provenance"];

/// Takes away the access list that a new file has from its folder.
pub(super) fn drop_inherited(new: &File) -> io::Result<()> {
    if imp::value_of(new, ACCESS_LIST)?.is_some() { imp::remove(new, ACCESS_LIST) } else { Ok(()) }
}

/// Whether the file has an access list.
pub(super) fn has_access_list(path: &Path) -> io::Result<bool> {
    Ok(imp::value_at(path, ACCESS_LIST)?.is_some())
}

/// Copies the attributes of the file at `old`. `group_kept`: whether the new file belongs to the same group.
pub(super) fn copy(new: &File, old: &Path, group_kept: bool) -> io::Result<()> {
    for name in imp::names(old)? {
        if OF_THE_KERNEL.contains(&name.as_str()) {
            continue;
        }
        let Some(mut value) = imp::value_at(old, &name)? else { continue };
        if name == ACCESS_LIST && !group_kept {
            restrict(&mut value);
        }
        // Where the system has given it the same already, setting it may need rights that the user has not.
        if imp::value_of(new, &name)?.as_ref() != Some(&value) {
            imp::set(new, &name, &value)?;
        }
    }
    Ok(())
}

/// What `for_another_group` does to a mode, done to an access list: a version of four bytes, then entries of tag,
/// permissions and id, all little-endian (linux/posix_acl_xattr.h).
fn restrict(list: &mut [u8]) {
    const GROUP_OBJECT: u16 = 0x04;
    const MASK: u16 = 0x10;
    const OTHER: u16 = 0x20;
    let Some(entries) = list.get_mut(4..) else { return };
    let tag = |entry: &[u8]| u16::from_le_bytes([entry[0], entry[1]]);
    let both = entries
        .chunks_exact(8)
        .filter(|entry| [GROUP_OBJECT, MASK, OTHER].contains(&tag(entry)))
        .fold(0o7, |both, entry| both & entry[2]);
    for entry in entries.chunks_exact_mut(8) {
        if [GROUP_OBJECT, OTHER].contains(&tag(entry)) {
            entry[2] = both;
        }
    }
}

#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
mod imp {
    use std::fs::File;
    use std::io;
    use std::path::Path;

    use rustix::fs::{XattrFlags, fgetxattr, fremovexattr, fsetxattr, getxattr, listxattr};
    use rustix::io::Errno;

    /// The largest value and the longest list of names that Linux has (xattr(7)).
    const LARGEST: usize = 65536;

    pub(super) fn names(old: &Path) -> io::Result<Vec<String>> {
        let mut buffer = vec![0_u8; LARGEST];
        let length = match listxattr(old, &mut buffer[..]) {
            Ok(length) => length,
            Err(Errno::NOTSUP) => 0,
            Err(error) => return Err(error.into()),
        };
        let names = buffer[..length].split(|byte| *byte == 0).filter(|name| !name.is_empty());
        Ok(names.map(|name| String::from_utf8_lossy(name).into_owned()).collect())
    }

    pub(super) fn value_at(old: &Path, name: &str) -> io::Result<Option<Vec<u8>>> {
        let mut buffer = vec![0_u8; LARGEST];
        let length = getxattr(old, name, &mut buffer[..]);
        found(buffer, length)
    }

    pub(super) fn value_of(file: &File, name: &str) -> io::Result<Option<Vec<u8>>> {
        let mut buffer = vec![0_u8; LARGEST];
        let length = fgetxattr(file, name, &mut buffer[..]);
        found(buffer, length)
    }

    fn found(mut buffer: Vec<u8>, length: Result<usize, Errno>) -> io::Result<Option<Vec<u8>>> {
        match length {
            Ok(length) => {
                buffer.truncate(length);
                Ok(Some(buffer))
            }
            Err(Errno::NOTSUP) => Ok(None),
            #[cfg(not(target_vendor = "apple"))]
            Err(Errno::NODATA) => Ok(None),
            #[cfg(target_vendor = "apple")]
            Err(Errno::NOATTR) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    pub(super) fn set(file: &File, name: &str, value: &[u8]) -> io::Result<()> {
        Ok(fsetxattr(file, name, value, XattrFlags::empty())?)
    }

    pub(super) fn remove(file: &File, name: &str) -> io::Result<()> {
        Ok(fremovexattr(file, name)?)
    }
}

/// Other systems have other functions for attributes; none is supported.
#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
mod imp {
    use std::fs::File;
    use std::io;
    use std::path::Path;

    pub(super) fn names(_: &Path) -> io::Result<Vec<String>> {
        Ok(Vec::new())
    }

    pub(super) fn value_at(_: &Path, _: &str) -> io::Result<Option<Vec<u8>>> {
        Ok(None)
    }

    pub(super) fn value_of(_: &File, _: &str) -> io::Result<Option<Vec<u8>>> {
        Ok(None)
    }

    pub(super) fn set(_: &File, _: &str, _: &[u8]) -> io::Result<()> {
        Ok(())
    }

    pub(super) fn remove(_: &File, _: &str) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// user::rw-, user:1000:r--, group::r--, mask::rw-, other::---
    const LIST: [u8; 44] = [
        2, 0, 0, 0, 1, 0, 6, 0, 255, 255, 255, 255, 2, 0, 4, 0, 232, 3, 0, 0, 4, 0, 4, 0, 255, 255, 255, 255,
        16, 0, 6, 0, 255, 255, 255, 255, 32, 0, 0, 0, 255, 255, 255, 255,
    ];

    #[test]
    fn another_group_gets_what_everybody_has() {
        let mut list = LIST;
        restrict(&mut list);
        let mut expected = LIST;
        expected[22] = 0;
        assert_eq!(list, expected);
        // group::r-- and other::r--: both stay.
        let mut open = LIST;
        open[38] = 4;
        let before = open;
        restrict(&mut open);
        assert_eq!(open, before);
    }
}
