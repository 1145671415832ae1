package io.tsdb.cluster.read;

import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Why a shard of another node gives no more answers. Bytes: `docs/protocol/data-port.md#refused`.
///
/// @param code as `QueryErrorCode.id`; `internal_error` for what is no error of a query
public record ShardRefusal(String code, int line, int column, String text) {
    static final String INTERNAL = "internal_error";

    public static ShardRefusal of(QueryException e) {
        return new ShardRefusal(e.code().id(), e.line(), e.column(), e.text());
    }

    public static ShardRefusal of(QueryErrorCode code, String text) {
        return new ShardRefusal(code.id(), 0, 0, text);
    }

    public byte[] toBytes() {
        byte[] id = code.getBytes(StandardCharsets.UTF_8);
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(1 + id.length + 2 * Integer.BYTES + utf8.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) id.length)
                .put(id)
                .putInt(line)
                .putInt(column)
                .put(utf8)
                .array();
    }

    public static ShardRefusal read(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        try {
            byte[] id = new byte[in.get() & 0xFF];
            in.get(id);
            int line = in.getInt();
            int column = in.getInt();
            byte[] utf8 = new byte[in.remaining()];
            in.get(utf8);
            return new ShardRefusal(
                    new String(id, StandardCharsets.UTF_8),
                    line,
                    column,
                    new String(utf8, StandardCharsets.UTF_8));
        } catch (BufferUnderflowException _) {
            return new ShardRefusal(INTERNAL, 0, 0, "a refusal that ends too early");
        }
    }

    private Optional<QueryErrorCode> known() {
        for (QueryErrorCode one : QueryErrorCode.values()) {
            if (one.id().equals(code)) {
                return Optional.of(one);
            }
        }
        return Optional.empty();
    }

    /// Whether another replica may do better.
    public boolean isOfThatReplica() {
        return known().map(
                        one ->
                                switch (one) {
                                    case UNAVAILABLE,
                                            DAMAGED_DATA,
                                            MEMORY_BUSY,
                                            OVERLOADED,
                                            CANCELLED ->
                                            true;
                                    default -> false;
                                })
                .orElse(true);
    }

    /// What the statement is answered with when no other replica does better.
    ///
    /// @param where shard and node
    public QueryException toException(String where) {
        Optional<QueryErrorCode> found = known();
        if (found.isEmpty() || found.get() == QueryErrorCode.CANCELLED) {
            return new QueryException(
                    QueryErrorCode.UNAVAILABLE, Position.NONE, where + ": " + code + ": " + text);
        }
        return new QueryException(found.get(), new Position(line, column), text);
    }
}
