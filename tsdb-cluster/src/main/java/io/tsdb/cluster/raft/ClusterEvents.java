package io.tsdb.cluster.raft;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What happened in the cluster, as this node saw it: elections, members that fell silent, ends,
/// moves, repairs, levels. The newest are kept, over restarts too; a line that cannot be written is
/// logged and lost. Any thread. Bytes: `docs/format/events.md`.
public final class ClusterEvents {
    public static final String NAME = "events";

    /// What an event is about.
    public enum Kind {
        ELECTION,
        PEER,
        END,
        MOVE,
        REPAIR,
        LEVEL;

        public String id() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Optional<Kind> of(String id) {
            for (Kind kind : values()) {
                if (kind.id().equals(id)) {
                    return Optional.of(kind);
                }
            }
            return Optional.empty();
        }
    }

    /// One of them.
    public record Event(Instant time, Kind kind, String text) {
        private static final int PARTS = 3;

        String line() {
            return time + "\t" + kind.id() + "\t" + text.replaceAll("[\\t\\r\\n]+", " ") + "\n";
        }

        /// @return empty for a line that a kill tore
        static Optional<Event> of(String line) {
            String[] parts = line.split("\t", PARTS);
            Optional<Kind> kind = parts.length < PARTS ? Optional.empty() : Kind.of(parts[1]);
            if (kind.isEmpty()) {
                return Optional.empty();
            }
            try {
                return Optional.of(new Event(Instant.parse(parts[0]), kind.get(), parts[2]));
            } catch (DateTimeException _) {
                return Optional.empty();
            }
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(ClusterEvents.class);
    static final int KEPT = 1_000;

    private final Path file;
    private final InstantSource clock;
    private final ArrayDeque<Event> kept = new ArrayDeque<>();
    private int linesInFile;

    /// @param directory of the data
    /// @param clock time of day
    public ClusterEvents(Path directory, InstantSource clock) {
        this.file = directory.resolve(NAME);
        this.clock = clock;
        read();
    }

    private void read() {
        if (!Files.exists(file)) {
            return;
        }
        try {
            String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
            text.lines().forEach(line -> Event.of(line).ifPresent(this::keep));
            linesInFile = KEPT; // whatever it holds: it is written anew soon
            if (!text.isEmpty() && !text.endsWith("\n")) {
                rewrite();
            }
        } catch (IOException e) {
            LOG.warn("{} cannot be read: older events are not shown", file, e);
        }
    }

    private void keep(Event event) {
        kept.add(event);
        if (kept.size() > KEPT) {
            kept.removeFirst();
        }
    }

    public synchronized void add(Kind kind, String text) {
        var event = new Event(clock.instant().truncatedTo(ChronoUnit.MILLIS), kind, text);
        keep(event);
        try {
            if (++linesInFile > 2 * KEPT) {
                rewrite();
            } else {
                Files.writeString(
                        file,
                        event.line(),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.APPEND);
            }
        } catch (IOException e) {
            LOG.warn("event '{}' is not in {}", event.text(), file, e);
        }
    }

    private void rewrite() throws IOException {
        var lines = new StringBuilder();
        kept.forEach(event -> lines.append(event.line()));
        Path whole = file.resolveSibling(NAME + ".new");
        Files.writeString(whole, lines.toString());
        Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE); // a kill takes none of them
        linesInFile = kept.size();
    }

    /// The newest, the oldest of them first.
    public synchronized List<Event> newest() {
        return new ArrayList<>(kept);
    }
}
