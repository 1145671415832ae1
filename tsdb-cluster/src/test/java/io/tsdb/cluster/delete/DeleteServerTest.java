package io.tsdb.cluster.delete;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tsdb.cluster.TestStores;
import io.tsdb.cluster.read.ShardRefusal;
import io.tsdb.cluster.read.StorePoints;
import io.tsdb.query.budget.MemoryBudget;
import io.tsdb.query.memory.TestPoint;
import io.tsdb.query.plan.ScanSpec;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.storage.io.LocalFileStore;
import io.tsdb.storage.model.TimeRange;
import io.tsdb.storage.shard.Store;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a node does for others' deletes, over a store of its own.
@Timeout(60)
class DeleteServerTest {
    private static final int ROWS = 100;

    @TempDir Path temporary;

    private Store store;
    private DeleteServer server;
    private boolean isKept = true;

    @BeforeEach
    void open() throws IOException {
        var config = TestStores.config(temporary, 1);
        store = Store.open(config, new LocalFileStore(), System::nanoTime, InstantSource.system());
        server =
                new DeleteServer(
                        store,
                        shard -> isKept ? store.shard(shard) : Optional.empty(),
                        System::nanoTime,
                        new MemoryBudget(64 << 20, Duration.ZERO),
                        32 << 20);
        var points = new ArrayList<TestPoint>();
        for (int row = 0; row < ROWS; row++) {
            points.add(new TestPoint("m", Map.of("host", "h" + row % 4), row, Map.of("v", 1L)));
        }
        StorePoints.write(store, "db", points);
    }

    @AfterEach
    void close() throws IOException {
        server.close();
        store.close();
    }

    private byte[] request(Duration timeLeft, long catalogIndex) {
        return new DeleteRequest(
                        timeLeft,
                        catalogIndex,
                        new ScanSpec("db", "m", new TimeRange(10, 40), null, null))
                .toBytes();
    }

    private byte[] request() {
        return request(Duration.ofSeconds(30), store.catalog().appliedIndex());
    }

    private DeleteAnswer answer(byte[] request) throws IOException {
        return DeleteAnswer.of(server.delete(0, request, () -> true));
    }

    private static void assertRefused(DeleteAnswer answer, QueryErrorCode code, String why) {
        assertThat(answer)
                .isInstanceOfSatisfying(
                        DeleteAnswer.Refused.class,
                        refused -> {
                            assertThat(refused.why().toException("here").code()).isEqualTo(code);
                            assertThat(refused.why().text()).contains(why);
                        });
    }

    @Test
    void deletesAndCounts() throws IOException {
        assertThat(answer(request())).isEqualTo(new DeleteAnswer.Deleted(30));
        assertThat(answer(request())).as("they are gone").isEqualTo(new DeleteAnswer.Deleted(0));
    }

    @Test
    void aNodeThatIsBehindRefuses() throws IOException {
        long next = store.catalog().appliedIndex() + 1;
        assertRefused(
                answer(request(Duration.ofSeconds(30), next)),
                QueryErrorCode.UNAVAILABLE,
                "the statement needs it up to " + next);
        assertThat(answer(request())).isEqualTo(new DeleteAnswer.Deleted(30));
    }

    @Test
    void aNodeWithoutTheReplicaRefuses() throws IOException {
        isKept = false;
        assertRefused(answer(request()), QueryErrorCode.UNAVAILABLE, "has no replica of shard 0");
        isKept = true;
        assertThat(answer(request())).isEqualTo(new DeleteAnswer.Deleted(30));
    }

    /// It may have turned to another replica, and written the same times again.
    @Test
    void nothingIsDeletedForWhoHasGone() throws IOException {
        DeleteAnswer answer = DeleteAnswer.of(server.delete(0, request(), () -> false));
        assertThat(answer)
                .isInstanceOfSatisfying(
                        DeleteAnswer.Refused.class,
                        refused ->
                                assertThat(refused.why())
                                        .extracting(ShardRefusal::text)
                                        .asString()
                                        .contains("cancelled"));
        assertThat(answer(request())).isEqualTo(new DeleteAnswer.Deleted(30));
    }

    @Test
    void nothingIsDeletedWhenTheTimeIsUp() throws IOException {
        byte[] late = request(Duration.ZERO, store.catalog().appliedIndex());
        assertThat(answer(late)).isInstanceOf(DeleteAnswer.Refused.class);
        assertThat(answer(request())).isEqualTo(new DeleteAnswer.Deleted(30));
    }

    @Test
    void saysThatItCannotReadARequest() {
        for (byte[] bytes : List.of(new byte[3], new byte[40])) {
            assertThatThrownBy(() -> server.delete(0, bytes, () -> true))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("this node cannot read the request: ");
        }
    }
}
