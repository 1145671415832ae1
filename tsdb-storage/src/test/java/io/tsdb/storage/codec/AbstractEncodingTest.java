package io.tsdb.storage.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.tsdb.storage.codec.pack.ByteSink;
import io.tsdb.storage.codec.pack.ByteSource;
import io.tsdb.storage.model.CorruptDataException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Arrays;
import java.util.Random;

/// What every encoding owes: its values back to the bit, its stated size, and for damaged bytes a
/// [CorruptDataException] or other values, never another exception.
///
/// A new encoding extends this in its own package.
public abstract class AbstractEncodingTest {
    private static final long UNTOUCHED = 0x5EED_5EED_5EED_5EEDL;
    private static final int BEFORE = 3;
    private static final int AFTER = 11;

    /// Whether the encoding can take these values at all.
    protected abstract boolean takes(long[] values);

    /// Appends the values.
    ///
    /// @return the size that the encoder stated beforehand, or a bound of it
    protected abstract int encode(long[] values, ByteSink sink);

    protected abstract void decode(ByteSource source, int count, long[] target);

    /// Whether [#encode] returns a bound only.
    protected boolean statesBoundOnly() {
        return false;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void givesValuesBackToTheBit(long seed) {
        int taken = 0;
        ByteSink sink = new ByteSink();
        for (TestColumns.Column column : TestColumns.all(seed)) {
            long[] values = column.values();
            if (!takes(values)) {
                continue;
            }
            taken++;
            sink.clear();
            int stated = encode(values.clone(), sink);
            int size = sink.size();
            if (statesBoundOnly()) {
                assertThat(size)
                        .as("size of %s, seed %d", column, seed)
                        .isLessThanOrEqualTo(stated);
            } else {
                assertThat(size).as("size of %s, seed %d", column, seed).isEqualTo(stated);
            }
            // among other bytes, as columns lie in a block
            byte[] bytes = new byte[BEFORE + size + AFTER];
            Arrays.fill(bytes, (byte) 0xA5);
            System.arraycopy(sink.bytes(), 0, bytes, BEFORE, size);
            long[] target = new long[values.length + AFTER];
            Arrays.fill(target, UNTOUCHED);
            ByteSource source = new ByteSource(bytes, BEFORE, BEFORE + size);
            decode(source, values.length, target);
            assertThat(Arrays.copyOf(target, values.length))
                    .as("values of %s, seed %d", column, seed)
                    .isEqualTo(values);
            assertThat(Arrays.stream(target).skip(values.length))
                    .as("tail after %s", column)
                    .containsOnly(UNTOUCHED);
            assertThat(source.remaining()).as("bytes left of %s", column).isZero();
        }
        assertThat(taken).as("columns this encoding took").isGreaterThan(20);
    }

    @Test
    void refusesColumnsCutAtEveryByte() {
        for (int count : new int[] {2, 9, 257}) {
            for (TestColumns.Column column : TestColumns.ofCount(count, 7)) {
                if (!takes(column.values())) {
                    continue;
                }
                byte[] bytes = bytesOf(column.values());
                long[] target = new long[count];
                // long packed payloads are all alike inside: there every seventh byte
                for (int size = 0;
                        size < bytes.length;
                        size += size < 100 || size > bytes.length - 50 ? 1 : 7) {
                    assertRefused(column, bytes, size, target);
                    assertRefused(column, Arrays.copyOf(bytes, size), size, target);
                }
            }
        }
    }

    private void assertRefused(TestColumns.Column column, byte[] bytes, int size, long[] target) {
        ByteSource source = new ByteSource(bytes, 0, size);
        try {
            decode(source, column.values().length, target);
        } catch (CorruptDataException expected) {
            return;
        }
        fail("%s cut to %d bytes was decoded", column, size);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void survivesDamage(long seed) {
        Random random = new Random(seed);
        for (int count : new int[] {1, 2, 9, 257, 1024}) {
            for (TestColumns.Column column : TestColumns.ofCount(count, seed)) {
                if (!takes(column.values())) {
                    continue;
                }
                byte[] bytes = bytesOf(column.values());
                for (int round = 0; round < 20 && bytes.length > 0; round++) {
                    byte[] damaged = bytes.clone();
                    // the head decides what is read how: damage it more often
                    int span = random.nextBoolean() ? Math.min(8, bytes.length) : bytes.length;
                    damaged[random.nextInt(span)] = (byte) random.nextInt();
                    ByteSource source = new ByteSource(damaged, 0, damaged.length);
                    try {
                        decode(source, count, new long[count]);
                    } catch (CorruptDataException expected) {
                        assertThat(expected.offset()).isBetween(0L, (long) damaged.length);
                    }
                }
            }
        }
    }

    private byte[] bytesOf(long[] values) {
        ByteSink sink = new ByteSink();
        encode(values.clone(), sink);
        return sink.toByteArray();
    }

    /// Differences as the encoder makes them.
    protected static long[] deltas(long[] values) {
        long[] deltas = new long[values.length];
        for (int i = 1; i < values.length; i++) {
            deltas[i] = values[i] - values[i - 1];
        }
        deltas[0] = values.length > 1 ? deltas[1] : 0;
        return deltas;
    }

    protected static long min(long[] values) {
        return Arrays.stream(values).min().orElseThrow();
    }

    protected static long max(long[] values) {
        return Arrays.stream(values).max().orElseThrow();
    }

    protected static int runs(long[] values) {
        int runs = 1;
        for (int i = 1; i < values.length; i++) {
            runs += values[i] == values[i - 1] ? 0 : 1;
        }
        return runs;
    }
}
