package io.tsdb.cluster.rebalance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tsdb.cluster.rebalance.PartExchange.NotNow;
import io.tsdb.cluster.rebalance.PartExchange.Possible;
import io.tsdb.storage.compaction.Tombstone;
import io.tsdb.storage.model.MeasurementId;
import io.tsdb.storage.model.TimeRange;
import io.tsdb.storage.part.PartId;
import io.tsdb.storage.part.PartOrigin;
import io.tsdb.storage.part.PartSummary;
import io.tsdb.storage.scan.DeletedRows;
import io.tsdb.storage.shard.ReplicaParts.OfMeasurement;

import org.junit.jupiter.api.Test;
import org.roaringbitmap.RoaringBitmap;

import java.net.ProtocolException;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;

/// Which parts are exchanged, and how members say what they have.
class PartExchangeTest {
    private static final MeasurementId OWNER = new MeasurementId(1, 2);

    /// @param number of the part; other numbers are other parts
    private static PartSummary part(
            long number, long firstIndex, long lastIndex, long minTime, long maxTime) {
        return new PartSummary(
                new PartId(OWNER, LocalDate.EPOCH, number),
                new PartOrigin(firstIndex, lastIndex, lastIndex, 0),
                10,
                minTime,
                maxTime,
                1_000 + number,
                100,
                (int) number,
                (int) -number);
    }

    private static OfMeasurement listing(long position, PartSummary... parts) {
        return new OfMeasurement(position, List.of(parts), List.of());
    }

    private static Possible plan(PartSummary damaged, OfMeasurement own, OfMeasurement other) {
        return switch (PartExchange.plan(damaged, own, other)) {
            case Possible found -> found;
            case NotNow(String reason) -> throw new AssertionError(reason);
        };
    }

    private static String reason(PartSummary damaged, OfMeasurement own, OfMeasurement other) {
        return switch (PartExchange.plan(damaged, own, other)) {
            case Possible found -> throw new AssertionError(found);
            case NotNow(String reason) -> reason;
        };
    }

    /// What was merged elsewhere: the merged part for those that it was made of, and no others.
    @Test
    void takesTheMergedPartForAllThatItWasMadeOf() {
        PartSummary first = part(1, 1, 10, 0, 99);
        PartSummary damaged = part(2, 11, 20, 0, 99);
        PartSummary otherDay = part(3, 11, 20, 100, 199);
        PartSummary merged = part(4, 1, 20, 0, 99);
        Possible found =
                plan(damaged, listing(20, first, damaged, otherDay), listing(20, merged, otherDay));
        assertThat(found.removed()).containsExactlyInAnyOrder(first, damaged);
        assertThat(found.added()).containsExactly(merged);
    }

    /// Merged here and not there, and by other cuts: the chain is followed to its end.
    @Test
    void followsPartsThatShareEntriesAndTimes() {
        PartSummary damaged = part(1, 1, 30, 0, 50);
        PartSummary next = part(2, 1, 30, 51, 99);
        PartSummary a = part(3, 1, 10, 0, 99);
        PartSummary b = part(4, 11, 30, 0, 60);
        PartSummary apart = part(5, 31, 40, 0, 99);
        Possible found = plan(damaged, listing(40, damaged, next, apart), listing(40, a, b, apart));
        assertThat(found.removed()).containsExactlyInAnyOrder(damaged, next);
        assertThat(found.added()).containsExactlyInAnyOrder(a, b);
    }

    /// Of entries that only one of them has in parts the other one has no rows to give.
    @Test
    void waitsUntilBothHaveComeAsFar() {
        PartSummary damaged = part(1, 1, 10, 0, 99);
        PartSummary merged = part(2, 1, 20, 0, 99);
        PartSummary second = part(3, 11, 20, 0, 99);
        assertThat(reason(damaged, listing(10, damaged), listing(20, merged)))
                .contains("this node has flushed only up to entry 10 of 20");
        assertThat(reason(damaged, listing(20, damaged, second), listing(19, merged)))
                .contains("it has flushed only up to entry 19 of 20");
        assertThat(reason(damaged, listing(10, damaged), listing(9)))
                .contains("it has flushed only up to entry 9 of 10");
        assertThat(plan(damaged, listing(20, damaged, second), listing(20, merged)).added())
                .containsExactly(merged);
    }

    /// One replica merged at an entry what the other one had merged before, and more: at the same
    /// entry both gave the same number, to other rows.
    @Test
    void takesAPartWhoseNumberAnotherOneHasHere() {
        PartSummary early = part(1, 1, 10, 0, 99);
        PartSummary damaged = part(9, 11, 30, 0, 99);
        PartSummary theirs = part(9, 1, 30, 0, 99);
        Possible found = plan(damaged, listing(30, early, damaged), listing(30, theirs));
        assertThat(found.removed()).containsExactlyInAnyOrder(early, damaged);
        assertThat(found.added()).containsExactly(theirs);
        Possible other = plan(early, listing(30, early, damaged), listing(30, theirs));
        assertThat(other.removed()).containsExactlyInAnyOrder(early, damaged);
        assertThat(other.added()).containsExactly(theirs);
    }

    /// What came by an exchange has another number than where it came from.
    @Test
    void knowsAPartByItsContentWhateverItsNumber() {
        PartSummary damaged = part(1, 1, 10, 0, 99);
        PartSummary merged = part(2, 1, 20, 0, 99);
        PartSummary second = part(3, 11, 20, 0, 99);
        PartSummary same = part(4, 1, 20, 100, 199);
        PartSummary cameHere = numbered(77, same);
        Possible found =
                plan(damaged, listing(20, damaged, second, cameHere), listing(20, merged, same));
        assertThat(found.removed()).containsExactlyInAnyOrder(damaged, second);
        assertThat(found.added()).containsExactly(merged);
        assertThat(reason(cameHere, listing(20, cameHere), listing(20, same)))
                .isEqualTo("has the same part, and could not give it");
    }

    private static PartSummary numbered(long number, PartSummary part) {
        return new PartSummary(
                new PartId(OWNER, part.id().date(), number),
                part.origin(),
                part.rowCount(),
                part.minTime(),
                part.maxTime(),
                part.parquetBytes(),
                part.indexBytes() + 1,
                part.parquetCrc(),
                part.indexCrc() + 1);
    }

    @Test
    void exchangesNothingForNothing() {
        PartSummary damaged = part(1, 1, 10, 0, 99);
        assertThat(reason(damaged, listing(10, damaged), listing(10)))
                .contains("no part with rows of entries 1 to 10");
        assertThat(reason(damaged, listing(10, damaged), listing(10, damaged)))
                .as("the other one has the same bytes: that is a copy")
                .contains("has the same part");
        assertThat(reason(damaged, listing(10), listing(10))).contains("has gone from here");
    }

    /// Where all rows of a part were deleted, a merge left nothing of them.
    @Test
    void aPartGoesOfWhichAllWasDeleted() {
        PartSummary damaged = part(1, 1, 10, 0, 99);
        PartSummary later = part(2, 13, 20, 0, 99);
        var rows = new DeletedRows.OfSeries(RoaringBitmap.bitmapOf(3), new TimeRange(50, 60));
        var deletes = List.of(new Tombstone(OWNER, 12, 11, 0, rows));
        var own = new OfMeasurement(20, List.of(damaged, later), deletes);
        Possible found = plan(damaged, own, listing(20, later));
        assertThat(found.removed()).containsExactly(damaged);
        assertThat(found.added()).isEmpty();
        assertThat(reason(later, own, listing(20, damaged)))
                .as("logged behind the delete")
                .contains("no part with rows of entries 13 to 20");
    }

    @Test
    void listingsComeThroughAsBytes() throws Exception {
        var rows = new DeletedRows.OfSeries(RoaringBitmap.bitmapOf(3, 7), new TimeRange(5, 9));
        var listing =
                new OfMeasurement(
                        77,
                        List.of(part(1, 1, 10, -5, 99), part(1L << 50, 11, 20, 0, 1)),
                        List.of(new Tombstone(OWNER, 30, 20, 4, rows)));
        byte[] bytes = MeasurementListing.toBytes(listing);
        assertThat(MeasurementListing.of(OWNER, bytes)).isEqualTo(listing);
        assertThat(MeasurementListing.measurement(MeasurementListing.request(OWNER)))
                .isEqualTo(OWNER);
        var whole = new PartListing(77, listing.parts(), List.of("a"), List.of("b", "ü"));
        assertThat(PartListing.of(whole.toBytes())).isEqualTo(whole);
        var piece = PieceRequest.of(listing.parts().getFirst(), 500);
        assertThat(PieceRequest.of(piece.toBytes())).isEqualTo(piece);
        assertThat(piece.length()).isEqualTo(501);
    }

    /// Another node may send anything.
    @Test
    void bytesThatAreNoListingAreRefused() {
        var listing = new OfMeasurement(77, List.of(part(1, 1, 10, -5, 99)), List.of());
        byte[] ofMeasurement = MeasurementListing.toBytes(listing);
        byte[] all = new PartListing(7, listing.parts(), List.of("x"), List.of()).toBytes();
        for (int length = 0; length < ofMeasurement.length; length++) {
            byte[] cut = Arrays.copyOf(ofMeasurement, length);
            assertThatThrownBy(() -> MeasurementListing.of(OWNER, cut))
                    .isInstanceOf(ProtocolException.class);
        }
        for (int length = 0; length < all.length; length++) {
            byte[] cut = Arrays.copyOf(all, length);
            assertThatThrownBy(() -> PartListing.of(cut)).isInstanceOf(ProtocolException.class);
        }
        assertThatThrownBy(() -> MeasurementListing.of(new MeasurementId(1, 3), ofMeasurement))
                .isInstanceOf(ProtocolException.class);
        byte[] far = PieceRequest.of(listing.parts().getFirst(), 0).toBytes();
        far[far.length - 1] = 127;
        assertThatThrownBy(() -> PieceRequest.of(far)).isInstanceOf(ProtocolException.class);
        assertThatThrownBy(() -> PieceRequest.of(new byte[5]))
                .isInstanceOf(ProtocolException.class);
    }
}
