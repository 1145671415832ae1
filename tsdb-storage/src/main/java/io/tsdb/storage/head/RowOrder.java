package io.tsdb.storage.head;

import java.util.Arrays;

/// In which order the rows of an open buffer are to be read, where that is not the order in which
/// they lie: a row that came a little late is put into its place here, and stays where it was
/// written. So what scans hold of the buffer never changes, and a late row costs a few bytes of
/// moving instead of rows of them; a scan holds the order as it was ([#captured]), and the writer
/// goes on with a copy of it once it must move something.
///
/// For the shard's writer, under its lock.
final class RowOrder {
    private short[] places;
    private int size;

    /// A scan holds the array.
    private boolean captured;

    /// The order in which the rows lie.
    ///
    /// @param capacity rows of the buffer, at most [io.tsdb.storage.scan.BlockCursor#ROWS_MAX]
    RowOrder(int size, int capacity) {
        places = new short[capacity];
        for (int i = 0; i < size; i++) {
            places[i] = (short) i;
        }
        this.size = size;
    }

    /// Rows to be read; fewer than the buffer has where some were united with later ones.
    int size() {
        return size;
    }

    /// Where the row lies that is to be read as number `index`.
    int place(int index) {
        return places[index];
    }

    /// To be read behind all others.
    void add(int place) {
        reserve();
        places[size++] = (short) place;
    }

    /// To be read as number `index`, before the one that was.
    void insert(int index, int place) {
        own();
        reserve();
        System.arraycopy(places, index, places, index + 1, size - index);
        places[index] = (short) place;
        size++;
    }

    /// To be read instead of the one that was number `index`.
    void replace(int index, int place) {
        own();
        places[index] = (short) place;
    }

    /// The places by number, until the next change; when they are [#captured], nothing before
    /// [#size()] changes in them afterwards.
    short[] places() {
        return places;
    }

    /// A scan holds the places.
    void captured() {
        captured = true;
    }

    private void own() {
        if (captured) {
            places = places.clone();
            captured = false;
        }
    }

    private void reserve() {
        if (size == places.length) {
            places = Arrays.copyOf(places, 4 * size);
            captured = false;
        }
    }
}
