package io.tsdb.ingest.protocol.line;

import io.tsdb.ingest.batch.PointSink;
import io.tsdb.ingest.protocol.AbstractProtocolTest;
import io.tsdb.ingest.protocol.Precision;
import io.tsdb.ingest.protocol.ProtocolDecoder;

import java.nio.charset.StandardCharsets;

/// The contract of protocols, kept by line protocol. A golden input names its precision in a
/// comment on its first line.
class LineProtocolTest extends AbstractProtocolTest {
    private static final String PRECISION = "#precision ";

    @Override
    protected String protocol() {
        return "line";
    }

    @Override
    protected ProtocolDecoder decoder(PointSink sink) {
        return new LineDecoder(sink, false);
    }

    @Override
    protected Precision precisionOf(byte[] input) {
        String text = new String(input, StandardCharsets.ISO_8859_1);
        return text.startsWith(PRECISION)
                ? Precision.parse(text.substring(PRECISION.length(), text.indexOf('\n')))
                        .orElseThrow()
                : Precision.NS;
    }

    @Override
    protected String alphabet() {
        return "\\\",= \n\r#0123456789.-eEiutTfF\tm";
    }
}
