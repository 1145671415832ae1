package io.tsdb.cluster.node.shell;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StatementsTest {
    @Test
    void splitsAtSemicolonsOutsideQuotesAndComments() {
        assertThat(Statements.split("SELECT ';' ; SELECT \"a;b\" -- c;d\n; /* ; */ SELECT 1"))
                .containsExactly("SELECT ';'", "SELECT \"a;b\" -- c;d", "/* ; */ SELECT 1");
        assertThat(Statements.split(" ;; ")).isEmpty();
    }

    @Test
    void knowsWhenAStatementIsComplete() {
        assertThat(Statements.isComplete("SELECT 1;\n")).isTrue();
        assertThat(Statements.isComplete("SELECT 1; -- done\n")).isTrue();
        assertThat(Statements.isComplete("SELECT ';'\n")).isFalse();
        assertThat(Statements.isComplete("SELECT 1; SELECT\n")).isFalse();
        assertThat(Statements.isComplete("\n")).isFalse();
    }

    @Test
    void putsACaretUnderTheColumn() {
        assertThat(ErrorCaret.show("SELECT\n  x FROM m", "2:3: unknown column 'x'"))
                .isEqualTo("  x FROM m\n  ^\nerror: 2:3: unknown column 'x'");
        assertThat(ErrorCaret.show("SELECT 1", "no database")).isEqualTo("error: no database");
    }
}
