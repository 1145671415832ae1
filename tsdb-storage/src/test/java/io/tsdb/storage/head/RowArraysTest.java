package io.tsdb.storage.head;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.storage.scan.BlockCursor;

import org.junit.jupiter.api.Test;

class RowArraysTest {
    private static final int ROWS = BlockCursor.ROWS_MAX;
    private static final int STRIDE = 3;

    private final RowArrays arrays = new RowArrays(1 << 20);

    @Test
    void whatNoReaderSawIsGivenAtOnce() {
        long[] before = arrays.take(ROWS, STRIDE);
        assertThat(before).hasSize(ROWS * STRIDE);
        arrays.begin();
        arrays.retire(before, ROWS, false);
        assertThat(arrays.take(ROWS, STRIDE)).isSameAs(before);
        assertThat(arrays.take(ROWS, STRIDE)).isNotSameAs(before);
    }

    @Test
    void whatAReaderMayHaveWaitsForItAndNotForLaterOnes() {
        long reader = arrays.begin();
        long[] rows = arrays.take(ROWS, STRIDE);
        short[] order = arrays.takeOrder(ROWS);
        arrays.retire(rows, ROWS, true);
        arrays.retireOrder(order, true);
        arrays.begin(); // never ended
        assertThat(arrays.take(ROWS, STRIDE)).isNotSameAs(rows);
        assertThat(arrays.takeOrder(ROWS)).isNotSameAs(order);
        arrays.end(reader);
        assertThat(arrays.take(ROWS, STRIDE)).isSameAs(rows);
        assertThat(arrays.takeOrder(ROWS)).isSameAs(order);
    }

    @Test
    void smallBuffersAreNotKept() {
        long[] small = arrays.take(ROWS / 16, STRIDE);
        arrays.retire(small, ROWS / 16, false);
        assertThat(arrays.take(ROWS / 16, STRIDE)).isNotSameAs(small);
        short[] order = arrays.takeOrder(ROWS / 4);
        arrays.retireOrder(order, false);
        assertThat(arrays.takeOrder(ROWS / 4)).isNotSameAs(order);
    }

    @Test
    void noMoreIsKeptThanTheBound() {
        var few = new RowArrays(2 * 8L * ROWS * STRIDE);
        for (int i = 0; i < 5; i++) {
            few.retire(new long[ROWS * STRIDE], ROWS, true);
        }
        long[] unseen = new long[ROWS * STRIDE];
        few.retire(unseen, ROWS, false);
        few.take(ROWS, STRIDE);
        few.take(ROWS, STRIDE);
        assertThat(few.take(ROWS, STRIDE)).isNotSameAs(unseen);
    }

    @Test
    void anOrderTakesThePlaceOfNoRows() {
        var few = new RowArrays(8L * ROWS * STRIDE);
        long[] rows = new long[ROWS * STRIDE];
        few.retire(rows, ROWS, false);
        short[] order = few.takeOrder(ROWS);
        few.retireOrder(order, false);
        assertThat(few.takeOrder(ROWS)).isNotSameAs(order);
        assertThat(few.take(ROWS, STRIDE)).isSameAs(rows);
    }

    @Test
    void anotherShapeTakesThePlaceOfOneThatIsWrittenNoMore() {
        var few = new RowArrays(2 * 8L * ROWS * STRIDE);
        few.retire(new long[ROWS * STRIDE], ROWS, true);
        few.retire(new long[ROWS * STRIDE], ROWS, true);
        long[] wider = new long[ROWS * (STRIDE + 1)];
        few.retire(wider, ROWS, false);
        assertThat(few.take(ROWS, STRIDE + 1)).isSameAs(wider);
    }

    @Test
    void goWhenTheirRoomIsWanted() {
        long rows = 8L * ROWS * STRIDE;
        long order = Short.BYTES * (long) ROWS;
        for (int i = 0; i < 3; i++) {
            arrays.retire(new long[ROWS * STRIDE], ROWS, true);
        }
        arrays.retire(new long[ROWS], ROWS, false);
        arrays.retireOrder(new short[ROWS], true);
        assertThat(arrays.bytes()).isEqualTo(3 * rows + 8L * ROWS + order);
        arrays.shrink(Long.MAX_VALUE);
        assertThat(arrays.bytes()).isEqualTo(3 * rows + 8L * ROWS + order);
        arrays.shrink(rows);
        assertThat(arrays.bytes()).isBetween(order, rows);
        arrays.shrink(0);
        assertThat(arrays.bytes()).isZero();
        assertThat(arrays.take(ROWS, STRIDE)).hasSize(ROWS * STRIDE);
    }
}
