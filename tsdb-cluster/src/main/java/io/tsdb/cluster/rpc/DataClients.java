package io.tsdb.cluster.rpc;

import io.tsdb.cluster.raft.LeaderPort;
import io.tsdb.cluster.shardmap.Members;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/// A connection to each member that something was sent to, made anew when it has broken. Any
/// thread.
public final class DataClients implements LeaderPort, AutoCloseable {
    private final Greeting greeting;
    private final Members members;
    private final Map<String, DataConnection> connections = new ConcurrentHashMap<>();

    /// @param greeting of this node
    public DataClients(Greeting greeting, Members members) {
        this.greeting = greeting;
        this.members = members;
    }

    @Override
    public CompletableFuture<Void> append(String member, int log, byte[] entry, int length) {
        return connections
                .compute(
                        member,
                        (id, known) ->
                                known == null || known.isBroken()
                                        ? new DataConnection(members.member(id), greeting)
                                        : known)
                .append(log, entry, length);
    }

    @Override
    public void close() {
        connections.values().forEach(DataConnection::close);
    }
}
