//! Extended attributes of files, and the POSIX access list, which Linux keeps as one of them.

use std::fs::File;
use std::io;
use std::path::Path;

use rustix::io::Errno;
use xattr::FileExt as _;

/// The POSIX access list (acl(5)), as the kernel writes it.
const ACCESS_LIST: &str = "system.posix_acl_access";
/// What the kernel writes for each file itself: signatures of content and metadata, and which program made it.
const OF_THE_KERNEL: [&str; 3] = ["security.ima", "security.evm", "com.apple.provenance"];

/// Takes away the access list that a new file has from its folder.
pub(super) fn drop_inherited(new: &File) -> io::Result<()> {
    if supported(new.get_xattr(ACCESS_LIST))?.is_some() { new.remove_xattr(ACCESS_LIST) } else { Ok(()) }
}

/// Whether the file has an access list.
pub(super) fn has_access_list(path: &Path) -> io::Result<bool> {
    Ok(supported(xattr::get_deref(path, ACCESS_LIST))?.is_some())
}

/// Copies the attributes of the file at `old`. `group_kept`: whether the new file belongs to the same group.
pub(super) fn copy(new: &File, old: &Path, group_kept: bool) -> io::Result<()> {
    for name in supported(xattr::list_deref(old).map(Some))?.into_iter().flatten() {
        if OF_THE_KERNEL.iter().any(|kernels| name == *kernels) {
            continue;
        }
        let Some(mut value) = xattr::get_deref(old, &name)? else { continue };
        if name == ACCESS_LIST && !group_kept {
            restrict(&mut value);
        }
        // Where the system has given it the same already, setting it may need rights that the user has not.
        if supported(new.get_xattr(&name))?.as_ref() != Some(&value) {
            new.set_xattr(&name, &value)?;
        }
    }
    Ok(())
}

/// `None` where the system or the file system has no attributes.
fn supported<T>(found: io::Result<Option<T>>) -> io::Result<Option<T>> {
    let unsupported = |error: &io::Error| {
        error.kind() == io::ErrorKind::Unsupported || Errno::from_io_error(error) == Some(Errno::NOTSUP)
    };
    match found {
        Err(error) if unsupported(&error) => Ok(None),
        found => found,
    }
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
