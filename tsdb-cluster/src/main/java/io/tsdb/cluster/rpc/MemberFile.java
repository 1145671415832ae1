package io.tsdb.cluster.rpc;

import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.io.FramedFile;
import io.tsdb.storage.model.CorruptDataException;

import java.io.IOException;
import java.net.ProtocolException;
import java.nio.file.Path;
import java.util.Optional;

/// Who this node is, and its cluster once it is in one: `member` in the data directory. Written
/// before the node says anything to others.
///
/// Bytes: `docs/format/member.md`.
public final class MemberFile {
    public static final String NAME = "member";

    private static final String MAGIC = "TSDBMEMB";
    private static final int VERSION = 2;

    private MemberFile() {}

    public static Optional<Greeting> load(FileStore io, Path data) throws IOException {
        Path file = data.resolve(NAME);
        if (!io.exists(file)) {
            return Optional.empty();
        }
        byte[] body = FramedFile.read(io, file, MAGIC, VERSION);
        try {
            return Optional.of(Greeting.of(body, body.length));
        } catch (ProtocolException e) {
            throw new CorruptDataException(
                    file.toString(), FramedFile.OVERHEAD_BYTES, String.valueOf(e.getMessage()));
        }
    }

    public static void store(FileStore io, Path data, Greeting greeting) throws IOException {
        io.createDirectories(data);
        FramedFile.write(io, data.resolve(NAME), MAGIC, VERSION, greeting.toBytes());
    }
}
