package io.tsdb.cluster.node.transfer;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/// What a gzip file holds; says what is wrong with one that was cut off or is damaged. One thread.
final class GzipText extends GZIPInputStream {
    GzipText(InputStream compressed, int bufferBytes) throws IOException {
        super(compressed, bufferBytes);
    }

    @Override
    public int read(byte[] target, int from, int length) throws IOException {
        try {
            return super.read(target, from, length);
        } catch (EOFException e) {
            throw new IOException("the compressed data end early: the file was cut off", e);
        } catch (ZipException e) {
            throw new IOException("the compressed data are damaged: " + e.getMessage(), e);
        }
    }
}
