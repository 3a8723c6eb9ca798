/* Files, properties and the container, as the Base CSP reads them before it asks for a PIN. */
#include "minidriver.h"

#include <wchar.h>

BYTE *read_file(struct csp *csp, const char *directory, const char *name, DWORD *length)
{
    BYTE *data = NULL;
    DWORD code;

    *length = 0;
    code = CALL(csp, csp->data.pfnCardReadFile(&csp->data, directory, name, 0, &data, length));
    if (code != CARD_OK) {
        printf("%s/%s: ", directory ? directory : "", name);
        ANSWERS(code, CARD_OK);
        return NULL;
    }
    CHECK(data != NULL);
    return data;
}

static void record(struct csp *csp, struct container_map_record *map)
{
    DWORD length;
    BYTE *data = read_file(csp, "mscp", "cmapfile", &length);

    memset(map, 0, sizeof *map);
    CHECK(length == sizeof *map);
    if (data != NULL && length >= sizeof *map)
        memcpy(map, data, sizeof *map);
    csp_free(data);
}

BYTE *certificate(struct csp *csp, DWORD *length, DWORD *key_spec)
{
    struct container_map_record map;

    record(csp, &map);
    *key_spec = map.wKeyExchangeKeySizeBits ? AT_KEYEXCHANGE : AT_SIGNATURE;
    return read_file(csp, "mscp", *key_spec == AT_KEYEXCHANGE ? "kxc00" : "ksc00", length);
}

/* A file by other names, its information, and that its bytes are the same each time. */
static void file_is_there(struct csp *csp, const char *directory, const char *const names[], DWORD size)
{
    struct card_file_info info;
    DWORD length, length_again;
    BYTE *first = read_file(csp, directory, names[0], &length), *again;
    size_t i;

    about("file %s", names[0]);
    CHECK(size == 0 || length == size);
    for (i = 0; names[i] != NULL; ++i) {
        again = read_file(csp, directory, names[i], &length_again);
        CHECK(first && again && length == length_again && memcmp(first, again, length) == 0);
        csp_free(again);
        memset(&info, 0, sizeof info);
        info.dwVersion = i == 0 ? 1 : 0;
        ANSWERS(CALL(csp, csp->data.pfnCardGetFileInfo(&csp->data, directory, names[i], &info)), CARD_OK);
        CHECK(info.cbFileSize == length);
        CHECK(info.AccessCondition == EVERYONE_READ_USER_WRITE || info.AccessCondition == EVERYONE_READ_ADMIN_WRITE);
    }
    csp_free(first);
}

/* Whether a list of names, each with its end, and an end of the list, has this name. */
static bool lists(const char *names, DWORD length, const char *name)
{
    const char *next = names;

    while (next < names + length && *next != '\0') {
        if (strcmp(next, name) == 0)
            return true;
        next += strlen(next) + 1;
    }
    return false;
}

static void names_are_listed(struct csp *csp)
{
    char *names = NULL;
    DWORD length = 0;

    about("CardEnumFiles");
    ANSWERS(CALL(csp, csp->data.pfnCardEnumFiles(&csp->data, NULL, &names, &length, 0)), CARD_OK);
    CHECK(length > 2 && names && names[length - 1] == '\0' && names[length - 2] == '\0');
    if (length > 2 && names != NULL) {
        CHECK(lists(names, length, "cardid"));
        CHECK(lists(names, length, "cardcf"));
        CHECK(lists(names, length, "cardapps"));
        CHECK(!lists(names, length, "cmapfile"));
    }
    csp_free(names);
    names = NULL;
    ANSWERS(CALL(csp, csp->data.pfnCardEnumFiles(&csp->data, "MSCP", &names, &length, 0)), CARD_OK);
    if (length > 2 && names != NULL) {
        CHECK(lists(names, length, "cmapfile"));
        CHECK(lists(names, length, "kxc00") != lists(names, length, "ksc00"));
        CHECK(!lists(names, length, "msroots"));
    }
    csp_free(names);
}

void files_are_there(struct csp *csp)
{
    static const char *const cardid[] = { "cardid", "CardId", "CARDID", NULL };
    static const char *const cardcf[] = { "cardcf", "CardCF", NULL };
    static const char *const cardapps[] = { "cardapps", "CARDAPPS", NULL };
    static const char *const cmapfile[] = { "cmapfile", "CMapFile", "CMAPFILE", NULL };
    struct container_map_record map;
    DWORD length, key_spec;
    BYTE *data;
    size_t i;

    file_is_there(csp, NULL, cardid, 16);
    file_is_there(csp, NULL, cardcf, sizeof(struct card_cache_file));
    file_is_there(csp, "", cardapps, 8);
    file_is_there(csp, "mscp", cmapfile, sizeof map);
    file_is_there(csp, "MSCP", cmapfile, sizeof map);
    about("files");
    data = read_file(csp, NULL, "cardapps", &length);
    CHECK(data && length == 8 && memcmp(data, "mscp\0\0\0\0", 8) == 0);
    csp_free(data);

    record(csp, &map);
    CHECK(map.bFlags == (CONTAINER_VALID | CONTAINER_DEFAULT) && map.bReserved == 0);
    for (i = 0; i < 40 && map.wszGuid[i] != 0; ++i)
        CHECK(map.wszGuid[i] != L'\\' && map.wszGuid[i] >= L' ');
    CHECK(i > 0 && i < 40);
    CHECK((map.wSigKeySizeBits == 0) != (map.wKeyExchangeKeySizeBits == 0));
    CHECK((map.wSigKeySizeBits + map.wKeyExchangeKeySizeBits) % 512 == 0);

    data = certificate(csp, &length, &key_spec);
    /* One DER structure, to its last byte. */
    CHECK(data && length > 256 && data[0] == 0x30 && data[1] == 0x82 &&
          length == 4u + ((DWORD)data[2] << 8 | data[3]));
    csp_free(data);
    names_are_listed(csp);
}

static DWORD get(struct csp *csp, const WCHAR *name, void *data, DWORD size, DWORD *length, DWORD flags)
{
    return CALL(csp, csp->data.pfnCardGetProperty(&csp->data, name, data, size, length, flags));
}

/* Read as Windows reads: first the size, then the bytes; and a buffer of one byte less is too small. */
static void property_is_there(struct csp *csp, const WCHAR *name, void *data, DWORD size, DWORD flags)
{
    BYTE small[256];
    DWORD length = 0, code;

    about("property %ls", name);
    code = get(csp, name, NULL, 0, &length, flags);
    if (code == CARD_OK)
        CHECK(length == size);
    else
        ANSWERS_ONE_OF(code, ERROR_INSUFFICIENT_BUFFER, SCARD_E_INSUFFICIENT_BUFFER, SCARD_E_INVALID_PARAMETER);
    length = 0;
    ANSWERS_ONE_OF(get(csp, name, small, size - 1, &length, flags), ERROR_INSUFFICIENT_BUFFER,
                   SCARD_E_INSUFFICIENT_BUFFER);
    CHECK(length == size);
    length = 0;
    ANSWERS(get(csp, name, data, size, &length, flags), CARD_OK);
    CHECK(length == size);
}

static void number_is(struct csp *csp, const WCHAR *name, DWORD flags, DWORD expected)
{
    DWORD value = 0xA5A5A5A5;

    property_is_there(csp, name, &value, sizeof value, flags);
    CHECK(value == expected);
}

static void pin_is_described(struct csp *csp)
{
    struct pin_info info;

    memset(&info, 0, sizeof info);
    info.dwVersion = PIN_STRUCTURES_VERSION;
    property_is_there(csp, PROPERTY_PIN_INFO, &info, sizeof info, ROLE_USER);
    CHECK(info.dwVersion == PIN_STRUCTURES_VERSION);
    CHECK(info.PinType == 0 && info.PinPurpose == 0);
    CHECK(info.dwChangePermission == 1u << ROLE_USER);
    /* By another role than the PIN's own, and not by everyone. */
    CHECK(info.dwUnblockPermission != 0 && (info.dwUnblockPermission & 3u) == 0);
    CHECK(info.PinCachePolicy.dwVersion == PIN_STRUCTURES_VERSION && info.PinCachePolicy.PinCachePolicyType == 0);
    number_is(csp, PROPERTY_STRENGTH_VERIFY, ROLE_USER, PIN_STRENGTH_PLAINTEXT);
    number_is(csp, PROPERTY_STRENGTH_CHANGE, ROLE_USER, PIN_STRENGTH_PLAINTEXT);
    number_is(csp, PROPERTY_STRENGTH_UNBLOCK, ROLE_USER, PIN_STRENGTH_PLAINTEXT);
}

void properties_are_there(struct csp *csp)
{
    struct card_free_space_info space, space_again;
    struct card_capabilities capabilities, capabilities_again;
    struct card_key_sizes sizes, sizes_again;
    DWORD length, pins = 0, key_spec;
    BYTE guid[16], serial[64], *data;

    about("properties");
    csp_free(certificate(csp, &length, &key_spec));
    number_is(csp, PROPERTY_READ_ONLY, 0, TRUE);
    number_is(csp, PROPERTY_CACHE_MODE, 0, CACHE_MODE_SESSION_ONLY);
    number_is(csp, PROPERTY_ENROLLMENT, 0, FALSE);
    number_is(csp, PROPERTY_KEY_IMPORT, 0, 0);
    number_is(csp, PROPERTY_AUTHENTICATED, 0, 0);

    property_is_there(csp, PROPERTY_GUID, guid, sizeof guid, 0);
    data = read_file(csp, NULL, "cardid", &length);
    CHECK(data && length == 16 && memcmp(data, guid, 16) == 0);
    csp_free(data);
    about("serial number");
    length = 0;
    ANSWERS(get(csp, PROPERTY_SERIAL, serial, sizeof serial, &length, 0), CARD_OK);
    CHECK(length > 0 && length <= sizeof serial);

    property_is_there(csp, PROPERTY_PIN_LIST, &pins, sizeof pins, 0);
    CHECK((pins & 1u << ROLE_USER) != 0 && (pins & ~0xFFu) == 0);
    pin_is_described(csp);

    memset(&space, 0, sizeof space);
    space.dwVersion = 1;
    property_is_there(csp, PROPERTY_FREE_SPACE, &space, sizeof space, 0);
    memset(&space_again, 0, sizeof space_again);
    ANSWERS(CALL(csp, csp->data.pfnCardQueryFreeSpace(&csp->data, 0, &space_again)), CARD_OK);
    CHECK(space_again.dwMaxKeyContainers == space.dwMaxKeyContainers && space.dwMaxKeyContainers >= 1);
    CHECK(space.dwKeyContainersAvailable == 0 && space.dwBytesAvailable == 0);

    memset(&capabilities, 0, sizeof capabilities);
    capabilities.dwVersion = 1;
    property_is_there(csp, PROPERTY_CAPABILITIES, &capabilities, sizeof capabilities, 0);
    memset(&capabilities_again, 0, sizeof capabilities_again);
    ANSWERS(CALL(csp, csp->data.pfnCardQueryCapabilities(&csp->data, &capabilities_again)), CARD_OK);
    CHECK(!capabilities.fKeyGen && !capabilities_again.fKeyGen);
    /* TRUE means that the minidriver compresses and Windows must not; the file is DER either way. */
    CHECK(capabilities.fCertificateCompression == capabilities_again.fCertificateCompression);

    memset(&sizes, 0, sizeof sizes);
    sizes.dwVersion = 1;
    property_is_there(csp, PROPERTY_KEY_SIZES, &sizes, sizeof sizes, key_spec);
    memset(&sizes_again, 0, sizeof sizes_again);
    sizes_again.dwVersion = 1;
    ANSWERS(CALL(csp, csp->data.pfnCardQueryKeySizes(&csp->data, key_spec, 0, &sizes_again)), CARD_OK);
    CHECK(memcmp(&sizes, &sizes_again, sizeof sizes) == 0);
    CHECK(sizes.dwMinimumBitlen >= 512 && sizes.dwMinimumBitlen <= sizes.dwDefaultBitlen);
    CHECK(sizes.dwDefaultBitlen <= sizes.dwMaximumBitlen && sizes.dwMaximumBitlen <= 16384);

    about("settable properties");
    {
        HWND window = NULL;
        static const WCHAR text[] = L"Signing in to a public service";

        ANSWERS(CALL(csp, csp->data.pfnCardSetProperty(&csp->data, PROPERTY_PARENT_WINDOW, (BYTE *)&window,
                                                       sizeof window, 0)), CARD_OK);
        ANSWERS(CALL(csp, csp->data.pfnCardSetProperty(&csp->data, PROPERTY_CONTEXT_STRING, (BYTE *)text,
                                                       sizeof text, 0)), CARD_OK);
    }
}

/* A PUBLICKEYBLOB (BLOBHEADER, RSAPUBKEY, modulus least significant byte first) with the certificate's key. */
static void key_is_the_certificates(const BYTE *blob, DWORD length, const BYTE *der, DWORD der_length)
{
    const PUBLICKEYSTRUC *header = (const void *)blob;
    const RSAPUBKEY *key = (const void *)(blob + sizeof *header);
    BYTE modulus[512];
    DWORD bytes, i;
    bool found = false;

    CHECK(length > sizeof *header + sizeof *key);
    if (length <= sizeof *header + sizeof *key)
        return;
    CHECK(header->bType == PUBLICKEYBLOB && header->bVersion == CUR_BLOB_VERSION && header->reserved == 0);
    CHECK(header->aiKeyAlg == CALG_RSA_KEYX || header->aiKeyAlg == CALG_RSA_SIGN);
    CHECK(memcmp(&key->magic, "RSA1", 4) == 0);
    bytes = key->bitlen / 8;
    CHECK(bytes >= 64 && bytes <= sizeof modulus && length == sizeof *header + sizeof *key + bytes);
    if (bytes > sizeof modulus || length < sizeof *header + sizeof *key + bytes)
        return;
    for (i = 0; i < bytes; ++i)
        modulus[i] = blob[length - 1 - i];
    for (i = 0; i + bytes <= der_length; ++i)
        found = found || memcmp(der + i, modulus, bytes) == 0;
    CHECK(found);
}

void container_is_there(struct csp *csp)
{
    struct container_info info, by_property;
    struct container_map_record map;
    DWORD der_length = 0, length = 0, key_spec, pin = 0;
    BYTE *der = certificate(csp, &der_length, &key_spec);

    about("container");
    record(csp, &map);
    memset(&info, 0, sizeof info);
    info.dwVersion = 1;
    ANSWERS(CALL(csp, csp->data.pfnCardGetContainerInfo(&csp->data, 0, 0, &info)), CARD_OK);
    CHECK((info.pbKeyExPublicKey != NULL) == (key_spec == AT_KEYEXCHANGE));
    CHECK((info.pbSigPublicKey != NULL) == (key_spec == AT_SIGNATURE));
    if (info.pbKeyExPublicKey != NULL)
        key_is_the_certificates(info.pbKeyExPublicKey, info.cbKeyExPublicKey, der, der_length);
    if (info.pbSigPublicKey != NULL)
        key_is_the_certificates(info.pbSigPublicKey, info.cbSigPublicKey, der, der_length);

    memset(&by_property, 0, sizeof by_property);
    by_property.dwVersion = 1;
    ANSWERS(CALL(csp, csp->data.pfnCardGetContainerProperty(&csp->data, 0, PROPERTY_CONTAINER_INFO,
                                                            (BYTE *)&by_property, sizeof by_property, &length, 0)),
            CARD_OK);
    CHECK(length == sizeof by_property && by_property.cbKeyExPublicKey == info.cbKeyExPublicKey);
    CHECK(by_property.cbSigPublicKey == info.cbSigPublicKey);
    csp_free(info.pbKeyExPublicKey);
    csp_free(info.pbSigPublicKey);
    csp_free(by_property.pbKeyExPublicKey);
    csp_free(by_property.pbSigPublicKey);

    ANSWERS(CALL(csp, csp->data.pfnCardGetContainerProperty(&csp->data, 0, PROPERTY_PIN_IDENTIFIER, (BYTE *)&pin,
                                                            sizeof pin, &length, 0)), CARD_OK);
    CHECK(length == sizeof pin && pin == ROLE_USER);
    csp_free(der);
}
