package io.tsdb.storage.series;

import io.tsdb.storage.io.LocalFileStore;
import io.tsdb.storage.model.MeasurementId;
import io.tsdb.storage.model.SeriesKey;

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
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// One look-up of a known series by its key, with the dictionary in place.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class SeriesFindBenchmark {
    private static final MeasurementId MEASUREMENT = new MeasurementId(1, 1);

    @Param({"1000", "200000"})
    public int seriesCount;

    private SeriesKey[] keys = {};
    private SeriesRegistry registry;
    private Path directory;
    private int next;

    @Setup
    public void fill() throws Exception {
        directory = Files.createTempDirectory("series");
        registry = SeriesRegistry.open(new LocalFileStore(), directory, 0);
        keys = new SeriesKey[seriesCount];
        for (int i = 0; i < seriesCount; i++) {
            keys[i] = SeriesKey.of("cpu", Map.of("host", "host_" + i, "region", "eu-" + i % 9));
            registry.resolve(MEASUREMENT, keys[i]);
        }
        registry.awaitDictionary(seriesCount);
        for (int i = 0; i < seriesCount; i++) {
            if (find() != i) {
                throw new IllegalStateException("series " + i);
            }
        }
    }

    @TearDown
    public void close() throws IOException {
        registry.close();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }

    @Benchmark
    public int find() {
        SeriesKey key = keys[next];
        next = next + 1 == seriesCount ? 0 : next + 1;
        return registry.find(MEASUREMENT, key.bytes(), 0, key.bytes().length, key.hash());
    }
}
