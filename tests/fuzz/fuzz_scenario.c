/*
 * fuzz_scenario.c - whatever the bytes, a scenario is read or refused with one error.
 *
 * clang -fsanitize=fuzzer,address,undefined; see HVMSIM_FUZZ in tests/CMakeLists.txt.
 */
#include "experiments/scenario/scenario.h"
#include "experiments/scenario/sweep.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes);

static IniFile *read_file(const uint8_t *bytes, size_t n_bytes)
{
    static const char *const repeatable[] = { "constraint", "lockstep", NULL };
    g_autofree char *text = g_strndup((const char *)bytes, n_bytes);
    g_autoptr(GError) error = NULL;
    IniFile *file = ini_file_parse("fuzz.ini", text, strlen(text), repeatable, &error);

    g_assert((file != NULL) == (error == NULL));
    return file;
}

static void read_sweep(const IniFile *file)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Sweep) sweep = sweep_new(ini_file_find(file, "sweep"), &error);

    g_assert((sweep != NULL) == (error == NULL));
    for (unsigned i = 0; sweep && i < sweep->axes->len; i++)
        g_assert(sweep_value(sweep, i, sweep_count(sweep) - 1));
}

static void resolve(const IniFile *file)
{
    g_auto(ScenarioContext) context = { 0 };
    g_autoptr(GError) error = NULL;
    g_autoptr(Scenario) scenario = NULL;

    scenario_context_init(&context, "fuzz.ini");
    scenario = scenario_resolve(file, &context, &error);
    g_assert((scenario != NULL) == (error == NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
    g_autoptr(IniFile) file = read_file(bytes, n_bytes);

    if (!file)
        return 0;
    read_sweep(file);
    resolve(file);
    return 0;
}
