/* What a faulty program may call: NULL, wrong versions and flags, buffers too small, unknown names, absurd lengths; and
 * eight threads at once. Each answer is the one the specification names; nothing sends a PIN, nothing crashes. */
#include "minidriver.h"

/* An answer for input that makes no sense. */
#define REFUSED SCARD_E_INVALID_PARAMETER, SCARD_E_UNSUPPORTED_FEATURE, SCARD_E_INVALID_VALUE

static void versions_are_agreed_on(void)
{
    static const struct {
        DWORD asked, given;
    } versions[] = { { 0, 0 }, { 1, 0 }, { 3, 0 }, { 4, 0 }, { 5, 0 }, { 6, 6 }, { 7, 7 }, { 8, 7 }, { 0xFFFFFFFF, 7 } };
    struct csp csp;
    size_t i;

    for (i = 0; i < sizeof versions / sizeof *versions; ++i) {
        DWORD code;

        about("version %lu", versions[i].asked);
        csp_open(&csp);
        csp.data.dwVersion = versions[i].asked;
        code = CALL(&csp, acquire_context(&csp.data, 0));
        ANSWERS(code, versions[i].given ? CARD_OK : ERROR_REVISION_MISMATCH);
        if (code == CARD_OK) {
            CHECK(csp.data.dwVersion == versions[i].given);
            CHECK(csp.data.pfnCardSignData != NULL && csp.data.pfnCardGetProperty != NULL);
            csp_release(&csp);
        } else {
            CHECK(csp.data.dwVersion == versions[i].asked);
            csp_close(&csp);
        }
    }
}

/* A structure of version 6 ends before what came with version 7: nothing is written there. */
static void version_6_is_shorter(void)
{
    const size_t end = offsetof(card, pfnCspUnpadData);
    struct csp csp;
    size_t i;

    about("the end of version 6");
    csp_open(&csp);
    csp.data.dwVersion = 6;
    memset((BYTE *)&csp.data + end, 0xA5, sizeof csp.data - end);
    ANSWERS(CALL(&csp, acquire_context(&csp.data, 0)), CARD_OK);
    for (i = end; i < sizeof csp.data; ++i)
        CHECK(((const BYTE *)&csp.data)[i] == 0xA5);
    csp_release(&csp);
}

static void contexts_are_refused(void)
{
    struct csp csp;
    BYTE *const no_bytes = NULL;

    about("CardAcquireContext");
    ANSWERS(acquire_context(NULL, 0), SCARD_E_INVALID_PARAMETER);
    csp_open(&csp);
    ANSWERS(CALL(&csp, acquire_context(&csp.data, 0x80)), SCARD_E_INVALID_PARAMETER);
    ANSWERS(CALL(&csp, acquire_context(&csp.data, 0xFFFFFFFF)), SCARD_E_INVALID_PARAMETER);
    csp.data.pbAtr = no_bytes;
    ANSWERS(CALL(&csp, acquire_context(&csp.data, 0)), SCARD_E_INVALID_PARAMETER);
    csp.data.pbAtr = csp.atr;
    csp.data.cbAtr = 0;
    ANSWERS_ONE_OF(CALL(&csp, acquire_context(&csp.data, 0)), SCARD_E_INVALID_PARAMETER, SCARD_E_UNKNOWN_CARD);
    csp.data.cbAtr = 0xFFFFFFFF;
    ANSWERS_ONE_OF(CALL(&csp, acquire_context(&csp.data, 0)), SCARD_E_INVALID_PARAMETER, SCARD_E_UNKNOWN_CARD);
    csp.data.cbAtr = csp.atr_length;
    csp.data.pwszCardName = NULL;
    ANSWERS(CALL(&csp, acquire_context(&csp.data, 0)), SCARD_E_INVALID_PARAMETER);
    csp.data.pwszCardName = (WCHAR[]){ L'C', 0 };
    csp.data.pfnCspAlloc = NULL;
    ANSWERS(CALL(&csp, acquire_context(&csp.data, 0)), SCARD_E_INVALID_PARAMETER);
    csp.data.pfnCspAlloc = csp_alloc;
    csp.data.pfnCspFree = NULL;
    ANSWERS(CALL(&csp, acquire_context(&csp.data, 0)), SCARD_E_INVALID_PARAMETER);
    csp.data.pfnCspFree = csp_free;
    csp.data.hScard = 0;
    ANSWERS_ONE_OF(acquire_context(&csp.data, 0), SCARD_E_INVALID_HANDLE, SCARD_E_INVALID_PARAMETER);
    csp.data.hScard = csp.handle;
    ANSWERS(CALL(&csp, acquire_context(&csp.data, 0)), CARD_OK);
    csp_release(&csp);
}

/* Calls after CardDeleteContext, and with a context that was never acquired, by pointers that were good once. */
static void context_is_over(void)
{
    struct csp csp;
    struct card_data functions;
    BYTE *data = NULL;
    DWORD length = 0;

    about("after CardDeleteContext");
    csp_acquire(&csp);
    functions = csp.data;
    ANSWERS(functions.pfnCardDeleteContext(NULL), SCARD_E_INVALID_PARAMETER);
    ANSWERS(functions.pfnCardDeleteContext(&csp.data), CARD_OK);
    ANSWERS_ONE_OF(CALL(&csp, functions.pfnCardReadFile(&csp.data, NULL, "cardid", 0, &data, &length)), REFUSED,
                   SCARD_E_INVALID_HANDLE, SCARD_E_UNEXPECTED);
    ANSWERS_ONE_OF(CALL(&csp, functions.pfnCardAuthenticateEx(&csp.data, ROLE_USER, 0, (BYTE *)given.pin,
                                                              (DWORD)strlen(given.pin), NULL, NULL, NULL)),
                   REFUSED, SCARD_E_INVALID_HANDLE, SCARD_E_UNEXPECTED);
    csp_close(&csp);
}

/* A structure of a later version is filled in as far as it is known; version 0 stands for 1. */
static void structures_have_versions(struct csp *csp)
{
    static const DWORD versions[] = { 0, 1, 2, 9, 0xFFFFFFFF };
    card *data = &csp->data;
    size_t i;

#define FILLED_IN(function, name, ...)                                                                           \
    do {                                                                                                         \
        DWORD code = CALL(csp, data->function(data, __VA_ARGS__));                                               \
                                                                                                                 \
        if (versions[i] > 1 && code != CARD_OK)                                                                  \
            ANSWERS(code, ERROR_REVISION_MISMATCH);                                                              \
        else                                                                                                     \
            CHECK(code == CARD_OK && name.dwVersion == 1);                                                       \
    } while (0)
    for (i = 0; i < sizeof versions / sizeof *versions; ++i) {
        struct card_file_info file = { .dwVersion = versions[i] };
        struct card_free_space_info space = { .dwVersion = versions[i] };
        struct card_capabilities capabilities = { .dwVersion = versions[i] };
        struct card_key_sizes sizes = { .dwVersion = versions[i] };
        struct container_info container = { .dwVersion = versions[i] };

        about("structures of version %lu", versions[i]);
        FILLED_IN(pfnCardGetFileInfo, file, NULL, "cardid", &file);
        FILLED_IN(pfnCardQueryFreeSpace, space, 0, &space);
        FILLED_IN(pfnCardQueryCapabilities, capabilities, &capabilities);
        FILLED_IN(pfnCardQueryKeySizes, sizes, AT_KEYEXCHANGE, 0, &sizes);
        FILLED_IN(pfnCardGetContainerInfo, container, 0, 0, &container);
        csp_free(container.pbKeyExPublicKey);
        csp_free(container.pbSigPublicKey);
    }
}

/* The field that is the minidriver's own, changed by somebody. */
static void vendor_field_is_changed(struct csp *csp)
{
    void *const own = csp->data.pvVendorSpecific;
    void *const others[] = { NULL, (void *)1, (void *)0x5A5A5A5A, (void *)~0ull, &csp->data };
    BYTE *bytes = NULL;
    DWORD length = 0;
    size_t i;

    about("pvVendorSpecific");
    for (i = 0; i < sizeof others / sizeof *others; ++i) {
        csp->data.pvVendorSpecific = others[i];
        if (others[i] == own)
            continue;
        ANSWERS_ONE_OF(CALL(csp, csp->data.pfnCardReadFile(&csp->data, NULL, "cardid", 0, &bytes, &length)), REFUSED,
                       SCARD_E_INVALID_HANDLE, SCARD_E_UNEXPECTED);
        ANSWERS_ONE_OF(authenticate(csp, given.pin, NULL), REFUSED, SCARD_E_INVALID_HANDLE, SCARD_E_UNEXPECTED);
    }
    csp->data.pvVendorSpecific = own;
    bytes = read_file(csp, NULL, "cardid", &length);
    csp_free(bytes);
}

static void no_memory_is_said(struct csp *csp)
{
    struct container_info container = { .dwVersion = 1 };
    struct signature signature;
    BYTE *bytes = NULL;
    char *names = NULL;
    DWORD length = 0;

    about("no memory");
    ANSWERS(authenticate(csp, given.pin, NULL), CARD_OK);
    signature_is_made(csp);
    csp_has_no_memory(true);
    ANSWERS(CALL(csp, csp->data.pfnCardReadFile(&csp->data, NULL, "cardid", 0, &bytes, &length)), SCARD_E_NO_MEMORY);
    CHECK(bytes == NULL);
    ANSWERS(CALL(csp, csp->data.pfnCardEnumFiles(&csp->data, NULL, &names, &length, 0)), SCARD_E_NO_MEMORY);
    CHECK(names == NULL);
    ANSWERS(CALL(csp, csp->data.pfnCardGetContainerInfo(&csp->data, 0, 0, &container)), SCARD_E_NO_MEMORY);
    CHECK(container.pbKeyExPublicKey == NULL && container.pbSigPublicKey == NULL);
    ANSWERS(sign(csp, PKCS1_WITH_NAME, L"SHA256", &signature), SCARD_E_NO_MEMORY);
    csp_has_no_memory(false);
    signature_is_made(csp);
    csp_reset_card(csp);
}

static void null_is_refused(struct csp *csp)
{
    card *data = &csp->data;
    BYTE *bytes = NULL, byte = 0;
    BYTE *pin = (BYTE *)given.pin;
    DWORD length = 0, pin_length = (DWORD)strlen(given.pin);
    char *names = NULL;

    about("NULL");
#define REFUSES(call) ANSWERS(CALL(csp, (call)), SCARD_E_INVALID_PARAMETER)
    REFUSES(data->pfnCardReadFile(NULL, NULL, "cardid", 0, &bytes, &length));
    REFUSES(data->pfnCardReadFile(data, NULL, NULL, 0, &bytes, &length));
    REFUSES(data->pfnCardReadFile(data, NULL, "cardid", 0, NULL, &length));
    REFUSES(data->pfnCardReadFile(data, NULL, "cardid", 0, &bytes, NULL));
    REFUSES(data->pfnCardReadFile(data, NULL, "cardid", 1, &bytes, &length));
    REFUSES(data->pfnCardGetFileInfo(NULL, NULL, "cardid", &(struct card_file_info){ 1, 0, 0 }));
    REFUSES(data->pfnCardGetFileInfo(data, NULL, NULL, &(struct card_file_info){ 1, 0, 0 }));
    REFUSES(data->pfnCardGetFileInfo(data, NULL, "cardid", NULL));
    REFUSES(data->pfnCardEnumFiles(NULL, NULL, &names, &length, 0));
    REFUSES(data->pfnCardEnumFiles(data, NULL, NULL, &length, 0));
    REFUSES(data->pfnCardEnumFiles(data, NULL, &names, NULL, 0));
    REFUSES(data->pfnCardEnumFiles(data, NULL, &names, &length, 1));
    REFUSES(data->pfnCardQueryFreeSpace(NULL, 0, &(struct card_free_space_info){ 1, 0, 0, 0 }));
    REFUSES(data->pfnCardQueryFreeSpace(data, 0, NULL));
    REFUSES(data->pfnCardQueryFreeSpace(data, 1, &(struct card_free_space_info){ 1, 0, 0, 0 }));
    REFUSES(data->pfnCardQueryCapabilities(NULL, &(struct card_capabilities){ 1, 0, 0 }));
    REFUSES(data->pfnCardQueryCapabilities(data, NULL));
    REFUSES(data->pfnCardQueryKeySizes(NULL, AT_KEYEXCHANGE, 0, &(struct card_key_sizes){ 1, 0, 0, 0, 0 }));
    REFUSES(data->pfnCardQueryKeySizes(data, AT_KEYEXCHANGE, 0, NULL));
    REFUSES(data->pfnCardQueryKeySizes(data, AT_KEYEXCHANGE, 1, &(struct card_key_sizes){ 1, 0, 0, 0, 0 }));
    REFUSES(data->pfnCardQueryKeySizes(data, 0, 0, &(struct card_key_sizes){ 1, 0, 0, 0, 0 }));
    REFUSES(data->pfnCardQueryKeySizes(data, 4711, 0, &(struct card_key_sizes){ 1, 0, 0, 0, 0 }));
    /* AT_ECDSA_P256: defined, and none of ours. */
    ANSWERS(CALL(csp, data->pfnCardQueryKeySizes(data, 3, 0, &(struct card_key_sizes){ 1, 0, 0, 0, 0 })),
            SCARD_E_UNSUPPORTED_FEATURE);
    REFUSES(data->pfnCardGetContainerInfo(NULL, 0, 0, &(struct container_info){ .dwVersion = 1 }));
    REFUSES(data->pfnCardGetContainerInfo(data, 0, 0, NULL));
    REFUSES(data->pfnCardGetContainerInfo(data, 0, 1, &(struct container_info){ .dwVersion = 1 }));
    REFUSES(data->pfnCardGetContainerProperty(NULL, 0, PROPERTY_PIN_IDENTIFIER, &byte, 1, &length, 0));
    REFUSES(data->pfnCardGetContainerProperty(data, 0, NULL, &byte, 1, &length, 0));
    REFUSES(data->pfnCardGetContainerProperty(data, 0, PROPERTY_PIN_IDENTIFIER, &byte, 1, NULL, 0));
    REFUSES(data->pfnCardGetProperty(NULL, PROPERTY_READ_ONLY, &byte, 1, &length, 0));
    REFUSES(data->pfnCardGetProperty(data, NULL, &byte, 1, &length, 0));
    REFUSES(data->pfnCardGetProperty(data, PROPERTY_READ_ONLY, &byte, 1, NULL, 0));
    REFUSES(data->pfnCardSetProperty(NULL, PROPERTY_PARENT_WINDOW, &byte, 1, 0));
    REFUSES(data->pfnCardSetProperty(data, NULL, &byte, 1, 0));
    REFUSES(data->pfnCardSetProperty(data, PROPERTY_PARENT_WINDOW, NULL, sizeof(HWND), 0));
    REFUSES(data->pfnCardSignData(NULL, &(struct card_signing_info){ .dwVersion = 1 }));
    REFUSES(data->pfnCardSignData(data, NULL));
    REFUSES(data->pfnCardAuthenticateEx(NULL, ROLE_USER, 0, pin, pin_length, NULL, NULL, NULL));
    REFUSES(data->pfnCardAuthenticateEx(data, ROLE_USER, 0, NULL, pin_length, NULL, NULL, NULL));
    REFUSES(data->pfnCardAuthenticatePin(NULL, USER, pin, pin_length, NULL));
    REFUSES(data->pfnCardAuthenticatePin(data, NULL, pin, pin_length, NULL));
    REFUSES(data->pfnCardAuthenticatePin(data, USER, NULL, pin_length, NULL));
    REFUSES(data->pfnCardChangeAuthenticatorEx(data, CHANGE_PIN, ROLE_USER, NULL, pin_length, ROLE_USER, pin, pin_length,
                                               0, NULL));
    REFUSES(data->pfnCardChangeAuthenticatorEx(data, CHANGE_PIN, ROLE_USER, pin, pin_length, ROLE_USER, NULL, pin_length,
                                               0, NULL));
    REFUSES(data->pfnCardUnblockPin(data, NULL, pin, pin_length, pin, pin_length, 0, AUTHENTICATE_PIN_PIN));
    REFUSES(data->pfnCardUnblockPin(data, USER, NULL, pin_length, pin, pin_length, 0, AUTHENTICATE_PIN_PIN));
    REFUSES(data->pfnCardChangeAuthenticator(data, USER, pin, pin_length, NULL, pin_length, 0, AUTHENTICATE_PIN_PIN,
                                             NULL));
}

/* Roles, flags and counts that a card of ours does not have. */
static void roles_are_refused(struct csp *csp)
{
    card *data = &csp->data;
    BYTE *pin = (BYTE *)given.pin, *session = NULL;
    DWORD length = (DWORD)strlen(given.pin), session_length = 0, role;

    for (role = 0; role <= 32; ++role) {
        about("role %lu", role);
        if (role != ROLE_USER)
            ANSWERS_ONE_OF(CALL(csp, data->pfnCardAuthenticateEx(data, role, 0, pin, length, NULL, NULL, NULL)), REFUSED);
        ANSWERS_ONE_OF(CALL(csp, data->pfnCardChangeAuthenticatorEx(data, CHANGE_PIN, role, pin, length, ROLE_EVERYONE,
                                                                    pin, length, 0, NULL)), REFUSED);
        ANSWERS_ONE_OF(CALL(csp, data->pfnCardChangeAuthenticatorEx(data, CHANGE_UNBLOCK, ROLE_USER, pin, length, role,
                                                                    pin, length, 0, NULL)), REFUSED);
    }
    about("flags of CardAuthenticateEx");
    ANSWERS_ONE_OF(CALL(csp, data->pfnCardAuthenticateEx(data, ROLE_USER, AUTHENTICATE_GENERATE_SESSION_PIN, pin, length,
                                                         &session, &session_length, NULL)), REFUSED);
    ANSWERS_ONE_OF(CALL(csp, data->pfnCardAuthenticateEx(data, ROLE_USER, AUTHENTICATE_SESSION_PIN, pin, length, NULL,
                                                         NULL, NULL)), REFUSED);
    ANSWERS_ONE_OF(CALL(csp, data->pfnCardAuthenticateEx(data, ROLE_USER, 0x00000200, pin, length, NULL, NULL, NULL)),
                   REFUSED);
    ANSWERS_ONE_OF(CALL(csp, data->pfnCardChangeAuthenticatorEx(data, 0, ROLE_USER, pin, length, ROLE_USER, pin, length,
                                                                0, NULL)), REFUSED);
    ANSWERS_ONE_OF(CALL(csp, data->pfnCardChangeAuthenticatorEx(data, 3, ROLE_USER, pin, length, ROLE_USER, pin, length,
                                                                0, NULL)), REFUSED);
    ANSWERS_ONE_OF(CALL(csp, data->pfnCardChangeAuthenticatorEx(data, CHANGE_PIN, ROLE_USER, pin, length, ROLE_USER, pin,
                                                                length, 9, NULL)), REFUSED);
    ANSWERS_ONE_OF(CALL(csp, data->pfnCardUnblockPin(data, USER, pin, length, pin, length, 0,
                                                     AUTHENTICATE_CHALLENGE_RESPONSE)), REFUSED);
    ANSWERS_ONE_OF(CALL(csp, data->pfnCardUnblockPin(data, L"nobody", pin, length, pin, length, 0,
                                                     AUTHENTICATE_PIN_PIN)), REFUSED);
    about("users");
    ANSWERS_ONE_OF(CALL(csp, data->pfnCardAuthenticatePin(data, L"anonymous", pin, length, NULL)), REFUSED);
    ANSWERS_ONE_OF(CALL(csp, data->pfnCardAuthenticatePin(data, L"", pin, length, NULL)), REFUSED);
    ANSWERS_ONE_OF(CALL(csp, data->pfnCardAuthenticatePin(data, ADMIN, pin, length, NULL)), REFUSED);
    about("a PIN of four thousand million characters");
    ANSWERS_ONE_OF(CALL(csp, data->pfnCardAuthenticateEx(data, ROLE_USER, 0, pin, 0xFFFFFFFF, NULL, NULL, NULL)), REFUSED,
                   SCARD_W_WRONG_CHV, SCARD_E_INVALID_CHV);
}

static void names_are_refused(struct csp *csp)
{
    static const char *const files[] = { "", "nothing", "cardid ", "kxc01", "ksc99", "..", "mscp", "cmapfile", "cardid\\",
                                         "a name much longer than the eight characters of the specification" };
    static const WCHAR *const properties[] = { L"", L"Nothing", L"Free  Space", L"Algorithms", L"Padding Schemes",
                                               L"Chaining Modes" };
    card *data = &csp->data;
    BYTE *bytes = NULL, buffer[512];
    struct card_file_info info = { 1, 0, 0 };
    char *names = NULL;
    DWORD length = 0;
    size_t i;

    for (i = 0; i < sizeof files / sizeof *files; ++i) {
        about("file \"%s\"", files[i]);
        ANSWERS_ONE_OF(CALL(csp, data->pfnCardReadFile(data, NULL, files[i], 0, &bytes, &length)),
                       SCARD_E_FILE_NOT_FOUND, SCARD_E_INVALID_PARAMETER);
        ANSWERS_ONE_OF(CALL(csp, data->pfnCardGetFileInfo(data, NULL, files[i], &info)), SCARD_E_FILE_NOT_FOUND,
                       SCARD_E_INVALID_PARAMETER);
        ANSWERS_ONE_OF(CALL(csp, data->pfnCardReadFile(data, files[i][0] ? files[i] : "x", "cardid", 0, &bytes, &length)),
                       SCARD_E_DIR_NOT_FOUND, SCARD_E_FILE_NOT_FOUND, SCARD_E_INVALID_PARAMETER);
    }
    about("directory nothing");
    ANSWERS(CALL(csp, data->pfnCardEnumFiles(data, "nothing", &names, &length, 0)), SCARD_E_DIR_NOT_FOUND);
    for (i = 0; i < sizeof properties / sizeof *properties; ++i) {
        about("property \"%ls\"", properties[i]);
        ANSWERS_ONE_OF(CALL(csp, data->pfnCardGetProperty(data, properties[i], buffer, sizeof buffer, &length, 0)),
                       SCARD_E_INVALID_PARAMETER, SCARD_E_UNSUPPORTED_FEATURE);
        ANSWERS_ONE_OF(CALL(csp, data->pfnCardSetProperty(data, properties[i], buffer, 4, 0)), SCARD_E_INVALID_PARAMETER,
                       SCARD_E_UNSUPPORTED_FEATURE);
        ANSWERS_ONE_OF(CALL(csp, data->pfnCardGetContainerProperty(data, 0, properties[i], buffer, sizeof buffer, &length,
                                                                   0)), SCARD_E_INVALID_PARAMETER,
                       SCARD_E_UNSUPPORTED_FEATURE);
    }
    about("flags of properties");
    ANSWERS(CALL(csp, data->pfnCardGetProperty(data, PROPERTY_READ_ONLY, buffer, sizeof buffer, &length, 1)),
            SCARD_E_INVALID_PARAMETER);
    ANSWERS_ONE_OF(CALL(csp, data->pfnCardGetProperty(data, PROPERTY_PIN_INFO, buffer, sizeof buffer, &length, 7)),
                   SCARD_E_INVALID_PARAMETER, SCARD_E_UNSUPPORTED_FEATURE);
    ANSWERS_ONE_OF(CALL(csp, data->pfnCardGetProperty(data, PROPERTY_PIN_INFO, buffer, sizeof buffer, &length, 4711)),
                   SCARD_E_INVALID_PARAMETER, SCARD_E_UNSUPPORTED_FEATURE);
    ANSWERS(CALL(csp, data->pfnCardGetContainerProperty(data, 0, PROPERTY_PIN_IDENTIFIER, buffer, 4, &length, 1)),
            SCARD_E_INVALID_PARAMETER);
    about("properties that are not to be set");
    ANSWERS_ONE_OF(CALL(csp, data->pfnCardSetProperty(data, PROPERTY_READ_ONLY, buffer, 4, 0)),
                   SCARD_E_UNSUPPORTED_FEATURE, SCARD_W_SECURITY_VIOLATION);
    ANSWERS_ONE_OF(CALL(csp, data->pfnCardSetProperty(data, PROPERTY_GUID, buffer, 16, 0)), SCARD_E_UNSUPPORTED_FEATURE,
                   SCARD_W_SECURITY_VIOLATION);
    ANSWERS_ONE_OF(CALL(csp, data->pfnCardSetProperty(data, PROPERTY_FREE_SPACE, buffer, 16, 0)),
                   SCARD_E_UNSUPPORTED_FEATURE, SCARD_W_SECURITY_VIOLATION);
    about("containers that are not there");
    for (i = 1; i < 256; i += 51) {
        struct container_info container = { .dwVersion = 1 };

        ANSWERS(CALL(csp, data->pfnCardGetContainerInfo(data, (BYTE)i, 0, &container)), SCARD_E_NO_KEY_CONTAINER);
        ANSWERS_ONE_OF(CALL(csp, data->pfnCardGetContainerProperty(data, (BYTE)i, PROPERTY_PIN_IDENTIFIER, buffer, 4,
                                                                   &length, 0)),
                       SCARD_E_NO_KEY_CONTAINER, SCARD_E_INVALID_PARAMETER);
    }
}

static void writing_is_refused(struct csp *csp)
{
    card *data = &csp->data;
    BYTE bytes[16] = { 0 };
    char file[] = "cardid", directory[] = "mscp";

    about("writing");
#define CANNOT(function, ...)                                                                              \
    do {                                                                                                   \
        if (data->function != NULL)                                                                        \
            ANSWERS_ONE_OF(CALL(csp, data->function(data, __VA_ARGS__)), SCARD_E_UNSUPPORTED_FEATURE,      \
                           SCARD_W_SECURITY_VIOLATION);                                                    \
    } while (0)
    CANNOT(pfnCardWriteFile, NULL, file, 0, bytes, sizeof bytes);
    CANNOT(pfnCardDeleteFile, NULL, file, 0);
    CANNOT(pfnCardCreateFile, NULL, file, 16, EVERYONE_READ_USER_WRITE);
    CANNOT(pfnCardCreateDirectory, directory, 1);
    CANNOT(pfnCardDeleteDirectory, directory);
    CANNOT(pfnCardCreateContainer, 1, 1, AT_KEYEXCHANGE, 2048, NULL);
    CANNOT(pfnCardDeleteContainer, 0, 0);
    CANNOT(pfnCardSetContainerProperty, 0, PROPERTY_PIN_IDENTIFIER, bytes, 4, 0);
    CANNOT(pfnCardGetChallenge, &(BYTE *){ NULL }, &(DWORD){ 0 });
    CANNOT(pfnCardAuthenticateChallenge, bytes, 8, NULL);
    CANNOT(pfnCardGetChallengeEx, ROLE_ADMIN, &(BYTE *){ NULL }, &(DWORD){ 0 }, 0);
}

static void hashes_are_refused(struct csp *csp)
{
    static BYTE bytes[1 << 16];
    static const DWORD lengths[] = { 0, 1, 19, 31, 33, 245, 246, 1000, sizeof bytes, 0x7FFFFFFF, 0xFFFFFFFF };
    struct pss_padding sha256 = { L"SHA256", 32 }, absurd_salt = { L"SHA256", 0x7FFFFFFF }, unknown = { L"ROT13", 5 },
                       unnamed = { NULL, 32 };
    const struct card_signing_info good = { .dwVersion = 2, .dwKeySpec = AT_KEYEXCHANGE,
                                            .dwSigningFlags = SIGN_PADDING_INFO_PRESENT, .pbData = bytes, .cbData = 32,
                                            .pPaddingInfo = &sha256, .dwPaddingType = PADDING_PKCS1 };
    struct card_signing_info info;
    size_t i;

#define SIGN_REFUSED REFUSED, SCARD_W_SECURITY_VIOLATION, SCARD_E_NO_KEY_CONTAINER
#define SIGN_WITH(...)                                                                            \
    do {                                                                                          \
        info = good;                                                                              \
        __VA_ARGS__;                                                                              \
        ANSWERS_ONE_OF(CALL(csp, csp->data.pfnCardSignData(&csp->data, &info)), SIGN_REFUSED);    \
        CHECK(info.pbSignedData == NULL);                                                         \
    } while (0)
    for (i = 0; i < sizeof lengths / sizeof *lengths; ++i) {
        about("a hash of %lu bytes", lengths[i]);
        SIGN_WITH(info.cbData = lengths[i]);
        SIGN_WITH(info.cbData = lengths[i]; info.dwPaddingType = PADDING_PSS);
        SIGN_WITH(info.cbData = lengths[i]; info.dwSigningFlags = 0; info.aiHashAlg = CALG_SHA_256);
        if (lengths[i] >= 1000 || lengths[i] == 0) {
            SIGN_WITH(info.cbData = lengths[i]; info.pPaddingInfo = &unnamed);
            SIGN_WITH(info.cbData = lengths[i]; info.dwSigningFlags = 0);
        }
    }
    about("signing info");
    SIGN_WITH(info.pbData = NULL);
    SIGN_WITH(info.pPaddingInfo = NULL);
    SIGN_WITH(info.pPaddingInfo = &unknown);
    SIGN_WITH(info.pPaddingInfo = &unnamed; info.dwPaddingType = PADDING_PSS);
    SIGN_WITH(info.pPaddingInfo = &absurd_salt; info.dwPaddingType = PADDING_PSS);
    SIGN_WITH(info.dwPaddingType = 0);
    SIGN_WITH(info.dwPaddingType = PADDING_PKCS1 | PADDING_PSS);
    SIGN_WITH(info.dwPaddingType = 0xFFFFFFFF);
    SIGN_WITH(info.bContainerIndex = 1);
    SIGN_WITH(info.bContainerIndex = 255);
    SIGN_WITH(info.dwKeySpec = 0);
    SIGN_WITH(info.dwKeySpec = 3);
    SIGN_WITH(info.dwKeySpec = 0xFFFFFFFF);
    SIGN_WITH(info.dwSigningFlags = 0; info.aiHashAlg = CALG_RC4);
    SIGN_WITH(info.dwSigningFlags = 0; info.aiHashAlg = 0xFFFFFFFF);
    SIGN_WITH(info.dwSigningFlags = 0xFFFFFFFF & ~(SIGN_SIZE_ONLY | SIGN_PADDING_INFO_PRESENT));
}

void mode_input(void)
{
    struct csp csp;
    unsigned before = count_commands().with_pin;
    int round;

    versions_are_agreed_on();
    version_6_is_shorter();
    contexts_are_refused();
    context_is_over();
    csp_acquire(&csp);
    structures_have_versions(&csp);
    vendor_field_is_changed(&csp);
    null_is_refused(&csp);
    names_are_refused(&csp);
    writing_is_refused(&csp);
    roles_are_refused(&csp);
    CHECK(count_commands().with_pin == before);
    /* Without the PIN and with it: nothing but sense is signed. */
    for (round = 0; round < 2; ++round) {
        hashes_are_refused(&csp);
        ANSWERS(authenticate(&csp, given.pin, NULL), CARD_OK);
    }
    CHECK(count_commands().with_pin == before + 2);
    signature_is_made(&csp);
    no_memory_is_said(&csp);
    csp_release(&csp);
}
