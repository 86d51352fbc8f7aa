/* A stand-in for libnvidia-ml.so.1, written for accelgui's tests. Signatures follow nvml.h.
 * What the state file does not name is "not supported", as on a board without that counter. */

#include "state.h"

typedef unsigned int u32;
typedef unsigned long long u64;

enum { SUCCESS = 0, INVALID_ARGUMENT = 2, NOT_SUPPORTED = 3, INSUFFICIENT_SIZE = 7 };

static const char *state_variable(void) { return "ACCELGUI_STANDIN_NVML"; }

static int index_of(void *device) { return (int)((long)device - 1); }

static int ask(const char *function, void *device, const char *key, double *value) {
    int error = state_enter(index_of(device), function);
    if (error) return error;
    return state_number(index_of(device), key, value) ? SUCCESS : NOT_SUPPORTED;
}

static int ask_text(const char *function, int gpu, const char *key, char *out, u32 size) {
    int error = state_enter(gpu, function);
    if (error) return error;
    return state_text(gpu, key, out, size) ? SUCCESS : NOT_SUPPORTED;
}

#define NUMBER(function, key, type)                      \
    int function(void *device, type *out) {              \
        double value;                                    \
        int error = ask(#function, device, key, &value); \
        if (!error) *out = (type)value;                  \
        return error;                                    \
    }

/* `which` (a clock domain, a sensor, a threshold) becomes part of the key: "clock_mhz.0". */
#define NUMBER_OF(function, key, type)                                  \
    int function(void *device, u32 which, type *out) {                  \
        char which_key[64];                                             \
        double value;                                                   \
        snprintf(which_key, sizeof which_key, "%s.%u", key, which);     \
        int error = ask(#function, device, which_key, &value);          \
        if (!error) *out = (type)value;                                 \
        return error;                                                   \
    }

#define PAIR(function, key_a, key_b, type)                               \
    int function(void *device, type *a, type *b) {                       \
        double value_a, value_b;                                         \
        int error = ask(#function, device, key_a, &value_a);             \
        if (!error) error = ask(#function, device, key_b, &value_b);     \
        if (!error) *a = (type)value_a, *b = (type)value_b;              \
        return error;                                                    \
    }

#define TEXT(function, key)                                               \
    int function(void *device, char *out, u32 size) {                     \
        return ask_text(#function, index_of(device), key, out, size);     \
    }

int nvmlInitWithFlags(u32 flags) { return (void)flags, state_enter(NO_GPU, "nvmlInitWithFlags"); }
int nvmlInit_v2(void) { return state_enter(NO_GPU, "nvmlInitWithFlags"); }
int nvmlShutdown(void) { return state_enter(NO_GPU, "nvmlShutdown"); }

const char *nvmlErrorString(int code) {
    static char text[40];
    snprintf(text, sizeof text, "stand-in error %d", code);
    return text;
}

int nvmlSystemGetDriverVersion(char *out, u32 size) {
    return ask_text("nvmlSystemGetDriverVersion", NO_GPU, "driver_version", out, size);
}

int nvmlSystemGetNVMLVersion(char *out, u32 size) {
    return ask_text("nvmlSystemGetNVMLVersion", NO_GPU, "nvml_version", out, size);
}

static int cuda_version(const char *function, int *out) {
    double value;
    int error = state_enter(NO_GPU, function);
    if (error) return error;
    if (!state_number(NO_GPU, "cuda_version", &value)) return NOT_SUPPORTED;
    *out = (int)value;
    return SUCCESS;
}

int nvmlSystemGetCudaDriverVersion(int *out) {
    return cuda_version("nvmlSystemGetCudaDriverVersion", out);
}
int nvmlSystemGetCudaDriverVersion_v2(int *out) {
    return cuda_version("nvmlSystemGetCudaDriverVersion_v2", out);
}

int nvmlDeviceGetCount_v2(u32 *count) {
    double value = 0;
    int error = state_enter(NO_GPU, "nvmlDeviceGetCount_v2");
    if (error) return error;
    state_number(NO_GPU, "count", &value);
    *count = (u32)value;
    return SUCCESS;
}

int nvmlDeviceGetHandleByIndex_v2(u32 index, void **device) {
    double count = 0;
    int error = state_enter((int)index, "nvmlDeviceGetHandleByIndex_v2");
    if (error) return error;
    state_number(NO_GPU, "count", &count);
    if (index >= (u32)count) return INVALID_ARGUMENT;
    *device = (void *)((long)index + 1);
    return SUCCESS;
}

TEXT(nvmlDeviceGetName, "name")
TEXT(nvmlDeviceGetUUID, "uuid")
TEXT(nvmlDeviceGetSerial, "serial")
TEXT(nvmlDeviceGetBoardPartNumber, "board_part_number")
TEXT(nvmlDeviceGetVbiosVersion, "vbios_version")
TEXT(nvmlDeviceGetInforomImageVersion, "inforom_image_version")
NUMBER(nvmlDeviceGetMinorNumber, "minor_number", u32)
NUMBER(nvmlDeviceGetBrand, "brand", u32)
NUMBER(nvmlDeviceGetArchitecture, "architecture", u32)
NUMBER(nvmlDeviceGetNumGpuCores, "cores", u32)
PAIR(nvmlDeviceGetCudaComputeCapability, "compute_major", "compute_minor", int)
NUMBER(nvmlDeviceGetComputeMode, "compute_mode", u32)
NUMBER(nvmlDeviceGetPersistenceMode, "persistence_mode", u32)
NUMBER(nvmlDeviceGetDisplayActive, "display_active", u32)
NUMBER(nvmlDeviceGetDisplayMode, "display_mode", u32)
NUMBER(nvmlDeviceGetNumaNodeId, "numa_node", int)
PAIR(nvmlDeviceGetMigMode, "mig_mode", "mig_mode_pending", u32)
NUMBER(nvmlDeviceGetMaxMigDeviceCount, "mig_devices_max", u32)

NUMBER(nvmlDeviceGetMemoryBusWidth, "memory_bus_width", u32)
NUMBER_OF(nvmlDeviceGetClockInfo, "clock_mhz", u32)
NUMBER_OF(nvmlDeviceGetMaxClockInfo, "clock_max_mhz", u32)
NUMBER(nvmlDeviceGetPowerUsage, "power_mw", u32)
NUMBER(nvmlDeviceGetPowerManagementLimit, "power_limit_mw", u32)
NUMBER(nvmlDeviceGetPowerManagementDefaultLimit, "power_limit_default_mw", u32)
NUMBER(nvmlDeviceGetEnforcedPowerLimit, "power_limit_enforced_mw", u32)
PAIR(nvmlDeviceGetPowerManagementLimitConstraints, "power_limit_min_mw", "power_limit_max_mw", u32)
NUMBER(nvmlDeviceGetTotalEnergyConsumption, "energy_mj", u64)
NUMBER_OF(nvmlDeviceGetTemperature, "temperature", u32)
NUMBER_OF(nvmlDeviceGetTemperatureThreshold, "temperature_threshold", u32)
NUMBER(nvmlDeviceGetFanSpeed, "fan_percent", u32)
NUMBER(nvmlDeviceGetCurrentClocksEventReasons, "clocks_event_reasons", u64)
NUMBER(nvmlDeviceGetCurrentClocksThrottleReasons, "clocks_event_reasons", u64)
PAIR(nvmlDeviceGetEccMode, "ecc_mode", "ecc_mode_pending", u32)
NUMBER(nvmlDeviceGetRetiredPagesPendingStatus, "retired_pages_pending", u32)
NUMBER(nvmlDeviceGetCurrPcieLinkGeneration, "pcie_generation", u32)
NUMBER(nvmlDeviceGetCurrPcieLinkWidth, "pcie_width", u32)
NUMBER(nvmlDeviceGetMaxPcieLinkGeneration, "pcie_generation_max", u32)
NUMBER(nvmlDeviceGetMaxPcieLinkWidth, "pcie_width_max", u32)
NUMBER(nvmlDeviceGetPcieReplayCounter, "pcie_replays", u32)

struct temperature { u32 version, sensor; int celsius; };

int nvmlDeviceGetTemperatureV(void *device, struct temperature *out) {
    double value;
    int error = ask("nvmlDeviceGetTemperatureV", device, "temperature.0", &value);
    if (!error) out->celsius = (int)value;
    return error;
}

struct memory { u64 total, free, used; };
struct memory_v2 { u32 version; u64 total, reserved, free, used; };

int nvmlDeviceGetMemoryInfo(void *device, struct memory *out) {
    double total, used;
    int error = ask("nvmlDeviceGetMemoryInfo", device, "memory_total", &total);
    if (!error) error = ask("nvmlDeviceGetMemoryInfo", device, "memory_used", &used);
    if (!error) *out = (struct memory){(u64)total, (u64)(total - used), (u64)used};
    return error;
}

int nvmlDeviceGetMemoryInfo_v2(void *device, struct memory_v2 *out) {
    double total, used, reserved = 0;
    int error = ask("nvmlDeviceGetMemoryInfo_v2", device, "memory_total", &total);
    if (!error) error = ask("nvmlDeviceGetMemoryInfo_v2", device, "memory_used", &used);
    if (error) return error;
    state_number(index_of(device), "memory_reserved", &reserved);
    *out = (struct memory_v2){out->version, (u64)total, (u64)reserved,
                              (u64)(total - reserved - used), (u64)used};
    return SUCCESS;
}

int nvmlDeviceGetBAR1MemoryInfo(void *device, struct memory *out) {
    double total, used = 0;
    int error = ask("nvmlDeviceGetBAR1MemoryInfo", device, "bar1_total", &total);
    if (error) return error;
    state_number(index_of(device), "bar1_used", &used);
    *out = (struct memory){(u64)total, (u64)(total - used), (u64)used};
    return SUCCESS;
}

struct utilization { u32 gpu, memory; };

int nvmlDeviceGetUtilizationRates(void *device, struct utilization *out) {
    double gpu, memory = 0;
    int error = ask("nvmlDeviceGetUtilizationRates", device, "utilization_gpu", &gpu);
    if (error) return error;
    state_number(index_of(device), "utilization_memory", &memory);
    *out = (struct utilization){(u32)gpu, (u32)memory};
    return SUCCESS;
}

struct pci {
    char bus_id_legacy[16];
    u32 domain, bus, device, device_id, subsystem_id;
    char bus_id[32];
};

int nvmlDeviceGetPciInfo_v3(void *device, struct pci *out) {
    struct pci pci = {0};
    double device_id = 0;
    char *id = pci.bus_id;
    int error = ask_text("nvmlDeviceGetPciInfo_v3", index_of(device), "pci_bus_id", id, 32);
    if (error) return error;
    sscanf(id, "%x:%x:%x", &pci.domain, &pci.bus, &pci.device);
    snprintf(pci.bus_id_legacy, sizeof pci.bus_id_legacy, "%04x:%02x:%02x.0", pci.domain & 0xffff,
             pci.bus & 0xff, pci.device & 0xff);
    state_number(index_of(device), "pci_device_id", &device_id);
    pci.device_id = (u32)device_id;
    *out = pci;
    return SUCCESS;
}

/* Errors by type (0 corrected, 1 uncorrected) and counter (0 volatile, 1 aggregate). */
int nvmlDeviceGetTotalEccErrors(void *device, u32 type, u32 counter, u64 *out) {
    char key[64];
    double value;
    snprintf(key, sizeof key, "ecc_errors.%u.%u", type, counter);
    int error = ask("nvmlDeviceGetTotalEccErrors", device, key, &value);
    if (!error) *out = (u64)value;
    return error;
}

int nvmlDeviceGetRetiredPages(void *device, u32 cause, u32 *count, u64 *addresses) {
    char key[64];
    double value;
    snprintf(key, sizeof key, "retired_pages.%u", cause);
    int error = ask("nvmlDeviceGetRetiredPages", device, key, &value);
    if (error) return error;
    u32 room = *count;
    *count = (u32)value;
    if (*count > room) return INSUFFICIENT_SIZE;
    for (u32 page = 0; addresses && page < *count; page++) addresses[page] = page << 16;
    return SUCCESS;
}

int nvmlDeviceGetRemappedRows(void *device, u32 *corrected, u32 *uncorrected, u32 *pending,
                              u32 *failed) {
    u32 *out[] = {corrected, uncorrected, pending, failed};
    const char *keys[] = {"remapped_corrected", "remapped_uncorrected", "remap_pending",
                          "remap_failed"};
    for (int i = 0; i < 4; i++) {
        double value;
        int error = ask("nvmlDeviceGetRemappedRows", device, keys[i], &value);
        if (error) return error;
        *out[i] = (u32)value;
    }
    return SUCCESS;
}

NUMBER_OF(nvmlDeviceGetPcieThroughput, "pcie_kilobytes", u32)

static int video(const char *function, void *device, const char *key, u32 *out, u32 *period_us) {
    double value;
    int error = ask(function, device, key, &value);
    if (!error) *out = (u32)value, *period_us = 167000;
    return error;
}

int nvmlDeviceGetEncoderUtilization(void *device, u32 *out, u32 *period_us) {
    return video("nvmlDeviceGetEncoderUtilization", device, "encoder_percent", out, period_us);
}

int nvmlDeviceGetDecoderUtilization(void *device, u32 *out, u32 *period_us) {
    return video("nvmlDeviceGetDecoderUtilization", device, "decoder_percent", out, period_us);
}

/* Fields by number: "field.82" is the memory's temperature. Each has an error of its own. */
struct field {
    u32 id, scope;
    long long timestamp, latency_us;
    u32 type;
    int error;
    union { double d; u32 ui; u64 ull; } value;
};

int nvmlDeviceGetFieldValues(void *device, int count, struct field *fields) {
    int error = state_enter(index_of(device), "nvmlDeviceGetFieldValues");
    for (int i = 0; !error && i < count; i++) {
        char key[32];
        double value;
        snprintf(key, sizeof key, "field.%u", fields[i].id);
        int known = state_number(index_of(device), key, &value);
        fields[i].error = known ? SUCCESS : NOT_SUPPORTED;
        fields[i].type = 1; /* NVML_VALUE_TYPE_UNSIGNED_INT */
        fields[i].value.ull = known ? (u32)value : 0;
    }
    return error;
}

/* Processes as "PID:BYTES:PERCENT PID:BYTES:PERCENT"; bytes of -1 are not told. */
struct process { u32 pid; u64 bytes; u32 gpu_instance, compute_instance; };

static int running(const char *function, void *device, const char *key, u32 *count,
                   struct process *out) {
    char text[256], *rest = text;
    u32 room = *count, pid, percent;
    long long bytes;
    int error = state_enter(index_of(device), function), used;
    *count = 0;
    if (error || !state_text(index_of(device), key, text, sizeof text)) return error;
    for (; sscanf(rest, "%u:%lld:%u%n", &pid, &bytes, &percent, &used) == 3; rest += used) {
        if (*count < room && out) out[*count] = (struct process){pid, (u64)bytes, ~0u, ~0u};
        ++*count;
    }
    return *count > room ? INSUFFICIENT_SIZE : SUCCESS;
}

int nvmlDeviceGetComputeRunningProcesses_v3(void *device, u32 *count, struct process *out) {
    return running("nvmlDeviceGetComputeRunningProcesses_v3", device, "processes", count, out);
}

int nvmlDeviceGetGraphicsRunningProcesses_v3(void *device, u32 *count, struct process *out) {
    return running("nvmlDeviceGetGraphicsRunningProcesses_v3", device, "graphics_processes", count,
                   out);
}

struct process_sample { u32 pid; u64 time_us; u32 sm, memory, encoder, decoder; };

int nvmlDeviceGetProcessUtilization(void *device, struct process_sample *out, u32 *count,
                                    u64 last_us) {
    enum { NOT_FOUND = 6 };
    char text[256] = "", *rest = text;
    u32 room = *count, pid, percent;
    long long bytes;
    int error = state_enter(index_of(device), "nvmlDeviceGetProcessUtilization"), used;
    struct timespec now;
    if (error) return error;
    clock_gettime(CLOCK_REALTIME, &now);
    u64 now_us = (u64)now.tv_sec * 1000000 + (u64)now.tv_nsec / 1000;
    *count = 0;
    state_text(index_of(device), "processes", text, sizeof text);
    if (now_us <= last_us) return NOT_FOUND;
    for (; sscanf(rest, "%u:%lld:%u%n", &pid, &bytes, &percent, &used) == 3; rest += used) {
        if (*count < room && out)
            out[*count] = (struct process_sample){pid, now_us, percent, 0, 0, 0};
        ++*count;
    }
    return *count == 0 ? NOT_FOUND : *count > room ? INSUFFICIENT_SIZE : SUCCESS;
}

/* Events: "xid" is "SEQUENCE:NUMBER"; each new sequence is one Xid, those before the registration
 * are not told. */
enum { TIMEOUT = 10, MOST_WATCHED = 16, XID_CRITICAL = 8 };
struct event { void *device; u64 type, data; u32 gpu_instance, compute_instance; };
struct event_set { int count, gpus[MOST_WATCHED]; long seen[MOST_WATCHED]; };

static long xid_of(int gpu, long *number) {
    char text[64];
    long sequence = 0;
    *number = 0;
    if (state_text(gpu, "xid", text, sizeof text)) sscanf(text, "%ld:%ld", &sequence, number);
    return sequence;
}

int nvmlEventSetCreate(struct event_set **set) {
    int error = state_enter(NO_GPU, "nvmlEventSetCreate");
    if (!error) *set = calloc(1, sizeof **set);
    return error;
}

int nvmlEventSetFree(struct event_set *set) { return free(set), SUCCESS; }

int nvmlDeviceRegisterEvents(void *device, u64 types, struct event_set *set) {
    int gpu = index_of(device), error = state_enter(gpu, "nvmlDeviceRegisterEvents");
    long number;
    if (error || !(types & XID_CRITICAL) || set->count == MOST_WATCHED) return error;
    set->gpus[set->count] = gpu;
    set->seen[set->count++] = xid_of(gpu, &number);
    return SUCCESS;
}

int nvmlEventSetWait_v2(struct event_set *set, struct event *out, u32 timeout_ms) {
    for (u32 waited_ms = 0;; waited_ms += 200) {
        int error = state_enter(NO_GPU, "nvmlEventSetWait_v2");
        for (int i = 0; !error && i < set->count; i++) {
            long number, sequence = xid_of(set->gpus[i], &number);
            error = state_enter(set->gpus[i], "nvmlEventSetWait_v2");
            if (error || sequence <= set->seen[i]) continue;
            set->seen[i] = sequence;
            void *device = (void *)((long)set->gpus[i] + 1);
            *out = (struct event){device, XID_CRITICAL, (u64)number, ~0u, ~0u};
            return SUCCESS;
        }
        if (error) return error;
        if (waited_ms >= timeout_ms) return TIMEOUT;
        usleep(200000);
    }
}

/* GPM: a metric by its number, "gpm.2", of the GPU that the second sample was taken of. */
struct gpm_support { u32 version, is_supported; };
struct gpm_metric { u32 id; int error; double value; const char *names[3]; };
struct gpm_metrics { u32 version, count; long *first, *second; struct gpm_metric metrics[]; };

int nvmlGpmQueryDeviceSupport(void *device, struct gpm_support *out) {
    double value = 0;
    int error = state_enter(index_of(device), "nvmlGpmQueryDeviceSupport");
    state_number(index_of(device), "gpm_supported", &value);
    out->is_supported = (u32)value;
    return error;
}

int nvmlGpmSampleAlloc(long **sample) { return *sample = calloc(1, sizeof **sample), SUCCESS; }
int nvmlGpmSampleFree(long *sample) { return free(sample), SUCCESS; }

int nvmlGpmSampleGet(void *device, long *sample) {
    *sample = index_of(device);
    return state_enter(index_of(device), "nvmlGpmSampleGet");
}

int nvmlGpmMetricsGet(struct gpm_metrics *wanted) {
    int gpu = (int)*wanted->second, error = state_enter(gpu, "nvmlGpmMetricsGet");
    for (u32 i = 0; !error && i < wanted->count; i++) {
        char key[32];
        struct gpm_metric *metric = &wanted->metrics[i];
        snprintf(key, sizeof key, "gpm.%u", metric->id);
        metric->error = state_number(gpu, key, &metric->value) ? SUCCESS : NOT_SUPPORTED;
    }
    return error;
}
