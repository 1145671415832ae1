package io.tsdb.loadgen.wire;

import java.util.Locale;

/// What a server said to one batch.
///
/// @param status HTTP status
/// @param retryAfterSeconds of the Retry-After header, or -1
/// @param text beginning of the body, for messages
public record Answer(int status, int retryAfterSeconds, String text) {
    public boolean isSuccess() {
        return status / 100 == 2;
    }

    /// Whether sending the same again can help: overload and failures of the server, not faults of
    /// ours.
    public boolean isRetryable() {
        return status == 429 || status == 408 || (status >= 500 && status != 501 && status != 505);
    }

    /// Short name of the error for counting: the status and the text without its numbers.
    public String kind() {
        String plain = text.replaceAll("[0-9]+", "#").replaceAll("\\s+", " ").strip();
        return String.format(
                        Locale.ROOT,
                        "%d %s",
                        status,
                        plain.length() > 100 ? plain.substring(0, 100) : plain)
                .strip();
    }
}
