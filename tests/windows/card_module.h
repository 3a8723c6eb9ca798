/* What Windows and a smart card minidriver say to each other: the structures, numbers and names of Microsoft's "Smart
 * Card Minidriver Specification", version 7.07, as far as a read-only card uses them. Written from its text, not from a
 * header; the names of fields are the specification's, those of types are ours, so that cardmod_check.c can hold this
 * file beside mingw-w64's cardmod.h. */
#ifndef CARD_MODULE_H
#define CARD_MODULE_H

#include <stddef.h>
#include <windows.h>
#include <winscard.h>

/* Answers. SCARD_* are winscard.h's and winerror.h's. */
#define CARD_OK 0u

/* CARD_DATA.dwVersion, and those of the structures inside. */
#define CARD_DATA_VERSION 7
#define PIN_STRUCTURES_VERSION 6
#define SIGNING_VERSION_BASIC 1
#define SIGNING_VERSION 2

/* CardAuthenticateEx, dwFlags. */
#define AUTHENTICATE_SILENT 0x00000040u
#define AUTHENTICATE_GENERATE_SESSION_PIN 0x10000000u
#define AUTHENTICATE_SESSION_PIN 0x20000000u

/* CardSignData, dwSigningFlags and dwPaddingType. The specification counts paddings 1, 2, 4; BCrypt 1, 2, 8. */
#define SIGN_SIZE_ONLY 0x20000000u
#define SIGN_PADDING_INFO_PRESENT 0x40000000u
#define PADDING_NONE 1u
#define PADDING_PKCS1 2u
#define PADDING_PSS 4u

/* CardChangeAuthenticatorEx, dwFlags; CardUnblockPin and CardChangeAuthenticator, dwFlags. */
#define CHANGE_UNBLOCK 1u
#define CHANGE_PIN 2u
#define AUTHENTICATE_CHALLENGE_RESPONSE 1u
#define AUTHENTICATE_PIN_PIN 2u

/* PIN_ID. */
#define ROLE_EVERYONE 0u
#define ROLE_USER 1u
#define ROLE_ADMIN 2u
#define MAX_PINS 8u

#define PIN_STRENGTH_PLAINTEXT 1u
#define CACHE_MODE_GLOBAL 1u
#define CACHE_MODE_SESSION_ONLY 2u
#define CACHE_MODE_NONE 3u

#define CONTAINER_VALID 1
#define CONTAINER_DEFAULT 2

/* CardGetProperty. */
#define PROPERTY_FREE_SPACE L"Free Space"
#define PROPERTY_CAPABILITIES L"Capabilities"
#define PROPERTY_KEY_SIZES L"Key Sizes"
#define PROPERTY_READ_ONLY L"Read Only Mode"
#define PROPERTY_CACHE_MODE L"Cache Mode"
#define PROPERTY_ENROLLMENT L"Supports Windows x.509 Enrollment"
#define PROPERTY_GUID L"Card Identifier"
#define PROPERTY_SERIAL L"Card Serial Number"
#define PROPERTY_PIN_INFO L"PIN Information"
#define PROPERTY_PIN_LIST L"PIN List"
#define PROPERTY_AUTHENTICATED L"Authenticated State"
#define PROPERTY_STRENGTH_VERIFY L"PIN Strength Verify"
#define PROPERTY_STRENGTH_CHANGE L"PIN Strength Change"
#define PROPERTY_STRENGTH_UNBLOCK L"PIN Strength Unblock"
#define PROPERTY_PARENT_WINDOW L"Parent Window"
#define PROPERTY_CONTEXT_STRING L"PIN Context String"
#define PROPERTY_KEY_IMPORT L"Key Import Support"
/* CardGetContainerProperty. */
#define PROPERTY_CONTAINER_INFO L"Container Info"
#define PROPERTY_PIN_IDENTIFIER L"PIN Identifier"
#define PROPERTY_ECDH_KEY L"Associated ECDH Key"

#define USER L"user"
#define ADMIN L"admin"

struct card_signing_info {
    DWORD dwVersion;
    BYTE bContainerIndex;
    DWORD dwKeySpec;
    DWORD dwSigningFlags;
    ALG_ID aiHashAlg;
    BYTE *pbData;
    DWORD cbData;
    BYTE *pbSignedData;
    DWORD cbSignedData;
    void *pPaddingInfo;
    DWORD dwPaddingType;
};

/* BCRYPT_PKCS1_PADDING_INFO and BCRYPT_PSS_PADDING_INFO. */
struct pkcs1_padding {
    const WCHAR *pszAlgId;
};

struct pss_padding {
    const WCHAR *pszAlgId;
    ULONG cbSalt;
};

struct card_capabilities {
    DWORD dwVersion;
    BOOL fCertificateCompression;
    BOOL fKeyGen;
};

struct container_info {
    DWORD dwVersion;
    DWORD dwReserved;
    DWORD cbSigPublicKey;
    BYTE *pbSigPublicKey;
    DWORD cbKeyExPublicKey;
    BYTE *pbKeyExPublicKey;
};

enum access_condition { ACCESS_INVALID, EVERYONE_READ_USER_WRITE, USER_WRITE_EXECUTE, EVERYONE_READ_ADMIN_WRITE, ACCESS_UNKNOWN };

struct card_file_info {
    DWORD dwVersion;
    DWORD cbFileSize;
    enum access_condition AccessCondition;
};

struct card_free_space_info {
    DWORD dwVersion;
    DWORD dwBytesAvailable;
    DWORD dwKeyContainersAvailable;
    DWORD dwMaxKeyContainers;
};

struct card_key_sizes {
    DWORD dwVersion;
    DWORD dwMinimumBitlen;
    DWORD dwDefaultBitlen;
    DWORD dwMaximumBitlen;
    DWORD dwIncrementalBitlen;
};

struct card_rsa_decrypt_info {
    DWORD dwVersion;
    BYTE bContainerIndex;
    DWORD dwKeySpec;
    BYTE *pbData;
    DWORD cbData;
    void *pPaddingInfo;
    DWORD dwPaddingType;
};

struct pin_cache_policy {
    DWORD dwVersion;
    DWORD PinCachePolicyType;
    DWORD dwPinCachePolicyInfo;
};

struct pin_info {
    DWORD dwVersion;
    DWORD PinType;
    DWORD PinPurpose;
    DWORD dwChangePermission;
    DWORD dwUnblockPermission;
    struct pin_cache_policy PinCachePolicy;
    DWORD dwFlags;
};

struct container_map_record {
    WCHAR wszGuid[40];
    BYTE bFlags;
    BYTE bReserved;
    WORD wSigKeySizeBits;
    WORD wKeyExchangeKeySizeBits;
};

/* The file cardcf. */
struct card_cache_file {
    BYTE bVersion;
    BYTE bPinsFreshness;
    WORD wContainersFreshness;
    WORD wFilesFreshness;
};

struct card_data;
typedef struct card_data card;

/* Functions of which this program only asks whether they are there. */
typedef DWORD(WINAPI *other_function)(card *);

struct card_data {
    DWORD dwVersion;
    BYTE *pbAtr;
    DWORD cbAtr;
    WCHAR *pwszCardName;
    void *(WINAPI *pfnCspAlloc)(SIZE_T size);
    void *(WINAPI *pfnCspReAlloc)(void *address, SIZE_T size);
    void(WINAPI *pfnCspFree)(void *address);
    DWORD(WINAPI *pfnCspCacheAddFile)(void *context, WCHAR *tag, DWORD flags, BYTE *data, DWORD length);
    DWORD(WINAPI *pfnCspCacheLookupFile)(void *context, WCHAR *tag, DWORD flags, BYTE **data, DWORD *length);
    DWORD(WINAPI *pfnCspCacheDeleteFile)(void *context, WCHAR *tag, DWORD flags);
    void *pvCacheContext;
    DWORD(WINAPI *pfnCspPadData)(struct card_signing_info *, DWORD width, DWORD *length, BYTE **padded);
    SCARDCONTEXT hSCardCtx;
    SCARDHANDLE hScard;
    void *pvVendorSpecific;

    DWORD(WINAPI *pfnCardDeleteContext)(card *);
    DWORD(WINAPI *pfnCardQueryCapabilities)(card *, struct card_capabilities *);
    DWORD(WINAPI *pfnCardDeleteContainer)(card *, BYTE index, DWORD reserved);
    DWORD(WINAPI *pfnCardCreateContainer)(card *, BYTE index, DWORD flags, DWORD key_spec, DWORD bits, BYTE *key);
    DWORD(WINAPI *pfnCardGetContainerInfo)(card *, BYTE index, DWORD flags, struct container_info *);
    DWORD(WINAPI *pfnCardAuthenticatePin)(card *, const WCHAR *user, BYTE *pin, DWORD length, DWORD *left);
    DWORD(WINAPI *pfnCardGetChallenge)(card *, BYTE **challenge, DWORD *length);
    DWORD(WINAPI *pfnCardAuthenticateChallenge)(card *, BYTE *response, DWORD length, DWORD *left);
    DWORD(WINAPI *pfnCardUnblockPin)(card *, const WCHAR *user, BYTE *puk, DWORD puk_length, BYTE *pin,
                                     DWORD pin_length, DWORD retries, DWORD flags);
    DWORD(WINAPI *pfnCardChangeAuthenticator)(card *, const WCHAR *user, BYTE *pin, DWORD pin_length, BYTE *new_pin,
                                              DWORD new_length, DWORD retries, DWORD flags, DWORD *left);
    DWORD(WINAPI *pfnCardDeauthenticate)(card *, const WCHAR *user, DWORD flags);
    DWORD(WINAPI *pfnCardCreateDirectory)(card *, char *name, DWORD access);
    DWORD(WINAPI *pfnCardDeleteDirectory)(card *, char *name);
    void *pvUnused3;
    void *pvUnused4;
    DWORD(WINAPI *pfnCardCreateFile)(card *, char *directory, char *name, DWORD size, DWORD access);
    DWORD(WINAPI *pfnCardReadFile)(card *, const char *directory, const char *name, DWORD flags, BYTE **data,
                                   DWORD *length);
    DWORD(WINAPI *pfnCardWriteFile)(card *, char *directory, char *name, DWORD flags, BYTE *data, DWORD length);
    DWORD(WINAPI *pfnCardDeleteFile)(card *, char *directory, char *name, DWORD flags);
    DWORD(WINAPI *pfnCardEnumFiles)(card *, const char *directory, char **names, DWORD *length, DWORD flags);
    DWORD(WINAPI *pfnCardGetFileInfo)(card *, const char *directory, const char *name, struct card_file_info *);
    DWORD(WINAPI *pfnCardQueryFreeSpace)(card *, DWORD flags, struct card_free_space_info *);
    DWORD(WINAPI *pfnCardQueryKeySizes)(card *, DWORD key_spec, DWORD flags, struct card_key_sizes *);
    DWORD(WINAPI *pfnCardSignData)(card *, struct card_signing_info *);
    DWORD(WINAPI *pfnCardRSADecrypt)(card *, struct card_rsa_decrypt_info *);
    other_function pfnCardConstructDHAgreement;

    /* Since version 5. */
    other_function pfnCardDeriveKey;
    other_function pfnCardDestroyDHAgreement;
    void *pfnCspGetDHAgreement;

    /* Since version 6. */
    DWORD(WINAPI *pfnCardGetChallengeEx)(card *, DWORD pin_id, BYTE **challenge, DWORD *length, DWORD flags);
    DWORD(WINAPI *pfnCardAuthenticateEx)(card *, DWORD pin_id, DWORD flags, BYTE *pin, DWORD length,
                                         BYTE **session_pin, DWORD *session_length, DWORD *left);
    DWORD(WINAPI *pfnCardChangeAuthenticatorEx)(card *, DWORD flags, DWORD pin_id, BYTE *pin, DWORD length,
                                                DWORD target, BYTE *new_pin, DWORD new_length, DWORD retries,
                                                DWORD *left);
    DWORD(WINAPI *pfnCardDeauthenticateEx)(card *, DWORD pin_set, DWORD flags);
    DWORD(WINAPI *pfnCardGetContainerProperty)(card *, BYTE index, const WCHAR *name, BYTE *data, DWORD size,
                                               DWORD *length, DWORD flags);
    DWORD(WINAPI *pfnCardSetContainerProperty)(card *, BYTE index, const WCHAR *name, BYTE *data, DWORD length,
                                               DWORD flags);
    DWORD(WINAPI *pfnCardGetProperty)(card *, const WCHAR *name, BYTE *data, DWORD size, DWORD *length, DWORD flags);
    DWORD(WINAPI *pfnCardSetProperty)(card *, const WCHAR *name, BYTE *data, DWORD length, DWORD flags);

    /* Since version 7. */
    void *pfnCspUnpadData;
    other_function pfnMDImportSessionKey;
    other_function pfnMDEncryptData;
    other_function pfnCardImportSessionKey;
    other_function pfnCardGetSharedKeyHandle;
    other_function pfnCardGetAlgorithmProperty;
    other_function pfnCardGetKeyProperty;
    other_function pfnCardSetKeyProperty;
    other_function pfnCardDestroyKey;
    other_function pfnCardProcessEncryptedData;
    other_function pfnCardCreateContainerEx;
};

typedef DWORD(WINAPI *card_acquire_context)(card *, DWORD flags);

/* As a 64-bit compiler of Microsoft's lays them out. */
#define SIZE_IS(type, bytes) _Static_assert(sizeof(struct type) == (bytes), #type)
#define PLACE_IS(type, field, bytes) _Static_assert(offsetof(struct type, field) == (bytes), #type "." #field)

SIZE_IS(card_signing_info, 72);
SIZE_IS(card_capabilities, 12);
SIZE_IS(container_info, 40);
SIZE_IS(card_file_info, 12);
SIZE_IS(card_free_space_info, 16);
SIZE_IS(card_key_sizes, 20);
SIZE_IS(card_rsa_decrypt_info, 48);
SIZE_IS(pin_info, 36);
SIZE_IS(container_map_record, 86);
SIZE_IS(card_cache_file, 6);
SIZE_IS(card_data, 63 * 8);
PLACE_IS(card_data, pfnCardDeleteContext, 15 * 8);
PLACE_IS(card_data, pfnCardDeriveKey, 41 * 8);
PLACE_IS(card_data, pfnCardGetChallengeEx, 44 * 8);
PLACE_IS(card_data, pfnCspUnpadData, 52 * 8);

#endif
