package io.tsdb.storage.block;

import io.tsdb.storage.model.FieldType;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/// Values encoded a second (shown in millions): ten columns of one kind with their times and
/// statistics into a block.
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class BlockEncodeBenchmark {
    private static final int COLUMNS = 10;

    @Param BenchColumns column;

    @Param({"1024"})
    int points;

    private final BlockBuilder builder = new BlockBuilder();
    private final long[][] values = new long[COLUMNS][];
    private long[] times = {};

    @Setup
    public void build() {
        times = BenchColumns.times(points, 500, 1);
        for (int i = 0; i < COLUMNS; i++) {
            values[i] = column.values(points, i);
        }
        Block block = encode();
        long[] decoded = new long[points];
        block.decodeLongs(3, decoded, new long[Block.POINTS_MAX / 64]);
        if (!Arrays.equals(decoded, values[3])) {
            throw new IllegalStateException("block does not give its values back");
        }
    }

    @Benchmark
    @OperationsPerInvocation(COLUMNS * Block.POINTS_MAX)
    public Block encode() {
        builder.begin(times, points);
        for (int i = 0; i < COLUMNS; i++) {
            if (column.type == FieldType.FLOAT64) {
                builder.doubles(i, values[i], -1, null);
            } else {
                builder.longs(i, column.type, values[i], null);
            }
        }
        return builder.build();
    }
}
