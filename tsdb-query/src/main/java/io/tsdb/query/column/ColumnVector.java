package io.tsdb.query.column;

import io.tsdb.storage.scan.BlockCursor;
import io.tsdb.storage.scan.Presence;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/// Values of one column for up to [#ROWS_MAX] rows, with presence bits where rows are null.
///
/// Which array counts follows from the type: [#longs] for TIMESTAMP, INT64, UINT64 (as
/// [io.tsdb.storage.model.Uint64] has it) and BOOL (0 or 1), [#doubles] for FLOAT64, [#ids] with
/// [#dictionary] for STRING. Entries of null rows are undefined, except that an id always lies
/// within the dictionary or is 0. Arrays are open on purpose: kernels loop over them.
public final class ColumnVector {
    /// Most rows of a vector: those of a block.
    public static final int ROWS_MAX = BlockCursor.ROWS_MAX;

    /// Words of the presence bits.
    public static final int PRESENCE_WORDS = BlockCursor.PRESENCE_WORDS;

    /// About what a vector takes, strings aside.
    public static final long MEMORY_BYTES = (ROWS_MAX + PRESENCE_WORDS) * Long.BYTES + 128L;

    private static final long[] NO_LONGS = {};
    private static final double[] NO_DOUBLES = {};
    private static final int[] NO_IDS = {};
    private static final String[] NO_STRINGS = {};

    private final ColumnType type;
    private long[] longs = NO_LONGS;
    private double[] doubles = NO_DOUBLES;
    private int[] ids = NO_IDS;
    private String[] dictionary = NO_STRINGS;
    private int dictionarySize;
    private @Nullable StringDictionary source;
    private boolean allPresent = true;
    private final long[] presence = new long[PRESENCE_WORDS];

    /// A vector with an array of its own for [#ROWS_MAX] rows.
    public ColumnVector(ColumnType type) {
        this.type = type;
        switch (type) {
            case TIMESTAMP, INT64, UINT64, BOOL -> longs = new long[ROWS_MAX];
            case FLOAT64 -> doubles = new double[ROWS_MAX];
            case STRING -> ids = new int[ROWS_MAX];
        }
    }

    public ColumnType type() {
        return type;
    }

    public long[] longs() {
        return longs;
    }

    public double[] doubles() {
        return doubles;
    }

    public int[] ids() {
        return ids;
    }

    /// Strings by id; entries from [#dictionarySize()] on are undefined.
    public String[] dictionary() {
        return dictionary;
    }

    public int dictionarySize() {
        return dictionarySize;
    }

    /// The growing dictionary behind [#dictionary()], or null when the ids hold for this vector's
    /// current content only.
    public @Nullable StringDictionary dictionarySource() {
        return source;
    }

    /// Sets a dictionary that holds for the current content only.
    public void setDictionary(String[] strings, int size) {
        dictionary = strings;
        dictionarySize = size;
        source = null;
    }

    /// Sets a dictionary whose ids keep their meaning from one content to the next.
    public void setDictionary(StringDictionary strings) {
        dictionary = strings.values();
        dictionarySize = strings.size();
        source = strings;
    }

    /// The string of a row that is present.
    public String string(int row) {
        return dictionary[ids[row]];
    }

    /// Whether no row is null; the presence bits are undefined then.
    public boolean allPresent() {
        return allPresent;
    }

    /// Bit `row & 63` of word `row >>> 6` is set when the row has a value; counts only when not
    /// [#allPresent()].
    public long[] presence() {
        return presence;
    }

    public boolean isPresent(int row) {
        return allPresent || (presence[row >>> 6] >>> row & 1) != 0;
    }

    public void setAllPresent() {
        allPresent = true;
    }

    /// No row has a value.
    public void setNonePresent() {
        allPresent = false;
        Arrays.fill(presence, 0);
    }

    /// Which rows have a value, as a scan says that wrote values and [#presence()].
    public void setPresence(Presence found) {
        switch (found) {
            case ALL -> setAllPresent();
            case SOME -> allPresent = false;
            case NONE -> setNonePresent();
        }
    }

    /// As [#setPresence], of the ids of rows `[0, count)` of a scan, where those of absent rows are
    /// undefined.
    ///
    /// @param strings by id; any without values
    public void setStrings(String[] strings, Presence found, int count) {
        if (found == Presence.NONE || strings.length == 0) {
            Arrays.fill(ids, 0);
            setDictionary(new String[] {""}, 1);
            setNonePresent();
            return;
        }
        setDictionary(strings, strings.length);
        setPresence(found);
        for (int row = 0; row < count && !allPresent; row++) {
            if (!isPresent(row)) {
                ids[row] = 0;
            }
        }
    }

    /// Makes one row null.
    public void setNull(int row) {
        if (allPresent) {
            Arrays.fill(presence, -1L);
            allPresent = false;
        }
        presence[row >>> 6] &= ~(1L << row);
    }

    /// Gives one row a value where nulls are counted.
    public void setPresent(int row) {
        if (!allPresent) {
            presence[row >>> 6] |= 1L << row;
        }
    }

    /// Takes over the presence of another vector.
    public void copyPresence(ColumnVector other) {
        allPresent = other.allPresent;
        if (!allPresent) {
            System.arraycopy(other.presence, 0, presence, 0, PRESENCE_WORDS);
        }
    }

    /// Rows stay present only where they are in the other vector too.
    public void andPresence(ColumnVector other) {
        if (other.allPresent) {
            return;
        }
        if (allPresent) {
            copyPresence(other);
            return;
        }
        for (int i = 0; i < PRESENCE_WORDS; i++) {
            presence[i] &= other.presence[i];
        }
    }

    /// Takes over the rows `selection[0, count)` of another vector of the same type.
    public void gather(ColumnVector other, int[] selection, int count) {
        switch (type) {
            case TIMESTAMP, INT64, UINT64, BOOL -> gatherLongs(other.longs, selection, count);
            case FLOAT64 -> gatherDoubles(other.doubles, selection, count);
            case STRING -> {
                gatherIds(other.ids, selection, count);
                dictionary = other.dictionary;
                dictionarySize = other.dictionarySize;
                source = other.source;
            }
        }
        gatherPresence(other, selection, count);
    }

    private void gatherLongs(long[] from, int[] selection, int count) {
        long[] to = longs;
        for (int i = 0; i < count; i++) {
            to[i] = from[selection[i]];
        }
    }

    private void gatherDoubles(double[] from, int[] selection, int count) {
        double[] to = doubles;
        for (int i = 0; i < count; i++) {
            to[i] = from[selection[i]];
        }
    }

    private void gatherIds(int[] from, int[] selection, int count) {
        int[] to = ids;
        for (int i = 0; i < count; i++) {
            to[i] = from[selection[i]];
        }
    }

    private void gatherPresence(ColumnVector other, int[] selection, int count) {
        allPresent = other.allPresent;
        if (allPresent) {
            return;
        }
        Arrays.fill(presence, 0);
        for (int i = 0; i < count; i++) {
            if (other.isPresent(selection[i])) {
                presence[i >>> 6] |= 1L << i;
            }
        }
    }

    /// Rows `[0, count)` that are present and true, in order.
    ///
    /// @return how many there are
    public int selectTrue(int count, int[] selection) {
        int selected = 0;
        long[] values = longs;
        if (allPresent) {
            for (int i = 0; i < count; i++) {
                selection[selected] = i;
                selected += (int) values[i];
            }
        } else {
            for (int i = 0; i < count; i++) {
                selection[selected] = i;
                selected += (int) (values[i] & presence[i >>> 6] >>> i & 1);
            }
        }
        return selected;
    }
}
