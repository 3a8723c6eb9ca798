/* Eight threads: on one context each, and on one context of all. */
#include "minidriver.h"

#define THREADS 8
#define ROUNDS 6

static DWORD WINAPI with_a_context_of_its_own(void *unused)
{
    struct csp csp;
    int i;

    (void)unused;
    csp_acquire(&csp);
    for (i = 0; i < ROUNDS; ++i) {
        files_are_there(&csp);
        /* Another thread may have reset the card: Windows then authenticates again, in one transaction. */
        csp_begin(&csp);
        ANSWERS(csp.data.pfnCardAuthenticateEx(&csp.data, ROLE_USER, 0, (BYTE *)given.pin, (DWORD)strlen(given.pin), NULL,
                                               NULL, NULL), CARD_OK);
        csp_end(&csp, CARD_OK);
        container_is_there(&csp);
    }
    csp_release(&csp);
    return 0;
}

/* Windows calls a context from one thread at a time; a program that does not must find it whole. The transaction is the
 * main thread's, and PC/SC lets the handle's other users in. */
static DWORD WINAPI with_one_context(void *context)
{
    struct csp *csp = context;
    int i;

    for (i = 0; i < ROUNDS; ++i) {
        struct container_info info = { .dwVersion = 1 };
        struct card_signing_info signing = { .dwVersion = SIGNING_VERSION_BASIC, .dwKeySpec = AT_KEYEXCHANGE };
        BYTE hash[32] = { 1, 2, 3 }, *data = NULL;
        DWORD length = 0;

        ANSWERS(csp->data.pfnCardReadFile(&csp->data, "mscp", "cmapfile", 0, &data, &length), CARD_OK);
        csp_free(data);
        ANSWERS(csp->data.pfnCardGetContainerInfo(&csp->data, 0, 0, &info), CARD_OK);
        signing.dwKeySpec = info.pbKeyExPublicKey ? AT_KEYEXCHANGE : AT_SIGNATURE;
        csp_free(info.pbKeyExPublicKey);
        csp_free(info.pbSigPublicKey);
        signing.aiHashAlg = CALG_SHA_256;
        signing.pbData = hash;
        signing.cbData = sizeof hash;
        ANSWERS(csp->data.pfnCardSignData(&csp->data, &signing), CARD_OK);
        csp_free(signing.pbSignedData);
    }
    return 0;
}

static void run(LPTHREAD_START_ROUTINE function, void *context)
{
    HANDLE threads[THREADS];
    int i;

    for (i = 0; i < THREADS; ++i)
        if ((threads[i] = CreateThread(NULL, 0, function, context, 0, NULL)) == NULL)
            give_up("no thread: error %lu", GetLastError());
    CHECK(WaitForMultipleObjects(THREADS, threads, TRUE, 120000) == WAIT_OBJECT_0);
    for (i = 0; i < THREADS; ++i)
        CloseHandle(threads[i]);
}

void mode_threads(void)
{
    struct csp csp;
    unsigned before;

    about("eight threads on one context");
    csp_acquire(&csp);
    before = count_commands().with_pin;
    ANSWERS(authenticate(&csp, given.pin, NULL), CARD_OK);
    run(with_one_context, &csp);
    if (has_control())
        CHECK(count_commands().with_pin == before + 1);
    csp_release(&csp);
    about("eight threads, eight contexts");
    before = count_commands().with_pin;
    run(with_a_context_of_its_own, NULL);
    if (has_control())
        CHECK(count_commands().with_pin == before + THREADS * ROUNDS);
}
