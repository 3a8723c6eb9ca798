//! Slot and token management (3.0 section 5.5), except PINs.

use std::ptr::null_mut;

use cryptoki_sys::*;
use virtual_cns::{Effect, Personality};

use super::scene::Scene;
use super::{Case, cases};
use crate::common::client::call;

pub fn cases() -> Vec<Case> {
    cases! {
        C_GetSlotList {
            OK "how many" => |s| call!(s.v2, C_GetSlotList, CK_FALSE, null_mut(), &mut 0);
            BUFFER_TOO_SMALL "a buffer for none" => |s| {
                s.stage.client.slots(false).expect("slots");
                call!(s.v2, C_GetSlotList, CK_FALSE, &mut 0, &mut 0)
            };
            ARGUMENTS_BAD "no place for the number" => |s| {
                call!(s.v2, C_GetSlotList, CK_FALSE, null_mut(), null_mut())
            };
        }
        C_GetSlotInfo {
            OK "a reader" => |s| listed(s, |s| call!(s.v2, C_GetSlotInfo, 0, &mut CK_SLOT_INFO::default()));
            ARGUMENTS_BAD "NULL" => |s| listed(s, |s| call!(s.v2, C_GetSlotInfo, 0, null_mut()));
        }
        C_GetTokenInfo {
            OK "a card" => |s| listed(s, token_info);
            ARGUMENTS_BAD "NULL" => |s| listed(s, |s| call!(s.v2, C_GetTokenInfo, 0, null_mut()));
            TOKEN_NOT_PRESENT "an empty reader" => |s| pulled(s, token_info);
            TOKEN_NOT_RECOGNIZED "a payment card" => |s| foreign(s, token_info);
            DEVICE_ERROR "a card that does not answer" => |s| mute(s, token_info);
            DEVICE_REMOVED "pulled while it is read, three times" => |s| restless(s, token_info);
        }
        C_WaitForSlotEvent {
            OK "a card was pulled" => |s| {
                s.session();
                let wait = || call!(s.v2, C_WaitForSlotEvent, CKF_DONT_BLOCK, &mut 0, null_mut());
                while wait() == CKR_OK {}
                s.pull();
                wait()
            };
            NO_EVENT "nothing happened" => |s| {
                s.session();
                let wait = || call!(s.v2, C_WaitForSlotEvent, CKF_DONT_BLOCK, &mut 0, null_mut());
                while wait() == CKR_OK {}
                wait()
            };
            ARGUMENTS_BAD "no place for the slot" => |s| {
                call!(s.v2, C_WaitForSlotEvent, CKF_DONT_BLOCK, null_mut(), null_mut())
            };
        }
        C_GetMechanismList {
            OK "a card" => |s| listed(s, mechanisms);
            BUFFER_TOO_SMALL "a buffer for one" => |s| {
                listed(s, |s| call!(s.v2, C_GetMechanismList, 0, &mut 0, &mut 1))
            };
            ARGUMENTS_BAD "no place for the number" => |s| {
                listed(s, |s| call!(s.v2, C_GetMechanismList, 0, null_mut(), null_mut()))
            };
            TOKEN_NOT_PRESENT "an empty reader" => |s| pulled(s, mechanisms);
            TOKEN_NOT_RECOGNIZED "a payment card" => |s| foreign(s, mechanisms);
            DEVICE_ERROR "a card that does not answer" => |s| mute(s, mechanisms);
            DEVICE_REMOVED "pulled while it is read, three times" => |s| restless(s, mechanisms);
        }
        C_GetMechanismInfo {
            OK "a mechanism of the list" => |s| listed(s, mechanism);
            MECHANISM_INVALID "one that is not" => |s| {
                let info = &mut CK_MECHANISM_INFO::default();
                listed(s, |s| call!(s.v2, C_GetMechanismInfo, 0, CKM_ECDSA, info))
            };
            ARGUMENTS_BAD "NULL" => |s| {
                listed(s, |s| call!(s.v2, C_GetMechanismInfo, 0, CKM_RSA_PKCS, null_mut()))
            };
            TOKEN_NOT_PRESENT "an empty reader" => |s| pulled(s, mechanism);
            TOKEN_NOT_RECOGNIZED "a payment card" => |s| foreign(s, mechanism);
            DEVICE_ERROR "a card that does not answer" => |s| mute(s, mechanism);
            DEVICE_REMOVED "pulled while it is read, three times" => |s| restless(s, mechanism);
        }
        C_OpenSession {
            OK "a card" => |s| listed(s, open);
            ARGUMENTS_BAD "no place for the handle" => |s| {
                listed(s, |s| call!(s.v2, C_OpenSession, 0, CKF_SERIAL_SESSION, null_mut(), None, null_mut()))
            };
            SESSION_PARALLEL_NOT_SUPPORTED "without CKF_SERIAL_SESSION" => |s| {
                listed(s, |s| call!(s.v2, C_OpenSession, 0, CKF_RW_SESSION, null_mut(), None, &mut 0))
            };
            SESSION_READ_WRITE_SO_EXISTS "read-only, with the security officer logged in" => |s| {
                s.officer();
                open(s)
            };
            TOKEN_NOT_PRESENT "an empty reader" => |s| pulled(s, open);
            TOKEN_NOT_RECOGNIZED "a payment card" => |s| foreign(s, open);
            DEVICE_ERROR "a card that does not answer" => |s| mute(s, open);
            DEVICE_REMOVED "pulled while it is read, three times" => |s| restless(s, open);
        }
        C_CloseAllSessions {
            OK "a slot with sessions" => |s| {
                s.session();
                call!(s.v2, C_CloseAllSessions, 0)
            };
        }
    }
}

fn token_info(scene: &Scene) -> CK_RV {
    call!(scene.v2, C_GetTokenInfo, 0, &mut CK_TOKEN_INFO::default())
}

fn mechanisms(scene: &Scene) -> CK_RV {
    call!(scene.v2, C_GetMechanismList, 0, null_mut(), &mut 0)
}

fn mechanism(scene: &Scene) -> CK_RV {
    call!(scene.v2, C_GetMechanismInfo, 0, CKM_RSA_PKCS, &mut CK_MECHANISM_INFO::default())
}

fn open(scene: &Scene) -> CK_RV {
    call!(scene.v2, C_OpenSession, 0, CKF_SERIAL_SESSION, null_mut(), None, &mut 0)
}

fn listed(scene: &Scene, call: impl FnOnce(&Scene) -> CK_RV) -> CK_RV {
    scene.stage.client.slots(false).expect("slots");
    call(scene)
}

fn pulled(scene: &Scene, call: impl FnOnce(&Scene) -> CK_RV) -> CK_RV {
    listed(scene, |scene| {
        scene.pull();
        call(scene)
    })
}

fn mute(scene: &Scene, call: impl FnOnce(&Scene) -> CK_RV) -> CK_RV {
    scene.always(&[]);
    listed(scene, call)
}

/// Each reading ends with the card out and back in, so that no reading comes to an end.
fn restless(scene: &Scene, call: impl FnOnce(&Scene) -> CK_RV) -> CK_RV {
    listed(scene, |scene| {
        scene.always_meets(Effect::Reinsert);
        call(scene)
    })
}

/// Another stage: this one's card makes way for one that is no CNS.
fn foreign(scene: &Scene, call: impl FnOnce(&Scene) -> CK_RV) -> CK_RV {
    let card = virtual_cns::Card::new(&Personality::by_name("emv").expect("a personality")).shared();
    scene.stage.readers.swap(crate::common::READER, card);
    listed(scene, call)
}
