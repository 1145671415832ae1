package io.tsdb.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.retry.MultipleLinearRandomRetry;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.junit.jupiter.api.Test;

import java.io.File;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// Settings with which Ratis would lose data, or not come back.
class RaftSettingsTest {
    private final RaftProperties properties =
            RaftSettings.DEFAULT.properties(Path.of("data", "raft"), "127.0.0.1", 1);

    /// async-flush takes a failed sync for a good one; unsafe-flush does not wait for it.
    @Test
    void countsOnlyWhatIsSynced() {
        assertThat(RaftServerConfigKeys.Log.asyncFlushEnabled(properties)).isFalse();
        assertThat(RaftServerConfigKeys.Log.unsafeFlushEnabled(properties)).isFalse();
    }

    /// A follower then takes an entry of an old leader for that of the new one at the same index:
    /// `NavigableIndices` compares no terms. A node of a new cluster never became ready by it.
    @Test
    void appendsBeforeItLooksAtAnythingElse() {
        assertThat(RaftServerConfigKeys.Log.appendEntriesComposeEnabled(properties)).isFalse();
    }

    /// The defaults lie below /tmp.
    @Test
    void keepsEverythingInTheDataDirectory() {
        assertThat(RaftServerConfigKeys.storageDir(properties))
                .containsExactly(new File("data/raft").getAbsoluteFile());
        assertThat(RaftServerConfigKeys.removedGroupsDir(properties))
                .isEqualTo(new File("data/raft/removed").getAbsoluteFile());
    }

    /// Counted by entries a log would grow to gigabytes; at a stop a snapshot would claim what is
    /// in memory alone; and Ratis would ship all files of a shard.
    @Test
    void takesSnapshotsOnlyWhenAFlushIsThrough() {
        assertThat(RaftServerConfigKeys.Snapshot.autoTriggerEnabled(properties)).isFalse();
        assertThat(RaftServerConfigKeys.Snapshot.triggerWhenStopEnabled(properties)).isFalse();
        assertThat(RaftServerConfigKeys.Snapshot.triggerWhenRemoveEnabled(properties)).isFalse();
        assertThat(RaftServerConfigKeys.Log.purgeGap(properties)).isEqualTo(1);
        assertThat(RaftServerConfigKeys.Log.Appender.installSnapshotEnabled(properties)).isFalse();
    }

    /// SIGSTOP for a minute and a half, or a laptop that slept.
    @Test
    void outlivesALongPause() {
        assertThat(RaftServerConfigKeys.closeThreshold(properties).toLong(TimeUnit.SECONDS))
                .isGreaterThan(600);
    }

    /// By default a leader looks for it every second, and after twenty of them every five.
    @Test
    void looksForAFollowerThatIsGoneSeveralTimesASecond() {
        var retries =
                MultipleLinearRandomRetry.parseCommaSeparated(
                        RaftServerConfigKeys.Log.Appender.retryPolicy(properties));
        for (int failures : new int[] {1, 25, 100_000, 900_000_000}) {
            assertThat(
                            retries.handleAttemptFailure(() -> failures)
                                    .getSleepTime()
                                    .toLong(TimeUnit.MILLISECONDS))
                    .isBetween(1L, 500L);
        }
    }

    /// What NETTY answers to heartbeats could count entries that a follower has not.
    @Test
    void talksGrpc() {
        assertThat(RaftConfigKeys.Rpc.type(properties, _ -> {})).isInstanceOf(PromptGrpc.class);
    }

    /// Ratis demands it, and else does not start.
    @Test
    void hasRoomForTheLargestEntry() {
        assertThat(RaftServerConfigKeys.Log.writeBufferSize(properties).getSizeInt())
                .isGreaterThan(
                        RaftServerConfigKeys.Log.Appender.bufferByteLimit(properties).getSizeInt()
                                + 8);
    }

    @Test
    void readsAreBarriers() {
        assertThat(RaftServerConfigKeys.Read.option(properties))
                .isEqualTo(RaftServerConfigKeys.Read.Option.LINEARIZABLE);
    }

    /// An entry of its own for each commit would double the syncs.
    @Test
    void logsNoMetadataEntries() {
        assertThat(RaftServerConfigKeys.Log.logMetadataEnabled(properties)).isFalse();
    }
}
