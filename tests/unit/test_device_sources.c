/* Sources that use a device the way its driver does: access by access. */
#include "tests/unit/opened_source.h"

/* Remote DMA to or from the NE2000's memory, and the interrupt of its end. */
#define NE2000_TO_CARD(low, high, from)                                                \
    "w300=22 w30a=" low " w30b=" high " w308=0 w309=" from " w300=12 "
#define NE2000_FROM_CARD(low, from_low)                                                \
    "w300=22 w30a=" low " w30b=0 w308=" from_low " w309=46 w300=a "
#define NE2000_SEND_100                                                                \
    NE2000_TO_CARD("64", "0", "40")                                                    \
    "W310*50 r307 w307=40 w304=40 w305=64 w306=0 w300=26"
/* Its receive ring, a header and a frame. */
#define NE2000_TAKE(bytes, words)                                                      \
    "w300=62 r307 w300=22 " NE2000_FROM_CARD(                                          \
        "4", "0") "R310*2 w307=40 " NE2000_FROM_CARD(bytes,                            \
                                                     "4") "R310*" words                \
                                                          " w307=40 w303=46 w307=1 "

static void check_transfers(const char *source, const char *const *settings,
                            const char *const *expected)
{
    OpenedSource opened;
    Workload *workload;

    opened_source_init(&opened, source);
    for (; settings[0]; settings += 2)
        opened_source_set(&opened, settings[0], settings[1]);
    workload = opened_source_start(&opened, false, 1, "guest/vcpu0");
    for (; *expected; expected++) {
        g_autofree char *accesses = accesses_until(workload, ACTIVITY_TRANSFER);

        g_assert_cmpstr(accesses, ==, *expected);
    }
    workload->ops->free(workload);
    opened_source_clear(&opened);
}

static void test_frames_through_an_rtl8139(void)
{
    static const char *const settings[] = { "frame", "100B", "think", "0", NULL };
    static const char *const expected[] = {
        "wc120=400000 wc110=80064 rc13e wc13e=5 rc110 rc137",
        "wc124=401000 wc114=80064 rc13e wc13e=5 rc114 rc137 wc138=40 rc137",
        NULL,
    };

    check_transfers("network", settings, expected);
}

/* 13 accesses and 4 of the handler; an answer of 60 bytes takes 21 more. */
static void test_frames_through_an_ne2000(void)
{
    static const char *const settings[] = { "card",  "ne2000", "frame", "100B",
                                            "think", "0",      NULL };
    static const char *const expected[] = {
        NE2000_SEND_100 " r307 r304 w307=2 r307",
        NE2000_SEND_100 " r307 " NE2000_TAKE("3c", "30") "r304 w307=2 r307",
        NULL,
    };

    check_transfers("network", settings, expected);
}

/* A length of two bytes in its registers. */
static void test_a_long_frame_through_an_ne2000(void)
{
    static const char *const settings[] = {
        "card", "ne2000", "frame", "1501B", "answer-every", "0", "think", "0", NULL
    };
    static const char *const expected[] = {
        NE2000_TO_CARD("dd", "5", "40") "W310*751 r307 w307=40 w304=40 w305=dd w306=5 "
                                        "w300=26 r307 r304 w307=2 r307",
        NULL,
    };

    check_transfers("network", settings, expected);
}

/* From one frame to the next. */
static void test_answers_through_an_ne2000(void)
{
    OpenedSource opened;
    Workload *workload;

    opened_source_init(&opened, "echo");
    opened_source_set(&opened, "card", "ne2000");
    opened_source_set(&opened, "frame", "100B");
    workload = opened_source_start(&opened, false, 1, "guest/vcpu0");
    g_autofree char *before = accesses_until(workload, ACTIVITY_RECEIVE);
    g_autofree char *answer = accesses_until(workload, ACTIVITY_RECEIVE);

    g_assert_cmpstr(before, ==, "");
    g_assert_cmpstr(answer, ==,
                    "r307 " NE2000_TAKE("64", "50") "r307 " NE2000_SEND_100);
    workload->ops->free(workload);
    opened_source_clear(&opened);
}

/* Pressed, and released: a byte and an interrupt each. */
static void test_keys(void)
{
    static const char *const settings[] = { NULL };
    static const char *const expected[] = { "h r64 r60", "h r64 r60", "h r64 r60",
                                            NULL };

    check_transfers("ps2", settings, expected);
}

/* The second and third byte are pending when the handler returns. */
static void test_movements_of_a_mouse(void)
{
    static const char *const settings[] = { "device", "mouse", "interval", "10ms",
                                            NULL };
    static const char *const expected[] = { "h r64 r60 x r64 r60 x r64 r60",
                                            "h r64 r60 x r64 r60 x r64 r60", NULL };

    check_transfers("ps2", settings, expected);
}

/* The rate that is asked for, and the time for which a key is down. */
static void test_the_pace_of_a_typist(void)
{
    OpenedSource opened;
    Workload *workload;
    int64_t rest_ns = 0;
    unsigned n_halts = 0;

    opened_source_init(&opened, "ps2");
    opened_source_set(&opened, "interval", "100ms");
    opened_source_set(&opened, "hold", "50ms");
    workload = opened_source_start(&opened, false, 1, "guest/vcpu0");
    while (n_halts < 20000) {
        Activity next;

        workload->ops->next(workload, &next);
        if (next.kind != ACTIVITY_HALT)
            continue;
        if (n_halts++ % 2 == 1)
            g_assert_cmpint(next.halt_ns, ==, 50 * NS_PER_MS);
        else
            rest_ns += next.halt_ns;
    }
    g_assert_cmpint(rest_ns / 10000, >, 97 * NS_PER_MS);
    g_assert_cmpint(rest_ns / 10000, <, 103 * NS_PER_MS);
    workload->ops->free(workload);
    opened_source_clear(&opened);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/device sources/frames through an RTL8139",
                    test_frames_through_an_rtl8139);
    g_test_add_func("/device sources/frames through an NE2000",
                    test_frames_through_an_ne2000);
    g_test_add_func("/device sources/a long frame through an NE2000",
                    test_a_long_frame_through_an_ne2000);
    g_test_add_func("/device sources/answers through an NE2000",
                    test_answers_through_an_ne2000);
    g_test_add_func("/device sources/keys", test_keys);
    g_test_add_func("/device sources/movements of a mouse", test_movements_of_a_mouse);
    g_test_add_func("/device sources/the pace of a typist", test_the_pace_of_a_typist);
    return g_test_run();
}
