package io.tsdb.query.result;

import com.google.flatbuffers.FlatBufferBuilder;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.exec.ResultColumn;

import org.apache.arrow.flatbuf.Bool;
import org.apache.arrow.flatbuf.Buffer;
import org.apache.arrow.flatbuf.Endianness;
import org.apache.arrow.flatbuf.Field;
import org.apache.arrow.flatbuf.FieldNode;
import org.apache.arrow.flatbuf.FloatingPoint;
import org.apache.arrow.flatbuf.Int;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.MetadataVersion;
import org.apache.arrow.flatbuf.Precision;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.flatbuf.Schema;
import org.apache.arrow.flatbuf.TimeUnit;
import org.apache.arrow.flatbuf.Timestamp;
import org.apache.arrow.flatbuf.Type;
import org.apache.arrow.flatbuf.Utf8;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/// Heads of the messages of an Arrow IPC stream, as flat buffers in their frame: a marker, the
/// length, the buffer, zeros up to the next 8 bytes. Pure.
///
/// @see <a href="https://arrow.apache.org/docs/format/Columnar.html">Arrow columnar format</a>
final class ArrowMessages {
    /// Behind the last batch.
    static final byte[] END = {-1, -1, -1, -1, 0, 0, 0, 0};

    private static final int MARKER = -1;
    private static final int FRAME_BYTES = 8;
    private static final int ALIGNMENT = 8;

    private ArrowMessages() {}

    /// The columns: timestamps in nanoseconds of UTC, 64-bit integers with and without sign,
    /// doubles, booleans, UTF-8; all may be null.
    static byte[] schema(List<ResultColumn> columns) {
        var builder = new FlatBufferBuilder(1024);
        int[] fields = columns.stream().mapToInt(column -> field(builder, column)).toArray();
        int list = Schema.createFieldsVector(builder, fields);
        Schema.startSchema(builder);
        Schema.addEndianness(builder, Endianness.Little);
        Schema.addFields(builder, list);
        return framed(builder, Schema.endSchema(builder), MessageHeader.Schema, 0);
    }

    private static int field(FlatBufferBuilder builder, ResultColumn column) {
        int name = builder.createString(column.name());
        int children = Field.createChildrenVector(builder, new int[0]);
        int type = type(builder, column.type());
        Field.startField(builder);
        Field.addName(builder, name);
        Field.addNullable(builder, true);
        Field.addTypeType(builder, typeNumber(column.type()));
        Field.addType(builder, type);
        Field.addChildren(builder, children);
        return Field.endField(builder);
    }

    private static byte typeNumber(ColumnType type) {
        return switch (type) {
            case TIMESTAMP -> Type.Timestamp;
            case INT64, UINT64 -> Type.Int;
            case FLOAT64 -> Type.FloatingPoint;
            case BOOL -> Type.Bool;
            case STRING -> Type.Utf8;
        };
    }

    private static int type(FlatBufferBuilder builder, ColumnType type) {
        return switch (type) {
            case TIMESTAMP ->
                    Timestamp.createTimestamp(
                            builder, TimeUnit.NANOSECOND, builder.createString("UTC"));
            case INT64 -> Int.createInt(builder, Long.SIZE, true);
            case UINT64 -> Int.createInt(builder, Long.SIZE, false);
            case FLOAT64 -> FloatingPoint.createFloatingPoint(builder, Precision.DOUBLE);
            case BOOL -> {
                Bool.startBool(builder);
                yield Bool.endBool(builder);
            }
            case STRING -> {
                Utf8.startUtf8(builder);
                yield Utf8.endUtf8(builder);
            }
        };
    }

    /// @param nullCounts of the columns
    /// @param buffers offset and length in the body, one pair after the other
    static byte[] batch(int rowCount, long[] nullCounts, long[] buffers, long bodyBytes) {
        var builder = new FlatBufferBuilder(1024);
        RecordBatch.startNodesVector(builder, nullCounts.length);
        for (int i = nullCounts.length - 1; i >= 0; i--) {
            FieldNode.createFieldNode(builder, rowCount, nullCounts[i]);
        }
        int nodes = builder.endVector();
        RecordBatch.startBuffersVector(builder, buffers.length / 2);
        for (int i = buffers.length - 2; i >= 0; i -= 2) {
            Buffer.createBuffer(builder, buffers[i], buffers[i + 1]);
        }
        int list = builder.endVector();
        RecordBatch.startRecordBatch(builder);
        RecordBatch.addLength(builder, rowCount);
        RecordBatch.addNodes(builder, nodes);
        RecordBatch.addBuffers(builder, list);
        int batch = RecordBatch.endRecordBatch(builder);
        return framed(builder, batch, MessageHeader.RecordBatch, bodyBytes);
    }

    private static byte[] framed(FlatBufferBuilder builder, int header, byte kind, long bodyBytes) {
        Message.startMessage(builder);
        Message.addBodyLength(builder, bodyBytes);
        Message.addHeader(builder, header);
        Message.addHeaderType(builder, kind);
        Message.addVersion(builder, MetadataVersion.V5);
        builder.finish(Message.endMessage(builder));
        byte[] message = builder.sizedByteArray();
        int padded = aligned(message.length);
        return ByteBuffer.allocate(FRAME_BYTES + padded)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(MARKER)
                .putInt(padded)
                .put(message)
                .array();
    }

    static int aligned(int bytes) {
        return Math.addExact(bytes, ALIGNMENT - 1) & -ALIGNMENT;
    }
}
