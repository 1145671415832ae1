package io.tsdb.cluster.rebalance;

import io.tsdb.cluster.raft.ReplicaMoves;
import io.tsdb.cluster.rpc.ControlConnection;
import io.tsdb.storage.io.DataFile;
import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.shard.ShardMoves;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32C;

/// Copies a shard from a member that has it, and begins a replica here. What is left of a try that
/// did not come to its end is thrown away by the next one: a replica counts as being here from the
/// last step on, when its place in the logs is made.
final class ShardReceiver {
    private static final Logger LOG = LoggerFactory.getLogger(ShardReceiver.class);

    private final FileStore io;
    private final ShardMoves shards;
    private final ReplicaMoves logs;
    private final CopyRate rate;

    ShardReceiver(FileStore io, ShardMoves shards, ReplicaMoves logs, CopyRate rate) {
        this.io = io;
        this.shards = shards;
        this.logs = logs;
        this.rate = rate;
    }

    /// @param source a member that keeps the shard
    /// @return bytes that were copied
    long receive(int shard, ControlConnection source) throws IOException, InterruptedException {
        Path directory = shards.directory(shard);
        io.deleteTree(directory);
        ControlBytes.Opened copy = ControlBytes.openedOf(source.ask(ControlBytes.open(shard)));
        Map<String, Integer> checksums = new HashMap<>();
        Set<Path> directories = new HashSet<>();
        io.createDirectories(directory);
        long bytes = 0;
        for (int i = 0; i < copy.files().size(); i++) {
            ControlBytes.File file = copy.files().get(i);
            Path target = inside(directory, file.name());
            Path parent = target.getParent();
            if (parent != null && directories.add(parent)) {
                io.createDirectories(parent);
            }
            checksums.put(file.name(), copy(copy.copy(), i, file, target, source));
            bytes += file.sizeBytes();
        }
        for (Path one : directories) {
            io.syncDirectory(one);
        }
        source.ask(ControlBytes.close(copy.copy()));
        shards.check(shard, checksums);
        logs.begin(shard, copy.snapshot());
        shards.open(shard);
        LOG.info(
                "shard {}: {} files with {} bytes were copied, its log goes on",
                shard,
                copy.files().size(),
                bytes);
        return bytes;
    }

    /// @throws ProtocolException when a name would lead elsewhere
    private static Path inside(Path directory, String name) throws ProtocolException {
        Path target = directory.resolve(name).normalize();
        if (!target.startsWith(directory.normalize()) || name.startsWith("/")) {
            throw new ProtocolException("'" + name + "' is no file of a shard");
        }
        return target;
    }

    private int copy(
            long copy, int number, ControlBytes.File file, Path target, ControlConnection source)
            throws IOException, InterruptedException {
        var checksum = new CRC32C();
        try (DataFile out = io.create(target)) {
            long at = 0;
            while (at < file.sizeBytes()) {
                int length = (int) Math.min(ShardSource.PIECE_BYTES_MAX, file.sizeBytes() - at);
                rate.await(length);
                byte[] piece =
                        source.ask(
                                ControlBytes.read(new ControlBytes.Read(copy, number, at, length)));
                if (piece.length != length) {
                    throw new ProtocolException(
                            file.name() + ": " + piece.length + " bytes for " + length);
                }
                checksum.update(piece);
                out.write(ByteBuffer.wrap(piece), at);
                at += length;
            }
            out.sync();
        }
        return (int) checksum.getValue();
    }
}
