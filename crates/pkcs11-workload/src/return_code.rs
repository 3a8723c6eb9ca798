//! What a module answered, by the standard's name: cryptoki's crate spells `CKR_PIN_INCORRECT` as `PinIncorrect`.

use cryptoki::error::Error;

/// The return code an error came from, `CKR_…`; the error's own words where there was no such code.
pub fn return_code(error: &anyhow::Error) -> String {
    match error.downcast_ref::<Error>() {
        Some(Error::Pkcs11(code, _)) => standard_name(&format!("{code:?}")),
        Some(Error::LibraryLoading(error)) => format!("cannot be loaded: {error}"),
        _ => format!("{error:#}"),
    }
}

fn standard_name(camel_case: &str) -> String {
    let mut name = "CKR".to_owned();
    for character in camel_case.chars() {
        if character.is_uppercase() {
            name.push('_');
        }
        name.extend(character.to_uppercase());
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_have_the_names_of_the_standard() {
        assert_eq!(standard_name("TokenNotRecognized"), "CKR_TOKEN_NOT_RECOGNIZED");
        assert_eq!(standard_name("DeviceError"), "CKR_DEVICE_ERROR");
    }
}
