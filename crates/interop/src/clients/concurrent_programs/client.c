/*
 * A program among several on one card, for the checks in this folder. It takes steps from standard input, one a line,
 * and answers each with a line: the step's name, the return code, the milliseconds it took, and what it shows.
 *
 *     visitor MODULE        slots, list, login PIN, sign, logout, close, visit PIN, token, puk PUK NEW, look SECONDS, threads N,
 *                           wait, finalize
 *     visitor hold READER   holds the card exclusively from the first line on, until the next
 */
#define _DEFAULT_SOURCE /* usleep */

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <p11-kit/pkcs11.h>
#include <winscard.h>

#define MOST_THREADS 16

static CK_FUNCTION_LIST *p11;
static CK_SLOT_ID slot;
static CK_SESSION_HANDLE session;

static struct {
    pthread_t thread;
    CK_RV rv;
    CK_SLOT_ID slot;
    double ended;
} wait_for_event;

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static void answer(const char *step, CK_RV rv, double since, const char *shown)
{
    printf("%s 0x%08lx %.0f %s\n", step, rv, now() - since, shown);
    fflush(stdout);
}

static CK_RV slots(void)
{
    CK_SLOT_ID found[16];
    CK_ULONG count = 16;
    CK_RV rv = p11->C_GetSlotList(CK_TRUE, found, &count);

    if (rv != CKR_OK || count == 0)
        return rv != CKR_OK ? rv : CKR_TOKEN_NOT_PRESENT;
    slot = found[0];
    return CKR_OK;
}

static CK_RV list(char *shown)
{
    CK_ULONG found = 0;
    CK_TOKEN_INFO token;
    CK_OBJECT_HANDLE objects[16];
    CK_RV rv = slots();

    if (rv != CKR_OK)
        return rv;
    if ((rv = p11->C_GetTokenInfo(slot, &token)) != CKR_OK)
        return rv;
    if (session == 0 && (rv = p11->C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &session)) != CKR_OK)
        return rv;
    if ((rv = p11->C_FindObjectsInit(session, NULL, 0)) != CKR_OK)
        return rv;
    rv = p11->C_FindObjects(session, objects, 16, &found);
    p11->C_FindObjectsFinal(session);
    sprintf(shown, "objects:%lu", found);
    return rv;
}

static CK_RV login(const char *pin)
{
    return p11->C_Login(session, CKU_USER, (CK_UTF8CHAR *)pin, strlen(pin));
}

static CK_RV sign(char *shown)
{
    CK_MECHANISM mechanism = { CKM_SHA256_RSA_PKCS, NULL, 0 };
    CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
    CK_ATTRIBUTE wanted = { CKA_CLASS, &class, sizeof class };
    CK_BYTE signature[512], text[] = "Un testo da firmare\n";
    CK_ULONG length = sizeof signature, found = 0, at;
    CK_OBJECT_HANDLE key;
    CK_RV rv = p11->C_FindObjectsInit(session, &wanted, 1);

    if (rv != CKR_OK)
        return rv;
    rv = p11->C_FindObjects(session, &key, 1, &found);
    p11->C_FindObjectsFinal(session);
    if (rv != CKR_OK || found == 0)
        return rv != CKR_OK ? rv : CKR_USER_NOT_LOGGED_IN;
    if ((rv = p11->C_SignInit(session, &mechanism, key)) != CKR_OK)
        return rv;
    rv = p11->C_Sign(session, text, sizeof text - 1, signature, &length);
    for (at = 0; rv == CKR_OK && at < length; at++)
        sprintf(shown + 2 * at, "%02x", signature[at]);
    return rv;
}

static CK_RV close_session(void)
{
    CK_RV rv = p11->C_CloseSession(session);

    session = 0;
    return rv;
}

/* What each of many programs does once; the name of the call that failed is what it shows then. */
static CK_RV visit(const char *pin, char *shown)
{
    char signature[1100] = "";
    CK_RV rv;

    if ((rv = list(shown)) != CKR_OK)
        return strcpy(shown, "list"), rv;
    if ((rv = login(pin)) != CKR_OK)
        return strcpy(shown, "C_Login"), rv;
    if ((rv = sign(signature)) != CKR_OK)
        strcpy(shown, "C_Sign");
    else if ((rv = p11->C_Logout(session)) != CKR_OK)
        strcpy(shown, "C_Logout");
    else
        strcpy(shown, signature);
    close_session();
    return rv;
}

static CK_RV token(char *shown)
{
    CK_TOKEN_INFO info;
    CK_RV rv = p11->C_GetTokenInfo(slot, &info);

    if (rv == CKR_OK)
        sprintf(shown, "%s%s%s", info.flags & CKF_USER_PIN_COUNT_LOW ? "COUNT_LOW " : "",
                info.flags & CKF_USER_PIN_FINAL_TRY ? "FINAL_TRY " : "",
                info.flags & CKF_USER_PIN_LOCKED ? "LOCKED" : "");
    return rv;
}

/* Unblocks with the PUK, as the profile of CNS tokens has it: the security officer's PIN. */
static CK_RV puk(const char *puk, const char *new_pin, char *shown)
{
    CK_RV rv = p11->C_Login(session, CKU_SO, (CK_UTF8CHAR *)puk, strlen(puk));

    strcpy(shown, "C_Login");
    if (rv == CKR_OK) {
        strcpy(shown, "C_InitPIN");
        rv = p11->C_InitPIN(session, (CK_UTF8CHAR *)new_pin, strlen(new_pin));
        p11->C_Logout(session);
    }
    return rv;
}

/* Once a second; what all the calls took together. What they answer is no matter: the card is somebody else's. */
static CK_RV look(int seconds, char *shown)
{
    double took = 0, longest = 0;
    int second;

    for (second = 0; second < seconds; second++) {
        CK_SLOT_INFO info;
        CK_TOKEN_INFO token_info;
        double start = now(), call;

        p11->C_GetSlotInfo(slot, &info);
        p11->C_GetTokenInfo(slot, &token_info);
        call = now() - start;
        took += call;
        longest = call > longest ? call : longest;
        if (call < 1000)
            usleep((useconds_t)((1000 - call) * 1000));
    }
    sprintf(shown, "blocked:%.0f longest:%.0f", took, longest);
    return CKR_OK;
}

static void *one_look(void *took)
{
    CK_TOKEN_INFO info;
    double start = now();

    p11->C_GetTokenInfo(slot, &info);
    *(double *)took = now() - start;
    return NULL;
}

static CK_RV threads(int count, char *shown)
{
    pthread_t running[MOST_THREADS];
    double took[MOST_THREADS], longest = 0;
    int at;

    for (at = 0; at < count && at < MOST_THREADS; at++)
        pthread_create(&running[at], NULL, one_look, &took[at]);
    while (at-- > 0) {
        pthread_join(running[at], NULL);
        longest = took[at] > longest ? took[at] : longest;
    }
    sprintf(shown, "longest:%.0f", longest);
    return CKR_OK;
}

static void *waits(void *unused)
{
    wait_for_event.rv = p11->C_WaitForSlotEvent(0, &wait_for_event.slot, NULL);
    wait_for_event.ended = now();
    return unused;
}

/* Ends the wait as well; shows how it ended, and how long after the call to C_Finalize began. */
static CK_RV finalize(char *shown)
{
    double start = now();
    CK_RV rv = p11->C_Finalize(NULL);

    if (wait_for_event.thread != 0) {
        pthread_join(wait_for_event.thread, NULL);
        sprintf(shown, "wait:0x%08lx after:%.0f", wait_for_event.rv, wait_for_event.ended - start);
    }
    session = 0;
    return rv;
}

static int take_steps(const char *module)
{
    char line[256], shown[1200];
    void *library = dlopen(module, RTLD_NOW | RTLD_LOCAL);
    CK_C_INITIALIZE_ARGS arguments = { NULL, NULL, NULL, NULL, CKF_OS_LOCKING_OK, NULL };
    CK_RV (*functions)(CK_FUNCTION_LIST **), rv;

    if (library == NULL)
        return fprintf(stderr, "%s\n", dlerror()), 1;
    *(void **)&functions = dlsym(library, "C_GetFunctionList");
    if (functions == NULL || functions(&p11) != CKR_OK || p11->C_Initialize(&arguments) != CKR_OK)
        return fprintf(stderr, "%s cannot be initialised\n", module), 1;
    while (fgets(line, sizeof line, stdin) != NULL) {
        char *step = strtok(line, " \n"), *first = strtok(NULL, " \n"), *second = strtok(NULL, " \n");
        double start = now();

        if (step == NULL)
            continue;
        shown[0] = '\0';
        if (strcmp(step, "slots") == 0)
            rv = slots();
        else if (strcmp(step, "list") == 0)
            rv = list(shown);
        else if (strcmp(step, "login") == 0)
            rv = login(first);
        else if (strcmp(step, "sign") == 0)
            rv = sign(shown);
        else if (strcmp(step, "logout") == 0)
            rv = p11->C_Logout(session);
        else if (strcmp(step, "close") == 0)
            rv = close_session();
        else if (strcmp(step, "visit") == 0)
            rv = visit(first, shown);
        else if (strcmp(step, "token") == 0)
            rv = token(shown);
        else if (strcmp(step, "puk") == 0)
            rv = puk(first, second, shown);
        else if (strcmp(step, "look") == 0)
            rv = look(atoi(first), shown);
        else if (strcmp(step, "threads") == 0)
            rv = threads(atoi(first), shown);
        else if (strcmp(step, "wait") == 0)
            rv = (CK_RV)pthread_create(&wait_for_event.thread, NULL, waits, NULL);
        else if (strcmp(step, "finalize") == 0)
            rv = finalize(shown);
        else
            return fprintf(stderr, "no such step: %s\n", step), 2;
        answer(step, rv, start, shown);
    }
    return 0;
}

/* Nothing but PC/SC: this is somebody else's program. */
static int hold(const char *reader)
{
    SCARDCONTEXT context;
    SCARDHANDLE card;
    DWORD protocol;
    LONG code = SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &context);
    char line[16];
    int attempts = 100;

    if (code != SCARD_S_SUCCESS)
        return fprintf(stderr, "no context: 0x%08lx\n", (unsigned long)code), 1;
    if (fgets(line, sizeof line, stdin) == NULL)
        return 0;
    /* Who is connected at this moment goes soon. */
    while ((code = SCardConnect(context, reader, SCARD_SHARE_EXCLUSIVE, SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1, &card,
                                &protocol)) == SCARD_E_SHARING_VIOLATION && attempts-- > 0)
        usleep(50000);
    answer("hold", (CK_RV)code & 0xFFFFFFFF, now(), "");
    if (code != SCARD_S_SUCCESS || fgets(line, sizeof line, stdin) == NULL)
        return 1;
    code = SCardDisconnect(card, SCARD_LEAVE_CARD);
    answer("release", (CK_RV)code & 0xFFFFFFFF, now(), "");
    return SCardReleaseContext(context) == SCARD_S_SUCCESS ? 0 : 1;
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "hold") == 0)
        return hold(argv[2]);
    if (argc == 2)
        return take_steps(argv[1]);
    fprintf(stderr, "usage: visitor MODULE | visitor hold READER\n");
    return 2;
}
