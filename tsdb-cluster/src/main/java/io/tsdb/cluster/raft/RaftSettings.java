package io.tsdb.cluster.raft;

import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// How Ratis is set up here, and why; each choice that could lose data has a test.
///
/// @param electionMillisMin a follower that hears nothing for this long, or up to the next, asks to
///   be elected
/// @param settledMillis a member that should lead was there for this long before it gets the lead
///   back
/// @param pendingBytesMax bytes that were appended here and are not answered yet
public record RaftSettings(
        int electionMillisMin, int electionMillisMax, int settledMillis, long pendingBytesMax) {
    /// For machines in one place. A follower of Ratis sleeps for a random timeout between these
    /// two, and for another one when it heard of its leader meanwhile: until it stands for
    /// election, up to twice the longer one has passed since. That is to stay below three seconds;
    /// and what is random in it are these sleeps, which began at any time, so that the two need not
    /// lie far apart for two followers not to stand at once.
    public static final RaftSettings DEFAULT = new RaftSettings(1_000, 1_400, 30_000);

    /// Largest entry: what a request brings for one shard. Ratis keeps a buffer of that size for
    /// each log.
    static final int ENTRY_BYTES_MAX = 8 << 20;

    private static final int FIRST_ELECTION_MILLIS_MIN = 100;
    private static final int FIRST_ELECTION_MILLIS_MAX = 300;

    /// As milliseconds and how often. Ratis waits for seconds between its tries after a while, and
    /// never comes to an end of them.
    private static final String APPENDER_RETRIES = "10ms,20, 250ms,1000000000";

    private static final int SEGMENT_BYTES = 64 << 20;
    private static final int PREALLOCATED_BYTES = 4 << 20;
    private static final int SEGMENT_CACHE_BYTES = 32 << 20;
    private static final int QUEUE_BYTES = 64 << 20;
    private static final int PENDING_BYTES = 64 << 20;

    /// With 64 MiB of entries that are not answered yet.
    public RaftSettings(int electionMillisMin, int electionMillisMax, int settledMillis) {
        this(electionMillisMin, electionMillisMax, settledMillis, PENDING_BYTES);
    }

    /// @param bytes not answered yet; of one entry of the largest size in any case
    public RaftSettings withPendingBytes(long bytes) {
        return new RaftSettings(
                electionMillisMin,
                electionMillisMax,
                settledMillis,
                Math.max(ENTRY_BYTES_MAX, bytes));
    }

    /// @param directory of Raft's logs
    RaftProperties properties(Path directory, String host, int port) {
        var properties = new RaftProperties();
        // without it everything would lie below /tmp
        RaftServerConfigKeys.setStorageDir(properties, List.of(directory.toFile()));
        RaftServerConfigKeys.setRemovedGroupsDir(properties, directory.resolve("removed").toFile());
        rpc(properties, host, port);
        log(properties);
        snapshots(properties);
        reads(properties);
        // a machine that slept, or was stopped, goes on
        RaftServerConfigKeys.setCloseThreshold(properties, seconds(3_600));
        // one that hears nobody any more can commit nothing; while it is heard nobody else is
        // elected
        RaftServerConfigKeys.LeaderElection.setLeaderStepDownWaitTime(
                properties, millis(2 * electionMillisMax));
        RaftServerConfigKeys.LeaderElection.setPreVote(properties, true);
        // one node becomes two
        RaftServerConfigKeys.LeaderElection.setMemberMajorityAdd(properties, true);
        // an append that is sent again is known by its number, in the log: see Origins
        RaftServerConfigKeys.RetryCache.setExpiryTime(properties, seconds(5));
        return properties;
    }

    private void rpc(RaftProperties properties, String host, int port) {
        // what NETTY replies to heartbeats could count entries that a follower has not
        RaftConfigKeys.Rpc.setType(properties, new PromptGrpc());
        GrpcConfigKeys.Server.setHost(properties, host);
        GrpcConfigKeys.Server.setPort(properties, port);
        GrpcConfigKeys.setMessageSizeMax(properties, SizeInBytes.valueOf(4 * ENTRY_BYTES_MAX));
        RaftServerConfigKeys.Rpc.setTimeoutMin(properties, millis(electionMillisMin));
        RaftServerConfigKeys.Rpc.setTimeoutMax(properties, millis(electionMillisMax));
        RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMin(
                properties, millis(FIRST_ELECTION_MILLIS_MIN));
        RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMax(
                properties, millis(FIRST_ELECTION_MILLIS_MAX));
    }

    private static void log(RaftProperties properties) {
        RaftServerConfigKeys.Log.setSegmentSizeMax(properties, SizeInBytes.valueOf(SEGMENT_BYTES));
        RaftServerConfigKeys.Log.setPreallocatedSize(
                properties, SizeInBytes.valueOf(PREALLOCATED_BYTES));
        RaftServerConfigKeys.Log.Appender.setBufferByteLimit(
                properties, SizeInBytes.valueOf(ENTRY_BYTES_MAX));
        // a follower that is back is ready once its leaders have come to it
        RaftServerConfigKeys.Log.Appender.setRetryPolicy(properties, APPENDER_RETRIES);
        RaftServerConfigKeys.Log.setWriteBufferSize(
                properties, SizeInBytes.valueOf(ENTRY_BYTES_MAX + (64 << 10)));
        RaftServerConfigKeys.Log.setSegmentCacheNumMax(properties, 2);
        RaftServerConfigKeys.Log.setSegmentCacheSizeMax(
                properties, SizeInBytes.valueOf(SEGMENT_CACHE_BYTES));
        RaftServerConfigKeys.Log.setQueueByteLimit(properties, SizeInBytes.valueOf(QUEUE_BYTES));
        RaftServerConfigKeys.Write.setByteLimit(properties, SizeInBytes.valueOf(PENDING_BYTES));
        // acknowledged means synced, by whoever counts to the majority: async-flush takes a failed
        // sync for a good one
        RaftServerConfigKeys.Log.setUnsafeFlushEnabled(properties, false);
        RaftServerConfigKeys.Log.setAsyncFlushEnabled(properties, false);
        RaftServerConfigKeys.Log.setForceSyncNum(properties, 128);
        // composed, an entry is appended some time after its term was looked at: meanwhile a vote
        // is given as if it were not there, and an entry of the next term at its index is answered
        // as taken, though it never is
        RaftServerConfigKeys.Log.setAppendEntriesComposeEnabled(properties, false);
        // an entry of its own for each commit index
        RaftServerConfigKeys.Log.setLogMetadataEnabled(properties, false);
        // a torn tail is cut; SegmentCheck has seen before that it is no more than that
        RaftServerConfigKeys.Log.setCorruptionPolicy(
                properties, RaftServerConfigKeys.Log.CorruptionPolicy.WARN_AND_RETURN);
        RaftServerConfigKeys.Log.setPurgeGap(properties, 1);
        // what may go is said in the log (EntryHeaderLayout.KIND_HELD): Ratis' own look at the
        // others is an honest one at the leader alone, and a replica that was away catches up by
        // the log
        RaftServerConfigKeys.Log.setPurgeUptoSnapshotIndex(properties, true);
    }

    /// Snapshots are taken when a flush is through, by us: counted by entries the log would grow
    /// without bounds, and one at a stop would claim what is in memory alone.
    private static void snapshots(RaftProperties properties) {
        RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(properties, false);
        RaftServerConfigKeys.Snapshot.setTriggerWhenStopEnabled(properties, false);
        RaftServerConfigKeys.Snapshot.setTriggerWhenRemoveEnabled(properties, false);
        RaftServerConfigKeys.Snapshot.setCreationGap(properties, 1);
        RaftServerConfigKeys.Log.Appender.setInstallSnapshotEnabled(properties, false);
    }

    private static void reads(RaftProperties properties) {
        RaftServerConfigKeys.Read.setOption(
                properties, RaftServerConfigKeys.Read.Option.LINEARIZABLE);
        RaftServerConfigKeys.Read.setLeaderLeaseEnabled(properties, true);
    }

    private static TimeDuration millis(int count) {
        return TimeDuration.valueOf(count, TimeUnit.MILLISECONDS);
    }

    private static TimeDuration seconds(int count) {
        return TimeDuration.valueOf(count, TimeUnit.SECONDS);
    }
}
