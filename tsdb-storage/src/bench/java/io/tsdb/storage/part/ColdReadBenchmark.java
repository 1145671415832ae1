package io.tsdb.storage.part;

import io.tsdb.storage.block.Block;
import io.tsdb.storage.schema.FieldSet;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// A block of one series out of a day of 200, none of which is in memory as a block: the file is in
/// the system's cache, its index is read.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ColdReadBenchmark {
    private static final int SERIES = 200;
    private static final int ROWS = 8640;
    private static final long CACHE_BYTES = 1 << 28;

    /// How many of the ten columns are read.
    @Param({"1", "5", "10"})
    public int columns;

    private final long[] values = new long[Block.POINTS_MAX];
    private final long[] presence = new long[Block.POINTS_MAX / Long.SIZE];
    private final BlockCache cache = new BlockCache(CACHE_BYTES);
    private Path directory;
    private Part part;
    private FieldSet wanted;
    private int next;

    @Setup
    public void write() throws IOException {
        directory = Files.createTempDirectory("part");
        PartSample sample = PartSample.cpu(SERIES, ROWS);
        part = sample.open(directory, sample.write(directory, 1, PartConfig.defaults()), cache);
        wanted = FieldSet.of(IntStream.range(0, columns).toArray());
    }

    @TearDown
    public void remove() throws IOException {
        part.close();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Benchmark
    public long first() {
        cache.setBudgetBytes(0);
        cache.setBudgetBytes(CACHE_BYTES);
        next = (next + 7919) % part.blockCount();
        return read(next);
    }

    @Benchmark
    public long again() {
        return read(next);
    }

    private long read(int number) {
        Block block = part.block(number, wanted);
        block.decodeTimes(values);
        long sum = values[0];
        for (int field = 0; field < columns; field++) {
            block.decodeLongs(block.columnOf(field), values, presence);
            sum += values[block.pointCount() - 1];
        }
        return sum;
    }
}
