package io.tsdb.loadgen.compare;

import java.util.List;
import java.util.Map;

/// A comparison.
///
/// @param date RFC 3339
/// @param machine CPU model, cores, memory
/// @param command as typed
/// @param commit of the working directory, or empty
/// @param missing peers that were asked for and could not be used, with the reason
/// @param rounds all rounds of all peers, in the order in which they ran
public record CompareReport(
        String date,
        String machine,
        String command,
        String commit,
        String data,
        Map<String, String> missing,
        List<PeerFigures> rounds) {}
