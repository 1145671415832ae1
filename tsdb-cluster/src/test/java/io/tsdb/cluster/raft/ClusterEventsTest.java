package io.tsdb.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;

class ClusterEventsTest {
    private static final InstantSource CLOCK =
            InstantSource.fixed(Instant.parse("2026-01-02T03:04:05.678901Z"));

    @TempDir Path directory;

    private ClusterEvents events() {
        return new ClusterEvents(directory, CLOCK);
    }

    /// The line of `docs/format/events.md`.
    @Test
    void keepsALineForEach() throws IOException {
        ClusterEvents events = events();
        events.add(ClusterEvents.Kind.ELECTION, "a leads shard 1");
        events.add(ClusterEvents.Kind.PEER, "member b\tdoes\nnot answer");
        assertThat(Files.readString(directory.resolve(ClusterEvents.NAME)))
                .isEqualTo(
                        "2026-01-02T03:04:05.678Z\telection\ta leads shard 1\n"
                                + "2026-01-02T03:04:05.678Z\tpeer\tmember b does not answer\n");
        assertThat(events().newest())
                .extracting(ClusterEvents.Event::text)
                .containsExactly("a leads shard 1", "member b does not answer");
    }

    @Test
    void keepsTheNewestOnly() throws IOException {
        ClusterEvents events = events();
        for (int i = 0; i < 2 * ClusterEvents.KEPT + 2; i++) {
            events.add(ClusterEvents.Kind.MOVE, "event " + i);
        }
        assertThat(events.newest()).hasSize(ClusterEvents.KEPT);
        assertThat(events.newest().getLast().text()).isEqualTo("event 2001");
        assertThat(Files.readAllLines(directory.resolve(ClusterEvents.NAME)))
                .hasSizeLessThanOrEqualTo(ClusterEvents.KEPT + 1);
        assertThat(events().newest()).isEqualTo(events.newest());
    }

    /// A kill tore the last line; the next one stands on a line of its own.
    @Test
    void passesOverATornLine() throws IOException {
        events().add(ClusterEvents.Kind.END, "whole");
        Path file = directory.resolve(ClusterEvents.NAME);
        Files.writeString(file, "2026-01-02T03:04", StandardOpenOption.APPEND);
        ClusterEvents after = events();
        after.add(ClusterEvents.Kind.REPAIR, "next");
        assertThat(events().newest())
                .extracting(ClusterEvents.Event::text)
                .containsExactly("whole", "next");
    }
}
