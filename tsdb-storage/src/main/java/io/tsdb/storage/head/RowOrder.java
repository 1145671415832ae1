package io.tsdb.storage.head;

/// In which order the rows of an open buffer are to be read, where that is not the order in which
/// they lie: a row that came a little late is put into its place here, and stays where it was
/// written. So what scans hold of the buffer never changes, and a late row costs a few bytes of
/// moving instead of rows of them; a scan holds the order as it was ([#captured]), and the writer
/// goes on with a copy of it once it must move something.
///
/// For the shard's writer, under its lock.
final class RowOrder {
    private final RowArrays arrays;
    private short[] places;
    private int size;

    /// A scan holds the array.
    private boolean captured;

    /// The order in which the rows lie.
    ///
    /// @param capacity rows of the buffer, at most [io.tsdb.storage.scan.BlockCursor#ROWS_MAX]
    /// @param arrays where the places come from and go to
    RowOrder(int size, int capacity, RowArrays arrays) {
        this.arrays = arrays;
        places = arrays.takeOrder(capacity);
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

    /// Gives back the places; the order is not to be used any more.
    void retire() {
        arrays.retireOrder(places, captured);
    }

    private void own() {
        if (captured) {
            copyTo(places.length);
        }
    }

    private void reserve() {
        if (size == places.length) {
            copyTo(4 * size);
        }
    }

    private void copyTo(int capacity) {
        short[] copy = arrays.takeOrder(capacity);
        System.arraycopy(places, 0, copy, 0, size);
        retire();
        places = copy;
        captured = false;
    }
}
