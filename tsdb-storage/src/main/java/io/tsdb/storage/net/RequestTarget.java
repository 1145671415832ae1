package io.tsdb.storage.net;

import org.jspecify.annotations.Nullable;

import java.util.Locale;

/// Request targets in the one spelling that handlers and authorizers compare with.
final class RequestTarget {
    private RequestTarget() {}

    /// The path and query of an origin-form or absolute-form target.
    ///
    /// @return null when the target is neither, or its path has another spelling than the one that
    ///   a server would act on: `//`, `/./`, `/../`, backslashes, encoded slashes or control
    ///   characters. Such paths are how checks by path are got around.
    static @Nullable String canonical(String uri) {
        String target = uri;
        if (!target.startsWith("/")) {
            int scheme = target.indexOf("://");
            if (scheme < 0) {
                return null;
            }
            int path = target.indexOf('/', scheme + 3);
            target = path < 0 ? "/" : target.substring(path);
        }
        int query = target.indexOf('?');
        String path = query < 0 ? target : target.substring(0, query);
        return isCanonicalPath(path) ? target : null;
    }

    /// Whether each `%` has two hex digits behind it, in path and query: what decodes the target
    /// later would throw otherwise, with the whole target in its message.
    static boolean isDecodable(String target) {
        for (int at = target.indexOf('%'); at >= 0; at = target.indexOf('%', at + 1)) {
            if (at + 2 >= target.length()
                    || Character.digit(target.charAt(at + 1), 16) < 0
                    || Character.digit(target.charAt(at + 2), 16) < 0) {
                return false;
            }
        }
        return true;
    }

    private static boolean isCanonicalPath(String path) {
        String lower = path.toLowerCase(Locale.ROOT);
        return !(lower.contains("//")
                || lower.contains("/./")
                || lower.contains("/../")
                || lower.endsWith("/.")
                || lower.endsWith("/..")
                || lower.contains("\\")
                || lower.contains("%2f")
                || lower.contains("%5c")
                || lower.contains("%2e")
                || lower.contains("%00")
                || lower.contains("#"));
    }
}
