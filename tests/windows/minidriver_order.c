/* The order in which Windows calls, and what happens to cards and handles between two calls. */
#include "minidriver.h"

static void what_must_be_there(const struct csp *csp)
{
    const card *data = &csp->data;

    about("CardAcquireContext");
    CHECK(data->dwVersion == CARD_DATA_VERSION);
    CHECK(data->pfnCardDeleteContext && data->pfnCardAuthenticatePin && data->pfnCardAuthenticateEx);
    CHECK(data->pfnCardReadFile && data->pfnCardGetFileInfo && data->pfnCardEnumFiles && data->pfnCardQueryFreeSpace);
    CHECK(data->pfnCardQueryCapabilities && data->pfnCardGetContainerInfo && data->pfnCardQueryKeySizes);
    CHECK(data->pfnCardSignData && data->pfnCardGetContainerProperty);
    CHECK(data->pfnCardGetProperty && data->pfnCardSetProperty);
    CHECK(data->pfnCardUnblockPin && data->pfnCardChangeAuthenticator && data->pfnCardChangeAuthenticatorEx);
    /* "Must always be provided": it says that it cannot, and Windows resets the card. */
    CHECK(data->pfnCardDeauthenticateEx);
    /* What Windows gave is Windows'. */
    CHECK(data->pfnCspAlloc == csp_alloc && data->pfnCspFree == csp_free);
    CHECK(data->hScard == csp->handle && data->hSCardCtx == csp->context && data->pbAtr == csp->atr);
}

/* Either it deauthenticates, or it says that it did not and Windows resets the card: then the PIN is needed again. */
static void deauthenticate(struct csp *csp)
{
    struct signature signature;
    DWORD code = SCARD_E_UNSUPPORTED_FEATURE;

    about("deauthenticate");
    if (csp->data.pfnCardDeauthenticate != NULL)
        code = CALL(csp, csp->data.pfnCardDeauthenticate(&csp->data, USER, 0));
    if (code != CARD_OK && csp->data.pfnCardDeauthenticateEx != NULL)
        code = CALL(csp, csp->data.pfnCardDeauthenticateEx(&csp->data, 1u << ROLE_USER, 0));
    if (code != CARD_OK) {
        ANSWERS(code, SCARD_E_UNSUPPORTED_FEATURE);
        csp_reset_card(csp);
    }
    ANSWERS(sign(csp, PKCS1_WITH_NAME, L"SHA256", &signature), SCARD_W_SECURITY_VIOLATION);
}

static void pin_is_changed_and_back(struct csp *csp)
{
    const char *other = wrong(given.pin);
    unsigned before = count_commands().with_pin;
    DWORD left = 4711;

    about("change of the PIN");
    ANSWERS(change_pin(csp, given.pin, other, &left), CARD_OK);
    ANSWERS(change_pin(csp, other, given.pin, NULL), CARD_OK);
    ANSWERS(CALL(csp, csp->data.pfnCardChangeAuthenticator(&csp->data, USER, (BYTE *)given.pin, (DWORD)strlen(given.pin),
                                                           (BYTE *)other, (DWORD)strlen(other), 0,
                                                           AUTHENTICATE_PIN_PIN, &left)), CARD_OK);
    ANSWERS(change_pin(csp, other, given.pin, NULL), CARD_OK);
    if (has_control())
        CHECK(count_commands().with_pin == before + 4);
    ANSWERS(authenticate(csp, given.pin, NULL), CARD_OK);
    signature_is_made(csp);
}

static void call_in_order(void)
{
    struct csp csp;
    struct signature signature;
    unsigned before = count_commands().with_pin;
    DWORD left = 4711;

    csp_acquire(&csp);
    what_must_be_there(&csp);
    properties_are_there(&csp);
    files_are_there(&csp);
    container_is_there(&csp);
    size_is_told(&csp);
    about("signature before the PIN");
    ANSWERS(sign(&csp, PKCS1_WITH_NAME, L"SHA256", &signature), SCARD_W_SECURITY_VIOLATION);
    if (has_control())
        CHECK(count_commands().with_pin == before);

    about("wrong PIN");
    ANSWERS(authenticate(&csp, wrong(given.pin), &left), SCARD_W_WRONG_CHV);
    CHECK(left == (DWORD)-1 || (has_control() ? left == tries_left().pin : left < 8));
    ANSWERS(sign(&csp, PKCS1_WITH_NAME, L"SHA256", &signature), SCARD_W_SECURITY_VIOLATION);
    about("right PIN");
    ANSWERS(authenticate(&csp, given.pin, &left), CARD_OK);
    if (has_control())
        CHECK(count_commands().with_pin == before + 2);
    signatures_are_made(&csp);
    size_is_told(&csp);
    if (has_control())
        CHECK(count_commands().with_pin == before + 2);

    deauthenticate(&csp);
    pin_is_changed_and_back(&csp);
    deauthenticate(&csp);
    about("unblock");
    ANSWERS(unblock_pin(&csp, given.puk, given.pin), CARD_OK);
    ANSWERS(authenticate(&csp, given.pin, NULL), CARD_OK);
    signature_is_made(&csp);
    deauthenticate(&csp);
    about("CardDeleteContext");
    csp_release(&csp);
}

void mode_order(void)
{
    call_in_order();
    /* And again: nothing of the first context is left. */
    call_in_order();
}

/* Windows' own discovery (Microsoft's "Discovery Process"): SELECT of its plug-and-play application, GET DATA 7F68, MF,
 * EF.ATR and a READ BINARY, PIV, GIDS; winscard.dll and its class minidriver ask for the last two once more. */
void mode_discovery(void)
{
    static const struct {
        DWORD length;
        BYTE bytes[24];
    } commands[] = {
        { 17, { 0x00, 0xA4, 0x04, 0x00, 0x0B, 0xA0, 0x00, 0x00, 0x03, 0x97, 0x43, 0x49, 0x44, 0x5F, 0x01, 0x00, 0x00 } },
        { 5, { 0x00, 0xCA, 0x7F, 0x68, 0x00 } },
        { 7, { 0x00, 0xA4, 0x00, 0x00, 0x02, 0x3F, 0x00 } },
        { 7, { 0x00, 0xA4, 0x02, 0x00, 0x02, 0x2F, 0x01 } },
        { 5, { 0x00, 0xB0, 0x00, 0x00, 0x00 } },
        { 15, { 0x00, 0xA4, 0x04, 0x00, 0x09, 0xA0, 0x00, 0x00, 0x03, 0x08, 0x00, 0x00, 0x10, 0x00, 0x00 } },
        { 15, { 0x00, 0xA4, 0x04, 0x00, 0x09, 0xA0, 0x00, 0x00, 0x03, 0x97, 0x42, 0x54, 0x46, 0x59, 0x00 } },
        { 15, { 0x00, 0xA4, 0x04, 0x00, 0x09, 0xA0, 0x00, 0x00, 0x03, 0x08, 0x00, 0x00, 0x10, 0x00, 0x00 } },
        { 15, { 0x00, 0xA4, 0x04, 0x00, 0x09, 0xA0, 0x00, 0x00, 0x03, 0x97, 0x42, 0x54, 0x46, 0x59, 0x00 } },
    };
    struct csp csp;
    size_t i;

    csp_open(&csp);
    csp_begin(&csp);
    for (i = 0; i < sizeof commands / sizeof *commands; ++i)
        printf("%04X ", csp_transmit(&csp, commands[i].bytes, commands[i].length));
    printf("to Windows' discovery\n");
    csp_end(&csp, CARD_OK);
    ANSWERS(CALL(&csp, acquire_context(&csp.data, 0)), CARD_OK);
    if (csp.data.pfnCardReadFile == NULL)
        give_up("no context");
    files_are_there(&csp);

    /* Another program looks between two calls. */
    about("discovery between two calls");
    ANSWERS(authenticate(&csp, given.pin, NULL), CARD_OK);
    for (i = 0; i < sizeof commands / sizeof *commands; ++i) {
        csp_begin(&csp);
        csp_transmit(&csp, commands[i].bytes, commands[i].length);
        csp_end(&csp, CARD_OK);
        files_are_there(&csp);
        ANSWERS(authenticate(&csp, given.pin, NULL), CARD_OK);
        signature_is_made(&csp);
    }
    csp_release(&csp);
    call_in_order();
}

void mode_handles(void)
{
    struct csp csp;
    struct signature signature;
    int i;

    csp_acquire(&csp);
    csp_change_handles(&csp);
    properties_are_there(&csp);
    csp_change_handles(&csp);
    files_are_there(&csp);
    csp_change_handles(&csp);
    container_is_there(&csp);
    for (i = 0; i < 3; ++i) {
        about("PIN and signature with other handles, round %d", i);
        csp_change_handles(&csp);
        ANSWERS(sign(&csp, PKCS1_WITH_NAME, L"SHA256", &signature), SCARD_W_SECURITY_VIOLATION);
        csp_change_handles(&csp);
        ANSWERS(authenticate(&csp, given.pin, NULL), CARD_OK);
        csp_change_handles(&csp);
        signature_is_made(&csp);
        csp_change_handles(&csp);
        signature_is_made(&csp);
        csp_reset_card(&csp);
    }
    about("two contexts, one deleted");
    {
        struct csp other;

        csp_acquire(&other);
        ANSWERS(authenticate(&other, given.pin, NULL), CARD_OK);
        csp_release(&csp);
        signature_is_made(&other);
        csp_release(&other);
    }
}

/* The calls of a context whose card is gone. */
static void nothing_answers(struct csp *csp)
{
    const unsigned before = count_commands().with_pin;
    struct signature signature;
    BYTE *data = NULL;
    DWORD length = 0;

#define GONE SCARD_W_REMOVED_CARD, SCARD_E_NO_SMARTCARD, SCARD_E_INVALID_HANDLE, SCARD_E_READER_UNAVAILABLE
    ANSWERS_ONE_OF(sign(csp, PKCS1_WITH_NAME, L"SHA256", &signature), GONE);
    ANSWERS_ONE_OF(authenticate(csp, given.pin, NULL), GONE);
    ANSWERS_ONE_OF(change_pin(csp, given.pin, wrong(given.pin), NULL), GONE);
    /* Files may be remembered, or not. */
    if (CALL(csp, csp->data.pfnCardReadFile(&csp->data, "mscp", "cmapfile", 0, &data, &length)) == CARD_OK)
        csp_free(data);
    CHECK(count_commands().with_pin == before);
}

void mode_pulled(void)
{
    struct csp csp;
    struct signature signature;

    csp_acquire(&csp);
    ANSWERS(authenticate(&csp, given.pin, NULL), CARD_OK);
    signature_is_made(&csp);
    about("the card is pulled");
    remove_card();
    nothing_answers(&csp);
    about("the card is back, old handles");
    insert_card(NULL);
    nothing_answers(&csp);
    about("the card is back, new handles");
    csp_change_handles(&csp);
    files_are_there(&csp);
    ANSWERS(sign(&csp, PKCS1_WITH_NAME, L"SHA256", &signature), SCARD_W_SECURITY_VIOLATION);
    ANSWERS(authenticate(&csp, given.pin, NULL), CARD_OK);
    signature_is_made(&csp);
    about("the card is pulled for good");
    remove_card();
    csp_release(&csp);
    insert_card(NULL);
}

/* What Windows tells cards apart by. */
static void identifier(struct csp *csp, BYTE bytes[16])
{
    DWORD length;
    BYTE *data = read_file(csp, NULL, "cardid", &length);

    memset(bytes, 0, 16);
    if (data != NULL && length == 16)
        memcpy(bytes, data, 16);
    csp_free(data);
}

/* A context belongs to one card. With another one it must not use the first one's certificate or PIN: either it serves
 * the new card as it is, or it says that it is not the card it knew. */
void mode_swapped(void)
{
    struct csp csp;
    struct signature signature;
    BYTE first[16], second[16];
    char kind[64];
    DWORD code;
    unsigned before;

    if (given.other == NULL)
        give_up("swapped needs other=");
    snprintf(kind, sizeof kind, "%s", control("kind"));
    csp_acquire(&csp);
    identifier(&csp, first);
    ANSWERS(authenticate(&csp, given.pin, NULL), CARD_OK);
    signature_is_made(&csp);
    about("another card in its place");
    remove_card();
    insert_card(given.other);
    csp_change_handles(&csp);
    before = count_commands().with_pin;
    code = sign(&csp, PKCS1_WITH_NAME, L"SHA256", &signature);
    CHECK(code != CARD_OK);
    CHECK(count_commands().with_pin == before);
    code = authenticate(&csp, given.pin, NULL);
    CHECK(count_commands().with_pin == before + (code == CARD_OK));
    csp_release(&csp);

    csp_acquire(&csp);
    identifier(&csp, second);
    CHECK(memcmp(first, second, 16) != 0);
    ANSWERS(authenticate(&csp, given.pin, NULL), CARD_OK);
    ANSWERS(sign(&csp, PKCS1_WITH_NAME, L"SHA256", &signature), CARD_OK);
    csp_release(&csp);
    remove_card();
    insert_card(kind);
}

/* A card without a certificate may have a context: one with no container, for which no PIN is sent. */
static void nothing_to_use(struct csp *csp)
{
    struct container_info info = { .dwVersion = 1 };
    BYTE *data = NULL;
    DWORD length = 0;

    ANSWERS(CALL(csp, csp->data.pfnCardGetContainerInfo(&csp->data, 0, 0, &info)), SCARD_E_NO_KEY_CONTAINER);
    ANSWERS(CALL(csp, csp->data.pfnCardReadFile(&csp->data, "mscp", "kxc00", 0, &data, &length)), SCARD_E_FILE_NOT_FOUND);
    data = read_file(csp, "mscp", "cmapfile", &length);
    /* No record, or one that says that it is none. */
    CHECK(length == 0 || (data && length == sizeof(struct container_map_record) &&
                          ((struct container_map_record *)data)->bFlags == 0));
    csp_free(data);
    CHECK(authenticate(csp, "12345", NULL) != CARD_OK);
    CHECK(change_pin(csp, "12345", "54321", NULL) != CARD_OK);
    CHECK(unblock_pin(csp, "12345678", "12345") != CARD_OK);
}

void mode_refused(void)
{
    struct csp csp;
    unsigned before = count_commands().with_pin;
    DWORD code;

    csp_open(&csp);
    code = CALL(&csp, acquire_context(&csp.data, 0));
    if (code == CARD_OK) {
        nothing_to_use(&csp);
        csp_release(&csp);
    } else {
        ANSWERS(code, SCARD_E_UNKNOWN_CARD);
        csp_close(&csp);
    }
    if (has_control())
        CHECK(count_commands().with_pin == before);
}
