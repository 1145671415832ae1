package io.tsdb.storage.part;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.storage.block.BlockBuilder;
import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.SeriesKey;
import io.tsdb.storage.schema.FieldSet;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// A part has columns for what its rows have, whatever the schema has come to when it is written.
class PartColumnsTest {
    private final PartSample sample = new PartSample("plant", "motors");
    private final SeriesKey key = sample.addSeries(Map.of("hall", "a", "line", "1"));

    @TempDir Path directory;

    PartColumnsTest() {
        int load = sample.field("load", FieldType.INT64);
        var builder = new BlockBuilder();
        builder.begin(new long[] {PartSample.DAY_START}, 1);
        builder.longs(load, FieldType.INT64, new long[] {7}, null);
        sample.blocksOf(key).add(builder.build());
    }

    /// A replica may know of a new field or tag before it writes rows that were logged earlier.
    @Test
    void areTheSameWhenTheSchemaHasGrownMeanwhile() throws IOException {
        byte[] before = write("before");
        sample.field("a", FieldType.STRING);
        sample.field("temperature", FieldType.FLOAT64);
        sample.addSeries(Map.of("floor", "2", "hall", "b", "zone", "z"));
        assertThat(write("after")).isEqualTo(before);
    }

    private byte[] write(String name) throws IOException {
        Path target = Files.createDirectories(directory.resolve(name));
        PartSummary summary =
                sample.write(target, 3, sample.columnsOfRows(), PartConfig.defaults());
        return Files.readAllBytes(summary.id().parquetFile(target));
    }

    /// Series of one part may have different tags, in any order of their coming.
    @Test
    void areThoseOfAllSeriesAndBlocks() {
        sample.field("never", FieldType.BOOL);
        sample.addSeries(Map.of("never", "x"));
        var more = new PartColumns(sample.schema);
        more.add(sample.addSeries(Map.of("zone", "z")));
        more.add(key);
        more.add(sample.addSeries(Map.of()));
        more.add(sample.addSeries(Map.of("floor", "1", "line", "2")));
        sample.blocks().forEach(more::add);
        assertThat(more.columns().tags()).containsExactly("floor", "hall", "line", "zone");
        assertThat(more.columns().fields()).hasSize(1);
        assertThat(more.fieldIndexes()).containsExactly(0);
    }

    /// What parts are merged to has the columns that they have.
    @Test
    void areThoseOfThePartsThatAreMerged() throws IOException {
        PartSummary summary = sample.write(directory, 3, PartConfig.defaults());
        sample.field("later", FieldType.INT64);
        sample.addSeries(Map.of("later", "x"));
        try (Part part = sample.open(directory, summary, new BlockCache(1 << 20))) {
            assertThat(part.fields().covers(FieldSet.of(0))).isTrue();
            PartColumns columns = PartColumns.of(sample.schema, List.of(part, part));
            assertThat(columns.columns().tags()).containsExactly("hall", "line");
            assertThat(columns.fieldIndexes()).containsExactly(0);
        }
    }
}
