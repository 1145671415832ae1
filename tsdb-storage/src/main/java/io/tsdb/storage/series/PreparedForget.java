package io.tsdb.storage.series;

import io.tsdb.storage.scan.SeriesIndex;

import org.roaringbitmap.PeekableIntIterator;
import org.roaringbitmap.RoaringBitmap;

import java.util.Arrays;

/// What is left of a measurement's series when some are forgotten, put up beside those that readers
/// and the writer have. One thread makes it while the writer adds series; the writer ends it.
final class PreparedForget {
    /// What it needs of the registry. Any thread.
    interface Registry extends MeasurementSeries.Registry {
        byte[] keyBytes(int id);

        int keyLength(int id);
    }

    /// So few series that were added meanwhile may be left to the writer.
    private static final int LEFT_TO_WRITER = 1_000;

    private final Registry registry;
    private final MeasurementSeries before;
    private final RoaringBitmap ending;
    private final MeasurementSeries left;

    /// Series by their ordinal in [#left].
    private int[] ids = new int[1024];

    /// Series of the measurement up to this id are looked through.
    private int idBound;

    private long endingKeyBytes;

    private PreparedForget(Registry registry, MeasurementSeries before, RoaringBitmap ending) {
        this.registry = registry;
        this.before = before;
        this.ending = ending;
        this.left = new MeasurementSeries(registry, before.packedId());
    }

    /// @param ending series that are, most likely, forgotten; kept
    static PreparedForget of(Registry registry, MeasurementSeries before, RoaringBitmap ending) {
        var prepared = new PreparedForget(registry, before, ending);
        for (PeekableIntIterator each = ending.getIntIterator(); each.hasNext(); ) {
            prepared.endingKeyBytes += registry.keyLength(each.next());
        }
        while (prepared.catchUp() > LEFT_TO_WRITER) {
            // those that were added while the last ones were looked through
        }
        return prepared;
    }

    /// Whether it was made for these series, or more of them, to end.
    ///
    /// @param series what readers find now
    boolean isFor(MeasurementSeries series, RoaringBitmap ended) {
        return before == series && ending.contains(ended);
    }

    /// @return how many series were looked through
    private int catchUp() {
        SeriesIndex now = before.snapshot();
        RoaringBitmap more = now.ids().clone();
        more.remove(0L, idBound);
        if (more.isEmpty()) {
            return 0;
        }
        int count = more.getCardinality();
        idBound = more.last() + 1;
        more.andNot(ending);
        addAll(more);
        return count;
    }

    private void addAll(RoaringBitmap added) {
        for (PeekableIntIterator each = added.getIntIterator(); each.hasNext(); ) {
            int id = each.next();
            byte[] key = registry.keyBytes(id);
            int ordinal = left.count();
            left.add(id, key, 0, key.length);
            if (ordinal == ids.length) {
                ids = Arrays.copyOf(ids, 2 * ordinal);
            }
            ids[ordinal] = id;
        }
    }

    /// Comes to the series of now. Writer thread; nobody else reads it yet.
    ///
    /// @param ended what is forgotten: nothing but what was likely to be
    void finish(RoaringBitmap ended) {
        RoaringBitmap stayed = RoaringBitmap.andNot(ending, ended);
        for (PeekableIntIterator each = stayed.getIntIterator(); each.hasNext(); ) {
            endingKeyBytes -= registry.keyLength(each.next());
        }
        catchUp();
        addAll(stayed);
    }

    /// The series that are left.
    MeasurementSeries left() {
        return left;
    }

    /// Bytes of the keys of those that go.
    long endingKeyBytes() {
        return endingKeyBytes;
    }

    /// The ordinals of all series, with those of the ones that are left: a new array.
    int[] ordinals(int[] now) {
        int[] changed = now.clone();
        for (int ordinal = 0; ordinal < left.count(); ordinal++) {
            changed[ids[ordinal]] = ordinal;
        }
        return changed;
    }
}
