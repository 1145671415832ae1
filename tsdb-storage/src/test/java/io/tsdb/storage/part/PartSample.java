package io.tsdb.storage.part;

import io.tsdb.storage.block.Block;
import io.tsdb.storage.block.BlockBuilder;
import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.io.LocalFileStore;
import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.SeriesKey;
import io.tsdb.storage.model.Uint64;
import io.tsdb.storage.schema.Catalog;
import io.tsdb.storage.schema.Definitions;
import io.tsdb.storage.schema.FieldSchema;
import io.tsdb.storage.schema.FieldSet;
import io.tsdb.storage.schema.MeasurementSchema;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Blocks of one measurement and one day, to be written as a part.
final class PartSample {
    static final FileStore IO = new LocalFileStore();
    static final LocalDate DAY = LocalDate.of(2026, 11, 23);
    static final long DAY_START = DAY.toEpochDay() * PartWriter.DAY_NANOS;

    /// Some log entries, with a delete carried out beyond them.
    static final PartOrigin ORIGIN = new PartOrigin(17, 230, 231, 1_795_392_000);

    private final Catalog catalog = new Catalog();
    private final String database;
    private final String measurement;
    final MeasurementSchema schema;
    final TreeMap<SeriesKey, List<Block>> series =
            new TreeMap<>((a, b) -> Arrays.compareUnsigned(a.bytes(), b.bytes()));
    private final Map<SeriesKey, Integer> seriesIds = new HashMap<>();

    PartSample(String database, String measurement) {
        this.database = database;
        this.measurement = measurement;
        catalog.define(Definitions.in(database).measurement(measurement).build());
        schema = catalog.measurement(database, measurement).orElseThrow();
    }

    /// Index of a field, defined now when there is none yet.
    int field(String field, FieldType type) {
        catalog.define(Definitions.in(database).field(measurement, field, type).build());
        return schema.field(field).orElseThrow().index();
    }

    PartId id(long sequence) {
        return new PartId(schema.id(), DAY, sequence);
    }

    SeriesKey addSeries(Map<String, String> tags) {
        catalog.define(Definitions.in(database).tags(measurement, tags.keySet()).build());
        SeriesKey key = SeriesKey.of(schema.name(), tags);
        return key;
    }

    List<Block> blocksOf(SeriesKey key) {
        return series.computeIfAbsent(key, _ -> new ArrayList<>());
    }

    int seriesId(SeriesKey key) {
        return seriesIds.computeIfAbsent(key, _ -> 7 + 3 * seriesIds.size());
    }

    List<Block> blocks() {
        return series.values().stream().flatMap(List::stream).toList();
    }

    /// Those of its rows.
    PartColumns columnsOfRows() {
        var columns = new PartColumns(schema);
        series.keySet().forEach(columns::add);
        blocks().forEach(columns::add);
        return columns;
    }

    /// Those of its rows, and of fields that none of them has, as behind a delete.
    PartColumns columns() {
        PartColumns columns = columnsOfRows();
        columns.addFields(
                FieldSet.of(
                        schema.fieldsByIndex().stream().mapToInt(FieldSchema::index).toArray()));
        return columns;
    }

    PartSummary write(Path shardDirectory, long sequence, PartConfig config) throws IOException {
        return write(shardDirectory, sequence, columns(), config);
    }

    PartSummary write(Path shardDirectory, long sequence, PartColumns columns, PartConfig config)
            throws IOException {
        try (PartWriter writer =
                PartWriter.create(IO, shardDirectory, id(sequence), ORIGIN, columns, config)) {
            for (Map.Entry<SeriesKey, List<Block>> entry : series.entrySet()) {
                writer.series(entry.getKey(), seriesId(entry.getKey()));
                for (Block block : entry.getValue()) {
                    writer.block(block);
                }
            }
            return writer.finish();
        }
    }

    Part open(Path shardDirectory, PartSummary summary, BlockCache cache) throws IOException {
        return Part.open(IO, shardDirectory, summary, schema, this::seriesId, cache);
    }

    /// Ten random walks of small integers a host, every ten seconds for a day: the shape of TSBS'
    /// cpu-only use case.
    static PartSample cpu(int hosts, int pointsPerHost) {
        var sample = new PartSample("benchmark", "cpu");
        var random = new Random(123);
        String[] fields = {
            "usage_user",
            "usage_system",
            "usage_idle",
            "usage_nice",
            "usage_iowait",
            "usage_irq",
            "usage_softirq",
            "usage_steal",
            "usage_guest",
            "usage_guest_nice"
        };
        for (String field : fields) {
            sample.field(field, FieldType.INT64);
        }
        var builder = new BlockBuilder();
        for (int host = 0; host < hosts; host++) {
            String region = "region-" + random.nextInt(9);
            SeriesKey key =
                    sample.addSeries(
                            Map.of(
                                    "hostname", "host_" + host,
                                    "region", region,
                                    "datacenter", region + "abc".charAt(random.nextInt(3)),
                                    "rack", "" + random.nextInt(100),
                                    "os", "Ubuntu" + random.nextInt(3),
                                    "arch", random.nextBoolean() ? "x64" : "x86",
                                    "team", "team" + random.nextInt(4),
                                    "service", "" + random.nextInt(20),
                                    "service_version", "" + random.nextInt(2),
                                    "service_environment", "env" + random.nextInt(3)));
            double[] walks = random.doubles(10, 0, 100).toArray();
            long[][] values = new long[10][Block.POINTS_MAX];
            long[] times = new long[Block.POINTS_MAX];
            for (int from = 0; from < pointsPerHost; from += Block.POINTS_MAX) {
                int count = Math.min(Block.POINTS_MAX, pointsPerHost - from);
                for (int i = 0; i < count; i++) {
                    times[i] = DAY_START + (from + i) * 10_000_000_000L;
                    for (int field = 0; field < 10; field++) {
                        walks[field] = Math.clamp(walks[field] + random.nextGaussian(), 0.0, 100.0);
                        values[field][i] = (long) walks[field];
                    }
                }
                builder.begin(times, count);
                for (int field = 0; field < 10; field++) {
                    builder.longs(field, FieldType.INT64, values[field], null);
                }
                sample.blocksOf(key).add(builder.build());
            }
        }
        return sample;
    }

    /// Every type, absent fields and tags, extremes, texts of all kinds, irregular times, blocks of
    /// all sizes.
    ///
    /// @param timeUnitNanos every time is a multiple of it
    static PartSample mixed(long seed, int seriesCount, int timeUnitNanos) {
        var sample = new PartSample("plant", "mixed");
        var random = new Random(seed);
        for (int s = 0; s < seriesCount; s++) {
            Map<String, String> tags = new HashMap<>();
            tags.put("device", "d" + s);
            if (random.nextBoolean()) {
                tags.put("site", texts(random));
            }
            if (s % 3 == 0) {
                tags.put("Zone", "Süd \uD83D\uDD25 " + s % 2);
            }
            SeriesKey key = sample.addSeries(tags);
            addMixedBlocks(sample, key, random, timeUnitNanos);
        }
        return sample;
    }

    /// Names of the fields of UINT64.
    Set<String> unsignedFields() {
        return schema.fields().values().stream()
                .filter(field -> field.type() == FieldType.UINT64)
                .map(FieldSchema::name)
                .collect(Collectors.toSet());
    }

    private static void addMixedBlocks(
            PartSample sample, SeriesKey key, Random random, int timeUnitNanos) {
        var builder = new BlockBuilder();
        long time = DAY_START;
        int blocks = 1 + random.nextInt(6);
        for (int b = 0; b < blocks; b++) {
            int count =
                    switch (random.nextInt(4)) {
                        case 0 -> 1;
                        case 1 -> Block.POINTS_MAX;
                        default -> 1 + random.nextInt(Block.POINTS_MAX);
                    };
            long[] times = new long[count];
            for (int i = 0; i < count; i++) {
                times[i] = time;
                time += (1 + random.nextLong(3_000_000_000L)) / timeUnitNanos * timeUnitNanos;
                time += timeUnitNanos;
            }
            builder.begin(times, count);
            for (Field field : Field.values()) {
                int index = sample.field(field.name, field.type);
                field.add(builder, index, count, random);
            }
            sample.blocksOf(key).add(builder.build());
        }
    }

    private enum Field {
        // registered in another order than that of their names
        WALK("walk", FieldType.INT64),
        EXTREME("extreme", FieldType.INT64),
        COUNTER("counter", FieldType.INT64),
        TEMPERATURE("temperature", FieldType.FLOAT64),
        BITS("Bits", FieldType.FLOAT64),
        RUNNING("running", FieldType.BOOL),
        STATE("state", FieldType.STRING),
        MESSAGE("message", FieldType.STRING),
        NEVER("never", FieldType.FLOAT64),
        SMALL("small", FieldType.UINT64),
        WILD("wild", FieldType.UINT64);

        private final String name;
        private final FieldType type;

        Field(String name, FieldType type) {
            this.name = name;
            this.type = type;
        }

        void add(BlockBuilder builder, int index, int count, Random random) {
            long[] presence = presence(count, random);
            long[] bits = new long[count];
            var heap = new ByteArrayOutputStream();
            long walk = random.nextInt(100);
            for (int i = 0; i < count; i++) {
                walk += random.nextInt(7) - 3;
                bits[i] = value(walk, random, heap);
            }
            switch (type) {
                case INT64, UINT64, BOOL -> builder.longs(index, type, bits, presence);
                case FLOAT64 -> builder.doubles(index, bits, -1, presence);
                case STRING -> builder.strings(index, heap.toByteArray(), bits, presence);
            }
        }

        private long @Nullable [] presence(int count, Random random) {
            int share = this == NEVER ? 0 : random.nextInt(4);
            if (share == 3) {
                return null;
            }
            long[] presence = new long[Block.POINTS_MAX / Long.SIZE];
            for (int i = 0; i < count; i++) {
                if (random.nextInt(3) < share) {
                    presence[i >>> 6] |= 1L << i;
                }
            }
            return presence;
        }

        private long value(long walk, Random random, ByteArrayOutputStream heap) {
            return switch (this) {
                case WALK, NEVER -> walk;
                case EXTREME ->
                        switch (random.nextInt(4)) {
                            case 0 -> Long.MIN_VALUE;
                            case 1 -> Long.MAX_VALUE;
                            case 2 -> random.nextLong();
                            default -> random.nextInt(3) - 1;
                        };
                case SMALL -> Uint64.fold(Math.abs(walk));
                case WILD ->
                        switch (random.nextInt(4)) {
                            case 0 -> Uint64.ZERO;
                            case 1 -> Uint64.MAX;
                            case 2 -> random.nextLong();
                            default -> random.nextInt(3) - 1;
                        };
                case COUNTER -> walk * 1000 + random.nextInt(900);
                case TEMPERATURE -> Double.doubleToRawLongBits((200 + walk) / 10.0);
                case BITS ->
                        Double.doubleToRawLongBits(
                                switch (random.nextInt(6)) {
                                    case 0 -> -0.0;
                                    case 1 -> Double.MIN_VALUE;
                                    case 2 -> -Double.MAX_VALUE;
                                    case 3 -> 1e300 * random.nextGaussian();
                                    default -> random.nextGaussian();
                                });
                case RUNNING -> random.nextInt(10) > 0 ? 1 : 0;
                case STATE -> text(heap, List.of("ok", "", "wärm", "alarm").get(random.nextInt(4)));
                case MESSAGE -> text(heap, texts(random));
            };
        }

        private static long text(ByteArrayOutputStream heap, String text) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            long ref = (long) heap.size() << 32 | utf8.length;
            heap.writeBytes(utf8);
            return ref;
        }
    }

    private static String texts(Random random) {
        return switch (random.nextInt(5)) {
            case 0 -> "ab\"c,d=e f\\";
            case 1 -> "\uD83D\uDE00 größer als €";
            case 2 -> "\t\n\u0001'";
            case 3 -> "x".repeat(60 + random.nextInt(30)) + random.nextInt(10);
            default -> "n" + random.nextInt();
        };
    }
}
