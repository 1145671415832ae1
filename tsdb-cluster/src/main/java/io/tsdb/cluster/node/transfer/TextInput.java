package io.tsdb.cluster.node.transfer;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;

/// Characters of a stream of bytes. A byte that the encoding does not have is an error where it
/// stands: it is not replaced. One thread.
final class TextInput {
    /// [#read] is at the end.
    static final int END = -1;

    private static final int BUFFER_BYTES = 1 << 15;

    private final InputStream in;
    private final CharsetDecoder decoder;
    private final ByteBuffer bytes = ByteBuffer.allocate(BUFFER_BYTES).flip();
    private final CharBuffer chars = CharBuffer.allocate(BUFFER_BYTES).flip();
    private boolean bytesEnd;
    private @Nullable String fault;

    TextInput(InputStream in, Charset charset) {
        this.in = in;
        this.decoder =
                charset.newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT);
    }

    /// @return the next character, or [#END]
    /// @throws IOException at bytes that are no character; the message says which
    int read() throws IOException {
        return chars.hasRemaining() || fill() ? chars.get() : END;
    }

    /// @return the character that [#read] gives next, or [#END]
    int peek() throws IOException {
        return chars.hasRemaining() || fill() ? chars.get(chars.position()) : END;
    }

    private boolean fill() throws IOException {
        while (true) {
            if (fault != null) {
                throw new IOException(fault);
            }
            chars.clear();
            CoderResult result = decoder.decode(bytes, chars, bytesEnd);
            if (result.isError()) {
                // what stands before it comes first
                fault = fault(result.length());
            }
            chars.flip();
            if (chars.hasRemaining()) {
                return true;
            }
            if (fault == null) {
                if (bytesEnd) {
                    return false;
                }
                readMore();
            }
        }
    }

    private String fault(int length) {
        var text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append(String.format(i == 0 ? "0x%02X" : " 0x%02X", bytes.get() & 0xFF));
        }
        return "byte "
                + text
                + " is no "
                + decoder.charset().name()
                + " text; say what the file is with --encoding, such as latin1 or windows-1252";
    }

    private void readMore() throws IOException {
        bytes.compact();
        int read = in.read(bytes.array(), bytes.position(), bytes.remaining());
        if (read < 0) {
            bytesEnd = true;
        } else {
            bytes.position(bytes.position() + read);
        }
        bytes.flip();
    }
}
