#include "results/export.h"

#include "results/error.h"
#include "tests/unit/made_up_runs.h"

#include <math.h>
#include <string.h>

static void add_run(MadeUpPlace *place, unsigned placement, unsigned replication)
{
    g_autoptr(RunRecord) record = made_up_run(placement, 1, replication);
    g_autoptr(GError) error = NULL;

    database_add_run(place->database, record, &error);
    g_assert_no_error(error);
}

static char *export_campaign(MadeUpPlace *place, const char *table, int64_t campaign_id,
                             ExportFormat format)
{
    char *text = NULL;
    size_t n_bytes;
    FILE *stream = open_memstream(&text, &n_bytes);
    g_autoptr(GError) error = NULL;

    g_assert_true(
        export_table(place->database, table, campaign_id, format, stream, &error));
    g_assert_no_error(error);
    fclose(stream);
    return text;
}

static char *export_text(MadeUpPlace *place, const char *table, ExportFormat format)
{
    return export_campaign(place, table, 0, format);
}

static void test_a_small_run_gives_these_rows(MadeUpPlace *place,
                                              const void *unused G_GNUC_UNUSED)
{
    static const struct {
        const char *table, *csv;
    } cases[] = {
        { "campaign", "campaign_id,hash,scenario_name,program_version,n_runs,"
                      "scenario_text\r\n"
                      "1,c0ffee,made up,0,90,\"[sweep]\n\"\r\n" },
        { "factor", "campaign_id,cell,position,key,value,number\r\n"
                    "1,0,0,device-model.placement,dom0,\r\n"
                    "1,0,1,domain guest.count,1,1\r\n" },
        { "run",
          "campaign_id,cell,replication,run_key,seed,scenario_hash,profile,"
          "program_version,state,message,warmup_ns,measured_ns\r\n"
          "1,0,0,dom0/1/0,18446744073709551615,a731d0f50e618ca6ea3572568d93763d91d44902"
          "c00e2fc9dc7b2089788889c7,none,0,done,,1000000000,1036523742\r\n" },
        { "device", "campaign_id,cell,replication,domain,device,requests,"
                    "latency_sum_ns,latency_greatest_ns,service_sum_ns\r\n"
                    "1,0,0,1,ide,1000,44565788,123456,8913157\r\n"
                    "1,0,0,1,nic,666,29710525,123457,5942105\r\n"
                    "1,0,0,1,serial,500,22282894,123458,4456578\r\n" },
    };

    add_run(place, 0, 0);
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *csv = export_text(place, cases[i].table, EXPORT_CSV);

        g_assert_cmpstr(csv, ==, cases[i].csv);
    }
}

static void test_json_lines_name_their_values(MadeUpPlace *place,
                                              const void *unused G_GNUC_UNUSED)
{
    g_autofree char *jsonl = NULL;

    add_run(place, 0, 0);
    jsonl = export_text(place, "factor", EXPORT_JSONL);
    g_assert_cmpstr(jsonl, ==,
                    "{\"campaign_id\":1,\"cell\":0,\"position\":0,\"key\":"
                    "\"device-model.placement\",\"value\":\"dom0\",\"number\":null}\n"
                    "{\"campaign_id\":1,\"cell\":0,\"position\":1,\"key\":"
                    "\"domain guest.count\",\"value\":\"1\",\"number\":1.0}\n");
}

/* With the factors of all campaigns, or of one. */
static void test_a_wide_row_has_all_of_a_run(MadeUpPlace *place,
                                             const void *unused G_GNUC_UNUSED)
{
    const Campaign other = { "other", "other", "[sweep]\n", "0", 1 };
    g_autoptr(RunRecord) record = made_up_run(1, 1, 0);
    g_autofree char *wide = NULL, *first = NULL, *second = NULL, *jsonl = NULL;

    add_run(place, 0, 0);
    g_assert_true(database_add_campaign(place->database, &other, NULL));
    g_free(record->campaign_hash);
    record->campaign_hash = g_strdup("other");
    run_record_add_factor(record, "run.\"a'", "x", NAN);
    g_assert_true(database_add_run(place->database, record, NULL));
    wide = export_text(place, "wide", EXPORT_CSV);
    g_assert_true(g_str_has_prefix(
        wide, "campaign_id,cell,replication,seed,device-model.placement,"
              "domain guest.count,\"run.\"\"a'\",requests_per_s,"));
    g_assert_nonnull(strstr(wide, "\r\n1,0,0,18446744073709551615,dom0,1,,"));
    g_assert_nonnull(strstr(wide, "\r\n2,100,0,18446744073709551615,stub,1,x,"));
    g_assert_nonnull(strstr(wide, ",latency_p999_ns,"));
    first = export_campaign(place, "wide", 1, EXPORT_CSV);
    g_assert_true(g_str_has_prefix(
        first, "campaign_id,cell,replication,seed,device-model.placement,"
               "domain guest.count,requests_per_s,"));
    g_assert_null(strstr(first, "\r\n2,"));
    second = export_campaign(place, "scenario", 2, EXPORT_CSV);
    g_assert_nonnull(strstr(second, "count = 1"));
    jsonl = export_campaign(place, "wide", 2, EXPORT_JSONL);
    g_assert_nonnull(strstr(jsonl, ",\"run.\\\"a'\":\"x\",\"requests_per_s\":"));
}

/* Each table has what the campaign has, and nothing of another one. */
static void test_one_campaign_alone(MadeUpPlace *place,
                                    const void *unused G_GNUC_UNUSED)
{
    const Campaign other = { "other", "other", "[sweep]\n", "0", 1 };

    add_run(place, 0, 0);
    g_assert_true(database_add_campaign(place->database, &other, NULL));
    for (unsigned i = 1; export_table_name(i); i++) {
        g_autofree char *all = export_text(place, export_table_name(i), EXPORT_CSV);
        g_autofree char *one =
            export_campaign(place, export_table_name(i), 1, EXPORT_CSV);
        g_autofree char *none =
            export_campaign(place, export_table_name(i), 2, EXPORT_CSV);
        const bool is_campaign = g_str_equal(export_table_name(i), "campaign");

        if (!is_campaign)
            g_assert_cmpstr(one, ==, all);
        g_assert_cmpint(strstr(none, "\r\n")[2] == '\0', ==, !is_campaign);
    }
}

static void
test_the_order_in_which_runs_end_does_not_show(MadeUpPlace *place,
                                               const void *unused G_GNUC_UNUSED)
{
    MadeUpPlace other;

    made_up_place_set_up(&other, NULL);
    for (unsigned i = 0; i < 4; i++) {
        add_run(place, i % 2, i / 2);
        add_run(&other, (3 - i) % 2, (3 - i) / 2);
    }
    for (unsigned i = 0; export_table_name(i); i++) {
        g_autofree char *ours = export_text(place, export_table_name(i), EXPORT_CSV);
        g_autofree char *theirs = export_text(&other, export_table_name(i), EXPORT_CSV);

        g_assert_cmpstr(ours, ==, theirs);
        g_assert_nonnull(strstr(ours, "\r\n"));
    }
    made_up_place_tear_down(&other, NULL);
}

static void test_a_folder_gets_every_table(MadeUpPlace *place,
                                           const void *unused G_GNUC_UNUSED)
{
    static const char *const by_name[] = { "bucket",    "v_run", "v_summary",
                                           "v_factors", "wide",  NULL };
    g_autofree char *folder = g_build_filename(place->folder, "a", "b", NULL);
    g_autoptr(GError) error = NULL;

    add_run(place, 0, 0);
    g_assert_true(export_folder(place->database, 0, EXPORT_CSV, folder, &error));
    for (unsigned i = 0; export_table_name(i); i++) {
        g_autofree char *name = g_strconcat(export_table_name(i), ".csv", NULL);
        g_autofree char *path = g_build_filename(folder, name, NULL);

        g_assert_cmpint(g_file_test(path, G_FILE_TEST_IS_REGULAR), ==,
                        !g_strv_contains(by_name, export_table_name(i)));
    }
}

static void
test_an_unknown_table_is_answered_with_the_known(MadeUpPlace *place,
                                                 const void *unused G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;

    g_assert_false(
        export_table(place->database, "runs", 0, EXPORT_CSV, stdout, &error));
    g_assert_cmpstr(error->message, ==,
                    "no table is called \"runs\" (known: metric, campaign, factor, "
                    "scenario, run, outcome, domain, stage, vm_exit, device, "
                    "refusal, histogram, bucket, v_run, v_summary, v_factors, wide)");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name)                                                                      \
    g_test_add("/export/" #name, MadeUpPlace, NULL, made_up_place_set_up, test_##name, \
               made_up_place_tear_down)
    ADD(a_small_run_gives_these_rows);
    ADD(json_lines_name_their_values);
    ADD(a_wide_row_has_all_of_a_run);
    ADD(one_campaign_alone);
    ADD(the_order_in_which_runs_end_does_not_show);
    ADD(a_folder_gets_every_table);
    ADD(an_unknown_table_is_answered_with_the_known);
#undef ADD
    return g_test_run();
}
