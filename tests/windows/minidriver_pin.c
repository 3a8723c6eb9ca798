/* PINs: wrong ones, right ones, all lengths, and how many of them reach the card. */
#include "minidriver.h"

#include <ctype.h>

/* What pcAttemptsRemaining says where the card does not tell. */
#define UNKNOWN_TRIES ((DWORD)-1)

const char *wrong(const char *right)
{
    static char other[64];
    size_t i;

    snprintf(other, sizeof other, "%s", right);
    for (i = 0; other[i]; ++i)
        if (isdigit((unsigned char)other[i]))
            other[i] = (char)('0' + (other[i] - '0' + 1) % 10);
    return other;
}

DWORD authenticate(struct csp *csp, const char *pin, DWORD *left)
{
    return CALL(csp, csp->data.pfnCardAuthenticateEx(&csp->data, ROLE_USER, 0, (BYTE *)pin, (DWORD)strlen(pin), NULL,
                                                     NULL, left));
}

DWORD change_pin(struct csp *csp, const char *pin, const char *new_pin, DWORD *left)
{
    return CALL(csp, csp->data.pfnCardChangeAuthenticatorEx(&csp->data, CHANGE_PIN, ROLE_USER, (BYTE *)pin,
                                                            (DWORD)strlen(pin), ROLE_USER, (BYTE *)new_pin,
                                                            (DWORD)strlen(new_pin), 0, left));
}

/* The PIN that may unblock the user's, as the minidriver says. */
static DWORD unblocking_role(struct csp *csp)
{
    struct pin_info info;
    DWORD length, role = 0;

    memset(&info, 0, sizeof info);
    info.dwVersion = PIN_STRUCTURES_VERSION;
    ANSWERS(CALL(csp, csp->data.pfnCardGetProperty(&csp->data, PROPERTY_PIN_INFO, (BYTE *)&info, sizeof info, &length,
                                                   ROLE_USER)), CARD_OK);
    while (role < MAX_PINS && !(info.dwUnblockPermission & 1u << role))
        ++role;
    return role;
}

static DWORD unblock_of_length(struct csp *csp, const char *puk, DWORD puk_length, const char *pin, DWORD pin_length)
{
    DWORD role = unblocking_role(csp), left = UNKNOWN_TRIES;

    return CALL(csp, csp->data.pfnCardChangeAuthenticatorEx(&csp->data, CHANGE_UNBLOCK, role, (BYTE *)puk, puk_length,
                                                            ROLE_USER, (BYTE *)pin, pin_length, 0, &left));
}

DWORD unblock_pin(struct csp *csp, const char *puk, const char *pin)
{
    return unblock_of_length(csp, puk, (DWORD)strlen(puk), pin, (DWORD)strlen(pin));
}

static DWORD old_unblock(struct csp *csp, const char *puk, const char *pin)
{
    /* The user is the one whose PIN it is; -1 leaves the number of tries as the card has it. */
    return CALL(csp, csp->data.pfnCardUnblockPin(&csp->data, USER, (BYTE *)puk, (DWORD)strlen(puk), (BYTE *)pin,
                                                 (DWORD)strlen(pin), (DWORD)-1, AUTHENTICATE_PIN_PIN));
}

/* Wrong PIN by each entry that takes one: said with the tries left, and one command each. */
static void wrong_pin_is_said(struct csp *csp, const char *how, DWORD code, DWORD left, struct counts before)
{
    struct counts after = count_commands();

    about("wrong PIN by %s", how);
    (void)csp;
    ANSWERS(code, SCARD_W_WRONG_CHV);
    if (has_control()) {
        CHECK(after.with_pin == before.with_pin + 1);
        CHECK(left == UNKNOWN_TRIES || left == tries_left().pin);
    }
}

/* The card that is told three PINs in a row keeps its last try: the third is not sent. */
void mode_tries(void)
{
    struct csp csp;
    struct counts before;
    struct tries issued = tries_left();
    struct signature signature;
    DWORD left = UNKNOWN_TRIES, code;
    unsigned sent;

    csp_acquire(&csp);
    before = count_commands();
    code = authenticate(&csp, wrong(given.pin), &left);
    wrong_pin_is_said(&csp, "CardAuthenticateEx", code, left, before);
    left = UNKNOWN_TRIES;
    before = count_commands();
    code = CALL(&csp, csp.data.pfnCardAuthenticatePin(&csp.data, USER, (BYTE *)wrong(given.pin),
                                                      (DWORD)strlen(given.pin), &left));
    wrong_pin_is_said(&csp, "CardAuthenticatePin", code, left, before);
    csp_release(&csp);

    about("the last try, in another context");
    csp_acquire(&csp);
    for (sent = 2; sent < 8 && tries_left().pin > 1; ++sent)
        ANSWERS(authenticate(&csp, wrong(given.pin), NULL), SCARD_W_WRONG_CHV);
    CHECK(tries_left().pin == 1);
    before = count_commands();
    for (sent = 0; sent < 4; ++sent) {
        left = UNKNOWN_TRIES;
        CHECK(authenticate(&csp, wrong(given.pin), &left) != CARD_OK);
        CHECK(change_pin(&csp, wrong(given.pin), given.pin, &left) != CARD_OK);
    }
    CHECK(count_commands().with_pin == before.with_pin);
    CHECK(tries_left().pin == 1);
    ANSWERS(sign(&csp, PKCS1_WITH_NAME, L"SHA256", &signature), SCARD_W_SECURITY_VIOLATION);
    csp_release(&csp);

    about("unblock");
    csp_acquire(&csp);
    before = count_commands();
    ANSWERS(unblock_pin(&csp, wrong(given.puk), given.pin), SCARD_W_WRONG_CHV);
    CHECK(count_commands().with_pin == before.with_pin + 1);
    CHECK(tries_left().puk == issued.puk - 1);
    ANSWERS(unblock_pin(&csp, given.puk, given.pin), CARD_OK);
    CHECK(tries_left().pin == issued.pin);
    ANSWERS(authenticate(&csp, given.pin, &left), CARD_OK);
    signature_is_made(&csp);
    csp_release(&csp);

    about("a PIN that is blocked");
    control("tries 0 %u", issued.puk);
    csp_acquire(&csp);
    left = UNKNOWN_TRIES;
    ANSWERS(authenticate(&csp, given.pin, &left), SCARD_W_CHV_BLOCKED);
    CHECK(left == 0 || left == UNKNOWN_TRIES);
    ANSWERS(sign(&csp, PKCS1_WITH_NAME, L"SHA256", &signature), SCARD_W_SECURITY_VIOLATION);
    ANSWERS(old_unblock(&csp, given.puk, given.pin), CARD_OK);
    CHECK(tries_left().pin == issued.pin && tries_left().puk == issued.puk);
    ANSWERS(authenticate(&csp, given.pin, &left), CARD_OK);
    csp_release(&csp);
}

/* What a CNS takes (CNS Functional Specification): PINs of 5 to 8 digits, PUKs of 8. */
static bool can_be_pin(DWORD length)
{
    return length >= 5 && length <= 8;
}

static DWORD change_to_length(struct csp *csp, const char *digits, DWORD length)
{
    return CALL(csp, csp->data.pfnCardChangeAuthenticatorEx(&csp->data, CHANGE_PIN, ROLE_USER, (BYTE *)given.pin,
                                                            (DWORD)strlen(given.pin), ROLE_USER, (BYTE *)digits, length,
                                                            0, NULL));
}

/* What cannot be a PIN or PUK is not sent, by whichever entry it comes. */
static void length_is_refused(struct csp *csp, const char *digits, DWORD length)
{
    const struct tries tries = tries_left();
    const unsigned before = count_commands().with_pin;
    const DWORD pin_length = (DWORD)strlen(given.pin), puk_length = (DWORD)strlen(given.puk);

    if (!can_be_pin(length)) {
        ANSWERS_ONE_OF(CALL(csp, csp->data.pfnCardAuthenticateEx(&csp->data, ROLE_USER, 0, (BYTE *)digits, length, NULL,
                                                                 NULL, NULL)),
                       SCARD_W_WRONG_CHV, SCARD_E_INVALID_PARAMETER, SCARD_E_INVALID_CHV);
        ANSWERS_ONE_OF(CALL(csp, csp->data.pfnCardAuthenticatePin(&csp->data, USER, (BYTE *)digits, length, NULL)),
                       SCARD_W_WRONG_CHV, SCARD_E_INVALID_PARAMETER, SCARD_E_INVALID_CHV);
        ANSWERS_ONE_OF(change_to_length(csp, digits, length), SCARD_E_INVALID_PARAMETER, SCARD_E_INVALID_CHV);
        ANSWERS_ONE_OF(unblock_of_length(csp, given.puk, puk_length, digits, length), SCARD_E_INVALID_PARAMETER,
                       SCARD_E_INVALID_CHV);
    }
    if (length != puk_length)
        ANSWERS_ONE_OF(unblock_of_length(csp, digits, length, given.pin, pin_length), SCARD_W_WRONG_CHV,
                       SCARD_E_INVALID_PARAMETER, SCARD_E_INVALID_CHV);
    CHECK(count_commands().with_pin == before);
    CHECK(tries_left().pin == tries.pin && tries_left().puk == tries.puk);
}

void mode_lengths(void)
{
    static const char *const impossible[] = { "abcde", "12 45", "1234\xE8", "-1234", "12345\n", "\t\t\t\t\t", NULL };
    struct csp csp;
    struct counts before;
    char digits[65];
    DWORD length;
    size_t i;

    csp_acquire(&csp);
    memset(digits, '7', sizeof digits);
    for (length = 0; length <= 64; ++length) {
        about("a PIN or PUK of %lu digits", length);
        length_is_refused(&csp, digits, length);
    }
    for (i = 0; impossible[i] != NULL; ++i) {
        about("impossible PIN number %u", (unsigned)i);
        before = count_commands();
        ANSWERS_ONE_OF(authenticate(&csp, impossible[i], NULL), SCARD_W_WRONG_CHV, SCARD_E_INVALID_PARAMETER,
                       SCARD_E_INVALID_CHV);
        CHECK(count_commands().with_pin == before.with_pin);
    }
    about("the right PIN after all those");
    ANSWERS(authenticate(&csp, given.pin, NULL), CARD_OK);
    signature_is_made(&csp);
    csp_release(&csp);
}
