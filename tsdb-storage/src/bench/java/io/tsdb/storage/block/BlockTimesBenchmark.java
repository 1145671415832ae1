package io.tsdb.storage.block;

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

/// Times encoded and decoded a second (shown in millions), blocks of 1024 points without fields.
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class BlockTimesBenchmark {
    /// A device's jitter about its step of 10 s.
    @Param({"0", "500"})
    int jitterMillis;

    private final BlockBuilder builder = new BlockBuilder();
    private final long[] target = new long[Block.POINTS_MAX];
    private long[] times = {};
    private Block block;

    @Setup
    public void build() {
        times = BenchColumns.times(Block.POINTS_MAX, jitterMillis, 1);
        block = encode();
        decode();
        if (!Arrays.equals(times, target)) {
            throw new IllegalStateException("block does not give its times back");
        }
        System.out.printf("%.2f bytes/time%n", block.encodedTimesBytes() / 1024.0);
    }

    @Benchmark
    @OperationsPerInvocation(Block.POINTS_MAX)
    public Block encode() {
        builder.begin(times, Block.POINTS_MAX);
        return builder.build();
    }

    @Benchmark
    @OperationsPerInvocation(Block.POINTS_MAX)
    public long decode() {
        block.decodeTimes(target);
        return target[5];
    }
}
