package io.tsdb.storage.net;

import io.netty.handler.codec.DateFormatter;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Date;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;

/// The headers that every answer has. Any thread.
final class CommonHeaders {
    private final ServerIdentity identity;
    private final InstantSource clock;
    private final String requestIdPrefix =
            HexFormat.of().toHexDigits(new SecureRandom().nextLong());
    private final AtomicLong requestNumber = new AtomicLong();
    private volatile DateText date = new DateText(Long.MIN_VALUE, "");

    private record DateText(long epochSecond, String text) {}

    CommonHeaders(ServerIdentity identity, InstantSource clock) {
        this.identity = identity;
        this.clock = clock;
    }

    /// The client's own id where it sent a harmless one, else a new one.
    String requestId(HttpHeaders request) {
        String own = request.get("X-Request-Id", request.get("Request-Id"));
        return own != null && isHarmless(own)
                ? own
                : requestIdPrefix + "-" + requestNumber.incrementAndGet();
    }

    void addTo(HttpHeaders response, String requestId) {
        response.set("X-Influxdb-Version", identity.influxVersion());
        response.set("X-Influxdb-Build", identity.influxBuild());
        response.set("Request-Id", requestId);
        response.set("X-Request-Id", requestId);
        response.set(HttpHeaderNames.DATE, dateText());
    }

    private String dateText() {
        long millis = clock.millis();
        long second = Math.floorDiv(millis, 1000L);
        DateText known = date;
        if (known.epochSecond != second) {
            known = new DateText(second, DateFormatter.format(new Date(millis)));
            date = known;
        }
        return known.text;
    }

    private static boolean isHarmless(String id) {
        if (id.isEmpty() || id.length() > 64) {
            return false;
        }
        for (int i = 0; i < id.length(); i++) {
            char c = id.charAt(i);
            boolean letterOrDigit =
                    c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
            if (!letterOrDigit && c != '-' && c != '_' && c != '.') {
                return false;
            }
        }
        return true;
    }
}
