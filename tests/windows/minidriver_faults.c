/* A fault at every command of every entry: the answer is one that the specification knows, what comes out is right or
 * nothing, and no more PIN commands are sent than without the fault. */
#include "minidriver.h"

#include <stdlib.h>

/* What an entry may answer when the card or the reader fails. SCARD_F_INTERNAL_ERROR is not among them: the minidriver
 * answers so when it caught itself in the middle of a mistake. */
static const DWORD answers_of_faults[] = {
    SCARD_E_COMM_DATA_LOST,      SCARD_E_UNEXPECTED,         SCARD_F_COMM_ERROR,        SCARD_E_NOT_TRANSACTED,
    SCARD_E_NO_SMARTCARD,        SCARD_E_UNKNOWN_CARD,       SCARD_E_CARD_UNSUPPORTED,  SCARD_E_READER_UNAVAILABLE,
    SCARD_E_FILE_NOT_FOUND,      SCARD_E_NO_KEY_CONTAINER,   SCARD_E_INVALID_HANDLE,    SCARD_E_PROTO_MISMATCH,
    SCARD_E_NOT_READY,           SCARD_E_UNSUPPORTED_FEATURE, SCARD_W_REMOVED_CARD,     SCARD_W_RESET_CARD,
    SCARD_W_UNRESPONSIVE_CARD,   SCARD_W_UNPOWERED_CARD,     SCARD_W_SECURITY_VIOLATION, SCARD_W_UNSUPPORTED_CARD,
    CARD_OK,
};

struct fault {
    const char *effect;
    /* The card lies in no reader afterwards, or pcscd does not know that it is another insertion. */
    bool reinserted;
    /* What the card says of a PIN, true or not, is passed on. */
    bool of_the_pin;
};

/* "executed": the card did it, and its answer is lost. An answer of no bytes is left out: vpcd waits for ever for it. */
static const struct fault faults[] = {
    { "6F00", false, false },           { "6881", false, false },   { "6982", false, false },
    { "6A82", false, false },           { "63C1", false, true },    { "6983", false, true },
    { "90", false, false },             { "9000", false, false },   { "long", false, false },
    { "6F00 executed", false, false },  { "reset", false, false },  { "remove", true, false },
    { "remove executed", true, false }, { "reinsert", true, false },
};

/* A card that says the same for ever. */
static const struct fault hostile[] = {
    { "9000 always", false, false }, { "6100 always", false, false }, { "61FF always", false, false },
    { "6C00 always", false, false }, { "6CFF always", false, false }, { "long always", false, false },
    { "90 always", false, false },   { "63C0 always", false, true },  { "00009000 always", false, false },
};

/* More than any call needs, and less than for ever. */
#define MANY_COMMANDS 2000

static DWORD nothing(struct csp *csp)
{
    (void)csp;
    return CARD_OK;
}

static DWORD acquire(struct csp *csp)
{
    /* Of a context that is new, not the one the case began with. */
    card fresh = csp->data;
    DWORD code;

    fresh.pvVendorSpecific = NULL;
    code = CALL(csp, acquire_context(&fresh, 0));
    if (code == CARD_OK)
        fresh.pfnCardDeleteContext(&fresh);
    return code;
}

/* Reads a file twice over in different cases: the same bytes each time, if any. */
static DWORD read_same(struct csp *csp, const char *directory, const char *name, BYTE **kept, DWORD *kept_length)
{
    BYTE *data = NULL;
    DWORD length = 0, code = CALL(csp, csp->data.pfnCardReadFile(&csp->data, directory, name, 0, &data, &length));

    if (code != CARD_OK)
        return code;
    if (*kept == NULL && (*kept = malloc(length)) != NULL) {
        memcpy(*kept, data, length);
        *kept_length = length;
    }
    CHECK(*kept && length == *kept_length && memcmp(*kept, data, length) == 0);
    csp_free(data);
    return CARD_OK;
}

static DWORD read_certificate(struct csp *csp)
{
    static BYTE *kept;
    static DWORD length;

    return read_same(csp, "mscp", "kxc00", &kept, &length);
}

static DWORD read_identifier(struct csp *csp)
{
    static BYTE *kept;
    static DWORD length;

    return read_same(csp, NULL, "cardid", &kept, &length);
}

static DWORD read_container(struct csp *csp)
{
    struct container_info info = { .dwVersion = 1 };
    DWORD code = CALL(csp, csp->data.pfnCardGetContainerInfo(&csp->data, 0, 0, &info));

    if (code == CARD_OK) {
        csp_free(info.pbKeyExPublicKey);
        csp_free(info.pbSigPublicKey);
    }
    return code;
}

static DWORD right_pin(struct csp *csp)
{
    return authenticate(csp, given.pin, NULL);
}

static DWORD sign_same(struct csp *csp)
{
    static struct signature first;
    struct signature now;
    DWORD code = sign(csp, PKCS1_WITH_NAME, L"SHA256", &now);

    if (code != CARD_OK)
        return code;
    if (first.length == 0)
        first = now;
    CHECK(now.length == first.length && memcmp(now.bytes, first.bytes, now.length) == 0);
    return CARD_OK;
}

static DWORD change(struct csp *csp)
{
    return change_pin(csp, given.pin, wrong(given.pin), NULL);
}

static DWORD unblock(struct csp *csp)
{
    return unblock_pin(csp, given.puk, given.pin);
}

static const struct entry {
    const char *name;
    DWORD (*prepare)(struct csp *csp);
    DWORD (*run)(struct csp *csp);
    /* Brings back what the entry changed. */
    DWORD (*repair)(struct csp *csp);
} entries[] = {
    { "acquire", nothing, acquire, nothing },          { "identifier", nothing, read_identifier, nothing },
    { "certificate", nothing, read_certificate, nothing }, { "container", nothing, read_container, nothing },
    { "authenticate", nothing, right_pin, right_pin }, { "sign", right_pin, sign_same, right_pin },
    { "change", nothing, change, unblock },            { "unblock", nothing, unblock, unblock },
};

/* The context of a case, prepared, and what it costs without a fault. */
static struct counts clean_run(const struct entry *entry)
{
    struct csp csp;
    struct counts before, after;

    csp_acquire(&csp);
    ANSWERS(entry->prepare(&csp), CARD_OK);
    before = count_commands();
    ANSWERS(entry->run(&csp), CARD_OK);
    after = count_commands();
    ANSWERS(entry->repair(&csp), CARD_OK);
    csp_release(&csp);
    after.commands -= before.commands;
    after.with_pin -= before.with_pin;
    return after;
}

static void one_case(const struct entry *entry, const struct fault *fault, unsigned command, struct counts clean)
{
    struct csp csp;
    struct counts before, after;
    DWORD code;
    long blocks;

    csp_acquire(&csp);
    ANSWERS(entry->prepare(&csp), CARD_OK);
    before = count_commands();
    blocks = blocks_in_use();
    control("fault %u %s", command, fault->effect);
    code = entry->run(&csp);
    control("fault");
    if (code != CARD_OK && !(fault->of_the_pin && (code == (DWORD)SCARD_W_WRONG_CHV || code == (DWORD)SCARD_W_CHV_BLOCKED)))
        check_one_of(code, answers_of_faults, "the answer to a fault", __FILE__, __LINE__);
    after = count_commands();
    CHECK(after.with_pin <= before.with_pin + clean.with_pin);
    CHECK(after.commands <= before.commands + MANY_COMMANDS);
    /* What the entry asked for and did not hand out is given back; the context may keep something. */
    if (code != CARD_OK && entry->run != acquire)
        CHECK(blocks_in_use() <= blocks + 2);
    /* The context goes on: Windows resets the card, or takes other handles when it was away. What our programs note of
     * wrong PINs holds until the card is pulled. */
    if (fault->reinserted || (fault->of_the_pin && after.with_pin > before.with_pin)) {
        /* Until pcscd has seen the insertion that is the fault. */
        if (strcmp(fault->effect, "reinsert") == 0)
            Sleep(600);
        remove_card();
        insert_card(NULL);
        csp_change_handles(&csp);
    } else {
        csp_reset_card(&csp);
    }
    ANSWERS(entry->repair(&csp), CARD_OK);
    csp_release(&csp);
}

static void matrix(const struct fault *first, size_t count)
{
    const struct tries issued = tries_left();
    unsigned cases = 0, command;
    size_t i, f;

    for (i = 0; i < sizeof entries / sizeof *entries; ++i) {
        struct counts clean;

        if (given.entry != NULL && strcmp(given.entry, entries[i].name) != 0)
            continue;
        about("%s without a fault", entries[i].name);
        clean_run(&entries[i]);
        clean = clean_run(&entries[i]);
        printf("%s: %u commands, %u with a PIN\n", entries[i].name, clean.commands, clean.with_pin);
        for (command = 0; command < clean.commands; ++command)
            for (f = 0; f < count; ++f, ++cases) {
                about("%s, command %u, %s", entries[i].name, command, first[f].effect);
                one_case(&entries[i], &first[f], command, clean);
            }
    }
    about("after all faults");
    CHECK(tries_left().pin == issued.pin && tries_left().puk == issued.puk);
    printf("%u cases\n", cases);
}

void mode_faults(void)
{
    matrix(faults, sizeof faults / sizeof *faults);
}

void mode_hostile(void)
{
    matrix(hostile, sizeof hostile / sizeof *hostile);
}
