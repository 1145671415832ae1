package io.tsdb.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tsdb.cluster.shardmap.Address;
import io.tsdb.cluster.shardmap.Member;
import io.tsdb.cluster.shardmap.Members;
import io.tsdb.storage.io.LocalFileStore;
import io.tsdb.storage.log.AbstractShardLogTest;
import io.tsdb.storage.log.NodeLog;
import io.tsdb.storage.model.CorruptDataException;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// The contract of every log, against a cluster of one member.
class RaftShardLogTest extends AbstractShardLogTest {
    @TempDir Path directory;
    private Members members;

    @BeforeEach
    void addresses() throws IOException {
        List<Integer> ports = FreePorts.take(2);
        members =
                new Members(
                        2,
                        List.of(
                                new Member(
                                        "a",
                                        new Address("127.0.0.1", ports.get(0)),
                                        new Address("127.0.0.1", ports.get(1)))));
    }

    @Override
    protected NodeLog open() {
        return new RaftNodeLog(
                new LocalFileStore(),
                directory,
                members,
                "a",
                RaftSettings.DEFAULT,
                (_, _, _, _) -> CompletableFuture.failedFuture(new IOException("alone")),
                System::nanoTime);
    }

    /// What a replica's parts hold was on disk in its log first: a log that ends before has lost
    /// it.
    @Test
    @Override
    protected void goesOnBehindTheAppliedIndex() throws Exception {
        var before = new Applied();
        try (NodeLog log = started(0, before)) {
            append(log, before, 1, 3);
        }
        long beyond = before.indexes().getLast() + 40;
        assertThatThrownBy(() -> started(beyond, new Applied()))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("that it had acknowledged are lost");
        assertThat(directory).isNotEmptyDirectory();
    }
}
