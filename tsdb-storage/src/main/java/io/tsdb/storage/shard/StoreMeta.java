package io.tsdb.storage.shard;

import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.io.FramedFile;
import io.tsdb.storage.model.CorruptDataException;
import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.schema.CatalogState;
import io.tsdb.storage.schema.Retention;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a data directory is: its number of shards, fixed at creation, and the catalog as of an
/// index of its log. Replaced whole.
///
/// Bytes: `docs/format/store.md`.
///
/// @param listed whether every shard has a manifest, and the log was begun, since this file is
///   there: what is missing of them was removed
record StoreMeta(int shardCount, CatalogState catalog, boolean listed) {
    static final String FILE = "store";
    static final String MAGIC = "TSDBSTOR";

    /// Since 2 databases have numbers, and their measurements are here; since 3 retentions are,
    /// since 4 documents.
    static final int VERSION = 4;

    static Optional<StoreMeta> load(FileStore io, Path directory) throws IOException {
        Path file = directory.resolve(FILE);
        if (!io.exists(file)) {
            return Optional.empty();
        }
        byte[] content = io.readAll(file);
        byte[] body = FramedFile.body(file.toString(), content, content.length, MAGIC, VERSION);
        if (content.length != body.length + FramedFile.OVERHEAD_BYTES) {
            throw new CorruptDataException(
                    file.toString(),
                    body.length + FramedFile.OVERHEAD_BYTES,
                    "bytes follow the end");
        }
        return Optional.of(decode(body, FramedFile.version(content), file.toString()));
    }

    void store(FileStore io, Path directory) throws IOException {
        FramedFile.write(io, directory.resolve(FILE), MAGIC, VERSION, encode());
    }

    byte[] encode() {
        ByteBuffer out = ByteBuffer.allocate(size()).order(ByteOrder.LITTLE_ENDIAN);
        out.putShort(StoreMetaLayout.SHARD_COUNT, (short) shardCount);
        out.putShort(StoreMetaLayout.LISTED, (short) (listed ? 1 : 0));
        out.putLong(StoreMetaLayout.CATALOG_INDEX, catalog.index());
        out.putInt(StoreMetaLayout.NEXT_DATABASE, catalog.nextDatabase());
        out.putInt(StoreMetaLayout.DATABASE_COUNT, catalog.databases().size());
        out.position(StoreMetaLayout.DATABASES);
        for (CatalogState.Database database : catalog.databases()) {
            out.putInt(database.number()).putInt(database.nextMeasurement());
            out.putInt(database.measurements().size()).putLong(database.retention().nanos());
            put(out, database.name());
            for (CatalogState.Measurement measurement : database.measurements()) {
                out.putInt(measurement.number()).putInt(measurement.tagKeys().size());
                out.putInt(measurement.fields().size());
                out.putLong(measurement.retention().nanos());
                put(out, measurement.name());
                measurement.tagKeys().forEach(key -> put(out, key));
                for (CatalogState.Field field : measurement.fields()) {
                    out.put((byte) field.type().id());
                    put(out, field.name());
                }
            }
        }
        out.putInt(catalog.documents().size());
        for (CatalogState.Document document : catalog.documents()) {
            put(out, document.name());
            out.putLong(document.index());
            put(out, document.text());
        }
        return out.array();
    }

    private int size() {
        long size = StoreMetaLayout.DATABASES;
        for (CatalogState.Database database : catalog.databases()) {
            size += StoreMetaLayout.DATABASE_BYTES + size(database.name());
            for (CatalogState.Measurement measurement : database.measurements()) {
                size += StoreMetaLayout.MEASUREMENT_BYTES + size(measurement.name());
                for (String key : measurement.tagKeys()) {
                    size += size(key);
                }
                for (CatalogState.Field field : measurement.fields()) {
                    size += StoreMetaLayout.FIELD_BYTES + size(field.name());
                }
            }
        }
        size += StoreMetaLayout.DOCUMENT_COUNT_BYTES;
        for (CatalogState.Document document : catalog.documents()) {
            size += size(document.name()) + StoreMetaLayout.DOCUMENT_BYTES + size(document.text());
        }
        return Math.toIntExact(size);
    }

    private static int size(String text) {
        return StoreMetaLayout.TEXT_BYTES + text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static void put(ByteBuffer out, String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        out.putInt(utf8.length).put(utf8);
    }

    static StoreMeta decode(byte[] body, int version, String path) {
        ByteBuffer in = ByteBuffer.wrap(body).order(ByteOrder.LITTLE_ENDIAN);
        try {
            StoreMeta meta = version == 1 ? decodeV1(in) : decode(in, version);
            if (in.hasRemaining()) {
                throw new CorruptDataException(path, in.position(), "bytes follow the databases");
            }
            return meta;
        } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
            throw new CorruptDataException(path, body.length, "store file ends too early");
        } catch (IllegalArgumentException e) {
            throw new CorruptDataException(path, in.position(), String.valueOf(e.getMessage()));
        }
    }

    /// Databases get numbers in the order of their names. What they held is of older versions too,
    /// and refused where it is read.
    private static StoreMeta decodeV1(ByteBuffer in) {
        int shardCount = in.getShort(StoreMetaLayout.SHARD_COUNT);
        int count = in.getInt(StoreMetaLayout.V1_DATABASE_COUNT);
        in.position(StoreMetaLayout.V1_DATABASE_COUNT + Integer.BYTES);
        var databases = new ArrayList<CatalogState.Database>();
        for (int number = 1; number <= count; number++) {
            String name = text(in, in.getShort() & 0xFFFF);
            databases.add(
                    new CatalogState.Database(number, name, Retention.INHERITED, 1, List.of()));
        }
        return new StoreMeta(shardCount, new CatalogState(0, count + 1, databases), false);
    }

    private static StoreMeta decode(ByteBuffer in, int version) {
        int shardCount = in.getShort(StoreMetaLayout.SHARD_COUNT);
        long index = in.getLong(StoreMetaLayout.CATALOG_INDEX);
        int nextDatabase = in.getInt(StoreMetaLayout.NEXT_DATABASE);
        int count = in.getInt(StoreMetaLayout.DATABASE_COUNT);
        in.position(StoreMetaLayout.DATABASES);
        var databases = new ArrayList<CatalogState.Database>();
        for (int i = 0; i < count; i++) {
            int number = in.getInt();
            int nextMeasurement = in.getInt();
            int measurementCount = in.getInt();
            Retention retention = retention(in, version);
            String name = text(in, in.getInt());
            var measurements = new ArrayList<CatalogState.Measurement>();
            for (int m = 0; m < measurementCount; m++) {
                measurements.add(measurement(in, version));
            }
            databases.add(
                    new CatalogState.Database(
                            number, name, retention, nextMeasurement, measurements));
        }
        var documents = new ArrayList<CatalogState.Document>();
        int documentCount = version < 4 ? 0 : in.getInt();
        for (int i = 0; i < documentCount; i++) {
            String name = text(in, in.getInt());
            long setAt = in.getLong();
            documents.add(new CatalogState.Document(name, setAt, text(in, in.getInt())));
        }
        boolean listed = in.getShort(StoreMetaLayout.LISTED) == 1;
        return new StoreMeta(
                shardCount, new CatalogState(index, nextDatabase, databases, documents), listed);
    }

    private static Retention retention(ByteBuffer in, int version) {
        return version < 3 ? Retention.INHERITED : new Retention(in.getLong());
    }

    private static CatalogState.Measurement measurement(ByteBuffer in, int version) {
        int number = in.getInt();
        int tagCount = in.getInt();
        int fieldCount = in.getInt();
        Retention retention = retention(in, version);
        String name = text(in, in.getInt());
        var tagKeys = new ArrayList<String>();
        for (int i = 0; i < tagCount; i++) {
            tagKeys.add(text(in, in.getInt()));
        }
        var fields = new ArrayList<CatalogState.Field>();
        for (int i = 0; i < fieldCount; i++) {
            FieldType type = FieldType.ofId(in.get());
            fields.add(new CatalogState.Field(text(in, in.getInt()), type));
        }
        return new CatalogState.Measurement(number, name, retention, tagKeys, fields);
    }

    private static String text(ByteBuffer in, int length) {
        if (length < 0 || length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        String text = new String(in.array(), in.position(), length, StandardCharsets.UTF_8);
        in.position(in.position() + length);
        return text;
    }
}
