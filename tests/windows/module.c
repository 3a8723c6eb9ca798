/* A Windows program that uses cns_pkcs11.dll, by another project's PKCS#11 header (p11-kit's) with our own after it.
 *
 * `cargo xtask foreign` compiles it with mingw-w64 and runs it under wine. The numbers below follow from the standard:
 * on Windows its structures are packed to one byte, and CK_ULONG is a `long`, which has 4 bytes there. */
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <windows.h>

#include <p11-kit/pkcs11.h>

#include "cns_pkcs11.h"

#define SIZE(type, bytes) _Static_assert(sizeof(type) == (bytes), #type)
#define PLACE(type, field, bytes) _Static_assert(offsetof(type, field) == (bytes), #type "." #field)

SIZE(CK_ULONG, 4);
SIZE(CK_VERSION, 2);
SIZE(CK_INFO, 2 + 32 + 4 + 32 + 2);
PLACE(CK_INFO, flags, 34);
PLACE(CK_INFO, libraryVersion, 70);
SIZE(CK_SLOT_INFO, 64 + 32 + 4 + 2 + 2);
SIZE(CK_TOKEN_INFO, 32 + 32 + 16 + 16 + 11 * 4 + 2 + 2 + 16);
PLACE(CK_TOKEN_INFO, utcTime, 144);
SIZE(CK_SESSION_INFO, 16);
SIZE(CK_MECHANISM, 4 + 8 + 4);
SIZE(CK_ATTRIBUTE, 4 + 8 + 4);
PLACE(CK_ATTRIBUTE, ulValueLen, 12);
SIZE(CK_C_INITIALIZE_ARGS, 4 * 8 + 4 + 8);
SIZE(CK_FUNCTION_LIST, 2 + 68 * 8);
PLACE(CK_FUNCTION_LIST, C_Initialize, 2);
PLACE(CK_FUNCTION_LIST, C_WaitForSlotEvent, 2 + 67 * 8);
SIZE(CK_INTERFACE, 8 + 8 + 4);

static int checks, failures;

#define CHECK(condition)                                          \
    do {                                                          \
        ++checks;                                                 \
        if (!(condition)) {                                       \
            ++failures;                                           \
            printf("line %d: not so: %s\n", __LINE__, #condition); \
        }                                                         \
    } while (0)

/* What a call has no business with. */
#define GUARD 0xA5
struct guarded_info {
    CK_INFO info;
    unsigned char after[64];
};

static void the_library_says_what_it_is(CK_FUNCTION_LIST *p11)
{
    struct guarded_info it;
    size_t i;

    memset(&it, GUARD, sizeof it);
    CHECK(p11->C_GetInfo(&it.info) == CKR_OK);
    CHECK(it.info.cryptokiVersion.major >= 2 && it.info.flags == 0);
    for (i = 0; i < sizeof it.after; ++i)
        CHECK(it.after[i] == GUARD);
    for (i = 0; i < 32; ++i) {
        CHECK(it.info.manufacturerID[i] >= ' ' && it.info.manufacturerID[i] < 0x7F);
        CHECK(it.info.libraryDescription[i] >= ' ' && it.info.libraryDescription[i] < 0x7F);
    }
    printf("%.32s|%.32s|%d.%d\n", (char *)it.info.manufacturerID, (char *)it.info.libraryDescription,
           it.info.libraryVersion.major, it.info.libraryVersion.minor);
}

/* Wine has no smart card service unless the machine below it runs one: either way the answer is a list. */
static void the_slots_are_listed(CK_FUNCTION_LIST *p11)
{
    CK_SLOT_ID slots[16];
    CK_SLOT_INFO slot;
    CK_ULONG count = 12345;

    CHECK(p11->C_GetSlotList(CK_FALSE, NULL, &count) == CKR_OK);
    CHECK(count < 16);
    count = 16;
    CHECK(p11->C_GetSlotList(CK_FALSE, slots, &count) == CKR_OK);
    printf("%lu slots\n", count);
    CHECK(p11->C_GetSlotInfo(4711, &slot) == CKR_SLOT_ID_INVALID);
    CHECK(p11->C_WaitForSlotEvent(CKF_DONT_BLOCK, slots, NULL) == CKR_NO_EVENT);
}

int main(int count, char **arguments)
{
    CK_C_INITIALIZE_ARGS locking;
    CK_FUNCTION_LIST *p11 = NULL;
    CK_INTERFACE *found = NULL;
    CK_INTERFACE interfaces[8];
    CK_ULONG number = 0;
    CK_VERSION older = { 2, 40 };
    CK_INFO info;
    HMODULE module = count == 2 ? LoadLibraryA(arguments[1]) : NULL;
    CK_RV (*function_list)(CK_FUNCTION_LIST **);
    CK_RV (*one_interface)(CK_UTF8CHAR *, CK_VERSION *, CK_INTERFACE **, CK_FLAGS);
    CK_RV (*interface_list)(CK_INTERFACE *, CK_ULONG *);

    if (module == NULL) {
        printf("the module cannot be loaded: error %lu\n", GetLastError());
        return 2;
    }
    function_list = (void *)GetProcAddress(module, "C_GetFunctionList");
    one_interface = (void *)GetProcAddress(module, "C_GetInterface");
    interface_list = (void *)GetProcAddress(module, "C_GetInterfaceList");
    if (!function_list || !one_interface || !interface_list) {
        printf("a function is missing\n");
        return 2;
    }

    CHECK(function_list(&p11) == CKR_OK && p11 != NULL);
    CHECK(p11->version.major == 2 && p11->version.minor == 40);
    CHECK(one_interface(NULL, NULL, &found, 0) == CKR_OK);
    CHECK(strcmp(found->pInterfaceName, "PKCS 11") == 0 && found->flags == 0);
    CHECK(((CK_VERSION *)found->pFunctionList)->major == 3);
    CHECK(one_interface((CK_UTF8CHAR *)"PKCS 11", &older, &found, 0) == CKR_OK);
    CHECK(found->pFunctionList == p11);
    CHECK(interface_list(NULL, &number) == CKR_OK && number == 2);
    number = 8;
    CHECK(interface_list(interfaces, &number) == CKR_OK && number == 2);
    CHECK(strcmp(interfaces[1].pInterfaceName, "PKCS 11") == 0);

    CHECK(p11->C_GetInfo(&info) == CKR_CRYPTOKI_NOT_INITIALIZED);
    memset(&locking, 0, sizeof locking);
    locking.flags = CKF_OS_LOCKING_OK;
    CHECK(p11->C_Initialize(&locking) == CKR_OK);
    CHECK(p11->C_Initialize(&locking) == CKR_CRYPTOKI_ALREADY_INITIALIZED);
    the_library_says_what_it_is(p11);
    the_slots_are_listed(p11);
    CHECK(p11->C_Finalize(NULL) == CKR_OK);
    CHECK(p11->C_Finalize(NULL) == CKR_CRYPTOKI_NOT_INITIALIZED);
    CHECK(p11->C_Initialize(NULL) == CKR_OK);
    CHECK(p11->C_Finalize(NULL) == CKR_OK);

    printf("%d checks, %d failures\n", checks, failures);
    return failures ? 1 : 0;
}
