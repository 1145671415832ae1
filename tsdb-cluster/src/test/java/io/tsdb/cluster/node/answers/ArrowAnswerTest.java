package io.tsdb.cluster.node.answers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tsdb.query.result.ArrowResultWriter;
import io.tsdb.query.result.FixedResult;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;

import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.TimeStampNanoTZVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;

/// The stream of [ArrowResultWriter], read by Arrow Java.
class ArrowAnswerTest {
    private static final List<String> TEXTS = List.of("plain", "a,\"b\"\n<c>", "é");

    private static byte[] write(FixedResult result) throws IOException {
        var out = new ByteArrayOutputStream();
        new ArrowResultWriter().write(result, (bytes, length) -> out.write(bytes, 0, length));
        return out.toByteArray();
    }

    /// Bits of presence and of booleans are packed eight to a byte and sixty-four to a word.
    @ParameterizedTest
    @ValueSource(ints = {1, 7, 8, 9, 63, 64, 65, 1000, 1024})
    void readsBackEveryValue(int rows) throws IOException {
        try (var allocator = new RootAllocator();
                var reader =
                        new ArrowStreamReader(
                                new ByteArrayInputStream(write(new FixedResult(rows, 3, null))),
                                allocator)) {
            VectorSchemaRoot root = reader.getVectorSchemaRoot();
            assertThat(root.getSchema().getFields().toString())
                    .isEqualTo(
                            "[timestamp: Timestamp(NANOSECOND, UTC), int64: Int(64, true),"
                                    + " float64: FloatingPoint(DOUBLE), bool: Bool, string: Utf8]");
            long next = 0;
            for (int batch = 0; batch < 3; batch++) {
                assertThat(reader.loadNextBatch()).isTrue();
                assertThat(root.getRowCount()).isEqualTo(rows);
                for (int row = 0; row < rows; row++, next++) {
                    check(root, row, next);
                }
            }
            assertThat(reader.loadNextBatch()).isFalse();
        }
    }

    private static void check(VectorSchemaRoot root, int row, long n) {
        var time = (TimeStampNanoTZVector) root.getVector(0);
        var whole = (BigIntVector) root.getVector(1);
        var decimal = (Float8Vector) root.getVector(2);
        var bit = (BitVector) root.getVector(3);
        var text = (VarCharVector) root.getVector(4);
        assertThat(time.get(row)).isEqualTo(n * 1_000_000_000L);
        assertThat(whole.isNull(row)).isEqualTo(n % 3 == 1);
        if (n % 3 != 1) {
            assertThat(whole.get(row)).isEqualTo(n);
        }
        assertThat(decimal.get(row)).isEqualTo(n / 4.0);
        assertThat(bit.get(row)).isEqualTo((int) (n & 1));
        assertThat(text.getObject(row).toString()).isEqualTo(TEXTS.get((int) (n % 3)));
    }

    @Test
    void anAnswerWithoutRowsHasItsColumns() throws IOException {
        try (var allocator = new RootAllocator();
                var reader =
                        new ArrowStreamReader(
                                new ByteArrayInputStream(write(new FixedResult(5, 0, null))),
                                allocator)) {
            assertThat(reader.getVectorSchemaRoot().getSchema().getFields()).hasSize(5);
            assertThat(reader.loadNextBatch()).isFalse();
        }
    }

    @Test
    void anErrorIsThrown() {
        var timeout = new QueryException(QueryErrorCode.TIMEOUT, Position.NONE, "took too long");
        assertThatThrownBy(() -> write(new FixedResult(5, 1, timeout))).isSameAs(timeout);
    }
}
