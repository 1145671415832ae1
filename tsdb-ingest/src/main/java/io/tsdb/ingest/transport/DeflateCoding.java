package io.tsdb.ingest.transport;

import io.netty.handler.codec.http.HttpResponseStatus;

import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/// `Content-Encoding: deflate`, which is the zlib format (RFC 1950).
final class DeflateCoding implements BodyCoding {
    private final Inflater inflater = new Inflater();
    private final byte[] inflated;
    private boolean anyByte;

    /// @param inflated scratch for decoded bytes, used during [#feed] only
    DeflateCoding(byte[] inflated) {
        this.inflated = inflated;
    }

    @Override
    public void feed(byte[] bytes, int from, int to, Target target) throws WriteRefusedException {
        if (from == to) {
            return;
        }
        anyByte = true;
        if (inflater.finished()) {
            throw damaged("data after its end");
        }
        inflater.setInput(bytes, from, to - from);
        try {
            int size;
            while ((size = inflater.inflate(inflated, 0, inflated.length)) > 0) {
                target.accept(inflated, 0, size);
            }
        } catch (DataFormatException wrong) {
            throw damaged(String.valueOf(wrong.getMessage()));
        }
        if (inflater.needsDictionary()) {
            throw damaged("asks for a dictionary");
        }
        if (inflater.finished() && inflater.getRemaining() > 0) {
            throw damaged("data after its end");
        }
    }

    @Override
    public void finish() throws WriteRefusedException {
        if (anyByte && !inflater.finished()) {
            throw damaged("ends early");
        }
    }

    @Override
    public void close() {
        inflater.end();
    }

    private static WriteRefusedException damaged(String what) {
        return new WriteRefusedException(
                HttpResponseStatus.BAD_REQUEST, "deflate body is damaged: " + what);
    }
}
