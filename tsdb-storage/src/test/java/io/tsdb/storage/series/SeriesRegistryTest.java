package io.tsdb.storage.series;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tsdb.storage.io.FaultyFileStore;
import io.tsdb.storage.io.LocalFileStore;
import io.tsdb.storage.model.CorruptDataException;
import io.tsdb.storage.model.MeasurementId;
import io.tsdb.storage.model.SeriesKey;
import io.tsdb.storage.scan.SeriesIndex;
import io.tsdb.storage.scan.TagColumn;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.roaringbitmap.RoaringBitmap;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

class SeriesRegistryTest {
    private static final int DB = 7;
    private static final int OTHER = 9;

    @TempDir Path temporary;

    private SeriesRegistry open(String name, long mark) throws IOException {
        return SeriesRegistry.open(new LocalFileStore(), temporary.resolve(name), mark);
    }

    private static MeasurementId id(int database, String measurement) {
        return new MeasurementId(database, 1 + List.of("cpu", "disk", "mem").indexOf(measurement));
    }

    private static int resolve(SeriesRegistry registry, int database, SeriesKey key) {
        return registry.resolve(id(database, key.measurement()), key);
    }

    private static SeriesKey host(int number) {
        return SeriesKey.of("cpu", Map.of("host", "host_" + number, "dc", "dc" + number % 3));
    }

    private static int find(SeriesRegistry registry, SeriesKey key) {
        byte[] bytes = new byte[key.bytes().length + 7];
        System.arraycopy(key.bytes(), 0, bytes, 3, key.bytes().length);
        return registry.find(
                id(DB, key.measurement()), bytes, 3, 3 + key.bytes().length, key.hash());
    }

    /// Copies a directory as a killed process leaves it.
    private void kill(String from, String to) throws IOException {
        Path target = Files.createDirectories(temporary.resolve(to));
        try (Stream<Path> files = Files.list(temporary.resolve(from))) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.copy(file, target.resolve(file.getFileName()));
            }
        }
    }

    @Test
    void givesDenseIdsInOrderAndFindsThem() throws IOException {
        try (SeriesRegistry registry = open("a", 0)) {
            assertThat(find(registry, host(0))).isEqualTo(-1);
            for (int i = 0; i < 5000; i++) {
                assertThat(resolve(registry, DB, host(i))).isEqualTo(i);
            }
            assertThat(resolve(registry, DB, host(4711))).isEqualTo(4711);
            assertThat(resolve(registry, OTHER, host(3))).isEqualTo(5000);
            assertThat(find(registry, host(3))).isEqualTo(3);
            assertThat(find(registry, host(5000))).isEqualTo(-1);
            assertThat(registry.key(17)).isEqualTo(host(17));
            assertThat(registry.measurement(17).database()).isEqualTo(DB);
            assertThat(registry.measurement(5000).database()).isEqualTo(OTHER);
            assertThat(registry.seriesCount()).isEqualTo(5001);
            assertThat(registry.isLive(5000)).isTrue();
            assertThat(registry.isLive(5001)).isFalse();
        }
    }

    @Test
    void reopensAfterACleanClose() throws IOException {
        long mark;
        try (SeriesRegistry registry = open("a", 0)) {
            for (int i = 0; i < 3000; i++) {
                resolve(registry, DB, host(i));
            }
            mark = registry.mark();
        }
        try (SeriesRegistry registry = open("a", mark)) {
            assertThat(registry.seriesCount()).isEqualTo(3000);
            for (int i = 0; i < 3000; i++) {
                assertThat(find(registry, host(i))).isEqualTo(i);
            }
            assertThat(resolve(registry, DB, host(3000))).isEqualTo(3000);
        }
    }

    @Test
    void cutsWhatCameAfterTheMarkAndGivesTheSameIdsAgain() throws IOException {
        long mark;
        try (SeriesRegistry registry = open("a", 0)) {
            for (int i = 0; i < 100; i++) {
                resolve(registry, DB, host(i));
            }
            mark = registry.mark();
            registry.sync();
            registry.dropDatabase(DB);
            for (int i = 50; i < 150; i++) {
                resolve(registry, OTHER, host(i));
            }
        }
        try (SeriesRegistry registry = open("a", mark)) {
            assertThat(registry.seriesCount()).isEqualTo(100);
            assertThat(find(registry, host(70))).isEqualTo(70);
            assertThat(registry.isLive(0)).isTrue();
            assertThat(registry.hasEnded(id(DB, "cpu"))).isFalse();
            registry.dropDatabase(DB);
            assertThat(resolve(registry, OTHER, host(50))).isEqualTo(100);
        }
    }

    @Test
    void reopensAfterAKill() throws IOException {
        try (SeriesRegistry registry = open("a", 0)) {
            for (int i = 0; i < 3000; i++) {
                resolve(registry, DB, host(i));
            }
            long mark = registry.mark();
            registry.sync();
            for (int i = 3000; i < 4000; i++) {
                resolve(registry, DB, host(i));
            }
            kill("a", "b");
            try (SeriesRegistry reopened = open("b", mark)) {
                assertThat(reopened.seriesCount()).isEqualTo(3000);
                for (int i = 0; i < 4000; i++) {
                    assertThat(resolve(reopened, DB, host(i))).isEqualTo(i);
                }
            }
        }
    }

    @Test
    void cutsATornTailAtEveryByteAndRefusesDamageBeforeTheMark() throws IOException {
        long first;
        long mark;
        try (SeriesRegistry registry = open("a", 0)) {
            resolve(registry, DB, host(0));
            first = registry.mark();
            resolve(registry, DB, host(1));
            mark = registry.mark();
        }
        Path log = temporary.resolve("a").resolve("series.log");
        byte[] bytes = Files.readAllBytes(log);
        assertThat(bytes).hasSize((int) mark);
        var quick = new FaultyFileStore(temporary, 1); // has nothing to sync
        for (int length = (int) first; length < mark; length++) {
            Files.write(log, Arrays.copyOf(bytes, length));
            int cut = length;
            assertThatThrownBy(() -> SeriesLog.open(quick, log, mark, NOTHING))
                    .as(() -> "cut at " + cut)
                    .isInstanceOf(CorruptDataException.class);
            try (SeriesLog opened = SeriesLog.open(quick, log, Long.MAX_VALUE, NOTHING)) {
                assertThat(opened.seriesCount()).isEqualTo(1);
            }
        }
        Files.write(log, bytes);
        for (int bit = 0; bit < bytes.length * 8; bit++) {
            byte[] flipped = bytes.clone();
            flipped[bit >>> 3] ^= (byte) (1 << (bit & 7));
            // in place: ext4 flushes a file that was emptied and written anew
            Files.write(log, flipped, StandardOpenOption.WRITE);
            int flippedBit = bit;
            assertThatThrownBy(() -> SeriesLog.open(quick, log, mark, NOTHING))
                    .as(() -> "bit " + flippedBit)
                    .isInstanceOfSatisfying(
                            CorruptDataException.class,
                            e -> assertThat(e.path()).isEqualTo(log.toString()));
        }
    }

    private static final SeriesLog.Visitor NOTHING =
            new SeriesLog.Visitor() {
                @Override
                public void series(
                        long measurement, byte[] source, int from, int to, long location) {
                    assertThat(measurement).isEqualTo(id(DB, "cpu").packed());
                    assertThat(to).isGreaterThan(from);
                }

                @Override
                public void dropDatabase(int database) {
                    assertThat(database).isEqualTo(DB);
                }

                @Override
                public void dropMeasurement(long measurement) {
                    throw new AssertionError("nothing dropped a measurement");
                }

                @Override
                public void forget(long measurement, RoaringBitmap ids) {
                    throw new AssertionError("nothing was forgotten");
                }
            };

    /// With the snapshot that somebody has, and through a start.
    @Test
    void forgetsSeries() throws IOException {
        long mark;
        var forgotten = RoaringBitmap.bitmapOfRange(0, 5_000);
        forgotten.remove(7);
        try (SeriesRegistry registry = open("a", 0)) {
            for (int i = 0; i < 5_100; i++) {
                assertThat(resolve(registry, DB, host(i))).isEqualTo(i);
            }
            SeriesIndex before = registry.index(id(DB, "cpu")).orElseThrow();
            long bytes = registry.memoryBytes();
            registry.forget(id(DB, "cpu"), forgotten);
            registry.forget(id(DB, "cpu"), forgotten); // as a replay may
            assertThat(registry.memoryBytes()).isLessThan(bytes / 10);
            assertThat(before.ids().getCardinality()).isEqualTo(5_100);
            assertThat(registry.seriesCount(DB)).isEqualTo(101);
            assertThat(resolve(registry, DB, host(3))).as("anew").isEqualTo(5_100);
            assertThat(resolve(registry, DB, host(7))).isEqualTo(7);
            mark = registry.mark();
        }
        try (SeriesRegistry registry = open("a", mark)) {
            assertThat(registry.forgottenCount()).isEqualTo(4_999);
            assertThat(registry.seriesCount()).isEqualTo(5_101);
            assertThat(resolve(registry, DB, host(3))).isEqualTo(5_100);
            assertThat(resolve(registry, DB, host(5_050))).isEqualTo(5_050);
            assertThat(resolve(registry, DB, host(4))).isEqualTo(5_101);
            SeriesIndex after = registry.index(id(DB, "cpu")).orElseThrow();
            assertThat(after.ids().getCardinality()).isEqualTo(103);
            var host = after.tag(after.tagKeys().getFirst()).orElseThrow();
            after.ids()
                    .forEach(
                            (int one) ->
                                    assertThat(host.postings(host.valueIdOf(one)).contains(one))
                                            .isTrue());
            registry.dropMeasurement(id(DB, "cpu"));
            assertThat(registry.seriesCount(DB)).isZero();
        }
    }

    /// Put up beside everything while series come, and ended with fewer than was thought: the same
    /// as all at once.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void forgetsThePreparedLikeTheUnprepared(long seed) throws IOException {
        var random = new Random(seed);
        try (SeriesRegistry prepared = open("prepared", 0);
                SeriesRegistry plain = open("plain", 0)) {
            for (int round = 0; round < 5; round++) {
                addSome(prepared, plain, random);
                RoaringBitmap likely = some(prepared, random);
                prepared.prepareForget(id(DB, "cpu"), likely);
                if (random.nextInt(4) == 0) {
                    prepared.dropPrepared();
                }
                addSome(prepared, plain, random);
                RoaringBitmap ending = likely.clone();
                if (random.nextBoolean()) {
                    ending.andNot(some(prepared, random));
                }
                if (random.nextInt(5) == 0) {
                    ending.or(some(prepared, random)); // more than was prepared
                }
                List<SeriesIndex> before = List.of(index(prepared), index(plain));
                List<String> seen = described(before.getFirst());
                prepared.forget(id(DB, "cpu"), ending);
                plain.forget(id(DB, "cpu"), ending);
                assertThat(described(index(prepared))).isEqualTo(described(index(plain)));
                assertThat(prepared.memoryBytes()).isEqualTo(plain.memoryBytes());
                assertThat(prepared.seriesCount(DB)).isEqualTo(plain.seriesCount(DB));
                for (SeriesIndex kept : before) {
                    assertThat(described(kept)).isEqualTo(seen);
                }
            }
        }
    }

    private static void addSome(SeriesRegistry one, SeriesRegistry other, Random random) {
        for (int i = random.nextInt(3_000); i >= 0; i--) {
            SeriesKey key = host(random.nextInt(10_000));
            if (random.nextInt(10) == 0) {
                key = SeriesKey.of("mem", Map.of("host", "h" + random.nextInt(100)));
            }
            assertThat(resolve(one, DB, key)).isEqualTo(resolve(other, DB, key));
        }
    }

    private static RoaringBitmap some(SeriesRegistry registry, Random random) {
        var ids = new RoaringBitmap();
        int share = 1 + random.nextInt(18);
        index(registry)
                .ids()
                .forEach(
                        (int one) -> {
                            if (random.nextInt(20) < share) {
                                ids.add(one);
                            }
                        });
        return ids;
    }

    private static SeriesIndex index(SeriesRegistry registry) {
        return registry.index(id(DB, "cpu")).orElseThrow();
    }

    /// Everything that readers can ask, but for the ids of values.
    private static List<String> described(SeriesIndex series) {
        var lines = new ArrayList<String>();
        for (String key : series.tagKeys()) {
            TagColumn tag = series.tag(key).orElseThrow();
            for (int value = 0; value < tag.valueCount(); value++) {
                String text = tag.value(value);
                assertThat(tag.idOf(text)).isEqualTo(value);
                byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                assertThat(tag.valueHash(value)).isEqualTo(SeriesKey.hash(bytes, 0, bytes.length));
                assertThat(tag.seriesCount(value)).isEqualTo(tag.postings(value).getCardinality());
                var postings = RoaringBitmap.and(tag.postings(value), series.ids());
                lines.add(key + "=" + text + " " + Arrays.toString(postings.toArray()));
                postings.forEach(
                        (int one) -> assertThat(tag.value(tag.valueIdOf(one))).isEqualTo(text));
            }
        }
        lines.sort(null);
        lines.add(Arrays.toString(series.ids().toArray()));
        return lines;
    }

    /// The same name again is another number, and so are its series.
    @Test
    void endsSeriesWithTheirDatabase() throws IOException {
        long mark;
        try (SeriesRegistry registry = open("a", 0)) {
            resolve(registry, DB, host(0));
            resolve(registry, OTHER, host(0));
            resolve(registry, DB, host(1));
            assertThat(registry.hasEnded(id(DB, "cpu"))).isFalse();
            registry.dropDatabase(DB);
            registry.dropDatabase(4711);
            assertThat(find(registry, host(0))).isEqualTo(-1);
            assertThat(registry.hasEnded(id(DB, "cpu"))).isTrue();
            assertThat(registry.hasEnded(id(OTHER, "cpu"))).isFalse();
            assertThat(registry.index(id(DB, "cpu"))).isEmpty();
            assertThat(registry.isLive(0)).isFalse();
            assertThat(registry.isLive(1)).isTrue();
            assertThat(registry.measurement(0).database()).isEqualTo(DB);
            assertThat(registry.key(0)).isEqualTo(host(0));
            assertThat(resolve(registry, DB + 1, host(0))).isEqualTo(3);
            mark = registry.mark();
        }
        try (SeriesRegistry registry = open("a", mark)) {
            assertThat(find(registry, host(0))).isEqualTo(-1);
            assertThat(registry.isLive(2)).isFalse();
            assertThat(registry.isLive(3)).isTrue();
            assertThat(registry.hasEnded(id(DB, "disk"))).isTrue();
            assertThat(registry.hasEnded(id(4711, "cpu"))).isTrue();
            assertThat(registry.measurements())
                    .containsExactly(id(DB + 1, "cpu"), id(OTHER, "cpu"));
        }
    }

    @Test
    void endsSeriesWithTheirMeasurement() throws IOException {
        SeriesKey disk = SeriesKey.of("disk", Map.of("host", "a"));
        long mark;
        try (SeriesRegistry registry = open("a", 0)) {
            resolve(registry, DB, host(0));
            resolve(registry, DB, disk);
            registry.dropMeasurement(id(DB, "cpu"));
            registry.dropMeasurement(id(DB, "cpu"));
            assertThat(find(registry, host(0))).isEqualTo(-1);
            assertThat(find(registry, disk)).isEqualTo(1);
            mark = registry.mark();
        }
        try (SeriesRegistry registry = open("a", mark)) {
            assertThat(registry.hasEnded(id(DB, "cpu"))).isTrue();
            assertThat(registry.hasEnded(id(DB, "disk"))).isFalse();
            assertThat(find(registry, host(0))).isEqualTo(-1);
            assertThat(find(registry, disk)).isEqualTo(1);
            assertThat(registry.measurements()).containsExactly(id(DB, "disk"));
        }
    }

    @Test
    void answersQueriesByTag() throws IOException {
        try (SeriesRegistry registry = open("a", 0)) {
            for (int i = 0; i < 10; i++) {
                resolve(registry, DB, host(i));
                resolve(registry, DB, SeriesKey.of("disk", Map.of("path", "/" + i)));
            }
            resolve(registry, DB, SeriesKey.of("cpu", Map.of("host", "bare")));
            SeriesIndex index = registry.index(id(DB, "cpu")).orElseThrow();
            assertThat(index.tagKeys()).containsExactly("dc", "host");
            assertThat(index.ids().toArray())
                    .containsExactly(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20);
            TagColumn dc = index.tag("dc").orElseThrow();
            assertThat(dc.valueCount()).isEqualTo(3);
            assertThat(dc.postings(dc.idOf("dc1")).toArray()).containsExactly(2, 8, 14);
            assertThat(dc.idOf("dc9")).isEqualTo(TagColumn.ABSENT);
            assertThat(dc.value(dc.valueIdOf(4))).isEqualTo("dc2");
            assertThat(dc.valueIdOf(20)).isEqualTo(TagColumn.ABSENT);
            TagColumn host = index.tag("host").orElseThrow();
            assertThat(host.valueCount()).isEqualTo(11);
            assertThat(host.postings(host.idOf("host_4")).toArray()).containsExactly(8);
            assertThat(index.tag("rack")).isEmpty();
            assertThat(index.key(8)).isEqualTo(host(4));
            assertThat(registry.index(id(DB, "mem"))).isEmpty();
            assertThat(registry.index(id(OTHER, "cpu"))).isEmpty();
        }
    }

    @Test
    void keepsASnapshotAsItWas() throws IOException {
        try (SeriesRegistry registry = open("a", 0)) {
            for (int i = 0; i < 6; i++) {
                resolve(registry, DB, host(i));
            }
            SeriesIndex before = registry.index(id(DB, "cpu")).orElseThrow();
            assertThat(registry.index(id(DB, "cpu")).orElseThrow()).isSameAs(before);
            for (int i = 6; i < 5000; i++) {
                resolve(registry, DB, SeriesKey.of("cpu", Map.of("host", "h" + i, "rack", "r")));
            }
            assertThat(before.ids().getCardinality()).isEqualTo(6);
            assertThat(before.tagKeys()).containsExactly("dc", "host");
            TagColumn host = before.tag("host").orElseThrow();
            assertThat(host.valueCount()).isEqualTo(6);
            assertThat(host.idOf("h7")).isEqualTo(TagColumn.ABSENT);
            TagColumn dc = before.tag("dc").orElseThrow();
            assertThat(dc.postings(dc.idOf("dc0")).toArray()).containsExactly(0, 3);
            registry.dropDatabase(DB);
            assertThat(before.ids().getCardinality()).isEqualTo(6);
        }
    }

    /// 200,000 series: the dictionary takes over, grows, and is used again after a clean close.
    @Test
    void keeps200ThousandSeriesAndTheirDictionary() throws Exception {
        int count = 200_000;
        long mark;
        try (SeriesRegistry registry = open("a", 0)) {
            for (int i = 0; i < count; i++) {
                if (resolve(registry, DB, host(i)) != i) {
                    throw new AssertionError("series " + i);
                }
            }
            registry.awaitDictionary(count);
            for (int i = 0; i < count; i++) {
                if (find(registry, host(i)) != i) {
                    throw new AssertionError("series " + i);
                }
            }
            assertThat(find(registry, host(count))).isEqualTo(-1);
            mark = registry.mark();
        }
        assertThat(temporary.resolve("a").resolve("dictionary.clean")).exists();
        open("a", mark).close();
        assertThat(temporary.resolve("a").resolve("dictionary.clean"))
                .as("not opened, so not touched")
                .exists();
        try (SeriesRegistry registry = open("a", mark)) {
            registry.awaitDictionary(count);
            assertThat(temporary.resolve("a").resolve("dictionary.clean")).doesNotExist();
            assertThat(registry.dictionaryBuilds()).isZero();
            for (int i = 0; i < count; i += 7) {
                assertThat(find(registry, host(i))).isEqualTo(i);
            }
            assertThat(resolve(registry, DB, host(count))).isEqualTo(count);
        }
    }

    @Test
    void findsWhileAnotherThreadResolves() throws Exception {
        int count = 30_000;
        SeriesKey[] keys = new SeriesKey[count];
        for (int i = 0; i < count; i++) {
            keys[i] = host(i);
        }
        var problem = new AtomicReference<String>();
        try (SeriesRegistry registry = open("a", 0)) {
            List<Thread> readers = new ArrayList<>();
            for (int r = 0; r < 2; r++) {
                int step = r + 3;
                readers.add(
                        Thread.ofPlatform()
                                .start(
                                        () -> {
                                            String found = read(registry, keys, step);
                                            if (found != null) {
                                                problem.set(found);
                                            }
                                        }));
            }
            for (int i = 0; i < count; i++) {
                resolve(registry, DB, keys[i]);
            }
            for (Thread reader : readers) {
                reader.join();
            }
            assertThat(problem.get()).isNull();
        }
    }

    private static @org.jspecify.annotations.Nullable String read(
            SeriesRegistry registry, SeriesKey[] keys, int step) {
        while (registry.seriesCount() < keys.length) {
            for (int i = 0; i < keys.length; i += step) {
                int known = registry.seriesCount();
                int id = find(registry, keys[i]);
                if (id != i && (id != -1 || i < known - 1)) {
                    return "series " + i + " of " + known + " found as " + id;
                }
                if (id >= 0) {
                    SeriesIndex index = registry.index(id(DB, "cpu")).orElseThrow();
                    TagColumn host = index.tag("host").orElseThrow();
                    if (index.ids().contains(id)
                            && !host.value(host.valueIdOf(id)).equals("host_" + id)) {
                        return "host of " + id;
                    }
                }
            }
        }
        return null;
    }
}
