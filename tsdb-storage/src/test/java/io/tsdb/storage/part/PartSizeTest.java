package io.tsdb.storage.part;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.storage.block.Block;
import io.tsdb.storage.block.BlockBuilder;
import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.SeriesKey;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// How many bytes a value takes; printed, and held below what other stores take.
class PartSizeTest {
    private static final Path SENSORS = Path.of("/work/shared/data/sensors");

    @TempDir Path directory;

    @Test
    void smallIntegersOfManyHosts() throws IOException {
        PartSample sample = PartSample.cpu(100, 8640);
        PartSummary summary = sample.write(directory, 1, PartConfig.defaults());
        double values = 10.0 * summary.rowCount();
        System.out.printf(
                "cpu, 100 hosts x 8640 rows x 10 fields: parquet %.4f, index %.4f bytes/value%n",
                summary.parquetBytes() / values, summary.indexBytes() / values);
        assertThat(summary.parquetBytes() / values).isLessThan(0.32);
        assertThat(summary.indexBytes() / values).isLessThan(0.02);
    }

    @Test
    void decimalsOfSensors() throws IOException {
        Assumptions.assumeTrue(
                Files.isDirectory(SENSORS), "no sensor series at " + SENSORS + " on this machine");
        try (var files = Files.list(SENSORS)) {
            for (Path file : files.sorted().toList()) {
                PartSample sample = sensor(file);
                PartSummary summary = sample.write(directory, 1, PartConfig.defaults());
                double bytes = summary.parquetBytes() / (double) summary.rowCount();
                System.out.printf(
                        "%s: %d values, parquet %.3f, index %.3f bytes/value (with times)%n",
                        file.getFileName(),
                        summary.rowCount(),
                        bytes,
                        summary.indexBytes() / (double) summary.rowCount());
                assertThat(bytes).isLessThan(2.5);
            }
        }
    }

    private static PartSample sensor(Path file) throws IOException {
        List<Double> values = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            String text = line.replace("\"", "").strip();
            if (!text.isEmpty()) {
                values.add(Double.parseDouble(text));
            }
        }
        String name = file.getFileName().toString().replace(".csv", "");
        var sample = new PartSample("sensors", name);
        sample.field("value", FieldType.FLOAT64);
        SeriesKey key = sample.addSeries(Map.of("sensor", name));
        var builder = new BlockBuilder();
        for (int from = 0; from < values.size() && from < 86_400; from += Block.POINTS_MAX) {
            int count = Math.min(Block.POINTS_MAX, Math.min(86_400, values.size()) - from);
            long[] times = new long[count];
            long[] bits = new long[count];
            for (int i = 0; i < count; i++) {
                times[i] = PartSample.DAY_START + (from + i) * 1_000_000_000L;
                bits[i] = Double.doubleToRawLongBits(values.get(from + i));
            }
            builder.begin(times, count);
            builder.doubles(0, bits, -1, null);
            sample.blocksOf(key).add(builder.build());
        }
        return sample;
    }
}
