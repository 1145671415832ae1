package io.tsdb.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/// What a node leads goes to who takes it; what nobody takes is said.
class HandOverTest {
    private static final Duration LONG = Duration.ofMinutes(5);

    /// Logs that this node leads; it keeps 3, too.
    private final Set<Integer> led = new HashSet<>(Set.of(0, 1, 2));

    private final List<String> asked = new ArrayList<>();

    /// Who takes no lead, and who never says so.
    private final Set<String> refusing = new HashSet<>();

    private final Set<String> silent = new HashSet<>();

    private final HandOver.Lead lead =
            new HandOver.Lead() {
                @Override
                public boolean isLeader(int log) {
                    return led.contains(log);
                }

                @Override
                public List<String> followers(int log) {
                    return Map.of(0, List.of("b", "c"), 1, List.of("c", "b"))
                            .getOrDefault(log, List.of());
                }

                @Override
                public CompletableFuture<Void> transfer(int log, String member, Duration longest) {
                    asked.add(log + member);
                    if (silent.contains(member)) {
                        return new CompletableFuture<>();
                    }
                    return refusing.contains(member)
                            ? CompletableFuture.failedFuture(new IllegalStateException("no"))
                            : CompletableFuture.completedFuture(null);
                }
            };

    private List<HandOver.Outcome> handOver(Duration longest) {
        return HandOver.run(List.of(0, 1, 2, 3), lead, longest);
    }

    @Test
    void whoHasMostIsAskedFirstAndWhatIsNotLedStays() {
        assertThat(handOver(LONG))
                .containsExactly(
                        new HandOver.Outcome(0, Optional.of("b")),
                        new HandOver.Outcome(1, Optional.of("c")),
                        new HandOver.Outcome(2, Optional.empty()));
        assertThat(asked).containsExactly("0b", "1c");
    }

    @Test
    void theNextOneIsAskedWhenOneRefuses() {
        refusing.add("b");
        assertThat(handOver(LONG))
                .contains(
                        new HandOver.Outcome(0, Optional.of("c")),
                        new HandOver.Outcome(1, Optional.of("c")));
        assertThat(asked).containsExactly("0b", "0c", "1c");
    }

    /// A stop goes on; the others are not held up by a log that nobody takes.
    @Test
    void aMemberThatSaysNothingIsWaitedForNoLongerThanAllMayTake() {
        silent.add("b");
        assertThat(handOver(Duration.ofMillis(1)))
                .contains(
                        new HandOver.Outcome(0, Optional.empty()),
                        new HandOver.Outcome(1, Optional.of("c")));
    }
}
