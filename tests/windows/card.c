/* A Windows program that uses a card through cns_pkcs11.dll, by another project's PKCS#11 header (p11-kit's).
 *
 * `cargo xtask foreign` compiles it with mingw-w64 and runs it under wine. It takes steps from standard input, one a
 * line, and answers each with a line: the step's name, the return code, the milliseconds it took, and what it shows.
 *
 *     card.exe MODULE   list, certificate, login PIN, sign pkcs1|pss, session, event, logout, visit PIN, finalize
 */
#include <stdio.h>
#include <string.h>
#include <windows.h>

#include <p11-kit/pkcs11.h>

#define MOST 16

static CK_FUNCTION_LIST *p11;
static CK_SLOT_ID slot;
static CK_SESSION_HANDLE session;

static void hexadecimal(const CK_BYTE *bytes, CK_ULONG length, char *shown)
{
    CK_ULONG at;

    for (at = 0; at < length; at++)
        sprintf(shown + 2 * at, "%02x", bytes[at]);
}

/* Opens a session, too: an old one belonged to a card that may be gone. */
static CK_RV list(char *shown)
{
    CK_SLOT_ID slots[MOST];
    CK_OBJECT_HANDLE objects[MOST];
    CK_TOKEN_INFO token;
    CK_ULONG count = MOST, found = 0;
    CK_RV rv = p11->C_GetSlotList(CK_TRUE, slots, &count);

    if (rv != CKR_OK || count == 0)
        return rv != CKR_OK ? rv : CKR_TOKEN_NOT_PRESENT;
    slot = slots[0];
    if ((rv = p11->C_GetTokenInfo(slot, &token)) != CKR_OK)
        return rv;
    if ((rv = p11->C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &session)) != CKR_OK)
        return rv;
    if ((rv = p11->C_FindObjectsInit(session, NULL, 0)) != CKR_OK)
        return rv;
    rv = p11->C_FindObjects(session, objects, MOST, &found);
    p11->C_FindObjectsFinal(session);
    sprintf(shown, "slots:%lu objects:%lu", count, found);
    return rv;
}

static CK_RV find(CK_OBJECT_CLASS class, CK_OBJECT_HANDLE *object)
{
    CK_ATTRIBUTE wanted = { CKA_CLASS, &class, sizeof class };
    CK_ULONG found = 0;
    CK_RV rv = p11->C_FindObjectsInit(session, &wanted, 1);

    if (rv != CKR_OK)
        return rv;
    rv = p11->C_FindObjects(session, object, 1, &found);
    p11->C_FindObjectsFinal(session);
    return rv == CKR_OK && found == 0 ? CKR_OBJECT_HANDLE_INVALID : rv;
}

static CK_RV certificate(char *shown)
{
    CK_BYTE value[4096];
    CK_ATTRIBUTE wanted = { CKA_VALUE, value, sizeof value };
    CK_OBJECT_HANDLE object;
    CK_RV rv = find(CKO_CERTIFICATE, &object);

    if (rv == CKR_OK)
        rv = p11->C_GetAttributeValue(session, object, &wanted, 1);
    if (rv == CKR_OK)
        hexadecimal(value, wanted.ulValueLen, shown);
    return rv;
}

static CK_RV login(const char *pin)
{
    return p11->C_Login(session, CKU_USER, (CK_UTF8CHAR *)pin, (CK_ULONG)strlen(pin));
}

/* The salt is as long as the hash, as TLS 1.3 has it. */
static CK_RV sign(const char *padding, char *shown)
{
    CK_RSA_PKCS_PSS_PARAMS salt = { CKM_SHA256, CKG_MGF1_SHA256, 32 };
    CK_MECHANISM pkcs1 = { CKM_SHA256_RSA_PKCS, NULL, 0 };
    CK_MECHANISM pss = { CKM_SHA256_RSA_PKCS_PSS, &salt, sizeof salt };
    CK_BYTE signature[512], text[] = "Un testo da firmare\n";
    CK_ULONG length = sizeof signature;
    CK_OBJECT_HANDLE key;
    CK_RV rv = find(CKO_PRIVATE_KEY, &key);

    if (rv != CKR_OK)
        return rv;
    if ((rv = p11->C_SignInit(session, strcmp(padding, "pss") == 0 ? &pss : &pkcs1, key)) != CKR_OK)
        return rv;
    if ((rv = p11->C_Sign(session, text, sizeof text - 1, signature, &length)) == CKR_OK)
        hexadecimal(signature, length, shown);
    return rv;
}

static CK_RV session_state(char *shown)
{
    CK_SESSION_INFO info;
    CK_RV rv = p11->C_GetSessionInfo(session, &info);

    if (rv == CKR_OK)
        sprintf(shown, "state:%lu", info.state);
    return rv;
}

static CK_RV event(char *shown)
{
    CK_SLOT_ID changed;
    CK_SLOT_INFO info;
    CK_RV rv = p11->C_WaitForSlotEvent(0, &changed, NULL);

    if (rv == CKR_OK && (rv = p11->C_GetSlotInfo(changed, &info)) == CKR_OK)
        sprintf(shown, "present:%d", (info.flags & CKF_TOKEN_PRESENT) != 0);
    return rv;
}

/* What each of many programs does once after it listed; the name of the call that failed is what it shows then. */
static CK_RV visit(const char *pin, char *shown)
{
    CK_RV rv = login(pin);

    if (rv != CKR_OK)
        return strcpy(shown, "C_Login"), rv;
    if ((rv = sign("pkcs1", shown)) != CKR_OK)
        return strcpy(shown, "C_Sign"), rv;
    if ((rv = p11->C_Logout(session)) != CKR_OK)
        return strcpy(shown, "C_Logout"), rv;
    if ((rv = p11->C_CloseSession(session)) != CKR_OK)
        return strcpy(shown, "C_CloseSession"), rv;
    return CKR_OK;
}

int main(int count, char **arguments)
{
    static char shown[2 * 4096 + 1];
    char line[256];
    CK_C_INITIALIZE_ARGS locking;
    CK_RV (*functions)(CK_FUNCTION_LIST **), rv;
    HMODULE module = count == 2 ? LoadLibraryA(arguments[1]) : NULL;

    if (module == NULL)
        return fprintf(stderr, "usage: card.exe MODULE, which can be loaded: error %lu\n", GetLastError()), 2;
    functions = (void *)GetProcAddress(module, "C_GetFunctionList");
    memset(&locking, 0, sizeof locking);
    locking.flags = CKF_OS_LOCKING_OK;
    if (functions == NULL || functions(&p11) != CKR_OK || p11->C_Initialize(&locking) != CKR_OK)
        return fprintf(stderr, "%s cannot be initialised\n", arguments[1]), 1;
    while (fgets(line, sizeof line, stdin) != NULL) {
        char *step = strtok(line, " \r\n"), *argument = strtok(NULL, " \r\n");
        ULONGLONG start = GetTickCount64();

        if (step == NULL)
            continue;
        shown[0] = '\0';
        if (strcmp(step, "list") == 0)
            rv = list(shown);
        else if (strcmp(step, "certificate") == 0)
            rv = certificate(shown);
        else if (strcmp(step, "login") == 0 && argument != NULL)
            rv = login(argument);
        else if (strcmp(step, "sign") == 0 && argument != NULL)
            rv = sign(argument, shown);
        else if (strcmp(step, "session") == 0)
            rv = session_state(shown);
        else if (strcmp(step, "event") == 0)
            rv = event(shown);
        else if (strcmp(step, "logout") == 0)
            rv = p11->C_Logout(session);
        else if (strcmp(step, "visit") == 0 && argument != NULL)
            rv = visit(argument, shown);
        else if (strcmp(step, "finalize") == 0)
            rv = p11->C_Finalize(NULL);
        else
            return fprintf(stderr, "no such step: %s\n", step), 2;
        printf("%s 0x%08lx %lu %s\n", step, rv, (unsigned long)(GetTickCount64() - start), shown);
        fflush(stdout);
    }
    return 0;
}
