/* card_module.h beside mingw-w64's cardmod.h, which another project wrote: same sizes, same places. Compiled, never run.
 *
 * mingw-w64's knows the CARD_DATA of version 5 (its first 44 fields), a CARD_KEY_SIZES without the default length, a
 * CARD_RSA_DECRYPT_INFO without padding, and numbers the paddings otherwise; of what came with versions 6 and 7 it knows
 * nothing. Those have the size assertions of card_module.h alone. */
#define _WIN32_WINNT 0x0601
#include "card_module.h"

#include <cardmod.h>

#define SAME_SIZE(ours, theirs) _Static_assert(sizeof(struct ours) == sizeof(theirs), #ours)
#define SAME_PLACE(ours, theirs, field)                                                                  \
    _Static_assert(offsetof(struct ours, field) == offsetof(theirs, field), #ours "." #field);           \
    _Static_assert(sizeof(((struct ours *)0)->field) == sizeof(((theirs *)0)->field), #ours "." #field)
#define SAME_NUMBER(ours, theirs) _Static_assert((ours) == (theirs), #ours)

#define SIGNING(field) SAME_PLACE(card_signing_info, CARD_SIGNING_INFO, field)
SAME_SIZE(card_signing_info, CARD_SIGNING_INFO);
SIGNING(dwVersion);
SIGNING(bContainerIndex);
SIGNING(dwKeySpec);
SIGNING(dwSigningFlags);
SIGNING(aiHashAlg);
SIGNING(pbData);
SIGNING(cbData);
SIGNING(pbSignedData);
SIGNING(cbSignedData);
SIGNING(pPaddingInfo);
SIGNING(dwPaddingType);

#define CONTAINER(field) SAME_PLACE(container_info, CONTAINER_INFO, field)
SAME_SIZE(container_info, CONTAINER_INFO);
CONTAINER(dwVersion);
CONTAINER(cbSigPublicKey);
CONTAINER(pbSigPublicKey);
CONTAINER(cbKeyExPublicKey);
CONTAINER(pbKeyExPublicKey);

SAME_SIZE(card_capabilities, CARD_CAPABILITIES);
SAME_PLACE(card_capabilities, CARD_CAPABILITIES, fCertificateCompression);
SAME_PLACE(card_capabilities, CARD_CAPABILITIES, fKeyGen);

SAME_SIZE(card_file_info, CARD_FILE_INFO);
SAME_PLACE(card_file_info, CARD_FILE_INFO, cbFileSize);
SAME_PLACE(card_file_info, CARD_FILE_INFO, AccessCondition);
SAME_NUMBER((int)EVERYONE_READ_USER_WRITE, (int)EveryoneReadUserWriteAc);
SAME_NUMBER((int)USER_WRITE_EXECUTE, (int)UserWriteExecuteAc);
SAME_NUMBER((int)EVERYONE_READ_ADMIN_WRITE, (int)EveryoneReadAdminWriteAc);
SAME_NUMBER((int)ACCESS_UNKNOWN, (int)UnknownAc);

SAME_SIZE(card_free_space_info, CARD_FREE_SPACE_INFO);
SAME_PLACE(card_free_space_info, CARD_FREE_SPACE_INFO, dwBytesAvailable);
SAME_PLACE(card_free_space_info, CARD_FREE_SPACE_INFO, dwKeyContainersAvailable);
SAME_PLACE(card_free_space_info, CARD_FREE_SPACE_INFO, dwMaxKeyContainers);

SAME_PLACE(card_rsa_decrypt_info, CARD_RSA_DECRYPT_INFO, bContainerIndex);
SAME_PLACE(card_rsa_decrypt_info, CARD_RSA_DECRYPT_INFO, dwKeySpec);
SAME_PLACE(card_rsa_decrypt_info, CARD_RSA_DECRYPT_INFO, pbData);
SAME_PLACE(card_rsa_decrypt_info, CARD_RSA_DECRYPT_INFO, cbData);

#define DATA(field) SAME_PLACE(card_data, CARD_DATA, field)
_Static_assert(sizeof(CARD_DATA) == offsetof(struct card_data, pfnCardGetChallengeEx), "the first half");
DATA(dwVersion);
DATA(pbAtr);
DATA(cbAtr);
DATA(pwszCardName);
DATA(pfnCspAlloc);
DATA(pfnCspReAlloc);
DATA(pfnCspFree);
DATA(pfnCspCacheAddFile);
DATA(pfnCspCacheLookupFile);
DATA(pfnCspCacheDeleteFile);
DATA(pvCacheContext);
DATA(pfnCspPadData);
DATA(hSCardCtx);
DATA(hScard);
DATA(pvVendorSpecific);
DATA(pfnCardDeleteContext);
DATA(pfnCardQueryCapabilities);
DATA(pfnCardDeleteContainer);
DATA(pfnCardCreateContainer);
DATA(pfnCardGetContainerInfo);
DATA(pfnCardAuthenticatePin);
DATA(pfnCardGetChallenge);
DATA(pfnCardAuthenticateChallenge);
DATA(pfnCardUnblockPin);
DATA(pfnCardChangeAuthenticator);
DATA(pfnCardDeauthenticate);
DATA(pfnCardCreateDirectory);
DATA(pfnCardDeleteDirectory);
DATA(pvUnused3);
DATA(pvUnused4);
DATA(pfnCardCreateFile);
DATA(pfnCardReadFile);
DATA(pfnCardWriteFile);
DATA(pfnCardDeleteFile);
DATA(pfnCardEnumFiles);
DATA(pfnCardGetFileInfo);
DATA(pfnCardQueryFreeSpace);
DATA(pfnCardQueryKeySizes);
DATA(pfnCardSignData);
DATA(pfnCardRSADecrypt);
DATA(pfnCardConstructDHAgreement);
DATA(pfnCardDeriveKey);
DATA(pfnCardDestroyDHAgreement);
DATA(pfnCspGetDHAgreement);

SAME_NUMBER(SIGN_SIZE_ONLY, CARD_BUFFER_SIZE_ONLY);
SAME_NUMBER(SIGN_PADDING_INFO_PRESENT, CARD_PADDING_INFO_PRESENT);
SAME_NUMBER(PADDING_PSS, CARD_PADDING_PSS);
