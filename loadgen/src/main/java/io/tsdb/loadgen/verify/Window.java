package io.tsdb.loadgen.verify;

import io.tsdb.loadgen.ledger.Ledger;
import io.tsdb.loadgen.workload.FieldSpec;
import io.tsdb.loadgen.workload.MeasurementSpec;
import io.tsdb.loadgen.workload.PointSends;
import io.tsdb.loadgen.workload.SeriesWalk;
import io.tsdb.loadgen.workload.StreamConfig;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/// What must be stored of one measurement in a window of steps, for a range of devices.
final class Window {
    /// No such point was sent.
    static final byte NEVER = 0;

    /// Sent, but not acknowledged.
    static final byte MAY = 1;

    /// Acknowledged.
    static final byte MUST = 2;

    private final StreamConfig config;
    private final MeasurementSpec spec;
    private final int measurement;
    private final int firstDevice;
    private final int devices;
    private final Ledger ledger;
    private final boolean sentCounts;
    private final SeriesWalk walk;
    private final PointSends sends;
    private final int fieldCount;
    private final byte[] states;
    private final byte[] zeroTags;
    private final boolean[] seen;
    private final long[] fields;
    private final long[] values;
    private final long[] scratch;
    private final Map<Integer, ExpectedPoint> unusual = new HashMap<>();
    private long firstStep;
    private int steps;

    /// @param sentCounts whether batches sent without an answer count as acknowledged (TCP, after
    ///   the server has taken all)
    Window(
            StreamConfig config,
            MeasurementSpec spec,
            int measurement,
            int firstDevice,
            int devices,
            int stepsMax,
            Ledger ledger,
            boolean sentCounts,
            SeriesWalk walk,
            PointSends sends) {
        this.config = config;
        this.spec = spec;
        this.measurement = measurement;
        this.firstDevice = firstDevice;
        this.devices = devices;
        this.ledger = ledger;
        this.sentCounts = sentCounts;
        this.walk = walk;
        this.sends = sends;
        fieldCount = spec.fields().size();
        int points = Math.multiplyExact(devices, stepsMax);
        states = new byte[points];
        zeroTags = new byte[points];
        seen = new boolean[points];
        fields = new long[points];
        values = new long[Math.multiplyExact(points, fieldCount)];
        scratch = new long[fieldCount];
    }

    /// Moves on to the steps `[firstStep, firstStep + steps)`; windows follow each other without a
    /// gap.
    void fill(long firstStep, int steps) {
        this.firstStep = firstStep;
        this.steps = steps;
        unusual.clear();
        Arrays.fill(seen, false);
        int point = 0;
        for (long step = firstStep; step < firstStep + steps; step++) {
            for (int local = 0; local < devices; local++, point++) {
                walk.advance(local, step, scratch);
                int count = sends.of(firstDevice + local, step, measurement);
                states[point] = NEVER;
                if (count == 0) {
                    continue;
                }
                zeroTags[point] = (byte) sends.zeroTag();
                fields[point] = sends.fields(0);
                System.arraycopy(scratch, 0, values, point * fieldCount, fieldCount);
                if (count == 1) {
                    int lane = config.laneOf(firstDevice + local);
                    states[point] = state(lane, sends.batch(0));
                } else {
                    twice(point, firstDevice + local);
                }
            }
        }
    }

    private byte state(int lane, long batch) {
        if (ledger.order(lane, batch, sentCounts) > 0) {
            return MUST;
        }
        return ledger.isUncertain(lane, batch) ? MAY : NEVER;
    }

    private void twice(int point, int device) {
        int lane = config.laneOf(device);
        ExpectedPoint.Write[] writes = new ExpectedPoint.Write[2];
        byte state = NEVER;
        for (int send = 0; send < 2; send++) {
            long[] sent = scratch.clone();
            if (sends.isChanged(send)) {
                PointSends.changeValues(spec, sent);
            }
            long batch = sends.batch(send);
            state = (byte) Math.max(state, state(lane, batch));
            writes[send] =
                    new ExpectedPoint.Write(
                            ledger.order(lane, batch, sentCounts),
                            ledger.isUncertain(lane, batch),
                            sends.fields(send),
                            sent);
        }
        states[point] = state;
        unusual.put(point, new ExpectedPoint(state == MUST, writes));
    }

    /// Index of a point, or -1 when (device, step) is outside.
    int index(int device, long step) {
        int local = device - firstDevice;
        if (local < 0 || local >= devices || step < firstStep || step >= firstStep + steps) {
            return -1;
        }
        return (int) (step - firstStep) * devices + local;
    }

    int points() {
        return devices * steps;
    }

    int deviceOf(int point) {
        return firstDevice + point % devices;
    }

    long stepOf(int point) {
        return firstStep + point / devices;
    }

    byte state(int point) {
        return states[point];
    }

    int zeroTag(int point) {
        return zeroTags[point];
    }

    /// Notes that a row for the point was read.
    ///
    /// @return whether there was one before
    boolean see(int point) {
        boolean before = seen[point];
        seen[point] = true;
        return before;
    }

    boolean isSeen(int point) {
        return seen[point];
    }

    boolean mayLack(int point, int field) {
        @Nullable ExpectedPoint expected = unusual.get(point);
        return expected == null ? (fields[point] >>> field & 1) == 0 : expected.mayLack(field);
    }

    boolean allows(int point, int field, long value) {
        @Nullable ExpectedPoint expected = unusual.get(point);
        return expected == null
                ? (fields[point] >>> field & 1) != 0 && values[point * fieldCount + field] == value
                : expected.allows(field, value);
    }

    /// Text of what is expected of a field, for messages.
    String expected(int point, int field) {
        FieldSpec of = spec.fields().get(field);
        @Nullable ExpectedPoint expected = unusual.get(point);
        if (expected == null) {
            return (fields[point] >>> field & 1) == 0
                    ? "null"
                    : text(of, values[point * fieldCount + field]);
        }
        int last = expected.lastAcknowledged(field);
        return last < 0 ? "null" : text(of, expected.writes()[last].values()[field]);
    }

    private static String text(FieldSpec field, long value) {
        return switch (field.type()) {
            case INTEGER -> Long.toString(value);
            case DECIMAL -> Double.toString(field.decimalValue(value));
            case BOOLEAN -> value == 0 ? "false" : "true";
            case STRING -> field.states().get((int) value);
        };
    }
}
