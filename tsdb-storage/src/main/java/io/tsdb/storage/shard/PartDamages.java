package io.tsdb.storage.shard;

import io.tsdb.storage.compaction.Tombstone;
import io.tsdb.storage.model.CorruptDataException;
import io.tsdb.storage.model.MeasurementId;
import io.tsdb.storage.model.TimeRange;
import io.tsdb.storage.part.Part;
import io.tsdb.storage.part.PartId;
import io.tsdb.storage.part.PartSummary;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// What is known to be damaged of a shard's parts: those that could not be opened, and what readers
/// found in those that are open. Any thread.
final class PartDamages {
    private static final Logger LOG = LoggerFactory.getLogger(PartDamages.class);

    private record Found(PartSummary part, String text) {}

    /// Parts of the manifest that cannot be opened.
    private volatile Map<MeasurementId, List<DamagedPart>> unopened = Map.of();

    /// By file.
    private final Map<String, Found> found = new ConcurrentHashMap<>();

    private volatile Runnable told = () -> {};

    /// Who is told of each new damage, by the thread that found it.
    void tell(Runnable listener) {
        told = listener;
    }

    /// A part was left out when all were opened.
    synchronized void leftOut(PartSummary part, CorruptDataException cause) {
        var one = new DamagedPart(part, cause);
        LOG.error("a part is damaged and left out: {}", one.text());
        var all = new HashMap<>(unopened);
        var ofOwner = new ArrayList<>(all.getOrDefault(part.id().measurement(), List.of()));
        ofOwner.add(one);
        all.put(part.id().measurement(), List.copyOf(ofOwner));
        unopened = Map.copyOf(all);
    }

    /// Has readers of a part say what they find.
    void watch(Part part) {
        part.onDamage(e -> found(part.summary(), e));
    }

    void found(PartSummary part, CorruptDataException cause) {
        String text = String.valueOf(cause.getMessage());
        if (found.put(cause.path(), new Found(part, text)) == null) {
            LOG.error("a part is damaged: {}", text);
            told.run();
        }
    }

    /// A part is whole again, or is no more.
    synchronized void forget(PartId part) {
        found.values().removeIf(one -> one.part().id().equals(part));
        List<DamagedPart> before = unopened.getOrDefault(part.measurement(), List.of());
        List<DamagedPart> left =
                before.stream().filter(one -> !one.summary().id().equals(part)).toList();
        if (left.size() < before.size()) {
            var all = new HashMap<>(unopened);
            if (left.isEmpty()) {
                all.remove(part.measurement());
            } else {
                all.put(part.measurement(), left);
            }
            unopened = Map.copyOf(all);
        }
    }

    /// Each in a line that names the file.
    List<String> texts() {
        var texts = new ArrayList<String>();
        unopened.values().forEach(parts -> parts.forEach(one -> texts.add(one.text())));
        found.values().forEach(one -> texts.add(one.text()));
        return texts;
    }

    /// The parts, each once, and what is known of one of its damages.
    Map<PartSummary, String> parts() {
        var parts = new LinkedHashMap<PartSummary, String>();
        for (List<DamagedPart> all : unopened.values()) {
            for (DamagedPart one : all) {
                parts.put(one.summary(), String.valueOf(one.cause().getMessage()));
            }
        }
        found.values().forEach(one -> parts.putIfAbsent(one.part(), one.text()));
        return parts;
    }

    boolean isEmpty() {
        return unopened.isEmpty() && found.isEmpty();
    }

    /// Whether parts of a measurement lack.
    boolean lackOf(MeasurementId owner) {
        return unopened.containsKey(owner);
    }

    /// Whether a delete concerns a part that lacks, and so is needed when that one is whole again.
    boolean concern(Tombstone tombstone) {
        return unopened.getOrDefault(tombstone.measurement(), List.of()).stream()
                .anyMatch(one -> tombstone.concerns(one.summary()));
    }

    /// @throws CorruptDataException when a part lacks that has rows of the range
    void check(MeasurementId owner, TimeRange range) {
        for (DamagedPart one : unopened.getOrDefault(owner, List.of())) {
            if (range.overlaps(one.summary().minTime(), one.summary().maxTime())) {
                throw one.refusal();
            }
        }
    }
}
