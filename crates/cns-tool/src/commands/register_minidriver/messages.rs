//! What `cns register-minidriver` says.

use crate::text::Message;

pub(crate) const NOT_REGISTERED: Message = Message::new(
    "Non riesco a registrare il driver della carta in Windows: serve un amministratore.",
    "The card's driver cannot be registered in Windows: this takes an administrator.",
);
