package io.tsdb.storage.codec.dictionary;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tsdb.storage.codec.AbstractEncodingTest;
import io.tsdb.storage.codec.pack.ByteSink;
import io.tsdb.storage.codec.pack.ByteSource;

import java.io.ByteArrayOutputStream;

/// Values are their decimal digits as strings; the ids behind the dictionary are written here as
/// they are.
class DictionaryEncodingTest extends AbstractEncodingTest {
    private final DictionaryEncoder encoder = new DictionaryEncoder(1024);

    @Override
    protected boolean takes(long[] values) {
        return true;
    }

    @Override
    protected int encode(long[] values, ByteSink sink) {
        var heap = new ByteArrayOutputStream();
        long[] refs = new long[values.length];
        int bound = 2;
        for (int i = 0; i < values.length; i++) {
            // zero is the empty string
            byte[] text = values[i] == 0 ? new byte[0] : Long.toString(values[i]).getBytes(UTF_8);
            refs[i] = ((long) heap.size() << 32) | text.length;
            heap.writeBytes(text);
            bound += 1 + text.length + 2;
        }
        long[] ids = new long[values.length];
        encoder.assignIds(heap.toByteArray(), refs, values.length, ids);
        encoder.encode(heap.toByteArray(), sink);
        for (long id : ids) {
            sink.putShort((int) id);
        }
        return bound;
    }

    @Override
    protected boolean statesBoundOnly() {
        return true;
    }

    @Override
    protected void decode(ByteSource source, int count, long[] target) {
        ByteSource again =
                new ByteSource(
                        source.bytes(), source.position(), source.position() + source.remaining());
        byte[][] strings = DictionaryDecoder.decode(source, count);
        if (DictionaryDecoder.skip(again, count) != strings.length
                || again.position() != source.position()) {
            throw new AssertionError("skip passes over other bytes than decode");
        }
        for (int i = 0; i < count; i++) {
            int id = source.readShort();
            if (id >= strings.length) {
                throw source.corrupt("id " + id);
            }
            target[i] = number(source, new String(strings[id], UTF_8));
        }
    }

    private static long number(ByteSource source, String text) {
        try {
            return text.isEmpty() ? 0 : Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw source.corrupt("damaged text " + e.getMessage());
        }
    }
}
