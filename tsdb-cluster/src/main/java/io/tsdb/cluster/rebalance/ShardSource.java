package io.tsdb.cluster.rebalance;

import io.tsdb.cluster.raft.ReplicaMoves;
import io.tsdb.cluster.rpc.ControlConnection;
import io.tsdb.cluster.rpc.ControlService;
import io.tsdb.cluster.shardmap.ClusterState;
import io.tsdb.cluster.shardmap.Member;
import io.tsdb.cluster.shardmap.Program;
import io.tsdb.storage.io.DataFile;
import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.log.NodeLog;
import io.tsdb.storage.model.Ticker;
import io.tsdb.storage.shard.ShardMoves;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// Gives what this node has to members that come: the catalog, and copies of its shards, each as a
/// directory of second names below `copies`, until who reads it is done. Any thread.
public final class ShardSource implements ControlService {
    private static final Logger LOG = LoggerFactory.getLogger(ShardSource.class);

    /// Of the data directory; nothing in it outlives the process.
    private static final String DIRECTORY = "copies";

    /// Of a piece.
    static final int PIECE_BYTES_MAX = 1 << 20;

    /// Nobody who reads lets so much time pass.
    private static final long IDLE_NANOS_MAX = TimeUnit.MINUTES.toNanos(10);

    private static final int CATALOG_TRIES = 5;

    private static final class Copy {
        private final Path directory;
        private final List<ControlBytes.File> files;
        private volatile long usedNanos;

        Copy(Path directory, List<ControlBytes.File> files, long now) {
            this.directory = directory;
            this.files = files;
            this.usedNanos = now;
        }
    }

    private final FileStore io;
    private final Path data;
    private final ShardMoves shards;
    private final ReplicaMoves logs;
    private final ClusterDocument document;
    private final Sources sources;
    private final Ticker ticker;
    private final Map<Long, Copy> copies = new ConcurrentHashMap<>();
    private final AtomicLong numbers = new AtomicLong();

    /// @param data the data directory
    /// @param sources who may be at the address of one that comes
    public ShardSource(
            FileStore io,
            Path data,
            ShardMoves shards,
            ReplicaMoves logs,
            ClusterDocument document,
            Sources sources,
            Ticker ticker)
            throws IOException {
        this.io = io;
        this.data = data;
        this.shards = shards;
        this.logs = logs;
        this.document = document;
        this.sources = sources;
        this.ticker = ticker;
        io.deleteTree(data.resolve(DIRECTORY));
    }

    @Override
    public byte[] answer(byte[] request) throws IOException {
        ByteBuffer in = ControlBytes.wrap(request);
        if (!in.hasRemaining()) {
            throw new ProtocolException("a request of no bytes");
        }
        byte kind = in.get();
        return switch (kind) {
            case ControlBytes.JOIN -> join(ControlBytes.member(in), ControlBytes.program(in));
            case ControlBytes.CATALOG -> catalog();
            case ControlBytes.OPEN -> open(in.getInt());
            case ControlBytes.READ -> read(ControlBytes.readOf(in));
            case ControlBytes.CLOSE -> close(in.getLong());
            case ControlBytes.IS_MEMBER ->
                    ControlBytes.answer(document.state().has(ControlBytes.id(in)));
            default -> throw new ProtocolException("a request of kind " + kind);
        };
    }

    private byte[] join(Member member, Program program) throws IOException {
        checkAddress(member);
        if (document.change(state -> state.joined(member, program))) {
            LOG.info("member {} at {} joins the cluster", member.id(), member.data());
        }
        return new byte[0];
    }

    /// Who comes to an address takes the place of who was there: not of one that is there still, as
    /// when a node is given another one's address by mistake.
    private void checkAddress(Member member) throws IOException {
        ClusterState state = document.state();
        if (state.has(member.id())) {
            return; // it asks again
        }
        for (Member known : state.before(member)) {
            if (answers(known)) {
                throw new IOException(
                        "member %s is at %s and %s, and answers: stop it before, or give this node other addresses"
                                .formatted(known.id(), known.data(), known.raft()));
            }
        }
    }

    private boolean answers(Member known) {
        try (ControlConnection asked = sources.open(known)) {
            return asked.theirs().self().id().equals(known.id());
        } catch (IOException e) {
            LOG.debug("member {} does not answer at {}", known.id(), known.data(), e);
            return false;
        }
    }

    /// The snapshot first: the file may be newer than it, never older.
    private byte[] catalog() throws IOException {
        IOException failure = null;
        for (int tries = 0; tries < CATALOG_TRIES; tries++) {
            try {
                shards.saveCatalog();
                byte[] snapshot = logs.snapshot(NodeLog.CATALOG);
                byte[] store = io.readAll(data.resolve("store"));
                return ControlBytes.catalogOf(new ControlBytes.Catalog(snapshot, store));
            } catch (IOException e) {
                failure = e;
            }
        }
        throw new IOException("the catalog cannot be given away: " + failure, failure);
    }

    private byte[] open(int shard) throws IOException {
        forgetIdle();
        shards.flush(shard);
        byte[] snapshot = logs.snapshot(shard); // what is copied now is as of it, or later
        long number = numbers.incrementAndGet();
        Path directory = data.resolve(DIRECTORY).resolve(Long.toString(number));
        boolean isOpen = false;
        try {
            var files = new ArrayList<ControlBytes.File>();
            for (String name : shards.copy(shard, directory)) {
                files.add(new ControlBytes.File(name, io.size(directory.resolve(name))));
            }
            copies.put(number, new Copy(directory, List.copyOf(files), ticker.nanos()));
            isOpen = true;
            return ControlBytes.opened(new ControlBytes.Opened(number, snapshot, files));
        } finally {
            if (!isOpen) {
                io.deleteTree(directory);
            }
        }
    }

    private byte[] read(ControlBytes.Read piece) throws IOException {
        Copy copy = copies.get(piece.copy());
        if (copy == null || piece.file() < 0 || piece.file() >= copy.files.size()) {
            throw new IOException("copy " + piece.copy() + " has no file " + piece.file());
        }
        ControlBytes.File file = copy.files.get(piece.file());
        if (piece.offset() < 0
                || piece.length() < 0
                || piece.length() > PIECE_BYTES_MAX
                || piece.offset() + piece.length() > file.sizeBytes()) {
            throw new IOException("no such piece of " + file.name() + ": " + piece);
        }
        copy.usedNanos = ticker.nanos();
        ByteBuffer bytes = ByteBuffer.allocate(piece.length());
        try (DataFile source = io.open(copy.directory.resolve(file.name()))) {
            int count = 1;
            while (bytes.hasRemaining() && count > 0) {
                count = source.read(bytes, piece.offset() + bytes.position());
            }
        }
        if (bytes.hasRemaining()) {
            throw new IOException(file.name() + " ends before " + piece);
        }
        return bytes.array();
    }

    private byte[] close(long number) throws IOException {
        Copy copy = copies.remove(number);
        if (copy != null) {
            io.deleteTree(copy.directory);
        }
        return new byte[0];
    }

    /// Copies whose readers have died take disk no more.
    void forgetIdle() throws IOException {
        for (Map.Entry<Long, Copy> one : copies.entrySet()) {
            if (ticker.nanos() - one.getValue().usedNanos > IDLE_NANOS_MAX) {
                close(one.getKey());
            }
        }
    }
}
