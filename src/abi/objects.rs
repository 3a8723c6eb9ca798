//! Object management functions (PKCS#11 2.40 and 3.0, section 5.7). Everything is answered from memory, but the value of
//! a data object, which is read from the card when it is asked for.

use cryptoki_sys::*;

use super::pointers::{Input, OutArray, Pointer, count};
use super::{AbiError, Result, template};
use crate::model::Module;

/// `C_CreateObject` (PKCS#11 2.40 5.7): what is on a CNS was put there by its issuer.
pub(super) fn create_object(
    module: &Module,
    session: CK_SESSION_HANDLE,
    _template: Input<CK_ATTRIBUTE>,
    _object: Pointer<CK_OBJECT_HANDLE>,
) -> Result<()> {
    module.session(session)?;
    Err(AbiError::FunctionNotSupported)
}

/// `C_CopyObject` (PKCS#11 2.40 5.7): all objects say `CKA_COPYABLE` = false.
pub(super) fn copy_object(
    module: &Module,
    session: CK_SESSION_HANDLE,
    object: CK_OBJECT_HANDLE,
    _template: Input<CK_ATTRIBUTE>,
    _copy: Pointer<CK_OBJECT_HANDLE>,
) -> Result<()> {
    module.session(session)?.object(object)?;
    Err(AbiError::ActionProhibited)
}

/// `C_DestroyObject` (PKCS#11 2.40 5.7): all objects say `CKA_DESTROYABLE` = false.
pub(super) fn destroy_object(
    module: &Module,
    session: CK_SESSION_HANDLE,
    object: CK_OBJECT_HANDLE,
) -> Result<()> {
    module.session(session)?.object(object)?;
    Err(AbiError::ActionProhibited)
}

/// `C_GetObjectSize` (PKCS#11 2.40 5.7).
pub(super) fn object_size(
    module: &Module,
    session: CK_SESSION_HANDLE,
    object: CK_OBJECT_HANDLE,
    size: Pointer<CK_ULONG>,
) -> Result<()> {
    let object = module.session(session)?.object(object)?;
    size.write(count(object.size()))
}

/// `C_GetAttributeValue` (PKCS#11 2.40 5.7).
pub(super) fn attribute_value(
    module: &Module,
    session: CK_SESSION_HANDLE,
    object: CK_OBJECT_HANDLE,
    template: Input<CK_ATTRIBUTE>,
) -> Result<()> {
    let session = module.session(session)?;
    let mut found = session.object(object)?;
    if template::names(&template)?.contains(&CKA_VALUE) {
        found = session.object_with_value(object)?;
    }
    template::answer(&template, |attribute| found.attribute(attribute))
}

/// `C_SetAttributeValue` (PKCS#11 2.40 5.7): all objects say `CKA_MODIFIABLE` = false.
pub(super) fn set_attribute_value(
    module: &Module,
    session: CK_SESSION_HANDLE,
    object: CK_OBJECT_HANDLE,
    _template: Input<CK_ATTRIBUTE>,
) -> Result<()> {
    module.session(session)?.object(object)?;
    Err(AbiError::ActionProhibited)
}

/// `C_FindObjectsInit` (PKCS#11 2.40 5.7): what will be found is settled here.
pub(super) fn find_objects_init(
    module: &Module,
    session: CK_SESSION_HANDLE,
    template: Input<CK_ATTRIBUTE>,
) -> Result<()> {
    let session = module.session(session)?;
    Ok(session.find_start(&template::search(&template)?)?)
}

/// `C_FindObjects` (PKCS#11 2.40 5.7).
pub(super) fn find_objects(
    module: &Module,
    session: CK_SESSION_HANDLE,
    objects: OutArray<CK_OBJECT_HANDLE>,
) -> Result<()> {
    let session = module.session(session)?;
    objects.fill(|most| Ok(session.find_next(most)?))
}

/// `C_FindObjectsFinal` (PKCS#11 2.40 5.7).
pub(super) fn find_objects_final(module: &Module, session: CK_SESSION_HANDLE) -> Result<()> {
    Ok(module.session(session)?.find_end()?)
}
