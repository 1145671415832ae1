package io.tsdb.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tsdb.storage.log.NodeLog;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

@Timeout(60)
class CommitIndexesTest {
    private final List<String> asked = new ArrayList<>();
    private final List<CompletableFuture<long[]>> answers = new ArrayList<>();

    private final CommitIndexes indexes =
            new CommitIndexes(
                    (member, logs) -> {
                        asked.add(member + " " + Arrays.toString(logs));
                        answers.add(new CompletableFuture<>());
                        return answers.getLast();
                    });

    private static CompletableFuture<Long> of(Map<Integer, CompletableFuture<Long>> logs, int log) {
        return Objects.requireNonNull(logs.get(log));
    }

    /// An answer that was asked for before somebody came does not serve him.
    @Test
    void whoComesWhileOneIsUnderWaySharesTheNext() {
        var first = indexes.of("a", List.of(2, 0));
        var second = indexes.of("a", List.of(1));
        var third = indexes.of("a", List.of(1, 2));
        var other = indexes.of("b", List.of(5));
        assertThat(asked).containsExactly("a [0, 2]", "b [5]");
        answers.get(0).complete(new long[] {10, 12});
        assertThat(of(first, 0)).isCompletedWithValue(10L);
        assertThat(of(first, 2)).isCompletedWithValue(12L);
        assertThat(of(third, 2)).isNotDone();
        assertThat(asked).hasSize(3).endsWith("a [1, 2]");
        answers.get(2).complete(new long[] {21, 22});
        assertThat(second).isEqualTo(Map.of(1, of(third, 1)));
        assertThat(of(third, 1)).isCompletedWithValue(21L);
        assertThat(of(third, 2)).isCompletedWithValue(22L);
        assertThat(of(other, 5)).isNotDone();
    }

    @Test
    void failsWhereTheMemberDoesNotLeadAndWhereItDoesNotAnswer() {
        var first = indexes.of("a", List.of(0, 1));
        var second = indexes.of("a", List.of(0));
        answers.getFirst().complete(new long[] {LeaderPort.UNKNOWN, 3});
        assertThat(of(first, 1)).isCompletedWithValue(3L);
        assertThatThrownBy(of(first, 0)::join).hasMessageContaining("a does not lead log 0");
        var catalog = indexes.of("b", List.of(NodeLog.CATALOG));
        answers.getLast().complete(new long[] {LeaderPort.UNKNOWN});
        assertThatThrownBy(of(catalog, NodeLog.CATALOG)::join)
                .hasMessageContaining("b does not lead the catalog's log");
        answers.get(1).completeExceptionally(new IOException("is gone"));
        assertThatThrownBy(of(second, 0)::join).hasMessageContaining("is gone");
    }

    /// As one that has just left the cluster.
    @Test
    void goesOnWhenAMemberCannotBeAsked() {
        var leaving =
                new CommitIndexes(
                        (member, _) -> {
                            throw new IllegalArgumentException(member + " is no member");
                        });
        for (int i = 0; i < 2; i++) {
            var asked = leaving.of("a", List.of(0));
            assertThatThrownBy(of(asked, 0)::join).hasMessageContaining("a is no member");
        }
    }

    /// A leader that hangs holds nobody up for longer than it takes to elect another one.
    @Test
    void doesNotWaitForAMemberForEver() {
        var first = indexes.of("a", List.of(0));
        var second = indexes.of("a", List.of(1));
        assertThatThrownBy(of(first, 0)::join).hasMessageContaining("Timeout");
        answers.get(1).complete(new long[] {4});
        assertThat(of(second, 1).join()).isEqualTo(4);
    }
}
