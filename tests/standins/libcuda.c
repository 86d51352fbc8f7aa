/* A stand-in for libcuda.so.1, written for accelgui's tests. Signatures follow cuda.h.
 * Enough for whoever asks whether there are devices; nothing can be computed on it. */

#include "state.h"

enum { SUCCESS = 0, INVALID_VALUE = 1, NOT_INITIALIZED = 3, INVALID_DEVICE = 101 };

static const char *state_variable(void) { return "ACCELGUI_STANDIN_CUDA"; }

static int initialized = 0;

static int enter(const char *function) {
    int error = state_enter(NO_GPU, function);
    return error ? error : initialized ? SUCCESS : NOT_INITIALIZED;
}

static int device_count(void) {
    double count = 0;
    state_number(NO_GPU, "count", &count);
    return (int)count;
}

int cuInit(unsigned flags) {
    (void)flags;
    int error = state_enter(NO_GPU, "cuInit");
    initialized = !error;
    return error;
}

int cuDriverGetVersion(int *version) {
    double value = 0;
    int error = state_enter(NO_GPU, "cuDriverGetVersion");
    state_number(NO_GPU, "driver_version", &value);
    *version = (int)value;
    return error;
}

int cuDeviceGetCount(int *count) {
    int error = enter("cuDeviceGetCount");
    *count = error ? 0 : device_count();
    return error;
}

int cuDeviceGet(int *device, int ordinal) {
    int error = enter("cuDeviceGet");
    if (error) return error;
    *device = ordinal;
    return ordinal >= 0 && ordinal < device_count() ? SUCCESS : INVALID_DEVICE;
}

int cuDeviceGetName(char *name, int size, int device) {
    int error = enter("cuDeviceGetName");
    if (error) return error;
    return state_text(device, "name", name, (size_t)size) ? SUCCESS : INVALID_VALUE;
}

int cuDeviceGetPCIBusId(char *id, int size, int device) {
    int error = enter("cuDeviceGetPCIBusId");
    if (error) return error;
    return state_text(device, "pci_bus_id", id, (size_t)size) ? SUCCESS : INVALID_VALUE;
}

int cuDeviceTotalMem_v2(size_t *bytes, int device) {
    double value;
    int error = enter("cuDeviceTotalMem_v2");
    if (error) return error;
    if (!state_number(device, "memory_total", &value)) return INVALID_VALUE;
    *bytes = (size_t)value;
    return SUCCESS;
}

/* One primary context for each device; what it is told to be is current until it is popped. */
static int current = -1;

int cuDevicePrimaryCtxRetain(void **context, int device) {
    int error = enter("cuDevicePrimaryCtxRetain");
    *context = (void *)((long)device + 1);
    return error;
}

int cuDevicePrimaryCtxRelease_v2(int device) {
    (void)device;
    return enter("cuDevicePrimaryCtxRelease_v2");
}

int cuCtxPushCurrent_v2(void *context) {
    current = (int)(long)context - 1;
    return enter("cuCtxPushCurrent_v2");
}

int cuCtxPopCurrent_v2(void **context) {
    *context = (void *)((long)current + 1);
    current = -1;
    return enter("cuCtxPopCurrent_v2");
}

int cuMemGetInfo_v2(size_t *free_bytes, size_t *total_bytes) {
    double free_value, total_value;
    int error = enter("cuMemGetInfo_v2");
    if (error) return error;
    if (current < 0 || !state_number(current, "memory_free", &free_value)) return INVALID_VALUE;
    if (!state_number(current, "memory_total", &total_value)) return INVALID_VALUE;
    *free_bytes = (size_t)free_value;
    *total_bytes = (size_t)total_value;
    return SUCCESS;
}

/* Attributes by number: "attribute.16" is the count of multiprocessors. */
int cuDeviceGetAttribute(int *out, int attribute, int device) {
    char key[40];
    double value;
    int error = enter("cuDeviceGetAttribute");
    if (error) return error;
    snprintf(key, sizeof key, "attribute.%d", attribute);
    if (!state_number(device, key, &value)) return INVALID_VALUE;
    *out = (int)value;
    return SUCCESS;
}

static const struct { int code; const char *name, *text; } errors[] = {
    {0, "CUDA_SUCCESS", "no error"},
    {1, "CUDA_ERROR_INVALID_VALUE", "invalid argument"},
    {2, "CUDA_ERROR_OUT_OF_MEMORY", "out of memory"},
    {3, "CUDA_ERROR_NOT_INITIALIZED", "initialization error"},
    {34, "CUDA_ERROR_STUB_LIBRARY", "CUDA driver is a stub library"},
    {46, "CUDA_ERROR_DEVICE_UNAVAILABLE", "CUDA-capable device(s) is/are busy or unavailable"},
    {100, "CUDA_ERROR_NO_DEVICE", "no CUDA-capable device is detected"},
    {101, "CUDA_ERROR_INVALID_DEVICE", "invalid device ordinal"},
    {304, "CUDA_ERROR_OPERATING_SYSTEM", "OS call failed or operation not supported on this OS"},
    {801, "CUDA_ERROR_NOT_SUPPORTED", "operation not supported"},
    {802, "CUDA_ERROR_SYSTEM_NOT_READY", "system not yet initialized"},
    {803, "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH",
     "system has unsupported display driver / cuda driver combination"},
    {804, "CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE",
     "forward compatibility was attempted on non supported HW"},
    {999, "CUDA_ERROR_UNKNOWN", "unknown error"},
};

static int describe(int code, const char **out, int as_name) {
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        if (errors[i].code != code) continue;
        *out = as_name ? errors[i].name : errors[i].text;
        return SUCCESS;
    }
    *out = NULL;
    return INVALID_VALUE;
}

int cuGetErrorName(int code, const char **name) { return describe(code, name, 1); }
int cuGetErrorString(int code, const char **text) { return describe(code, text, 0); }
