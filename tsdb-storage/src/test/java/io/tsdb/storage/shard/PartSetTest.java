package io.tsdb.storage.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tsdb.storage.block.Block;
import io.tsdb.storage.block.BlockBuilder;
import io.tsdb.storage.compaction.Tombstone;
import io.tsdb.storage.io.FaultyFileStore;
import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.io.LocalFileStore;
import io.tsdb.storage.model.CorruptDataException;
import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.MeasurementId;
import io.tsdb.storage.model.SeriesKey;
import io.tsdb.storage.model.TimeRange;
import io.tsdb.storage.part.BlockCache;
import io.tsdb.storage.part.Part;
import io.tsdb.storage.part.PartColumns;
import io.tsdb.storage.part.PartConfig;
import io.tsdb.storage.part.PartCopy;
import io.tsdb.storage.part.PartId;
import io.tsdb.storage.part.PartOrigin;
import io.tsdb.storage.part.PartSummary;
import io.tsdb.storage.part.PartWriter;
import io.tsdb.storage.scan.DeletedRows;
import io.tsdb.storage.schema.Catalog;
import io.tsdb.storage.schema.Definitions;
import io.tsdb.storage.schema.FieldSet;
import io.tsdb.storage.schema.MeasurementSchema;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roaringbitmap.RoaringBitmap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// Parts come and go at once and whole, and their order is that of the log.
class PartSetTest {
    private static final MeasurementId OWNER = new MeasurementId(1, 1);
    private static final MeasurementId OTHER = new MeasurementId(2, 1);

    @TempDir Path directory;

    private final FileStore io = new LocalFileStore();
    private final Catalog catalog = new Catalog();
    private final BlockCache cache = new BlockCache(1 << 20);
    private final Set<MeasurementId> ended = new HashSet<>();

    @BeforeEach
    void define() {
        for (String database : List.of("db", "other")) {
            catalog.define(Definitions.in(database).field("m", "v", FieldType.INT64).build());
        }
    }

    private void drop(PartSet set, MeasurementId measurement) {
        ended.add(measurement);
        set.removeEnded();
    }

    /// A part of one row, written from log entries `[first, last]`.
    private Part part(PartSet set, long first, long last) throws IOException {
        return part(set, io, OWNER, first, last);
    }

    private Part part(PartSet set, FileStore store, MeasurementId owner, long first, long last)
            throws IOException {
        var id = new PartId(owner, LocalDate.EPOCH, set.takeSequence());
        return open(write(store, directory, id, first, last));
    }

    private PartSummary write(
            FileStore store, Path shardDirectory, PartId id, long first, long last)
            throws IOException {
        var origin = new PartOrigin(first, last, last, 0);
        var builder = new BlockBuilder();
        builder.begin(new long[] {5}, 1);
        builder.longs(0, FieldType.INT64, new long[] {first}, null);
        SeriesKey key = SeriesKey.of("m", Map.of());
        Block block = builder.build();
        var columns = new PartColumns(schema(id.measurement()));
        columns.add(key);
        columns.add(block);
        try (PartWriter writer =
                PartWriter.create(
                        store, shardDirectory, id, origin, columns, PartConfig.defaults())) {
            writer.series(key, 0);
            writer.block(block);
            return writer.finish();
        }
    }

    private Part open(PartSummary summary) throws IOException {
        MeasurementSchema schema = schema(summary.id().measurement());
        return Part.open(io, directory, summary, schema, _ -> 0, cache);
    }

    private MeasurementSchema schema(MeasurementId id) {
        return Objects.requireNonNull(catalog.measurement(id.database(), id.measurement()));
    }

    private PartSet reopened() throws IOException {
        PartSet set = PartSet.load(io, directory);
        set.openParts(this::open, this::open, ended::contains);
        return set;
    }

    private static void add(PartSet set, Part part) throws IOException {
        set.add(List.of(part), progress(part.origin().lastIndex()), Runnable::run);
    }

    /// Of a flush that took everything.
    private static FlushProgress progress(long logIndex) {
        return new FlushProgress(logIndex, 0, 0, Set.of(), Set.of());
    }

    private static List<Long> firstIndexes(List<Part> parts) {
        return parts.stream().map(part -> part.origin().firstIndex()).toList();
    }

    @Test
    void ranksByLogRangeWhateverTheOrderOfComing() throws IOException {
        PartSet set = reopened();
        Part late = part(set, 21, 30);
        Part early = part(set, 1, 10);
        add(set, early);
        add(set, late);
        // the parts of a compaction have a newer sequence and an older rank
        Part middle = part(set, 11, 20);
        assertThat(set.replace(List.of(), List.of(middle), List.of())).isTrue();
        assertThat(firstIndexes(set.of(OWNER))).containsExactly(1L, 11L, 21L);
        set.close();
        PartSet again = reopened();
        assertThat(firstIndexes(again.all())).containsExactly(1L, 11L, 21L);
        assertThat(again.logIndex()).isEqualTo(30);
        again.close();
    }

    @Test
    void keepsAReplacedPartOpenForItsReader() throws IOException {
        PartSet set = reopened();
        Part old = part(set, 1, 10);
        add(set, old);
        List<Part> read = set.acquire(OWNER, TimeRange.ALL).parts();
        assertThat(set.replace(List.of(old), List.of(part(set, 1, 10)), List.of())).isTrue();
        assertThat(read).containsExactly(old);
        assertThat(old.block(0, FieldSet.NONE).pointCount()).isEqualTo(1);
        read.forEach(Part::release);
        assertThat(old.id().parquetFile(directory)).doesNotExist();
        assertThat(old.tryRetain()).isFalse();
        assertThat(set.all()).hasSize(1);
        set.close();
    }

    @Test
    void refusesToReplaceWhatIsGone() throws IOException {
        PartSet set = reopened();
        Part old = part(set, 1, 10);
        add(set, old);
        drop(set, OWNER);
        Part compacted = part(set, 1, 10);
        assertThat(set.replace(List.of(old), List.of(compacted), List.of())).isFalse();
        assertThat(compacted.tryRetain()).isFalse();
        assertThat(set.all()).isEmpty();
        set.close();
    }

    /// A flush that began before the drop brings rows from before it.
    @Test
    void takesNothingInThatWasLoggedBeforeADrop() throws IOException {
        PartSet set = reopened();
        Part before = part(set, 1, 10);
        Part other = part(set, io, OTHER, 1, 10);
        drop(set, OWNER);
        set.add(List.of(before, other), progress(10), Runnable::run);
        assertThat(set.all()).containsExactly(other);
        assertThat(before.id().parquetFile(directory)).doesNotExist();
        set.close();
        assertThat(reopened().all()).hasSize(1);
    }

    /// The catalog has dropped it, this shard's log will: there is no schema to open it with.
    @Test
    void forgetsAPartWhoseMeasurementTheCatalogLacks() throws IOException {
        PartSet set = reopened();
        Part old = part(set, 1, 10);
        Part kept = part(set, io, OTHER, 11, 20);
        add(set, old);
        add(set, kept);
        set.close();
        PartSet again = PartSet.load(io, directory);
        again.openParts(
                summary -> summary.id().equals(old.id()) ? null : open(summary),
                this::open,
                ended::contains);
        assertThat(again.all()).hasSize(1);
        assertThat(again.hasDiscarded()).isTrue();
        again.add(List.of(), progress(21), Runnable::run);
        assertThat(again.hasDiscarded()).isFalse();
        assertThat(old.id().parquetFile(directory)).doesNotExist();
        assertThat(Manifest.load(io, directory).parts()).hasSize(1);
        again.close();
    }

    @Test
    void hidesADroppedPartAtOnceAndForgetsItWithTheNextChange() throws IOException {
        PartSet set = reopened();
        Part old = part(set, 1, 10);
        add(set, old);
        drop(set, OWNER);
        assertThat(set.acquire(OWNER, TimeRange.ALL).parts()).isEmpty();
        assertThat(set.hasDiscarded()).isTrue();
        assertThat(Manifest.load(io, directory).parts()).hasSize(1);
        set.add(List.of(), progress(11), Runnable::run);
        assertThat(set.hasDiscarded()).isFalse();
        assertThat(Manifest.load(io, directory).parts()).isEmpty();
        assertThat(old.id().indexFile(directory)).doesNotExist();
        set.close();
    }

    /// Whatever call fails, the manifest names the old parts or the new ones, and all it names can
    /// be read, also after a power loss.
    @Test
    void isAtomicAtEveryFailingCall() throws IOException {
        int replaced = 0;
        int kept = 0;
        for (int call = 1; replaced == 0 || kept == 0 || call < 12; call++) {
            clear();
            var faulty = new FaultyFileStore(directory, call);
            PartSet set = PartSet.load(faulty, directory);
            Part first = part(set, faulty, OWNER, 1, 10);
            Part second = part(set, faulty, OWNER, 11, 20);
            add(set, first);
            add(set, second);
            Part merged = part(set, faulty, OWNER, 1, 20);
            faulty.fail(call, 1, "disk error");
            boolean failed = false;
            try {
                set.replace(List.of(first, second), List.of(merged), List.of());
            } catch (IOException e) {
                assertThat(e).hasMessage("disk error");
                failed = true;
            }
            assertThat(firstIndexes(set.all())).isEqualTo(failed ? List.of(1L, 11L) : List.of(1L));
            set.close();
            Path lost = directory.resolveSibling("lost-" + call);
            faulty.powerLoss(lost);
            for (PartSummary summary : Manifest.load(io, lost).parts()) {
                Part.open(io, lost, summary, schema(OWNER), _ -> 0, cache).release();
            }
            PartSet again = reopened();
            replaced += again.all().size() == 1 ? 1 : 0;
            kept += again.all().size() == 2 ? 1 : 0;
            again.close();
        }
    }

    /// Whatever call fails, the parts that the manifest names are there: files of those that it
    /// perhaps names are kept.
    @Test
    void exchangesPartsOrKeepsThemAtEveryFailingCall() throws IOException {
        int exchanged = 0;
        int kept = 0;
        for (int call = 1; exchanged == 0 || kept == 0 || call < 12; call++) {
            clear();
            var faulty = new FaultyFileStore(directory, call);
            PartSet set = PartSet.load(faulty, directory);
            Part own = part(set, faulty, OWNER, 1, 10);
            add(set, own);
            Part other = part(set, faulty, OWNER, 1, 10);
            faulty.fail(call, 1, "disk error");
            try {
                assertThat(set.exchange(Set.of(own.id()), List.of(other), List.of())).isTrue();
                exchanged++;
            } catch (IOException e) {
                assertThat(e).hasMessage("disk error");
                set.discard(other.id());
                kept++;
            }
            set.close();
            PartSet again = reopened();
            assertThat(again.all()).as("call %d", call).hasSize(1);
            again.close();
        }
    }

    /// Replicas that merged other parts at the same entry gave the same number to other rows.
    @Test
    void aPartOfAnotherReplicaGetsANumberOfItsOwn(@TempDir Path elsewhere) throws IOException {
        PartSet set = reopened();
        Part own = part(set, 1, 10);
        Part kept = part(set, 11, 20);
        add(set, own);
        add(set, kept);
        PartSummary theirs = write(io, elsewhere, kept.id(), 1, 10);
        byte[] bytes = Files.readAllBytes(theirs.id().parquetFile(elsewhere));
        PartSummary come;
        try (var copy = PartCopy.beginNew(io, directory, theirs, set.takeSequence())) {
            copy.add(bytes);
            come = copy.finish();
        }
        assertThat(come.id()).isNotIn(own.id(), kept.id());
        assertThat(come.content()).isEqualTo(theirs.content());
        PartSet.Acquired read = set.acquire(OWNER, TimeRange.ALL);
        assertThat(set.exchange(Set.of(own.id()), List.of(open(come)), List.of())).isTrue();
        read.parts().forEach(Part::verify);
        read.parts().forEach(Part::release);
        assertThat(own.id().parquetFile(directory)).doesNotExist();
        set.close();
        PartSet again = reopened();
        assertThat(again.damages().texts()).isEmpty();
        assertThat(again.all()).extracting(Part::id).containsExactly(come.id(), kept.id());
        again.all().forEach(Part::verify);
        again.close();
    }

    @Test
    void aCopyThatDoesNotComeToItsEndLeavesNothing(@TempDir Path elsewhere) throws IOException {
        PartSet set = reopened();
        add(set, part(set, 1, 10));
        PartSummary theirs = write(io, elsewhere, new PartId(OWNER, LocalDate.EPOCH, 77), 11, 20);
        byte[] bytes = Files.readAllBytes(theirs.id().parquetFile(elsewhere));
        var otherRows =
                new PartSummary(
                        theirs.id(),
                        theirs.origin(),
                        theirs.rowCount() + 1,
                        theirs.minTime(),
                        theirs.maxTime(),
                        theirs.parquetBytes(),
                        theirs.indexBytes(),
                        theirs.parquetCrc(),
                        theirs.indexCrc());
        try (var copy = PartCopy.beginNew(io, directory, otherRows, set.takeSequence())) {
            copy.add(bytes);
            assertThatThrownBy(copy::finish)
                    .isInstanceOf(CorruptDataException.class)
                    .hasMessageContaining("not the part that was asked for");
        }
        try (var copy = PartCopy.beginNew(io, directory, theirs, set.takeSequence())) {
            copy.add(Arrays.copyOf(bytes, bytes.length - 1));
            assertThat(copy.isComplete()).isFalse();
        }
        try (var files = Files.list(theirs.id().parquetFile(directory).getParent())) {
            assertThat(files).as("of the own part").hasSize(2);
        }
        set.close();
    }

    private void clear() throws IOException {
        try (var files = Files.walk(directory)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                if (!file.equals(directory)) {
                    Files.delete(file);
                }
            }
        }
    }

    /// A disk that fails is another matter than a part that is damaged.
    @Test
    void opensNothingWhenTheDiskFails() throws IOException {
        PartSet set = reopened();
        add(set, part(set, 1, 10));
        add(set, part(set, 11, 20));
        set.close();
        PartSet again = PartSet.load(io, directory);
        var opened = new ArrayList<Part>();
        assertThatThrownBy(
                        () ->
                                again.openParts(
                                        summary -> {
                                            if (!opened.isEmpty()) {
                                                throw new IOException("disk error");
                                            }
                                            Part part = open(summary);
                                            opened.add(part);
                                            return part;
                                        },
                                        this::open,
                                        _ -> false))
                .hasMessageContaining("disk error");
        assertThat(opened)
                .singleElement()
                .satisfies(part -> assertThat(part.tryRetain()).isFalse());
    }

    @Test
    void leavesOutAPartThatIsMissingAndKeepsItsPlace() throws IOException {
        PartSet set = reopened();
        Part kept = part(set, 1, 10);
        Part missing = part(set, 11, 20);
        add(set, kept);
        add(set, missing);
        set.close();
        Files.delete(missing.id().parquetFile(directory));
        PartSet again = reopened();
        assertThat(again.all()).extracting(Part::id).containsExactly(kept.id());
        assertThat(again.damages().texts()).singleElement().asString().contains("is missing");
        assertThatThrownBy(() -> again.acquire(missing.id().measurement(), TimeRange.ALL))
                .hasMessageContaining(missing.id().parquetFile(directory).toString());
        again.close();
        assertThat(Manifest.load(io, directory).parts()).hasSize(2);
    }

    /// Damage that a reader finds, and what puts an end to it: readers that hold the part go on,
    /// the next one has the file that is whole.
    @Test
    void readersGetAPartAnewOnceItsFileIsWhole() throws IOException {
        PartSet set = reopened();
        Part part = part(set, 1, 10);
        add(set, part);
        Path file = part.id().parquetFile(directory);
        byte[] whole = Files.readAllBytes(file);
        byte[] flipped = whole.clone();
        flipped[6] ^= 1; // of the first page
        Files.write(file, flipped);
        var told = new ArrayList<String>();
        set.damages().tell(() -> told.add("told"));
        PartSet.Acquired held = set.acquire(OWNER, TimeRange.ALL);
        assertThatThrownBy(() -> held.parts().getFirst().block(0, FieldSet.NONE))
                .isInstanceOf(CorruptDataException.class);
        assertThat(told).hasSize(1);
        assertThat(set.damages().parts()).containsOnlyKeys(part.summary());
        try (var copy = PartCopy.begin(io, directory, part.summary())) {
            copy.add(whole);
            copy.finish();
        }
        assertThat(set.reopen(part.id())).isTrue();
        assertThat(set.damages().isEmpty()).isTrue();
        PartSet.Acquired again = set.acquire(OWNER, TimeRange.ALL);
        assertThat(again.parts()).hasSize(1).doesNotContain(part);
        assertThat(again.parts().getFirst().block(0, FieldSet.NONE).pointCount()).isEqualTo(1);
        again.parts().forEach(Part::release);
        held.parts().forEach(Part::release);
        assertThat(part.tryRetain()).as("the old one is closed").isFalse();
        set.close();
    }

    /// A delete that concerns a part that could not be opened, and no other one, is there when that
    /// one is mended.
    @Test
    void aPartThatIsMendedLacksWhatWasDeletedFromIt() throws IOException {
        PartSet set = reopened();
        Part missing = part(set, 1, 10);
        add(set, missing);
        var rows = new DeletedRows.OfSeries(RoaringBitmap.bitmapOf(0), TimeRange.ALL);
        set.delete(new Tombstone(OWNER, 11, 10, 0, rows));
        add(set, part(set, io, OTHER, 12, 12)); // with the manifest that it brings
        set.close();
        Path file = missing.id().parquetFile(directory);
        byte[] whole = Files.readAllBytes(file);
        Files.delete(file);
        PartSet again = reopened();
        assertThat(again.reopen(new PartId(OWNER, LocalDate.EPOCH, 99))).isFalse();
        assertThatThrownBy(() -> again.reopen(missing.id())).hasMessageContaining("is missing");
        add(again, part(again, io, OTHER, 13, 13));
        try (var copy = PartCopy.begin(io, directory, missing.summary())) {
            copy.add(whole);
            copy.finish();
        }
        assertThat(again.reopen(missing.id())).isTrue();
        assertThat(again.of(OWNER)).extracting(Part::id).containsExactly(missing.id());
        assertThat(again.tombstonesOf(OWNER)).singleElement().matches(one -> one.index() == 11);
        again.close();
    }

    /// Nothing takes the place of a file that is not what the manifest names.
    @Test
    void refusesACopyOfOtherBytes() throws IOException {
        PartSet set = reopened();
        Part part = part(set, 1, 10);
        add(set, part);
        Path file = part.id().parquetFile(directory);
        byte[] whole = Files.readAllBytes(file);
        byte[] flipped = whole.clone();
        flipped[whole.length / 2] ^= 8;
        for (byte[] bytes : List.of(flipped, Arrays.copyOf(whole, whole.length - 1))) {
            try (var copy = PartCopy.begin(io, directory, part.summary())) {
                copy.add(bytes);
                assertThatThrownBy(copy::finish).isInstanceOf(CorruptDataException.class);
            }
        }
        try (var copy = PartCopy.begin(io, directory, part.summary())) {
            copy.add(whole);
            assertThatThrownBy(() -> copy.add(new byte[1]))
                    .isInstanceOf(CorruptDataException.class);
        }
        assertThat(file).hasBinaryContent(whole);
        try (var files = Files.list(file.getParent())) {
            assertThat(files).hasSize(2);
        }
        set.close();
    }
}
