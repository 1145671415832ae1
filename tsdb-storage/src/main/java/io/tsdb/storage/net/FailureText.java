package io.tsdb.storage.net;

/// What went wrong on a connection, as a log may hold it: the kinds of the exceptions, not their
/// texts. Those of decoders repeat what the client sent, in hex where TLS was expected, with the
/// token in it. Pure.
public final class FailureText {
    private static final int CAUSES_MAX = 8;

    private FailureText() {}

    public static String of(Throwable failure) {
        var text = new StringBuilder(failure.getClass().getSimpleName());
        Throwable cause = failure.getCause();
        for (int i = 0; cause != null && i < CAUSES_MAX; i++) {
            text.append(" < ").append(cause.getClass().getSimpleName());
            cause = cause.getCause();
        }
        return text.toString();
    }
}
