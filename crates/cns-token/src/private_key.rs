//! The one thing a CNS is for: its private key's raw operation, with every result confirmed before it leaves.

use cns_card::{Card, CardError, KeyReference};
use zeroize::Zeroizing;

use crate::signature::RsaPublicKey;

/// The private key's raw operation on a block as long as the modulus. `None`: the certificate's public key does not
/// confirm the result, which was thrown away. Another program may have moved the card to another key of the same
/// number, so after a first such result the card is asked once more from the MF.
///
/// # Errors
/// Those of [`Card::private_key_operation`].
pub fn confirmed_operation(
    card: &mut Card,
    public: &RsaPublicKey,
    reference: KeyReference,
    block: &[u8],
) -> Result<Option<Zeroizing<Vec<u8>>>, CardError> {
    let confirmed = |result: &[u8]| {
        let result = public.block(result)?;
        (public.raw(&result)? == block).then_some(result)
    };
    let first = card.private_key_operation(reference, block)?;
    if let Some(result) = confirmed(&first) {
        return Ok(Some(result));
    }
    tracing::warn!("the card's signature does not fit its certificate: asked once more");
    card.force_select_mf();
    let second = card.private_key_operation(reference, block)?;
    Ok(confirmed(&second))
}
