package io.tsdb.cluster.node.admin;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;

import java.util.List;
import java.util.Map;

/// A whole request of somebody who may administrate.
///
/// @param parameters of the URL
/// @param who as logs have it
/// @param from address of the other end
record AdminRequest(
        HttpMethod method,
        HttpHeaders headers,
        Map<String, List<String>> parameters,
        String body,
        String who,
        String from) {
    /// Whether the body is said to be JSON: what pages of other sites cannot say without being
    /// asked.
    boolean isJson() {
        return headers.get(HttpHeaderNames.CONTENT_TYPE, "").startsWith("application/json");
    }

    String parameter(String name) {
        return parameters.getOrDefault(name, List.of("")).getFirst();
    }
}
