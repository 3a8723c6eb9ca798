/* Signatures, in all the ways Windows' programs ask for them. */
#include "minidriver.h"

#include <stdlib.h>

/* What is signed. */
static const char message[] = "The quick brown fox jumps over the lazy dog";

static const struct hash {
    const WCHAR *name;
    const char *file;
    ALG_ID algorithm;
    DWORD length;
    /* What stands before the hash in a DigestInfo (RFC 8017, note 1 of section 9.2). */
    BYTE prefix[19];
    DWORD prefix_length;
} hashes[] = {
    { L"SHA1", "sha1", CALG_SHA1, 20,
      { 0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2B, 0x0E, 0x03, 0x02, 0x1A, 0x05, 0x00, 0x04, 0x14 }, 15 },
    { L"SHA256", "sha256", CALG_SHA_256, 32,
      { 0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20 },
      19 },
    { L"SHA384", "sha384", CALG_SHA_384, 48,
      { 0x30, 0x41, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02, 0x05, 0x00, 0x04, 0x30 },
      19 },
    { L"SHA512", "sha512", CALG_SHA_512, 64,
      { 0x30, 0x51, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03, 0x05, 0x00, 0x04, 0x40 },
      19 },
};

static const char *const way_names[] = { "pkcs1", "digestinfo", "pss", "capi", "raw" };

static const struct hash *hash_by_name(const WCHAR *name)
{
    const struct hash *hash = hashes;

    while (wcscmp(hash->name, name) != 0)
        ++hash;
    return hash;
}

/* The message's hash, by Windows (here: by wine). */
static void digest(const struct hash *hash, BYTE result[64])
{
    HCRYPTPROV provider;
    HCRYPTHASH state;
    DWORD length = 64;

    if (!CryptAcquireContextA(&provider, NULL, NULL, PROV_RSA_AES, CRYPT_VERIFYCONTEXT) ||
        !CryptCreateHash(provider, hash->algorithm, 0, 0, &state) ||
        !CryptHashData(state, (const BYTE *)message, sizeof message - 1, 0) ||
        !CryptGetHashParam(state, HP_HASHVAL, result, &length, 0) || length != hash->length)
        give_up("no hash: error %lu", GetLastError());
    CryptDestroyHash(state);
    CryptReleaseContext(provider, 0);
}

/* The request; its data lies in `data`, its padding in `padding`. */
static struct card_signing_info request(DWORD key_spec, enum way way, const struct hash *hash, BYTE data[96],
                                        struct pss_padding *padding)
{
    struct card_signing_info info;
    BYTE value[64];

    digest(hash, value);
    memset(&info, 0, sizeof info);
    memset(padding, 0, sizeof *padding);
    info.dwVersion = SIGNING_VERSION;
    info.dwKeySpec = key_spec;
    info.pbData = data;
    if (way == PKCS1_DIGEST_INFO || way == CAPI_AS_IT_IS) {
        memcpy(data, hash->prefix, hash->prefix_length);
        info.cbData = hash->prefix_length;
    }
    memcpy(data + info.cbData, value, hash->length);
    info.cbData += hash->length;
    if (way == CAPI_WITH_ALGORITHM || way == CAPI_AS_IT_IS) {
        info.dwVersion = SIGNING_VERSION_BASIC;
        info.aiHashAlg = way == CAPI_AS_IT_IS ? 0 : hash->algorithm;
        return info;
    }
    info.dwSigningFlags = SIGN_PADDING_INFO_PRESENT;
    info.dwPaddingType = way == PSS ? PADDING_PSS : PADDING_PKCS1;
    /* BCRYPT_PKCS1_PADDING_INFO is the beginning of BCRYPT_PSS_PADDING_INFO. */
    info.pPaddingInfo = padding;
    padding->pszAlgId = way == PKCS1_DIGEST_INFO ? NULL : hash->name;
    padding->cbSalt = hash->length;
    return info;
}

DWORD sign(struct csp *csp, enum way way, const WCHAR *hash, struct signature *signature)
{
    struct card_signing_info info;
    struct pss_padding padding;
    BYTE data[96];
    DWORD length, code;

    if (csp->key_spec == 0)
        csp_free(certificate(csp, &length, &csp->key_spec));
    info = request(csp->key_spec, way, hash_by_name(hash), data, &padding);
    memset(signature, 0, sizeof *signature);
    code = CALL(csp, csp->data.pfnCardSignData(&csp->data, &info));
    if (code != CARD_OK) {
        CHECK(info.pbSignedData == NULL);
        return code;
    }
    CHECK(info.pbSignedData != NULL && info.cbSignedData >= 64 && info.cbSignedData <= sizeof signature->bytes);
    if (info.pbSignedData != NULL && info.cbSignedData <= sizeof signature->bytes) {
        signature->length = info.cbSignedData;
        memcpy(signature->bytes, info.pbSignedData, info.cbSignedData);
    }
    csp_free(info.pbSignedData);
    return code;
}

static void write_file(const char *name, const char *suffix, const BYTE *bytes, DWORD length)
{
    char path[MAX_PATH];
    FILE *file;

    if (given.folder == NULL)
        return;
    snprintf(path, sizeof path, "%s/%s%s", given.folder, name, suffix);
    file = fopen(path, "wb");
    if (file == NULL || fwrite(bytes, 1, length, file) != length || fclose(file) != 0)
        give_up("%s cannot be written", path);
}

static void write_signature(enum way way, const struct hash *hash, const struct signature *signature)
{
    struct signature reversed;
    char name[64];
    DWORD i;

    for (i = 0; i < signature->length; ++i)
        reversed.bytes[i] = signature->bytes[signature->length - 1 - i];
    snprintf(name, sizeof name, "%s-%s", way_names[way], hash->file);
    write_file(name, ".sig", reversed.bytes, signature->length);
}

static bool same(const struct signature *one, const struct signature *other)
{
    return one->length != 0 && one->length == other->length && memcmp(one->bytes, other->bytes, one->length) == 0;
}

void size_is_told(struct csp *csp)
{
    struct counts before, after;
    struct card_signing_info info;
    struct pss_padding padding;
    BYTE data[96];
    DWORD length, key_spec;
    enum way way;

    csp_free(certificate(csp, &length, &key_spec));
    for (way = PKCS1_WITH_NAME; way <= CAPI_AS_IT_IS; ++way) {
        about("size of a signature, %s", way_names[way]);
        info = request(key_spec, way, hash_by_name(L"SHA256"), data, &padding);
        info.dwSigningFlags |= SIGN_SIZE_ONLY;
        before = count_commands();
        ANSWERS(CALL(csp, csp->data.pfnCardSignData(&csp->data, &info)), CARD_OK);
        after = count_commands();
        CHECK(info.cbSignedData == 128 || info.cbSignedData == 256 || info.cbSignedData == 384 ||
              info.cbSignedData == 512);
        CHECK(info.pbSignedData == NULL);
        CHECK(after.commands == before.commands);
    }
}

void signatures_are_made(struct csp *csp)
{
    struct signature first, other;
    DWORD der_length, key_spec, code;
    BYTE *der = certificate(csp, &der_length, &key_spec);
    size_t i;
    enum way way;

    write_file("certificate", ".der", der, der_length);
    write_file("message", ".bin", (const BYTE *)message, sizeof message - 1);
    csp_free(der);
    for (i = 0; i < sizeof hashes / sizeof *hashes; ++i) {
        for (way = PKCS1_WITH_NAME; way <= CAPI_AS_IT_IS; ++way) {
            about("%s, %s", way_names[way], hashes[i].file);
            code = sign(csp, way, hashes[i].name, &other);
            /* Hash, salt and two bytes more do not go into 128 bytes where the hash has 64. */
            if (way == PSS && hashes[i].length == 64 && code != CARD_OK) {
                CHECK(first.length == 128);
                ANSWERS_ONE_OF(code, SCARD_E_INVALID_PARAMETER, SCARD_E_UNSUPPORTED_FEATURE);
                continue;
            }
            ANSWERS(code, CARD_OK);
            if (way == PKCS1_WITH_NAME)
                first = other;
            /* PKCS#1 makes the same bytes of the same hash, however one asks; PSS others each time. */
            CHECK(same(&first, &other) == (way != PSS));
            if (code == CARD_OK)
                write_signature(way, &hashes[i], &other);
        }
    }
    about("signatures");
    ANSWERS(sign(csp, PSS, L"SHA256", &first), CARD_OK);
    ANSWERS(sign(csp, PSS, L"SHA256", &other), CARD_OK);
    CHECK(!same(&first, &other));
}

void signature_is_made(struct csp *csp)
{
    static struct signature first;
    struct signature now;

    ANSWERS(sign(csp, PKCS1_WITH_NAME, L"SHA256", &now), CARD_OK);
    if (first.length == 0)
        first = now;
    CHECK(same(&first, &now));
}
