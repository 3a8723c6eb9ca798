/*
 * Signs a file with a CNS, in C, with the module loaded by dlopen.
 *
 *     cc -std=c99 -Wall -Wextra -I include -I /usr/include/p11-kit-1 examples/sign.c -o sign
 *     ./sign /usr/local/lib/libcns_pkcs11.so FILE | base64 -d >FILE.signature
 *     openssl dgst -sha256 -verify key.pem -signature FILE.signature FILE
 *
 * (glibc older than 2.34: add -ldl.) The types are those of p11-kit's header, Debian package libp11-kit-dev; any
 * other PKCS#11 header does as well. key.pem: openssl x509 -in card.pem -noout -pubkey -out key.pem
 *
 * The PIN is read from standard input, without echo on a terminal: never from an argument, which every user of the
 * machine can read, nor from the environment, which children inherit.
 */
#define _POSIX_C_SOURCE 200809L
#define _DEFAULT_SOURCE /* explicit_bzero */

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include <p11-kit/pkcs11.h>

#include "cns_pkcs11.h"

static CK_FUNCTION_LIST *p11;

static void fail(const char *what, unsigned long code)
{
    fprintf(stderr, "%s: 0x%08lx\n", what, code);
    exit(1);
}

/* Every call: a wrong PIN (0xA0) costs one of the card's tries, so nothing is ever tried again by itself. */
static void check(const char *what, CK_RV rv)
{
    if (rv != CKR_OK)
        fail(what, rv);
}

static void load(const char *path)
{
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    CK_RV (*list)(CK_FUNCTION_LIST **);

    if (library == NULL) {
        fprintf(stderr, "%s\n", dlerror());
        exit(1);
    }
    *(void **)&list = dlsym(library, "C_GetFunctionList"); /* POSIX: how an object pointer becomes a function's */
    if (list == NULL)
        fail("no PKCS#11 module", 0);
    check("C_GetFunctionList", list(&p11));
    check("C_Initialize", p11->C_Initialize(NULL));
}

static CK_SLOT_ID first_card(void)
{
    CK_SLOT_ID slots[16];
    CK_ULONG count = sizeof slots / sizeof slots[0];
    CK_TOKEN_INFO token;

    check("C_GetSlotList", p11->C_GetSlotList(CK_TRUE, slots, &count));
    if (count == 0)
        fail("no card in any reader", 0);
    check("C_GetTokenInfo", p11->C_GetTokenInfo(slots[0], &token));
    /* Fixed fields padded with blanks, no NUL. */
    fprintf(stderr, "%.32s, %.16s, number %.16s\n", (char *)token.label, (char *)token.model,
            (char *)token.serialNumber);
    return slots[0];
}

static void log_in(CK_SESSION_HANDLE session)
{
    char pin[64];
    struct termios before, silent;
    int terminal = tcgetattr(STDIN_FILENO, &before) == 0;
    CK_RV rv;

    fprintf(stderr, "PIN: ");
    if (terminal) {
        silent = before;
        silent.c_lflag &= ~(tcflag_t)ECHO;
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    }
    if (fgets(pin, sizeof pin, stdin) == NULL)
        pin[0] = '\0';
    if (terminal)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    fprintf(stderr, "\n");
    pin[strcspn(pin, "\r\n")] = '\0';
    rv = p11->C_Login(session, CKU_USER, (CK_UTF8CHAR *)pin, strlen(pin));
    explicit_bzero(pin, sizeof pin);
    check("C_Login", rv);
}

static CK_OBJECT_HANDLE signing_key(CK_SESSION_HANDLE session)
{
    CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
    CK_BBOOL yes = CK_TRUE;
    CK_ATTRIBUTE wanted[] = { { CKA_CLASS, &class, sizeof class }, { CKA_SIGN, &yes, sizeof yes } };
    CK_OBJECT_HANDLE key;
    CK_ULONG found = 0;

    check("C_FindObjectsInit", p11->C_FindObjectsInit(session, wanted, 2));
    check("C_FindObjects", p11->C_FindObjects(session, &key, 1, &found));
    check("C_FindObjectsFinal", p11->C_FindObjectsFinal(session));
    if (found == 0)
        fail("no key on this card", 0);
    return key;
}

static void print_base64(const unsigned char *bytes, CK_ULONG length)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    CK_ULONG at;

    for (at = 0; at < length; at += 3) {
        unsigned long group = (unsigned long)bytes[at] << 16;
        group |= at + 1 < length ? (unsigned long)bytes[at + 1] << 8 : 0;
        group |= at + 2 < length ? (unsigned long)bytes[at + 2] : 0;
        putchar(letters[group >> 18]);
        putchar(letters[group >> 12 & 63]);
        putchar(at + 1 < length ? letters[group >> 6 & 63] : '=');
        putchar(at + 2 < length ? letters[group & 63] : '=');
    }
    putchar('\n');
}

int main(int argc, char **argv)
{
    CK_MECHANISM mechanism = { CKM_SHA256_RSA_PKCS, NULL, 0 }; /* the module hashes, the card signs the digest */
    unsigned char piece[4096], signature[512];
    CK_ULONG length = sizeof signature;
    CK_SESSION_HANDLE session;
    size_t read;
    FILE *file;

    if (argc != 3) {
        fprintf(stderr, "usage: sign MODULE FILE\n");
        return 2;
    }
    file = fopen(argv[2], "rb");
    if (file == NULL) {
        perror(argv[2]);
        return 1;
    }
    load(argv[1]);
    check("C_OpenSession", p11->C_OpenSession(first_card(), CKF_SERIAL_SESSION, NULL, NULL, &session));
    log_in(session);
    check("C_SignInit", p11->C_SignInit(session, &mechanism, signing_key(session)));
    while ((read = fread(piece, 1, sizeof piece, file)) > 0)
        check("C_SignUpdate", p11->C_SignUpdate(session, piece, read));
    check("C_SignFinal", p11->C_SignFinal(session, signature, &length));
    print_base64(signature, length);
    fclose(file);
    check("C_Finalize", p11->C_Finalize(NULL)); /* logs out, too */
    return 0;
}
