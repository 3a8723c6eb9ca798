/* The Base CSP's handles, transactions and memory, and the wire to the virtual card. */
#include "minidriver.h"

#include <stdarg.h>
#include <stdlib.h>

/* Memory. Each block stands between marks, so that a block that is no block, one freed twice, and one written beyond its
 * end are seen. */
#define MARK 0x6B636F6C42505343ull
#define FREED 0x6565726642505343ull

struct block {
    ULONGLONG mark;
    SIZE_T size;
};

static LONG in_use;
static bool out_of_memory;

static BYTE *end_of(struct block *block)
{
    return (BYTE *)(block + 1) + block->size;
}

void *WINAPI csp_alloc(SIZE_T size)
{
    const ULONGLONG mark = MARK;
    struct block *block = out_of_memory ? NULL : malloc(sizeof *block + size + sizeof mark);

    if (block == NULL)
        return NULL;
    block->mark = MARK;
    block->size = size;
    memset(block + 1, 0xA5, size);
    memcpy(end_of(block), &mark, sizeof mark);
    InterlockedIncrement(&in_use);
    return block + 1;
}

void WINAPI csp_free(void *address)
{
    const ULONGLONG mark = MARK;
    struct block *block = (struct block *)address - 1;

    if (address == NULL)
        return;
    CHECK(block->mark == MARK);
    if (block->mark != MARK)
        return;
    CHECK(memcmp(end_of(block), &mark, sizeof mark) == 0);
    block->mark = FREED;
    InterlockedDecrement(&in_use);
    free(block);
}

static void *WINAPI csp_realloc(void *address, SIZE_T size)
{
    void *fresh = csp_alloc(size);

    if (fresh != NULL && address != NULL) {
        SIZE_T before = ((struct block *)address - 1)->size;

        memcpy(fresh, address, before < size ? before : size);
        csp_free(address);
    }
    return fresh;
}

void csp_has_no_memory(bool none)
{
    out_of_memory = none;
}

long blocks_in_use(void)
{
    return in_use;
}

/* The cache holds nothing; Windows' may be empty at any time. */
static DWORD WINAPI cache_add(void *context, WCHAR *tag, DWORD flags, BYTE *data, DWORD length)
{
    (void)context, (void)tag, (void)flags, (void)data, (void)length;
    return CARD_OK;
}

static DWORD WINAPI cache_look_up(void *context, WCHAR *tag, DWORD flags, BYTE **data, DWORD *length)
{
    (void)context, (void)tag, (void)flags, (void)data, (void)length;
    return SCARD_E_FILE_NOT_FOUND;
}

static DWORD WINAPI cache_delete(void *context, WCHAR *tag, DWORD flags)
{
    (void)context, (void)tag, (void)flags;
    return CARD_OK;
}

static DWORD WINAPI pad_data(struct card_signing_info *info, DWORD width, DWORD *length, BYTE **padded)
{
    (void)info, (void)width, (void)length, (void)padded;
    return SCARD_E_UNSUPPORTED_FEATURE;
}

/* Readers and cards. */
#define PROTOCOLS (SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1)
#define PATIENCE 20000

/* The first reader that has a card, or the first at all; an empty name without any. */
static SCARD_READERSTATEA first_reader(SCARDCONTEXT context, bool with_card, char name[128])
{
    char names[1024] = "";
    DWORD length = sizeof names;
    SCARD_READERSTATEA state;
    const char *next;

    memset(&state, 0, sizeof state);
    state.szReader = name;
    name[0] = '\0';
    if (SCardListReadersA(context, NULL, names, &length) != SCARD_S_SUCCESS)
        return state;
    for (next = names; *next; next += strlen(next) + 1) {
        snprintf(name, 128, "%s", next);
        state.dwCurrentState = SCARD_STATE_UNAWARE;
        if (SCardGetStatusChangeA(context, 0, &state, 1) != SCARD_S_SUCCESS)
            state.dwEventState = 0;
        if (!with_card || state.dwEventState & SCARD_STATE_PRESENT)
            break;
    }
    return state;
}

static bool reader_becomes(bool occupied, DWORD patience)
{
    SCARDCONTEXT context;
    DWORD start = GetTickCount();
    char name[128];
    bool is;

    if (SCardEstablishContext(SCARD_SCOPE_USER, NULL, NULL, &context) != SCARD_S_SUCCESS)
        give_up("no smart card service");
    for (;;) {
        SCARD_READERSTATEA state = first_reader(context, false, name);

        is = (state.dwEventState & SCARD_STATE_PRESENT) != 0 && !(state.dwEventState & SCARD_STATE_MUTE);
        if (is == occupied || GetTickCount() - start > patience)
            break;
        Sleep(20);
    }
    SCardReleaseContext(context);
    return is == occupied;
}

/* pcscd and vpcd miss what happens to a card now and then: then it happens again. */
#define ATTEMPTS 5

void remove_card(void)
{
    int attempt;

    control("remove");
    for (attempt = 0; !reader_becomes(false, 3000); ++attempt) {
        if (attempt == ATTEMPTS)
            give_up("the card does not leave");
        control("insert");
        reader_becomes(true, 1000);
        control("remove");
    }
}

void insert_card(const char *kind)
{
    int attempt;

    if (kind != NULL)
        control("swap %s", kind);
    else
        control("insert");
    for (attempt = 0; !reader_becomes(true, 3000); ++attempt) {
        if (attempt == ATTEMPTS)
            give_up("the card does not come");
        remove_card();
        control("insert");
    }
}

static void connect_card(struct csp *csp)
{
    DWORD start = GetTickCount(), protocol, state, length;
    char name[128];
    LONG code;

    if (SCardEstablishContext(SCARD_SCOPE_USER, NULL, NULL, &csp->context) != SCARD_S_SUCCESS)
        give_up("no smart card service");
    for (;;) {
        first_reader(csp->context, true, name);
        code = SCardConnectA(csp->context, name, SCARD_SHARE_SHARED, PROTOCOLS, &csp->handle, &protocol);
        if (code == SCARD_S_SUCCESS) {
            csp->atr_length = sizeof csp->atr;
            length = sizeof name;
            code = SCardStatusA(csp->handle, name, &length, &state, &protocol, csp->atr, &csp->atr_length);
            if (code == SCARD_S_SUCCESS)
                break;
            /* Another thread has just reset it. */
            SCardDisconnect(csp->handle, SCARD_LEAVE_CARD);
        }
        if (GetTickCount() - start > PATIENCE)
            give_up("no card in %s: %08lX", name[0] ? name : "any reader", (DWORD)code);
        Sleep(20);
    }
    csp->data.hSCardCtx = csp->context;
    csp->data.hScard = csp->handle;
    csp->data.pbAtr = csp->atr;
    csp->data.cbAtr = csp->atr_length;
}

static void disconnect_card(struct csp *csp)
{
    SCardDisconnect(csp->handle, SCARD_LEAVE_CARD);
    SCardReleaseContext(csp->context);
}

void csp_open(struct csp *csp)
{
    static WCHAR name[] = L"CNS";

    memset(csp, 0, sizeof *csp);
    connect_card(csp);
    csp_reset_card(csp);
    csp->data.dwVersion = CARD_DATA_VERSION;
    csp->data.pwszCardName = name;
    csp->data.pfnCspAlloc = csp_alloc;
    csp->data.pfnCspReAlloc = csp_realloc;
    csp->data.pfnCspFree = csp_free;
    csp->data.pfnCspCacheAddFile = cache_add;
    csp->data.pfnCspCacheLookupFile = cache_look_up;
    csp->data.pfnCspCacheDeleteFile = cache_delete;
    csp->data.pfnCspPadData = pad_data;
}

void csp_close(struct csp *csp)
{
    disconnect_card(csp);
    memset(csp, 0, sizeof *csp);
}

void csp_change_handles(struct csp *csp)
{
    disconnect_card(csp);
    connect_card(csp);
}

void csp_acquire(struct csp *csp)
{
    DWORD code;

    csp_open(csp);
    code = CALL(csp, acquire_context(&csp->data, 0));
    ANSWERS(code, CARD_OK);
    if (code != CARD_OK)
        give_up("CardAcquireContext answers %08lX", code);
}

void csp_release(struct csp *csp)
{
    if (csp->data.pfnCardDeleteContext != NULL)
        ANSWERS(csp->data.pfnCardDeleteContext(&csp->data), CARD_OK);
    csp_close(csp);
}

void csp_begin(struct csp *csp)
{
    LONG code = SCardBeginTransaction(csp->handle);
    DWORD protocol;
    int attempt;

    /* Another thread may reset the card between the two calls, too. */
    for (attempt = 0; code == SCARD_W_RESET_CARD && attempt < 100; ++attempt) {
        SCardReconnect(csp->handle, SCARD_SHARE_SHARED, PROTOCOLS, SCARD_LEAVE_CARD, &protocol);
        code = SCardBeginTransaction(csp->handle);
    }
    csp->transaction = code == SCARD_S_SUCCESS;
}

DWORD csp_end(struct csp *csp, DWORD answer)
{
    if (csp->transaction)
        SCardEndTransaction(csp->handle, SCARD_LEAVE_CARD);
    csp->transaction = false;
    return answer;
}

void csp_reset_card(struct csp *csp)
{
    csp_begin(csp);
    if (!csp->transaction || SCardEndTransaction(csp->handle, SCARD_RESET_CARD) != SCARD_S_SUCCESS)
        give_up("the card cannot be reset");
    csp->transaction = false;
}

unsigned csp_transmit(struct csp *csp, const BYTE *command, DWORD length)
{
    BYTE answer[258];
    DWORD answer_length = sizeof answer, protocol = SCARD_PROTOCOL_T1, state, atr_length = sizeof csp->atr;
    DWORD name_length = 128;
    char name[128];
    const SCARD_IO_REQUEST *request;

    SCardStatusA(csp->handle, name, &name_length, &state, &protocol, csp->atr, &atr_length);
    request = protocol == SCARD_PROTOCOL_T0 ? SCARD_PCI_T0 : SCARD_PCI_T1;
    if (SCardTransmit(csp->handle, request, command, length, NULL, answer, &answer_length) != SCARD_S_SUCCESS ||
        answer_length < 2)
        return 0;
    return (unsigned)answer[answer_length - 2] << 8 | answer[answer_length - 1];
}

/* The control. */
bool has_control(void)
{
    return given.control != NULL;
}

static SOCKET connect_control(void)
{
    struct sockaddr_in address;
    const char *port = strrchr(given.control, ':');
    char host[64];
    SOCKET wire;
    WSADATA winsock;

    if (port == NULL || (size_t)(port - given.control) >= sizeof host || WSAStartup(MAKEWORD(2, 2), &winsock) != 0)
        give_up("control=HOST:PORT");
    memset(host, 0, sizeof host);
    memcpy(host, given.control, (size_t)(port - given.control));
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_port = htons((u_short)atoi(port + 1));
    address.sin_addr.s_addr = inet_addr(host);
    wire = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    if (wire == INVALID_SOCKET || connect(wire, (struct sockaddr *)&address, sizeof address) != 0)
        give_up("nothing listens at %s", given.control);
    return wire;
}

const char *control(const char *format, ...)
{
    static SOCKET wire = INVALID_SOCKET;
    static char answer[256];
    char line[256];
    size_t length = 0;
    va_list list;

    if (wire == INVALID_SOCKET)
        wire = connect_control();
    va_start(list, format);
    vsnprintf(line, sizeof line - 1, format, list);
    va_end(list);
    strcat(line, "\n");
    if (send(wire, line, (int)strlen(line), 0) != (int)strlen(line))
        give_up("the control is gone");
    do {
        if (length + 1 >= sizeof answer || recv(wire, answer + length, 1, 0) != 1)
            give_up("the control does not answer to %s", line);
    } while (answer[length++] != '\n');
    answer[length - 1] = '\0';
    if (strncmp(answer, "error", 5) == 0)
        give_up("the control answers \"%s\" to %s", answer, line);
    return answer;
}

struct counts count_commands(void)
{
    struct counts counts = { 0, 0 };

    if (has_control() && sscanf(control("count"), "commands %u with a PIN %u", &counts.commands, &counts.with_pin) != 2)
        give_up("what does \"count\" answer?");
    return counts;
}

struct tries tries_left(void)
{
    struct tries tries = { 0, 0 };

    if (has_control() && sscanf(control("tries"), "PIN %u PUK %u", &tries.pin, &tries.puk) != 2)
        give_up("what does \"tries\" answer?");
    return tries;
}
