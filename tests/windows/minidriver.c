/* A Windows program that plays the Base CSP over a smart card minidriver: what Windows' own CSP and KSP call, in their
 * order, and what a faulty or hostile program may call. It shares nothing with the minidriver but the specification.
 *
 *     minidriver.exe MODE DLL [pin=PIN] [puk=PUK] [folder=FOLDER] [control=HOST:PORT] [other=KIND] [entry=NAME]
 *
 * DLL is the minidriver. The card is the one in the first reader that has one, over winscard.dll.
 * control= is where `virtual-cns run KIND --control HOST:PORT` listens: there the program counts the commands that carry
 * a PIN, pulls the card and plans faults. Modes marked * need it; the others count if it is there.
 * Every mode leaves the card in its reader, or one of its kind, with the PIN and the tries it had.
 *
 *     order       acquire, properties, files, container, sizes, sign before the PIN, wrong PIN, right PIN, signatures,
 *                 change of the PIN and back, unblock, deauthenticate, delete.                       pin= puk= [folder=]
 *                 With folder= it writes certificate.der, message.bin and WAY-HASH.sig (most significant byte first);
 *                 WAY is pkcs1, digestinfo, pss, capi or raw, HASH is sha1, sha256, sha384 or sha512. Each verifies by
 *                     openssl dgst -HASH -verify KEY -signature WAY-HASH.sig message.bin
 *                 and for pss with -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest.
 *     discovery   what Windows sends to a card it does not know, then order                          pin= puk= [folder=]
 *     handles     other handles at each call                                                         pin=
 *     pulled    * the card pulled between two calls, and put back                                    pin=
 *     swapped   * another card in its place between two calls, with the same PIN                   pin= other=
 *     tries     * wrong PINs: the last try is not spent, the PUK unblocks                            pin= puk=
 *     lengths   * PINs of 0 to 64 characters, and characters no card has                             pin= puk=
 *     input     * NULL, versions, buffers too small, unknown names, absurd lengths                   pin=
 *     threads     eight threads on one context, and on eight                                         pin=
 *     faults    * a fault at every command of every entry (or of entry= alone); some minutes         pin= puk=
 *     hostile   * a card that from some command on says the same for ever, in the same manner        pin= puk=
 *     refused     a card that is no CNS: SCARD_E_UNKNOWN_CARD; or a CNS without a certificate: no container
 *
 * Compiled by x86_64-w64-mingw32-gcc -std=c11 -Wall -Wextra -Werror of all tests/windows/minidriver*.c with
 * -lwinscard -lws2_32 -ladvapi32; cardmod_check.c beside it is compiled only, with -fsyntax-only.
 *
 * The last line is "N checks, M failures"; the exit code is 0 where M is, 1 where it is not, 2 where something else than
 * the minidriver failed. */
#include "minidriver.h"

#include <stdarg.h>
#include <stdlib.h>

struct arguments given;

static LONG checks, failures;
static char subject[128];

void about(const char *format, ...)
{
    va_list list;

    va_start(list, format);
    vsnprintf(subject, sizeof subject, format, list);
    va_end(list);
}

int failures_so_far(void)
{
    return (int)failures;
}

static bool counted(bool holds)
{
    InterlockedIncrement(&checks);
    if (!holds)
        InterlockedIncrement(&failures);
    return holds;
}

static const char *name_of(const char *path)
{
    const char *name = strrchr(path, '/');
    const char *other = strrchr(path, '\\');

    if (other > name)
        name = other;
    return name ? name + 1 : path;
}

void check(bool holds, const char *what, const char *file, int line)
{
    if (!counted(holds))
        printf("%s:%d: %s: not so: %s\n", name_of(file), line, subject, what);
}

void check_answer(DWORD got, DWORD expected, const char *what, const char *file, int line)
{
    if (!counted(got == expected))
        printf("%s:%d: %s: %08lX instead of %08lX: %s\n", name_of(file), line, subject, got, expected, what);
}

void check_one_of(DWORD got, const DWORD *expected, const char *what, const char *file, int line)
{
    bool found = false;

    for (; *expected != CARD_OK; ++expected)
        found = found || *expected == got;
    if (!counted(found))
        printf("%s:%d: %s: %08lX is none of those allowed: %s\n", name_of(file), line, subject, got, what);
}

void give_up(const char *format, ...)
{
    va_list list;

    va_start(list, format);
    printf("%s: ", subject);
    vprintf(format, list);
    va_end(list);
    printf("\n%ld checks, %ld failures, and then no more\n", checks, failures);
    fflush(stdout);
    exit(2);
}

card_acquire_context acquire_context;

void load_library(void)
{
    HMODULE library = LoadLibraryA(given.library);

    if (library == NULL)
        give_up("%s cannot be loaded: error %lu", given.library, GetLastError());
    acquire_context = (card_acquire_context)(void *)GetProcAddress(library, "CardAcquireContext");
    if (acquire_context == NULL)
        give_up("%s has no CardAcquireContext", given.library);
}

static const struct mode {
    const char *name;
    void (*run)(void);
    bool needs_pin, needs_puk, needs_control;
} modes[] = {
    { "order", mode_order, true, true, false },       { "discovery", mode_discovery, true, true, false },
    { "handles", mode_handles, true, false, false },  { "pulled", mode_pulled, true, false, true },
    { "swapped", mode_swapped, true, false, true },   { "tries", mode_tries, true, true, true },
    { "lengths", mode_lengths, true, true, true },    { "input", mode_input, true, false, true },
    { "threads", mode_threads, true, false, false },  { "faults", mode_faults, true, true, true },
    { "hostile", mode_hostile, true, true, true },    { "refused", mode_refused, false, false, false },
};

/* The value of "name=value", or NULL. */
static const char *value_of(const char *argument, const char *name)
{
    size_t length = strlen(name);

    return strncmp(argument, name, length) == 0 && argument[length] == '=' ? argument + length + 1 : NULL;
}

static void read_arguments(int count, char **arguments)
{
    const struct {
        const char *name;
        const char **place;
    } known[] = { { "pin", &given.pin },         { "puk", &given.puk },     { "folder", &given.folder },
                  { "control", &given.control }, { "other", &given.other }, { "entry", &given.entry } };
    int i;
    size_t k;

    if (count < 3)
        give_up("minidriver.exe MODE DLL [name=value…]");
    given.mode = arguments[1];
    given.library = arguments[2];
    for (i = 3; i < count; ++i) {
        const char *value = NULL;

        for (k = 0; k < sizeof known / sizeof *known && value == NULL; ++k)
            if ((value = value_of(arguments[i], known[k].name)) != NULL)
                *known[k].place = value;
        if (value == NULL)
            give_up("no such argument: %s", arguments[i]);
    }
}

int main(int count, char **arguments)
{
    const struct mode *mode = modes;

    setvbuf(stdout, NULL, _IONBF, 0);
    about("arguments");
    read_arguments(count, arguments);
    while (mode < modes + sizeof modes / sizeof *modes && strcmp(mode->name, given.mode) != 0)
        ++mode;
    if (mode == modes + sizeof modes / sizeof *modes)
        give_up("no such mode: %s", given.mode);
    if ((mode->needs_pin && !given.pin) || (mode->needs_puk && !given.puk) || (mode->needs_control && !given.control))
        give_up("%s needs%s%s%s", mode->name, mode->needs_pin ? " pin=" : "", mode->needs_puk ? " puk=" : "",
                mode->needs_control ? " control=" : "");
    about("%s", mode->name);
    load_library();
    mode->run();
    about("%s", mode->name);
    CHECK(blocks_in_use() == 0);
    printf("%ld checks, %ld failures\n", checks, failures);
    return failures ? 1 : 0;
}
