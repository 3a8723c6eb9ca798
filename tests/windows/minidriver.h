/* What the parts of minidriver.c share: counting checks, playing the Base CSP, the card's control. */
#ifndef MINIDRIVER_H
#define MINIDRIVER_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <winsock2.h>

#include "card_module.h"

/* The arguments: NULL where one was not given. */
struct arguments {
    const char *mode;
    const char *library;
    const char *pin;
    const char *puk;
    const char *folder;
    const char *control;
    const char *other;
    const char *entry;
};
extern struct arguments given;

/* One line for each check that fails; the last line of the program says how many. */
void check(bool holds, const char *what, const char *file, int line);
void check_answer(DWORD got, DWORD expected, const char *what, const char *file, int line);
/* Answers of which the specification allows several: a list that ends with CARD_OK, which is none of them. */
void check_one_of(DWORD got, const DWORD *expected, const char *what, const char *file, int line);
#define CHECK(condition) check((condition), #condition, __FILE__, __LINE__)
#define ANSWERS(call, expected) check_answer((call), (DWORD)(expected), #call, __FILE__, __LINE__)
#define ANSWERS_ONE_OF(call, ...) \
    check_one_of((call), (const DWORD[]){ __VA_ARGS__, CARD_OK }, #call, __FILE__, __LINE__)
/* What the checks that follow are about, for the line of one that fails. */
void about(const char *format, ...) __attribute__((format(printf, 1, 2)));
int failures_so_far(void);
/* Says what went wrong outside the minidriver, and ends the program. */
_Noreturn void give_up(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The Base CSP's side of one card: its handles, and the context the minidriver filled. */
struct csp {
    SCARDCONTEXT context;
    SCARDHANDLE handle;
    bool transaction;
    BYTE atr[36];
    DWORD atr_length;
    card data;
    /* AT_KEYEXCHANGE or AT_SIGNATURE, once it is known. */
    DWORD key_spec;
};

/* The library, once. */
void load_library(void);
extern card_acquire_context acquire_context;

/* Opens the card in the first reader that has one, resets it, and fills what the minidriver gets to see. */
void csp_open(struct csp *csp);
void csp_close(struct csp *csp);
/* Other handles than before, as Windows takes them; the minidriver's context stays. */
void csp_change_handles(struct csp *csp);
/* The same, from anew: csp_open and CardAcquireContext, which must succeed; and CardDeleteContext with csp_close. */
void csp_acquire(struct csp *csp);
void csp_release(struct csp *csp);
/* Makes the card forget the PIN, as the Base CSP does: the transaction ends with a reset. */
void csp_reset_card(struct csp *csp);
/* Windows holds a transaction around each call. CALL(csp, function(…)) is that; the value is the function's answer. */
void csp_begin(struct csp *csp);
DWORD csp_end(struct csp *csp, DWORD answer);
#define CALL(csp, call) (csp_begin(csp), csp_end((csp), (call)))
/* One command sent past the minidriver; the status word, 0 without an answer. */
unsigned csp_transmit(struct csp *csp, const BYTE *command, DWORD length);
/* Pulls the card, and puts it (or, by name, another one) into the first reader, each until Windows sees it so. */
void remove_card(void);
void insert_card(const char *kind);

/* Memory the minidriver asks for. */
void *WINAPI csp_alloc(SIZE_T size);
void WINAPI csp_free(void *address);
long blocks_in_use(void);
/* From now on csp_alloc answers NULL, or does not. */
void csp_has_no_memory(bool none);

/* The virtual card (`virtual-cns run --control`). */
bool has_control(void);
/* Sends a command; its answer, until the next one. */
const char *control(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Commands, and those that carried a PIN or PUK, since the card was made or "clear". */
struct counts {
    unsigned commands;
    unsigned with_pin;
};
struct counts count_commands(void);
struct tries {
    unsigned pin;
    unsigned puk;
};
struct tries tries_left(void);

/* Files and properties. */
void files_are_there(struct csp *csp);
void properties_are_there(struct csp *csp);
void container_is_there(struct csp *csp);
/* The file mscp/kxc00 or mscp/ksc00, to be freed with csp_free; and which of the two keys the container has. */
BYTE *certificate(struct csp *csp, DWORD *length, DWORD *key_spec);
BYTE *read_file(struct csp *csp, const char *directory, const char *name, DWORD *length);

/* Signatures. */
enum way { PKCS1_WITH_NAME, PKCS1_DIGEST_INFO, PSS, CAPI_WITH_ALGORITHM, CAPI_AS_IT_IS };
struct signature {
    BYTE bytes[512];
    DWORD length;
};
DWORD sign(struct csp *csp, enum way way, const WCHAR *hash, struct signature *signature);
/* All ways and hashes; into the folder, if there is one. */
void signatures_are_made(struct csp *csp);
/* A signature that is the same every time; wrong bytes are a failed check. */
void signature_is_made(struct csp *csp);
void size_is_told(struct csp *csp);

/* PINs. */
DWORD authenticate(struct csp *csp, const char *pin, DWORD *left);
DWORD change_pin(struct csp *csp, const char *pin, const char *new_pin, DWORD *left);
DWORD unblock_pin(struct csp *csp, const char *puk, const char *pin);
/* As long as the right one, and other digits. */
const char *wrong(const char *right);

/* The modes. */
void mode_order(void);
void mode_discovery(void);
void mode_handles(void);
void mode_pulled(void);
void mode_swapped(void);
void mode_tries(void);
void mode_lengths(void);
void mode_input(void);
void mode_threads(void);
void mode_faults(void);
void mode_hostile(void);
void mode_refused(void);

#endif
