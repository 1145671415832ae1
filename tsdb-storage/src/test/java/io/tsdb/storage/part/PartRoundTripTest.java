package io.tsdb.storage.part;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tsdb.storage.block.Block;
import io.tsdb.storage.model.CorruptDataException;
import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.SeriesKey;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

class PartRoundTripTest {
    @TempDir Path directory;

    /// Row groups smaller than a page, of a few pages, and one for all; times in whole microseconds
    /// (1000), or not (1).
    @ParameterizedTest
    @CsvSource({"1, 1000, 3000", "2, 1, 40000", "3, 1000, 500000", "4, 1, 100"})
    void givesBackTheBlocksThatWereWritten(long seed, int timeUnitNanos, int rowGroupRows)
            throws IOException {
        PartSample sample = PartSample.mixed(seed, 40, timeUnitNanos);
        PartSummary summary = sample.write(directory, 1, new PartConfig(3, rowGroupRows));
        assertThat(summary.rowCount())
                .isEqualTo(sample.blocks().stream().mapToLong(Block::pointCount).sum());
        try (Part part = sample.open(directory, summary, new BlockCache(1 << 24))) {
            assertThat(part.blockCount()).isEqualTo(sample.blocks().size());
            for (Map.Entry<SeriesKey, List<Block>> series : sample.series.entrySet()) {
                int id = sample.seriesId(series.getKey());
                assertThat(part.blockCount(id)).isEqualTo(series.getValue().size());
                int number = part.firstBlock(id);
                for (Block block : series.getValue()) {
                    assertSame(part, number++, block);
                }
            }
            part.verify();
        }
    }

    private static void assertSame(Part part, int number, Block written) {
        assertThat(part.blockMinTime(number)).isEqualTo(written.minTime());
        assertThat(part.blockMaxTime(number)).isEqualTo(written.maxTime());
        assertThat(part.blockPointCount(number)).isEqualTo(written.pointCount());
        for (int column = 0; column < written.columnCount(); column++) {
            assertThat(part.statistics(number, written.fieldIndex(column)))
                    .isEqualTo(written.statistics(column));
        }
        Block read = part.block(number, part.fields());
        assertThat(BlockText.of(read)).isEqualTo(BlockText.of(written));
        for (int column = 0; column < written.columnCount(); column++) {
            assertThat(read.statistics(column)).isEqualTo(written.statistics(column));
        }
    }

    @Test
    void hasNoStatisticsWhereNoRowHasTheField() throws IOException {
        PartSample sample = PartSample.mixed(5, 3, 1000);
        int never = sample.schema.field("never").orElseThrow().index();
        PartSummary summary = sample.write(directory, 1, PartConfig.defaults());
        try (Part part = sample.open(directory, summary, new BlockCache(1 << 20))) {
            assertThat(part.statistics(0, never)).isNull();
            assertThat(part.block(0, part.fields()).columnOf(never)).isEqualTo(-1);
            assertThat(part.statistics(0, 1000)).isNull();
            assertThat(part.blockCount(999_999)).isZero();
            assertThat(part.firstBlock(999_999)).isEqualTo(-1);
        }
    }

    @Test
    void findsStatisticsInAnyOrder() throws IOException {
        PartSample sample = PartSample.mixed(6, 60, 1000);
        List<Block> blocks = sample.blocks();
        PartSummary summary = sample.write(directory, 1, PartConfig.defaults());
        try (Part part = sample.open(directory, summary, new BlockCache(1 << 24))) {
            for (int i = 0; i < 3 * blocks.size(); i++) {
                int number = (int) (i * 7919L % blocks.size());
                Block block = blocks.get(number);
                for (int column = 0; column < block.columnCount(); column++) {
                    assertThat(part.statistics(number, block.fieldIndex(column)))
                            .isEqualTo(block.statistics(column));
                }
            }
        }
    }

    @Test
    void outlivesItsOpenerWhileRetained() throws IOException {
        PartSample sample = PartSample.mixed(7, 3, 1000);
        PartSummary summary = sample.write(directory, 1, PartConfig.defaults());
        var cache = new BlockCache(1 << 24);
        Part part = sample.open(directory, summary, cache);
        part.retain();
        part.close();
        assertThat(part.block(0, part.fields()).pointCount()).isEqualTo(part.blockPointCount(0));
        part.release();
        assertThat(cache.usedBytes()).isZero();
        assertThat(cache.blockCount()).isZero();
        assertThatThrownBy(part::retain).hasMessageContaining("is closed");
    }

    @Test
    void refusesWhatIsOutOfOrder() throws IOException {
        PartSample sample = PartSample.cpu(2, 2000);
        SeriesKey first = sample.series.firstKey();
        SeriesKey second = sample.series.lastKey();
        List<Block> blocks = sample.blocksOf(first);
        try (PartWriter writer =
                PartWriter.create(
                        PartSample.IO,
                        directory,
                        sample.id(1),
                        PartSample.ORIGIN,
                        sample.columns(),
                        PartConfig.defaults())) {
            assertThatThrownBy(() -> writer.block(blocks.get(0))).hasMessageContaining("BUG");
            writer.series(second, 2);
            assertThatThrownBy(() -> writer.series(first, 1)).hasMessageContaining("comes after");
            writer.block(blocks.get(1));
            assertThatThrownBy(() -> writer.block(blocks.get(0)))
                    .hasMessageContaining("does not belong behind");
        }
    }

    @Test
    void readsFieldsThatAnotherSchemaNumbersOtherwise() throws IOException {
        PartSample sample = PartSample.mixed(8, 4, 1000);
        PartSummary summary = sample.write(directory, 1, PartConfig.defaults());
        var later = new PartSample("plant", "mixed");
        later.field("zzz", FieldType.INT64);
        later.field("walk", FieldType.INT64);
        assertThatThrownBy(() -> later.open(directory, summary, new BlockCache(1 << 24)))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("which the catalog lacks in plant.mixed");
        sample.schema.fields().values().forEach(field -> later.field(field.name(), field.type()));
        try (Part part = later.open(directory, summary, new BlockCache(1 << 24))) {
            var names = new TreeMap<Integer, String>();
            later.schema.fieldsByIndex().forEach(f -> names.put(f.index(), f.name()));
            Block written = sample.blocks().getFirst();
            Block read = part.block(0, part.fields());
            assertThat(read.columnCount()).isEqualTo(written.columnCount());
            for (int column = 0; column < written.columnCount(); column++) {
                String name = sample.schema.fieldsByIndex().get(written.fieldIndex(column)).name();
                int index = later.schema.field(name).orElseThrow().index();
                assertThat(read.statistics(read.columnOf(index)))
                        .isEqualTo(written.statistics(column));
                assertThat(part.statistics(0, index)).isEqualTo(written.statistics(column));
            }
        }
    }
}
