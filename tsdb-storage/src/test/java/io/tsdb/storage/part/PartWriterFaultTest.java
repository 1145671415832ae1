package io.tsdb.storage.part;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.storage.block.Block;
import io.tsdb.storage.io.FaultyFileStore;
import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.SeriesKey;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// A part is there whole or not at all, whatever fails and whenever the power goes.
class PartWriterFaultTest {
    @TempDir Path directory;

    private final PartSample sample = PartSample.cpu(3, 3000);

    @Test
    void leavesNoFileWhenAnyCallFails() throws IOException {
        int failures = 0;
        for (int call = 1; ; call++) {
            Path root = Files.createDirectory(directory.resolve("run-" + call));
            var io = new FaultyFileStore(root, 1);
            io.fail(call, 1, "no space left");
            try {
                PartSummary summary = write(io, root);
                assertThat(io.calls()).as("all calls were tried").isLessThan(call);
                assertThat(files(root)).hasSize(2);
                assertReadable(root, summary);
                break;
            } catch (IOException e) {
                failures++;
                assertThat(e).hasMessageContaining("no space left");
                assertThat(files(root)).as("after call %d failed", call).isEmpty();
            }
        }
        assertThat(failures).isGreaterThan(8);
    }

    @Test
    void isDurableOnceFinished() throws IOException {
        for (int seed = 0; seed < 8; seed++) {
            Path root = Files.createDirectory(directory.resolve("power-" + seed));
            var io = new FaultyFileStore(root, seed);
            PartSummary summary = write(io, root);
            Path after = directory.resolve("after-" + seed);
            io.powerLoss(after);
            assertReadable(after, summary);
        }
    }

    /// What a killed process leaves is cleaned up at the next start; parts of the manifest stay.
    @Test
    void cleansUpAfterAKill() throws IOException {
        PartSummary kept = sample.write(directory, 1, PartConfig.defaults());
        PartSummary orphan = sample.write(directory, 2, PartConfig.defaults());
        var other = new PartSample("x/../y", "date=1.tmp");
        SeriesKey key = other.addSeries(Map.of("a", "b"));
        other.field("usage_user", FieldType.INT64);
        other.blocksOf(key).add(oneField());
        PartSummary odd = other.write(directory, 4, PartConfig.defaults());
        PartWriter killed =
                PartWriter.create(
                        PartSample.IO,
                        directory,
                        sample.id(3),
                        PartSample.ORIGIN,
                        sample.columns(),
                        new PartConfig(1, 2000));
        writeRows(killed);
        Path index = orphan.id().indexFile(directory);
        Files.move(index, index.resolveSibling(index.getFileName() + ".tmp"));

        List<Path> deleted =
                PartDirectory.clean(PartSample.IO, directory, List.of(kept.id(), odd.id()));

        assertThat(deleted).hasSize(3);
        assertThat(files(directory)).hasSize(4);
        assertReadable(directory, kept);
        PartDirectory.clean(PartSample.IO, directory, List.of());
        assertThat(directory.resolve("parts")).isEmptyDirectory();
        killed.close();
    }

    private static Block oneField() {
        var builder = new io.tsdb.storage.block.BlockBuilder();
        builder.begin(new long[] {PartSample.DAY_START}, 1);
        builder.longs(0, FieldType.INT64, new long[] {1}, null);
        return builder.build();
    }

    private PartSummary write(FileStore io, Path root) throws IOException {
        try (PartWriter writer =
                PartWriter.create(
                        io,
                        root,
                        sample.id(1),
                        PartSample.ORIGIN,
                        sample.columns(),
                        new PartConfig(1, 4000))) {
            writeRows(writer);
            return writer.finish();
        }
    }

    private void writeRows(PartWriter writer) throws IOException {
        for (Map.Entry<SeriesKey, List<Block>> series : sample.series.entrySet()) {
            writer.series(series.getKey(), 1);
            for (Block block : series.getValue()) {
                writer.block(block);
            }
        }
    }

    private void assertReadable(Path root, PartSummary summary) throws IOException {
        try (Part part = sample.open(root, summary, new BlockCache(1 << 24))) {
            part.verify();
            var read = new ArrayList<List<String>>();
            for (int block = 0; block < part.blockCount(); block++) {
                read.add(BlockText.of(part.block(block, part.fields())));
            }
            assertThat(read).isEqualTo(sample.blocks().stream().map(BlockText::of).toList());
        }
    }

    private static List<Path> files(Path root) throws IOException {
        try (Stream<Path> tree = Files.walk(root)) {
            return tree.filter(Files::isRegularFile).toList();
        }
    }
}
