/* Wine before version 9 has no bcryptprimitives.dll, where Rust programs get random numbers from (Windows 7 and later
 * have it). This stands in for it, from Wine's own random numbers; only for the tests under wine. */
#include <windows.h>

BOOLEAN WINAPI SystemFunction036(PVOID bytes, ULONG length);

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE bytes, SIZE_T length);

BOOL WINAPI ProcessPrng(PBYTE bytes, SIZE_T length)
{
    return SystemFunction036(bytes, (ULONG)length);
}
