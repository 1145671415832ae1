package io.tsdb.cluster.node.training;

import java.nio.charset.StandardCharsets;
import java.time.Instant;

/// Batches of line protocol: the same text each time.
final class TrainingLines {
    private static final long START_MILLIS = 1_767_225_600_000L;
    private static final int HOSTS = 200;
    private static final int WIDE_ROWS = 40;
    private static final int WIDE_STEP_MILLIS = 10_000;
    private static final int ROOMS = 100;
    private static final int NARROW_ROWS = 30;
    private static final int NARROW_STEP_MILLIS = 1_000;

    private final StringBuilder text = new StringBuilder();
    private int state = 7;

    /// Ten tags, ten integers, nanoseconds.
    byte[] wide(int batch) {
        text.setLength(0);
        for (int row = 0; row < WIDE_ROWS; row++) {
            long millis = START_MILLIS + (batch * WIDE_ROWS + row) * (long) WIDE_STEP_MILLIS;
            for (int host = 0; host < HOSTS; host++) {
                text.append("wide,host=host_").append(host).append(",region=eu-west-1");
                text.append(",zone=eu-west-1b,rack=").append(host % 67).append(",os=Linux");
                text.append(",arch=x64,team=LON,service=").append(host % 11);
                text.append(",version=1,stage=production ");
                for (int field = 0; field < 10; field++) {
                    text.append(field == 0 ? "usage_" : ",usage_").append(field);
                    text.append('=').append(next(101)).append('i');
                }
                text.append(' ').append(millis).append("000000\n");
            }
        }
        return bytes();
    }

    /// Two tags, a decimal, an integer, a bool and a string that are not in every line,
    /// milliseconds.
    byte[] narrow(int batch) {
        text.setLength(0);
        for (int row = 0; row < NARROW_ROWS; row++) {
            for (int room = 0; room < ROOMS; room++) {
                text.append("narrow,room=room\\ ").append(room).append(",floor=").append(room % 5);
                text.append(" temperature=").append(15 + next(10)).append('.').append(next(10));
                if (next(3) == 0) {
                    text.append(",humidity=").append(30 + next(40)).append('i');
                }
                if (next(5) == 0) {
                    text.append(",open=").append(next(2) == 0 ? "true" : "false");
                    text.append(",state=\"mode ").append(next(4)).append('"');
                }
                text.append(' ').append(narrowMillis(batch, row) + next(400)).append('\n');
            }
        }
        return bytes();
    }

    /// One tag and decimals of many digits, some late, nanoseconds.
    byte[] device(int batch) {
        text.setLength(0);
        for (int row = 0; row < NARROW_ROWS; row++) {
            for (int device = 0; device < ROOMS; device++) {
                long late = next(20) == 0 ? next(60_000) : 0;
                text.append("device,id=").append(device).append(" latitude=");
                text.append(48).append('.').append(100_000 + next(90_000)).append(",longitude=");
                text.append(11).append('.').append(100_000 + next(90_000)).append(",speed=");
                text.append(next(120)).append(",fuel=0.").append(1 + next(999)).append(' ');
                text.append(narrowMillis(batch, row) - late).append("000000\n");
            }
        }
        return bytes();
    }

    /// A condition on `time` of an hour or two.
    static String range(int number) {
        Instant from = Instant.ofEpochMilli(START_MILLIS).plusSeconds(number % 5 * 600L);
        Instant to = from.plusSeconds(3_600 + number % 2 * 3_600L);
        return "time >= '" + from + "' AND time < '" + to + "'";
    }

    private static long narrowMillis(int batch, int row) {
        return START_MILLIS + (batch * NARROW_ROWS + row) * (long) NARROW_STEP_MILLIS;
    }

    private int next(int bound) {
        state = state * 1_103_515_245 + 12_345;
        return (state >>> 16) % bound;
    }

    private byte[] bytes() {
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }
}
