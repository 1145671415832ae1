package io.tsdb.storage.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.storage.compaction.CompactionConfig;
import io.tsdb.storage.io.LocalFileStore;
import io.tsdb.storage.log.LogConfig;

import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;

/// The events for Java Flight Recorder say what happened.
class FlightRecorderTest {
    private static final CompactionConfig EAGER =
            new CompactionConfig(2, Duration.ofHours(1), 1 << 20, 1 << 20, 1);

    @TempDir Path directory;

    private Instant now = Instant.parse("2024-11-15T00:00:00Z");

    private static List<RecordedEvent> of(List<RecordedEvent> all, String name) {
        return all.stream().filter(event -> event.getEventType().getName().equals(name)).toList();
    }

    @Test
    void flushesCompactionsAndSyncsAreEvents() throws Exception {
        Path file = directory.resolve("store.jfr");
        try (var recording = new Recording()) {
            for (String name : List.of("tsdb.Flush", "tsdb.Compaction", "tsdb.LogSync")) {
                recording.enable(name).withoutThreshold();
            }
            recording.start();
            var model = new StoreModel(new Random(3));
            var config =
                    StoreWrites.config(directory.resolve("data"), 1, LogConfig.defaults(), EAGER);
            try (Store store =
                    Store.open(config, new LocalFileStore(), System::nanoTime, () -> now)) {
                for (int flush = 0; flush < 3; flush++) {
                    model.writeRandom(store, 300);
                    store.flush();
                }
                now = now.plus(Duration.ofDays(1));
                store.compact();
                assertThat(store.partStatistics().compactionCount()).isPositive();
            }
            recording.stop();
            recording.dump(file);
        }
        List<RecordedEvent> events = RecordingFile.readAllEvents(file);
        assertThat(of(events, "tsdb.LogSync")).hasSizeGreaterThan(3);
        List<RecordedEvent> flushes = of(events, "tsdb.Flush");
        assertThat(flushes).hasSizeGreaterThanOrEqualTo(3);
        assertThat(flushes.stream().mapToLong(event -> event.getLong("rows")).sum()).isEqualTo(900);
        assertThat(flushes.getFirst().getString("shard")).endsWith("shard-0");
        assertThat(flushes.getFirst().getInt("failedMeasurements")).isZero();
        assertThat(of(events, "tsdb.Compaction"))
                .isNotEmpty()
                .allSatisfy(
                        event -> {
                            assertThat(event.getInt("inputs")).isGreaterThan(1);
                            assertThat(event.getLong("inputBytes")).isPositive();
                            assertThat(event.getLong("outputBytes")).isPositive();
                            assertThat(event.getBoolean("replaced")).isTrue();
                            assertThat(event.getDuration()).isPositive();
                        });
    }
}
