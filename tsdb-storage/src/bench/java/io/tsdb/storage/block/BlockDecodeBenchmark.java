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

/// Values decoded a second (shown in millions), a block's column to a `long[]` or `double[]`, over
/// blocks of 1024 points.
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class BlockDecodeBenchmark {
    private static final int BLOCKS = 64;
    private static final int VALUES = BLOCKS * Block.POINTS_MAX;

    @Param BenchColumns column;

    private final Block[] blocks = new Block[BLOCKS];
    private final long[] longs = new long[Block.POINTS_MAX];
    private final double[] doubles = new double[Block.POINTS_MAX];
    private final long[] presence = new long[Block.POINTS_MAX / 64];

    @Setup
    public void build() {
        BlockBuilder builder = new BlockBuilder();
        long bytes = 0;
        for (int i = 0; i < BLOCKS; i++) {
            long[] values = column.values(Block.POINTS_MAX, i);
            builder.begin(BenchColumns.times(Block.POINTS_MAX, 500, i), Block.POINTS_MAX);
            if (column.type == FieldType.FLOAT64) {
                builder.doubles(0, values, -1, null);
            } else {
                builder.longs(0, column.type, values, null);
            }
            blocks[i] = builder.build();
            bytes += blocks[i].encodedBytes(0);
            blocks[i].decodeLongs(0, longs, presence);
            if (!Arrays.equals(longs, values)) {
                throw new IllegalStateException("block " + i + " does not give its values back");
            }
        }
        System.out.printf("%.2f bytes/value%n", (double) bytes / VALUES);
    }

    @Benchmark
    @OperationsPerInvocation(VALUES)
    public double values() {
        double any = 0;
        for (Block block : blocks) {
            if (column.type == FieldType.FLOAT64) {
                block.decodeDoubles(0, doubles, presence);
                any += doubles[any == 0 ? 7 : 8];
            } else {
                block.decodeLongs(0, longs, presence);
                any += longs[any == 0 ? 7 : 8];
            }
        }
        return any;
    }
}
