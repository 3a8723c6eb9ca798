/*
 * libcns_pkcs11.so (cns_pkcs11.dll, libcns_pkcs11.dylib): PKCS#11 2.40 and 3.0 for the Italian CNS and TS-CNS smart cards.
 *
 * The library exports three functions. Everything else is reached through the lists they give:
 *
 *     #include <p11-kit/pkcs11.h>      (or the header of OASIS, of OpenSC, of NSS)
 *     #include "cns_pkcs11.h"
 *
 *     CK_FUNCTION_LIST *p11;
 *     if (C_GetFunctionList(&p11) == CKR_OK && p11->C_Initialize(NULL) == CKR_OK) ...
 *
 * A PKCS#11 header included before this one provides the types. Without one, this header declares just
 * enough to link or dlopen the library and to hand the lists on; CK_FUNCTION_LIST itself is then opaque.
 *
 * What the library does with the parts of the standard that leave a choice:
 *  - C_Initialize accepts NULL, CKF_OS_LOCKING_OK, CKF_LIBRARY_CANT_CREATE_OS_THREADS and mutex
 *    functions (all four or none), and uses the locks of the operating system in every case.
 *  - After fork() the child gets CKR_CRYPTOKI_NOT_INITIALIZED until it calls C_Initialize itself.
 *  - C_GetInterface knows the name "PKCS 11" with the versions 3.0 (the default) and 2.40, without flags.
 *  - There are no vendor-defined types, attributes, mechanisms or return codes.
 *  - The environment variable CNS_PKCS11_LOG=path[:error|warn|info|debug|trace] makes it write a log.
 */
#ifndef CNS_PKCS11_H
#define CNS_PKCS11_H

#if !defined(CRYPTOKI_VERSION_MAJOR) /* no PKCS#11 header was included */
typedef unsigned char CK_UTF8CHAR;
typedef unsigned long CK_ULONG;
typedef CK_ULONG CK_RV;
typedef CK_ULONG CK_FLAGS;
typedef struct CK_VERSION {
    unsigned char major;
    unsigned char minor;
} CK_VERSION;
typedef struct CK_FUNCTION_LIST CK_FUNCTION_LIST;
#define CNS_PKCS11_NEEDS_CK_INTERFACE
#elif CRYPTOKI_VERSION_MAJOR < 3
#define CNS_PKCS11_NEEDS_CK_INTERFACE /* the header is one of PKCS#11 2 */
#endif

#ifdef CNS_PKCS11_NEEDS_CK_INTERFACE
#ifdef _WIN32
#pragma pack(push, cns_pkcs11, 1) /* PKCS#11 packs its structures on Windows only */
#endif
typedef struct CK_INTERFACE {
    char *pInterfaceName;
    void *pFunctionList; /* CK_FUNCTION_LIST or CK_FUNCTION_LIST_3_0; both begin with a CK_VERSION */
    CK_FLAGS flags;
} CK_INTERFACE;
#ifdef _WIN32
#pragma pack(pop, cns_pkcs11)
#endif
#endif

#ifdef _WIN32
#define CNS_PKCS11_IMPORT __declspec(dllimport)
#else
#define CNS_PKCS11_IMPORT
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* The functions of PKCS#11 2.40. May be called before C_Initialize, like the other two. */
CNS_PKCS11_IMPORT CK_RV C_GetFunctionList(CK_FUNCTION_LIST **list);

/* All interfaces; with interfaces == NULL only their number. */
CNS_PKCS11_IMPORT CK_RV C_GetInterfaceList(CK_INTERFACE *interfaces, CK_ULONG *count);

/* The interface of this name, version and flags; NULL, NULL and 0 ask for the default, PKCS#11 3.0.
 * What there is not answers CKR_ARGUMENTS_BAD. */
CNS_PKCS11_IMPORT CK_RV C_GetInterface(CK_UTF8CHAR *name, CK_VERSION *version, CK_INTERFACE **found,
                                       CK_FLAGS flags);

#ifdef __cplusplus
}
#endif

#endif /* CNS_PKCS11_H */
