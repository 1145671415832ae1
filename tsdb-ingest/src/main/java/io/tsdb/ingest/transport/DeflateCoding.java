package io.tsdb.ingest.transport;

import io.netty.handler.codec.http.HttpResponseStatus;

import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/// `Content-Encoding: deflate`, which is the zlib format (RFC 1950).
final class DeflateCoding implements BodyCoding {
    private final Inflater inflater = new Inflater();
    private boolean pieceOpen;
    private boolean pieceIsLate;
    private boolean anyByte;

    @Override
    public void feed(byte[] bytes, int from, int to) {
        pieceOpen = from < to;
        anyByte |= pieceOpen;
        pieceIsLate = inflater.finished();
        if (!pieceIsLate) {
            inflater.setInput(bytes, from, to - from);
        }
    }

    @Override
    public int read(byte[] target) throws WriteRefusedException {
        if (!pieceOpen) {
            return 0;
        }
        int size = 0;
        try {
            if (!inflater.finished()) {
                size = inflater.inflate(target, 0, target.length);
            }
        } catch (DataFormatException wrong) {
            throw damaged(String.valueOf(wrong.getMessage()));
        }
        if (size == 0) {
            pieceOpen = false;
            if (inflater.needsDictionary()) {
                throw damaged("asks for a dictionary");
            }
            if (pieceIsLate || inflater.finished() && inflater.getRemaining() > 0) {
                throw damaged("data after its end");
            }
        }
        return size;
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
